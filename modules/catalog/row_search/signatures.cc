#include "row_search/signatures.h"

#include <arrow/buffer.h>
#include <arrow/io/file.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <set>

#include "arrow_internal.h"
#include "durable.h"
#include "row_search/terms.h"
#include "siku/sha256.h"

namespace siku::catalog {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr size_t kBits = size_t{1} << 19;
constexpr int kHashes = 4;
constexpr size_t kGroup = 512;  // blocks
constexpr size_t kSlice = kGroup / 8;
constexpr int64_t kFormat = 0x3147'4953'554B'4953;  // "SIKUSIG1"
using Counts = std::array<int64_t, 3>;              // rows, blocks, format
constexpr size_t kTail = sizeof(Counts) + sizeof(Digest);

using Positions = std::array<uint32_t, kHashes>;

Positions PositionsOf(uint64_t gram) {
  // MurmurHash3's finaliser for 64 bits (Appleby); two halves as Kirsch and Mitzenmacher 2006.
  uint64_t hash = gram;
  hash ^= hash >> 33U;
  hash *= 0xFF51AFD7ED558CCDU;
  hash ^= hash >> 33U;
  hash *= 0xC4CEB9FE1A85EC53U;
  hash ^= hash >> 33U;
  const auto first = static_cast<uint32_t>(hash);
  const uint32_t step = static_cast<uint32_t>(hash >> 32U) | 1U;
  Positions positions{};
  for (uint32_t i = 0; i < kHashes; ++i) positions[i] = (first + i * step) & (kBits - 1);
  return positions;
}

size_t SliceOf(size_t blocks) { return (blocks + 7) / 8; }

template <class Number>
std::string_view BytesOf(const Number* numbers, size_t count) {
  return {reinterpret_cast<const char*>(numbers), count * sizeof(Number)};
}

class TheWriter final : public SignatureWriter {
 public:
  ~TheWriter() override {
    if (file_ >= 0) ::close(file_);
  }
  Result<void> Create(const std::string& path) {
    path_ = path;
    file_ = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666);
    if (file_ < 0) return Errno("cannot write", path);
    return {};
  }

  Result<void> AddRow(const std::vector<std::u16string_view>& cells) override {
    size_t units = 0;
    for (const auto& cell : cells) units += cell.size();
    const bool full = in_block_ == kBlockRows || units_ + units > kBlockUnits;
    if (in_block_ > 0 && full) SIKU_TRY(EndBlock());
    if (in_block_ == 0) begins_.push_back(rows_);
    for (const auto& cell : cells) AddCell(cell);
    units_ += units;
    ++in_block_;
    ++rows_;
    return {};
  }

  Result<void> Close() override {
    if (in_block_ > 0) SIKU_TRY(EndBlock());
    if (in_group_ > 0) SIKU_TRY(EndGroup());
    const Counts counts = {rows_, static_cast<int64_t>(begins_.size()), kFormat};
    SIKU_TRY(Write(BytesOf(begins_.data(), begins_.size())));
    SIKU_TRY(Write(BytesOf(counts.data(), counts.size())));
    const Digest digest = digest_.Finish();
    SIKU_TRY(Write(BytesOf(digest.data(), digest.size())));
    if (::fsync(file_) != 0) return Errno("cannot write", path_);
    return {};
  }

 private:
  void AddCell(std::u16string_view cell) {
    for (const char16_t unit : cell) AddGram(unit);
    ForEachGram(cell, [&](uint64_t gram) { AddGram(gram); });
  }
  void AddGram(uint64_t gram) {
    for (const uint32_t at : PositionsOf(gram)) block_[at / 64] |= uint64_t{1} << at % 64;
  }
  /// Its bits into their slices.
  Result<void> EndBlock() {
    if (group_.empty()) group_.resize(kBits * kSlice);
    for (size_t word = 0; word < block_.size(); ++word) {
      for (uint64_t left = block_[word]; left != 0; left &= left - 1) {
        const size_t bit = word * 64 + static_cast<size_t>(std::countr_zero(left));
        group_[bit * kSlice + in_group_ / 8] |= static_cast<char>(1U << in_group_ % 8);
      }
    }
    std::fill(block_.begin(), block_.end(), 0);
    in_block_ = 0;
    units_ = 0;
    if (++in_group_ < kGroup) return {};
    return EndGroup();
  }
  Result<void> EndGroup() {
    const size_t slice = SliceOf(in_group_);
    for (size_t bit = 1; slice < kSlice && bit < kBits; ++bit) {
      std::memmove(&group_[bit * slice], &group_[bit * kSlice], slice);
    }
    SIKU_TRY(Write({group_.data(), kBits * slice}));
    group_.assign(group_.size(), 0);
    in_group_ = 0;
    return {};
  }
  Result<void> Write(std::string_view bytes) {
    digest_.Update(bytes);
    while (!bytes.empty()) {
      const ssize_t written = ::write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Errno("cannot write", path_);
      bytes.remove_prefix(static_cast<size_t>(written));
    }
    return {};
  }

