/* For LD_PRELOAD: while the file $READ_ONLY_FLAG is there, nothing below $READ_ONLY can be written,
 * as the kernel does it to a broken disk under the feet of those who have files open. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static int Refused(const char* path) {
  const char* folder = getenv("READ_ONLY");
  const char* flag = getenv("READ_ONLY_FLAG");
  if (folder == NULL || flag == NULL || path == NULL) return 0;
  if (strncmp(path, folder, strlen(folder)) != 0 || access(flag, F_OK) != 0) return 0;
  errno = EROFS;
  return 1;
}

static int RefusedFile(int file) {
  char name[64], path[PATH_MAX];
  const int before = errno;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  const ssize_t length = readlink(name, path, sizeof path - 1);
  errno = before;
  if (length < 0) return 0;
  path[length] = '\0';
  return Refused(path);
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

#define OPEN(name)                                                         \
  int name(const char* path, int flags, ...) {                             \
    va_list more;                                                          \
    va_start(more, flags);                                                 \
    const mode_t mode = va_arg(more, mode_t);                              \
    va_end(more);                                                          \
    const int writes = (flags & O_ACCMODE) != O_RDONLY || flags & O_CREAT; \
    if (writes && Refused(path)) return -1;                                \
    return REAL(name)(path, flags, mode);                                  \
  }
OPEN(open)
OPEN(open64)

#define WRITE(name, offset_type)                                            \
  ssize_t name(int file, const void* bytes, size_t count, offset_type at) { \
    return RefusedFile(file) ? -1 : REAL(name)(file, bytes, count, at);     \
  }
WRITE(pwrite, off_t)
WRITE(pwrite64, off64_t)

ssize_t write(int file, const void* bytes, size_t count) {
  return RefusedFile(file) ? -1 : REAL(write)(file, bytes, count);
}
int ftruncate(int file, off_t length) {
  return RefusedFile(file) ? -1 : REAL(ftruncate)(file, length);
}
int ftruncate64(int file, off64_t length) {
  return RefusedFile(file) ? -1 : REAL(ftruncate64)(file, length);
}
int mkdir(const char* path, mode_t mode) { return Refused(path) ? -1 : REAL(mkdir)(path, mode); }
int rename(const char* from, const char* to) { return Refused(to) ? -1 : REAL(rename)(from, to); }
int unlink(const char* path) { return Refused(path) ? -1 : REAL(unlink)(path); }
