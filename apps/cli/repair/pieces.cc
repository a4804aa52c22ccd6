#include "pieces.h"

#include <algorithm>
#include <utility>

namespace siku::cli {
namespace {

// Large enough that a piece costs more than handing it over, small enough for many in flight.
constexpr size_t kPieceBytes = 1 << 20;
constexpr size_t kSampleBytes = 256 << 10;

size_t UnitOf(Encoding encoding) {
  return encoding == Encoding::kUtf16Le || encoding == Encoding::kUtf16Be ? 2 : 1;
}

// By memchr, which is quick where lines are long.
int64_t CountLineFeeds(std::string_view bytes) {
  int64_t count = 0;
  for (size_t at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', at + 1)) ++count;
  return count;
}

}  // namespace

Result<Sniffed> SniffEncoding(std::string_view sample, bool whole,
                              const std::optional<Encoding>& given, const std::string& name) {
  const Detected detected = DetectEncoding(sample, whole);
  if (given.has_value()) {
    return Sniffed{*given, detected.encoding == *given ? detected.bom : 0};
  }
  if (detected.binary) {
    return Fail(Code::kData, "not a text: too many control bytes", name, {},
                "give --encoding if it is one all the same");
  }
  return Sniffed{detected.encoding, detected.bom};
}

Result<void> LinePieces::Begin() {
  while (!ended_ && buffer_.size() < kSampleBytes) {
    SIKU_TRY(const bool more, input_->Read(buffer_, kSampleBytes));
    ended_ = !more;
  }
  return {};
}

Result<void> LinePieces::Sniff(const std::optional<Encoding>& given, const std::string& name) {
  SIKU_TRY(const auto sniffed, SniffEncoding(buffer_, ended_, given, name));
  encoding_ = sniffed.encoding;
  mark_ = sniffed.mark;
  return {};
}

// Behind the first line end that begins at `from` or later; npos: none.
size_t LinePieces::FindEnd(size_t from) const {
  const size_t unit = UnitOf(encoding_);
  for (size_t at = buffer_.find('\n', from); at != std::string::npos;
       at = buffer_.find('\n', at + 1)) {
    if (unit == 1) return at + 1;
    const bool big = encoding_ == Encoding::kUtf16Be;
    const size_t begin = big ? at - 1 : at;
    if (begin % 2 == 0 && begin + 1 < buffer_.size() && buffer_[big ? begin : at + 1] == '\0') {
      return begin + 2;
    }
  }
  return std::string::npos;
}

// Behind the last line end in the buffer; 0: none.
size_t LinePieces::LastEnd() const {
  if (UnitOf(encoding_) == 1) {
    const size_t at = buffer_.rfind('\n');
    return at == std::string::npos ? 0 : at + 1;
  }
  size_t last = 0;
  for (size_t end = FindEnd(0); end != std::string::npos; end = FindEnd(end)) last = end;
  return last;
}

void LinePieces::Take(size_t bytes, Piece& piece) {
  std::string rest = buffer_.substr(bytes);  // less than a line, mostly
  buffer_.resize(bytes);
  piece.bytes = std::exchange(buffer_, std::move(rest));
  piece.first_line = line_;
  piece.too_long = in_long_;
  line_ += CountLineFeeds(piece.bytes);
}

Result<bool> LinePieces::NextOfLong(Piece& piece) {
  const size_t end = FindEnd(0);
  if (end != std::string::npos) {
    Take(end, piece);
    in_long_ = false;
    return true;
  }
  if (ended_) {
    Take(buffer_.size(), piece);
    in_long_ = false;
    return !piece.bytes.empty();
  }
  // An odd byte stays for its other half.
  Take(buffer_.size() & ~size_t{1}, piece);
  return true;
}

Result<bool> LinePieces::Next(Piece& piece) {
  size_t end = 0;
  for (;;) {
    while (!ended_ && buffer_.size() < kPieceBytes) {
      SIKU_TRY(const bool more, input_->Read(buffer_, kPieceBytes));
      ended_ = !more;
    }
    if (in_long_) return NextOfLong(piece);
    end = LastEnd();
    // What has no line end behind it is a line when nothing follows.
    if (end == 0 && ended_) end = buffer_.size();
    if (end > 0) break;
    if (ended_) return false;
    if (buffer_.size() > max_record_) {
      ++long_lines_;
      in_long_ = true;
      return NextOfLong(piece);
    }
    // The line goes on: as much again.
    SIKU_TRY(const bool more, input_->Read(buffer_, std::max(kPieceBytes, buffer_.size())));
    ended_ = !more;
  }
  Take(end, piece);
  return true;
}

}  // namespace siku::cli
