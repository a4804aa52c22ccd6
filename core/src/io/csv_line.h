// A record of CSV as a reader gets it: decoded, without mark and line end, cut into fields.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "record_stream.h"
#include "siku/csv.h"

namespace siku::io {

class CsvLine {
 public:
  CsvLine(Encoding encoding, int64_t bom, CsvDialect dialect)
      : encoding_(encoding), bom_(bom), fields_(dialect) {}
  /// As CsvFields::Parse. `record` must stay while the line is looked at.
  bool Parse(const Record& record);
  const CsvFields& fields() const { return fields_; }
  std::string_view text() const { return text_; }  // UTF-8
  std::string_view end() const { return end_; }    // CR LF, LF or nothing, UTF-8
  /// Where U+FFFD stands for bytes that could not be decoded.
  const std::vector<size_t>& broken() const { return decoded_.broken; }
  /// Bytes of the record before byte `at` of the text.
  int64_t RawOffset(size_t at) const;

 private:
  Encoding encoding_;
  int64_t bom_;
  CsvFields fields_;
  Decoded decoded_{};
  int64_t mark_ = 0;  // bytes of the mark before this record
  std::string_view text_{};
  std::string_view end_{};
};

}  // namespace siku::io
