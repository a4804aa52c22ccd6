// Repairs every document of a file, in memory, on one thread: the kernel without files, JSON or
// ledger. The file is records of a four-byte length, little-endian, and so many bytes of text.
//
// usage: speed FILE
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "siku/refine/repair.h"
#include "siku/refine/tables.h"

namespace {

int Fails(const siku::Error& error) {
  std::fprintf(stderr, "%s\n", siku::Describe(error).c_str());
  return static_cast<int>(error.code);
}

// The file in memory, without a copy; empty where it cannot be opened.
std::string_view Mapped(const char* path) {
  const int file = open(path, O_RDONLY);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0 || status.st_size == 0) return {};
  const auto size = static_cast<size_t>(status.st_size);
  void* data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  close(file);
  return data == MAP_FAILED ? std::string_view{}
                            : std::string_view(static_cast<const char*>(data), size);
}

uint32_t LengthAt(std::string_view data, size_t at) {
  uint32_t length = 0;
  for (size_t i = 4; i-- > 0;) length = length << 8 | static_cast<unsigned char>(data[at + i]);
  return length;
}

int Repair(std::string_view data) {
  const auto path = siku::refine::Tables::Find();
  if (!path.has_value()) return Fails(path.error());
  const auto tables = siku::refine::Tables::Open(*path);
  if (!tables.has_value()) return Fails(tables.error());
  const siku::refine::Repairer repairer(*tables);
  size_t documents = 0, bytes = 0, written = 0, changed = 0, edits = 0, flags = 0;
  for (size_t at = 0; at + 4 <= data.size();) {
    const auto text = data.substr(at + 4, LengthAt(data, at));
    at += 4 + text.size();
    const auto repaired = repairer.Repair(text);
    ++documents;
    bytes += text.size();
    written += repaired.edits.empty() ? text.size()
                                      : siku::refine::ApplyEdits(text, repaired.edits).size();
    changed += repaired.edits.empty() ? 0 : 1;
    edits += repaired.edits.size();
    flags += repaired.flags.size();
  }
  std::printf(
      "{\"documents\": %zu, \"bytes\": %zu, \"written\": %zu, \"changed\": %zu, \"edits\": %zu, "
      "\"flags\": %zu}\n",
      documents, bytes, written, changed, edits, flags);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  const std::string_view data = count == 2 ? Mapped(arguments[1]) : std::string_view{};
  if (!data.empty()) return Repair(data);
  std::fprintf(stderr, "usage: speed FILE\n");
  return 2;
}
