#include "siku/process.h"

#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

namespace siku {

void KeepFreedMemory() {
  // Arrow's own pool gives large blocks back at once; this one obeys what follows.
  ::setenv("ARROW_DEFAULT_MEMORY_POOL", "system", 0);
#if defined(__GLIBC__)
  // One heap for all threads, which take few and large blocks; the largest threshold there is.
  ::mallopt(M_ARENA_MAX, 1);
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
  ::mallopt(M_TOP_PAD, 64 << 20);
#endif
}

void ReleaseFreedMemory() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

int64_t MappedBytes() {
  int64_t all = 0, resident = 0, mapped = 0;  // pages; see proc(5)
  std::ifstream("/proc/self/statm") >> all >> resident >> mapped;
  return mapped * static_cast<int64_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace siku
