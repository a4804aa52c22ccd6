// Records of a byte stream with their positions: lines, elements of a JSON array, records of CSV,
// or the whole stream as one record. A record over the cap is measured and hashed, never held.
#pragma once

#include <arrow/io/interfaces.h>

#include <memory>
#include <string>
#include <string_view>

#include "json_array.h"
#include "siku/csv.h"
#include "siku/source.h"

namespace siku::io {

struct Record {
  int64_t position = 0;      // in the decompressed stream
  std::string_view bytes{};  // line end included; good until the next record
  bool too_long = false;     // `bytes` is empty, the two below are set
  int64_t length = 0;
  std::string sha256{};
  bool ends_array = false;    // of elements: the array's end is in it
  bool cut_off = false;       // the stream ends with it, the array does not
  bool behind_array = false;  // it stands behind that
};

class RecordStream {
 public:
  /// Lines whose first byte lies in [begin, end); end -1: to the end of the stream.
  static Result<std::unique_ptr<RecordStream>> Lines(const Source& source, int64_t begin,
                                                     int64_t end, int64_t max_record);
  /// Elements of a source that IsJsonArray, all of them where `begin` is 0, else none.
  static Result<std::unique_ptr<RecordStream>> Elements(const Source& source, int64_t begin,
                                                        int64_t max_record);
  /// Records of CSV, whose quotes may hold line ends.
  static Result<std::unique_ptr<RecordStream>> Csv(const Source& source, CsvDialect dialect,
                                                   int64_t max_record);
  /// One record: all bytes.
  static Result<std::unique_ptr<RecordStream>> Whole(const Source& source, int64_t max_record);

  /// False at the end.
  Result<bool> Next(Record& record);
  /// Bytes of the file behind the reader; of a part, at most to its end.
  int64_t bytes_done() const;

 private:
  RecordStream(const Source& source, int64_t max_record);
  Result<void> OpenWhole();
  Result<bool> Fill();
  size_t FindEnd(size_t from) const;
  size_t FindCutEnd();
  size_t FindRecordEnd(size_t from);
  Result<void> SkipLong(Record& record);
  std::string_view bytes() const { return {buffer_.get(), size_}; }

  const Source& source_;
  int64_t max_record_;
  std::shared_ptr<arrow::io::InputStream> stream_{};
  std::shared_ptr<arrow::io::InputStream> file_{};
  std::unique_ptr<char[]> buffer_{};
  size_t capacity_ = 0;
  size_t size_ = 0;       // bytes in the buffer
  size_t at_ = 0;         // of the next record in the buffer
  size_t read_size_ = 0;  // of the last read
  int64_t base_ = 0;      // position of the buffer's first byte
  int64_t end_ = -1;
  enum class Kind : uint8_t { kLines, kElements, kCsv, kWhole };
  Kind kind_ = Kind::kLines;
  ElementCutter cutter_{};
  CsvCutter csv_{};
  int64_t scanned_ = 0;    // kElements, kCsv: position up to which the cutter has seen the stream
  bool found_ = false;     // and a record ends there
  bool finished_ = false;  // the stream has no more bytes
  bool done_ = false;      // Whole: the one record was given
};

}  // namespace siku::io
