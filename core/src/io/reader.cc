#include "siku/reader.h"

#include <arrow/api.h>

#include "../base/arrow_internal.h"
#include "columnar.h"
#include "row_reader.h"

namespace siku {
namespace {

// The parts of a split, one after the other.
class SplitReader final : public BatchReader {
 public:
  SplitReader(const SourceList& sources, const Split& split,
              const std::vector<InputSchema>& schemas, const ReadOptions& options)
      : sources_(sources), split_(split), schemas_(schemas), options_(options) {}

  Result<Read> Next() override {
    for (;;) {
      if (columnar_ == nullptr && rows_ == nullptr) {
        if (next_ >= split_.size()) return Read{};
        SIKU_TRY(OpenPart());
      }
      const Source& source = sources_[static_cast<size_t>(split_[next_ - 1].source)];
      Read read;
      read.input = source.input;
      if (columnar_ != nullptr) {
        SIKU_TRY(columnar_->Next(read));
      } else {
        SIKU_TRY(rows_->Next(read));
      }
      if (read.rows != nullptr || !read.bad.empty()) return read;
      done_ += rows_ != nullptr ? rows_->bytes_done() - first_byte_ : part_bytes_;
      columnar_.reset();
      rows_.reset();
    }
  }
  int64_t bytes_done() const override {
    return done_ + (rows_ != nullptr ? rows_->bytes_done() - first_byte_ : 0);
  }

 private:
  Result<void> OpenPart() {
    SplitPart part = split_[next_++];
    const Source& source = sources_[static_cast<size_t>(part.source)];
    part.source = source.ordinal;
    if (source.format == Format::kParquet || source.format == Format::kArrow) {
      SIKU_TRY(columnar_, io::ColumnarReader::Open(source, part.source, part.begin, part.end,
                                                   options_.batch_rows));
      part_bytes_ = source.bytes;
      return {};
    }
    SIKU_TRY(rows_, io::RowReader::Open(source, part, schemas_[static_cast<size_t>(source.input)],
                                        options_));
    first_byte_ = part.begin;
    return {};
  }

  const SourceList& sources_;
  const Split split_;
  const std::vector<InputSchema>& schemas_;
  ReadOptions options_;
  size_t next_ = 0;
  std::unique_ptr<io::ColumnarReader> columnar_{};
  std::unique_ptr<io::RowReader> rows_{};
  int64_t done_ = 0;
  int64_t part_bytes_ = 0;
  int64_t first_byte_ = 0;
};

}  // namespace

Result<std::unique_ptr<BatchReader>> BatchReader::Open(const SourceList& sources,
                                                       const Split& split,
                                                       const std::vector<InputSchema>& schemas,
                                                       const ReadOptions& options) {
  return std::make_unique<SplitReader>(sources, split, schemas, options);
}

}  // namespace siku