  std::string path_;
  int file_ = -1;
  Sha256 digest_{};
  int64_t rows_ = 0;
  std::vector<int64_t> begins_{};
  std::vector<uint64_t> block_ = std::vector<uint64_t>(kBits / 64);
  int64_t in_block_ = 0;  // rows
  size_t units_ = 0;
  std::vector<char> group_{};
  size_t in_group_ = 0;  // blocks
};

/// Whether a file is whole is looked at once.
bool KnownWhole(const std::string& path, bool now) {
  static std::mutex mutex;
  static std::set<std::string> whole;
  const std::lock_guard lock(mutex);
  if (now) whole.insert(path);
  return whole.contains(path);
}

}  // namespace

Result<std::unique_ptr<SignatureWriter>> SignatureWriter::Open(const std::string& path) {
  auto writer = std::make_unique<TheWriter>();
  SIKU_TRY(writer->Create(path));
  return writer;
}

Result<Signatures> Signatures::Open(const std::string& path) {
  if (::access(path.c_str(), R_OK) != 0) {
    return Fail(Code::kNotFound, "there are no signatures of this version yet");
  }
  const auto damaged = [&] { return Fail(Code::kData, "the file of signatures is damaged", path); };
  SIKU_TRY(const auto mapped,
           FromArrow(arrow::io::MemoryMappedFile::Open(path, arrow::io::FileMode::READ)));
  SIKU_TRY(const int64_t length, FromArrow(mapped->GetSize()));
  Signatures signatures;
  SIKU_TRY(signatures.file_, FromArrow(mapped->ReadAt(0, length)));
  const std::string_view bytes(*signatures.file_);
  if (bytes.size() < kTail) return damaged();
  Counts counts{};
  std::memcpy(counts.data(), bytes.data() + bytes.size() - kTail, sizeof counts);
  const auto [rows, blocks, format] = counts;
  if (format != kFormat || rows < 0 || blocks < 0 || blocks > length / 8) return damaged();
  const auto count = static_cast<size_t>(blocks);
  const size_t slices = kBits * (count / kGroup * kSlice + SliceOf(count % kGroup));
  if (bytes.size() != slices + count * 8 + kTail) return damaged();
  if (!KnownWhole(path, false)) {
    const size_t body = bytes.size() - sizeof(Digest);
    const Digest digest = Sha256Of(bytes.substr(0, body));
    if (bytes.substr(body) != BytesOf(digest.data(), digest.size())) return damaged();
    KnownWhole(path, true);
  }
  signatures.rows_ = rows;
  signatures.begins_.resize(count);
  std::memcpy(signatures.begins_.data(), bytes.data() + slices, count * 8);
  return signatures;
}

Bits Signatures::Having(uint64_t gram) const {
  const std::string_view bytes(*file_);
  const auto positions = PositionsOf(gram);
  Bits having(blocks());
  size_t group = 0;
  for (size_t first = 0; first < blocks(); first += kGroup) {
    const size_t count = std::min(kGroup, blocks() - first);
    const size_t slice = SliceOf(count);
    for (size_t byte = 0; byte < slice; ++byte) {
      unsigned all = 0xFF;
      for (const uint32_t at : positions) {
        all &= static_cast<uint8_t>(bytes[group + at * slice + byte]);
      }
      for (size_t i = 0; all != 0 && i < 8; ++i) {
        if ((all >> i & 1U) != 0) having.Set(first + byte * 8 + i);
      }
    }
    group += kBits * slice;
  }
  return having;
}

}  // namespace siku::catalog
