#include "record_stream.h"

#include <arrow/io/file.h>

#include <algorithm>
#include <cstring>

#include "../base/arrow_internal.h"
#include "open_source.h"
#include "siku/sha256.h"

namespace siku::io {
namespace {

// Reads grow from the first to the second: small files and short parts take little memory, and what
// was read is still in the cache when it is looked at.
constexpr size_t kFirstRead = 64 << 10;
constexpr size_t kLargestRead = 1 << 20;

}  // namespace

RecordStream::RecordStream(const Source& source, int64_t max_record)
    : source_(source), max_record_(max_record) {}

Result<std::unique_ptr<RecordStream>> RecordStream::Lines(const Source& source, int64_t begin,
                                                          int64_t end, int64_t max_record) {
  std::unique_ptr<RecordStream> records(new RecordStream(source, max_record));
  records->end_ = end;
  if (begin == 0) {
    SIKU_TRY(records->OpenWhole());
    return records;
  }
  // A line that begins exactly at `begin` is ours: look for the line end from the byte before.
  SIKU_TRY(records->stream_, OpenStreamAt(source, begin - 1));
  records->base_ = begin - 1;
  for (;;) {
    const size_t line_end = records->FindEnd(records->at_);
    if (line_end != std::string::npos) {
      records->at_ = line_end;
      return records;
    }
    // Somebody else's line: its bytes are not kept.
    records->at_ = records->size_;
    SIKU_TRY(const bool more, records->Fill());
    if (!more) return records;
  }
}

Result<std::unique_ptr<RecordStream>> RecordStream::Elements(const Source& source, int64_t begin,
                                                             int64_t max_record) {
  std::unique_ptr<RecordStream> records(new RecordStream(source, max_record));
  records->kind_ = Kind::kElements;
  records->base_ = begin;
  records->done_ = begin > 0;  // an array cannot be read from its middle
  if (begin == 0) SIKU_TRY(records->OpenWhole());
  return records;
}

Result<std::unique_ptr<RecordStream>> RecordStream::Csv(const Source& source, CsvDialect dialect,
                                                        int64_t max_record) {
  std::unique_ptr<RecordStream> records(new RecordStream(source, max_record));
  records->kind_ = Kind::kCsv;
  records->csv_ = CsvCutter(source.encoding, dialect);
  records->scanned_ = source.bom;
  SIKU_TRY(records->OpenWhole());
  return records;
}

Result<std::unique_ptr<RecordStream>> RecordStream::Whole(const Source& source,
                                                          int64_t max_record) {
  std::unique_ptr<RecordStream> records(new RecordStream(source, max_record));
  records->kind_ = Kind::kWhole;
  SIKU_TRY(records->OpenWhole());
  return records;
}

Result<void> RecordStream::OpenWhole() {
  SIKU_TRY(auto opened, OpenStream(source_));
  stream_ = std::move(opened.stream);
  file_ = std::move(opened.file);
  return {};
}

int64_t RecordStream::bytes_done() const {
  const int64_t position = base_ + static_cast<int64_t>(at_);
  if (source_.compression != Compression::kNone && file_ != nullptr) {
    return file_->Tell().ValueOr(0);
  }
  return end_ < 0 ? position : std::min(position, end_);
}

Result<bool> RecordStream::Fill() {
  if (finished_) return false;
  const size_t kept = size_ - at_;
  const size_t wanted = std::clamp(read_size_ * 2, kFirstRead, kLargestRead);
  read_size_ = wanted;
  if (kept + wanted > capacity_) {
    // Twice what is kept, so that a long record is moved a few times only; nothing over the cap
    // is ever kept.
    const size_t most = std::max(kept, static_cast<size_t>(max_record_)) + wanted;
    capacity_ = std::min(kept * 2 + wanted, most);
    auto larger = std::make_unique_for_overwrite<char[]>(capacity_);
    if (kept > 0) std::memcpy(larger.get(), buffer_.get() + at_, kept);
    buffer_ = std::move(larger);
  } else if (kept > 0 && at_ > 0) {
    std::memmove(buffer_.get(), buffer_.get() + at_, kept);
  }
  base_ += static_cast<int64_t>(at_);
  at_ = 0;
  size_ = kept;
  auto read = FromArrow(stream_->Read(static_cast<int64_t>(wanted), buffer_.get() + kept));
  if (!read.has_value()) {
    return SourceError(source_, read.error(), base_ + static_cast<int64_t>(kept));
  }
  size_ += static_cast<size_t>(*read);
  finished_ = *read == 0;
  return !finished_;
}

// The position behind the first line end at or after `from`, or npos.
size_t RecordStream::FindEnd(size_t from) const {
  const bool little = source_.encoding == Encoding::kUtf16Le;
  const bool wide = little || source_.encoding == Encoding::kUtf16Be;
  while (from < size_) {
    const void* hit = std::memchr(buffer_.get() + from, '\n', size_ - from);
    if (hit == nullptr) return std::string::npos;
    const auto at = static_cast<size_t>(static_cast<const char*>(hit) - buffer_.get());
    if (!wide) return at + 1;
    const bool even = (base_ + static_cast<int64_t>(at)) % 2 == 0;
    if (little && even && at + 1 >= size_) return std::string::npos;
    if (little && even && buffer_[at + 1] == 0) return at + 2;
    if (!little && !even && at > 0 && buffer_[at - 1] == 0) return at + 1;
    from = at + 1;
  }
  return std::string::npos;
}

size_t RecordStream::FindCutEnd() {
  while (!found_) {
    const auto from = std::min(static_cast<size_t>(scanned_ - base_), size_);
    const std::string_view rest = bytes().substr(from);
    const size_t cut = kind_ == Kind::kCsv ? csv_.Find(rest) : cutter_.Find(rest);
    found_ = cut != std::string_view::npos;
    scanned_ = std::max(scanned_, base_ + static_cast<int64_t>(found_ ? from + cut : size_));
    if (!found_) return std::string::npos;
  }
  return static_cast<size_t>(scanned_ - base_);
}

size_t RecordStream::FindRecordEnd(size_t from) {
  switch (kind_) {
    case Kind::kLines:
      return FindEnd(from);
    case Kind::kElements:
    case Kind::kCsv:
      return FindCutEnd();
    default:
      return std::string::npos;
  }
}

Result<void> RecordStream::SkipLong(Record& record) {
  Sha256 hash;
  record.too_long = true;
  record.bytes = {};
  record.length = 0;
  const auto take = [&](size_t count) {
    hash.Update(bytes().substr(at_, count));
    record.length += static_cast<int64_t>(count);
    at_ += count;
  };
  for (;;) {
    const size_t end = FindRecordEnd(at_);
    if (end != std::string::npos) {
      take(end - at_);
      break;
    }
    // One byte stays, so that a two-byte line end cut by the chunk is seen whole.
    const size_t rest = size_ - at_;
    take(finished_ ? rest : rest - std::min<size_t>(rest, 1));
    if (finished_) break;
    SIKU_TRY(const bool more, Fill());
    if (!more) {
      take(size_ - at_);
      break;
    }
  }
  record.sha256 = Hex(hash.Finish());
  return {};
}

Result<bool> RecordStream::Next(Record& record) {
  if (done_) return false;
  record = {};
  found_ = false;  // a record that was given is behind us
  record.behind_array = cutter_.behind();
  size_t searched = at_;
  size_t end = std::string::npos;
  for (;;) {
    end = FindRecordEnd(searched);
    if (end != std::string::npos) break;
    const size_t have = size_ - at_;
    record.position = base_ + static_cast<int64_t>(at_);
    if (kind_ == Kind::kLines && end_ >= 0 && record.position >= end_) return false;
    if (static_cast<int64_t>(have) > max_record_) {
      SIKU_TRY(SkipLong(record));
      done_ = kind_ == Kind::kWhole;
      return true;
    }
    const size_t searched_before = have;
    SIKU_TRY(const bool more, Fill());
    // One byte back: a two-byte line end may have been cut.
    searched = searched_before == 0 ? 0 : searched_before - 1;
    if (!more) {
      end = size_;
      if (kind_ != Kind::kWhole && end == at_) return false;
      record.cut_off = kind_ == Kind::kElements && !cutter_.closed();
      break;
    }
  }
  record.position = base_ + static_cast<int64_t>(at_);
  if (kind_ == Kind::kLines && end_ >= 0 && record.position >= end_) return false;
  if (static_cast<int64_t>(end - at_) > max_record_) {
    SIKU_TRY(SkipLong(record));
  } else {
    record.bytes = bytes().substr(at_, end - at_);
    record.length = static_cast<int64_t>(record.bytes.size());
    at_ = end;
  }
  record.ends_array = cutter_.closed();
  done_ = kind_ == Kind::kWhole;
  return true;
}

}  // namespace siku::io
