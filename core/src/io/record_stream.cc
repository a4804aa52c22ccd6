#include "record_stream.h"

#include <arrow/io/file.h>

#include <cstring>

#include "../base/arrow_internal.h"
#include "open_source.h"
#include "siku/sha256.h"

namespace siku::io {
namespace {

constexpr int64_t kChunk = 4 << 20;

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
  SIKU_TRY(auto file, OpenRandomAccess(source));
  // A line that begins exactly at `begin` is ours: look for the line end from the byte before.
  SIKU_TRY(FromArrow(file->Seek(begin - 1)));
  records->stream_ = std::move(file);
  records->base_ = begin - 1;
  for (;;) {
    const size_t line_end = records->FindEnd(records->at_);
    if (line_end != std::string::npos) {
      records->at_ = line_end;
      return records;
    }
    // Somebody else's line: its bytes are not kept.
    records->base_ += static_cast<int64_t>(records->buffer_.size());
    records->buffer_.clear();
    SIKU_TRY(const bool more, records->Fill());
    if (!more) return records;
  }
}

Result<std::unique_ptr<RecordStream>> RecordStream::Whole(const Source& source,
                                                          int64_t max_record) {
  std::unique_ptr<RecordStream> records(new RecordStream(source, max_record));
  records->lines_ = false;
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
  if (source_.compression != Compression::kNone) return file_->Tell().ValueOr(0);
  return end_ < 0 ? position : std::min(position, end_);
}

Result<bool> RecordStream::Fill() {
  if (finished_) return false;
  // Drop what was given out.
  buffer_.erase(0, at_);
  base_ += static_cast<int64_t>(at_);
  at_ = 0;
  const size_t had = buffer_.size();
  buffer_.resize(had + kChunk);
  auto read = FromArrow(stream_->Read(kChunk, buffer_.data() + had));
  if (!read.has_value()) {
    return SourceError(source_, read.error(), base_ + static_cast<int64_t>(had));
  }
  buffer_.resize(had + static_cast<size_t>(*read));
  finished_ = *read == 0;
  return !finished_;
}

// The position behind the first line end at or after `from`, or npos.
size_t RecordStream::FindEnd(size_t from) const {
  const bool little = source_.encoding == Encoding::kUtf16Le;
  const bool wide = little || source_.encoding == Encoding::kUtf16Be;
  while (from < buffer_.size()) {
    const void* hit = std::memchr(buffer_.data() + from, '\n', buffer_.size() - from);
    if (hit == nullptr) return std::string::npos;
    const auto at = static_cast<size_t>(static_cast<const char*>(hit) - buffer_.data());
    if (!wide) return at + 1;
    const bool even = (base_ + static_cast<int64_t>(at)) % 2 == 0;
    if (little && even && at + 1 >= buffer_.size()) return std::string::npos;
    if (little && even && buffer_[at + 1] == 0) return at + 2;
    if (!little && !even && at > 0 && buffer_[at - 1] == 0) return at + 1;
    from = at + 1;
  }
  return std::string::npos;
}

Result<void> RecordStream::SkipLong(Record& record) {
  Sha256 hash;
  record.too_long = true;
  record.bytes = {};
  record.length = 0;
  const auto take = [&](size_t count) {
    hash.Update(std::string_view(buffer_).substr(at_, count));
    record.length += static_cast<int64_t>(count);
    at_ += count;
  };
  for (;;) {
    const size_t end = lines_ ? FindEnd(at_) : std::string::npos;
    if (end != std::string::npos) {
      take(end - at_);
      break;
    }
    // One byte stays, so that a two-byte line end cut by the chunk is seen whole.
    const size_t rest = buffer_.size() - at_;
    take(finished_ ? rest : rest - std::min<size_t>(rest, 1));
    if (finished_) break;
    SIKU_TRY(const bool more, Fill());
    if (!more) {
      take(buffer_.size() - at_);
      break;
    }
  }
  record.sha256 = Hex(hash.Finish());
  return {};
}

Result<bool> RecordStream::Next(Record& record) {
  if (done_) return false;
  record = {};
  size_t searched = at_;
  size_t end = std::string::npos;
  for (;;) {
    if (lines_) end = FindEnd(searched);
    if (end != std::string::npos) break;
    const size_t have = buffer_.size() - at_;
    record.position = base_ + static_cast<int64_t>(at_);
    if (lines_ && end_ >= 0 && record.position >= end_) return false;
    if (static_cast<int64_t>(have) > max_record_) {
      SIKU_TRY(SkipLong(record));
      done_ = !lines_;
      return true;
    }
    const size_t searched_before = have;
    SIKU_TRY(const bool more, Fill());
    // One byte back: a two-byte line end may have been cut.
    searched = searched_before == 0 ? 0 : searched_before - 1;
    if (!more) {
      end = buffer_.size();
      if (lines_ && end == at_) return false;
      break;
    }
  }
  record.position = base_ + static_cast<int64_t>(at_);
  if (lines_ && end_ >= 0 && record.position >= end_) return false;
  if (static_cast<int64_t>(end - at_) > max_record_) {
    SIKU_TRY(SkipLong(record));
  } else {
    record.bytes = std::string_view(buffer_).substr(at_, end - at_);
    record.length = static_cast<int64_t>(record.bytes.size());
    at_ = end;
  }
  done_ = !lines_;
  return true;
}

}  // namespace siku::io
