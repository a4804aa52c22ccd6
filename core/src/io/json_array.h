// Files that are one JSON array of objects, as `.json` files of datasets are: cut at the commas, so
// that each element is a record and the bytes between two belong to the later one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "siku/source.h"

namespace siku::io {

/// Whether a source of JSON lines is such a file: by its name, and by its first character.
Result<bool> IsJsonArray(const Source& source);

/// Finds where records end, fed with the text in pieces.
class ElementCutter {
 public:
  /// How many bytes of the piece belong to the record that is open; npos: all, and it goes on.
  size_t Find(std::string_view piece);
  /// The array has ended.
  bool closed() const { return depth_ == 0 && begun_; }
  /// And something else stands behind it.
  bool behind() const { return behind_; }

 private:
  int depth_ = 0;
  bool begun_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
  bool cut_before_ = false;  // the next byte is the comma that a record was cut before
  bool behind_ = false;
};

/// The element without what parts it from the others. `last`: the array's end is in the record.
std::string_view ElementOf(std::string_view record, bool last);

/// A record of an array, filled with the values of today, as a line of JSON lines; nothing where
/// `record` is a line as it is.
std::optional<std::string> LineOfElement(std::string_view record);

}  // namespace siku::io
