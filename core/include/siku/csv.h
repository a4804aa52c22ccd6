// CSV (RFC 4180) as it comes: records with their places and fields, text for text; nothing is
// guessed, nothing is dropped. Arrow's reader tells neither where a record stands nor its bytes,
// and holds a file whole from a quote on that never closes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "siku/encoding.h"
#include "siku/result.h"

namespace siku {

struct CsvDialect {
  char delimiter = ',';  // ASCII
  bool quotes = true;    // else `"` is a character like others
};

/// Where records end in bytes that come in pieces, in any encoding.
class CsvCutter {
 public:
  explicit CsvCutter(Encoding encoding = Encoding::kUtf8, CsvDialect dialect = {})
      : encoding_(encoding), dialect_(dialect) {}
  /// The place behind the first record's end in `bytes`, which follow what it has seen; npos: there
  /// is none yet.
  size_t Find(std::string_view bytes);

 private:
  enum class State : uint8_t { kFieldStart, kPlain, kQuoted, kQuoteInQuoted };
  bool Step(char unit);
  size_t FindWide(std::string_view bytes);

  Encoding encoding_;
  CsvDialect dialect_;
  State state_ = State::kFieldStart;
  bool second_ = false;  // the next byte is the second of a character, or of a unit
  char first_ = 0;       // of a unit, its first byte
};

/// The fields of one record, in UTF-8 and without its line end. Views are good until the next.
class CsvFields {
 public:
  struct Field {
    std::string_view text;  // without quotes
    bool quoted = false;    // an empty field that is not: no value
    size_t begin = 0;       // bytes of the record, quotes included
    size_t end = 0;
  };
  explicit CsvFields(CsvDialect dialect = {}) : dialect_(dialect) {}
  /// False: `problem` stands at byte `at` of field `fields().size()`, the last.
  bool Parse(std::string_view record);
  const std::vector<Field>& fields() const { return fields_; }
  /// "open_quote": never closed; "bad_quotes": text behind a closing one.
  const char* problem() const { return problem_; }
  size_t at() const { return at_; }

 private:
  size_t ParseQuoted(std::string_view record, size_t at);

  CsvDialect dialect_;
  std::vector<Field> fields_{};
  std::string texts_{};  // of fields whose quotes were doubled
  const char* problem_ = "";
  size_t at_ = 0;
};

/// `text` as a field, quoted where it must be: it is empty, or has a quote, the delimiter or a line
/// end. `quoted`: anyway.
void AppendCsvField(std::string_view text, char delimiter, bool quoted, std::string& out);

/// What one record of a file is.
struct CsvRecord {
  int64_t line = 0;      // its first, from 1
  int64_t position = 0;  // its first byte in the file
  int64_t bytes = 0;
  std::vector<CsvFields::Field> fields{};  // good until the next record
  bool blank = false;                      // an empty line: one field without a value
  /// Empty, or "too_long" (no fields), "open_quote", "bad_quotes" (fields up to the last, in
  /// which it is), "undecodable" (all fields, U+FFFD where bytes are in no encoding).
  std::string problem{};
  int64_t problem_byte = 0;  // in the file; of "undecodable" the record's first
  int64_t problem_line = 0;
  std::string_view raw{};  // its bytes; empty when too long
};

struct CsvOptions {
  Encoding encoding = Encoding::kUtf8;
  CsvDialect dialect{};
  int64_t bom = 0;                // bytes to pass over at the start
  int64_t max_record = 64 << 20;  // bytes
};

/// A file's records in order. Memory is that of the longest record up to the cap.
class CsvFile {
 public:
  /// kNotFound, kDenied, kIo.
  static Result<std::unique_ptr<CsvFile>> Open(const std::string& path, const CsvOptions& options);
  virtual ~CsvFile() = default;
  /// False at the end.
  virtual Result<bool> Next(CsvRecord& record) = 0;
  virtual int64_t bytes_done() const = 0;
};

}  // namespace siku
