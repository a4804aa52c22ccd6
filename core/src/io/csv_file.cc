#include <algorithm>

#include "csv_line.h"
#include "siku/utf8.h"

namespace siku {
namespace io {

bool CsvLine::Parse(const Record& record) {
  mark_ = record.position == 0 ? std::min(bom_, record.length) : 0;
  const std::string_view bytes = record.bytes.substr(static_cast<size_t>(mark_));
  if (encoding_ == Encoding::kUtf8 && utf8::Valid(bytes)) {
    decoded_.broken.clear();
    text_ = bytes;
  } else {
    decoded_ = Decode(bytes, encoding_);
    text_ = decoded_.text;
  }
  const size_t length = text_.ends_with("\r\n") ? 2 : text_.ends_with('\n') ? 1 : 0;
  end_ = text_.substr(text_.size() - length);
  text_.remove_suffix(length);
  return fields_.Parse(text_);
}

int64_t CsvLine::RawOffset(size_t at) const {
  const std::string_view before = text_.substr(0, at);
  const auto encoded = encoding_ == Encoding::kUtf8 ? std::nullopt : Encode(before, encoding_);
  return mark_ + static_cast<int64_t>(encoded.has_value() ? encoded->size() : before.size());
}

}  // namespace io

namespace {

using io::Record;

class File final : public CsvFile {
 public:
  File(const std::string& path, const CsvOptions& options)
      : options_(options), line_(options.encoding, options.bom, options.dialect) {
    source_.path = path;
    source_.relative = path;
    source_.encoding = options.encoding;
    source_.bom = options.bom;
    source_.format = Format::kCsv;
  }
  Result<void> Open() {
    SIKU_TRY(records_, io::RecordStream::Csv(source_, options_.dialect, options_.max_record));
    return {};
  }

  Result<bool> Next(CsvRecord& record) override {
    Record raw;
    SIKU_TRY(const bool more, records_->Next(raw));
    if (!more) return false;
    record = {.line = next_line_, .position = raw.position, .bytes = raw.length, .raw = raw.bytes};
    record.problem_line = next_line_;
    record.problem_byte = raw.position;
    if (raw.too_long) {
      // Its lines are not counted: it is not held.
      ++next_line_;
      record.problem = "too_long";
      return true;
    }
    const bool sound = line_.Parse(raw);
    const std::string_view text = line_.text();
    const auto lines = [](std::string_view some) {
      return std::count(some.begin(), some.end(), '\n');
    };
    next_line_ += lines(text) + (line_.end().empty() ? 0 : 1);
    record.fields = line_.fields().fields();
    record.blank = record.fields.size() == 1 && text.empty();
    if (!sound) {
      record.problem = line_.fields().problem();
      record.problem_byte += line_.RawOffset(line_.fields().at());
      record.problem_line += lines(text.substr(0, line_.fields().at()));
    } else if (!line_.broken().empty()) {
      record.problem = "undecodable";
    }
    return true;
  }
  int64_t bytes_done() const override { return records_->bytes_done(); }

 private:
  CsvOptions options_;
  Source source_{};
  io::CsvLine line_;
  std::unique_ptr<io::RecordStream> records_{};
  int64_t next_line_ = 1;
};

}  // namespace

Result<std::unique_ptr<CsvFile>> CsvFile::Open(const std::string& path, const CsvOptions& options) {
  auto file = std::make_unique<File>(path, options);
  SIKU_TRY(file->Open());
  return file;
}

}  // namespace siku
