// A file of tables as the scripts of this folder write it: named sections of numbers, mapped into
// memory and checked against the SHA-256 in its head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "siku/result.h"

namespace siku::refine {

/// Read-only and shared by all threads.
class TableFile {
 public:
  /// `name` is looked for beside siku-refine.tables (see Tables::Find); `magic` has eight bytes.
  static Result<std::shared_ptr<const TableFile>> Open(const char* name, std::string_view magic,
                                                       uint32_t format);
  ~TableFile();
  TableFile(const TableFile&) = delete;
  TableFile& operator=(const TableFile&) = delete;

  /// SHA-256 over the contents, lower-case hexadecimal.
  const std::string& hash() const { return hash_; }
  const std::string& path() const { return path_; }
  /// Whether there is such a section; `out` is then what it holds.
  template <class T>
  bool Section(std::string_view name, std::span<const T>& out) const {
    const std::string_view bytes = Bytes(name);
    out = {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
    return bytes.data() != nullptr;
  }
  /// What to say of a file whose sections do not fit together.
  Error Damaged() const;

 private:
  TableFile() = default;
  Result<void> Check(std::string_view magic, uint32_t format);
  std::string_view Bytes(std::string_view name) const;

  std::string path_, hash_;
  std::string_view file_;
};

}  // namespace siku::refine
