#include "sealed_file.h"

#include <arrow/api.h>
#include <arrow/io/file.h>
#include <arrow/util/future.h>

#include <algorithm>
#include <mutex>

#include "../base/arrow_internal.h"
#include "../base/cipher.h"
#include "../objects/mirror.h"
#include "siku/seal_key.h"

namespace siku::run {
namespace {

constexpr std::string_view kMagic = "SIKUSEAL";
constexpr std::string_view kVersion("\1\0\0\0\0\0\0\0", 8);
constexpr size_t kSaltBytes = 16;
constexpr size_t kHeaderBytes = 32;  // magic, version, salt
constexpr size_t kChunk = 1 << 16;
constexpr size_t kSealedChunk = kChunk + kTagBytes;

Digest FileKey(const Digest& run, std::string_view salt) {
  return HmacSha256({reinterpret_cast<const char*>(run.data()), run.size()},
                    "siku sealed file 1" + std::string(salt));
}

// The chunk's number, and whether it is the last: a file cut at a chunk's end does not open.
Nonce ChunkNonce(uint64_t number, bool last) {
  Nonce nonce{};
  for (size_t i = 0; i < 8; ++i) nonce[3 + i] = static_cast<uint8_t>(number >> (56 - 8 * i));
  nonce[11] = last ? 1 : 0;
  return nonce;
}

class SealedOutput final : public arrow::io::OutputStream {
 public:
  SealedOutput(std::shared_ptr<arrow::io::FileOutputStream> file, const Digest& run)
      : file_(std::move(file)),
        header_(std::string(kMagic) + std::string(kVersion) + RandomBytes(kSaltBytes)),
        key_(FileKey(run, std::string_view(header_).substr(kHeaderBytes - kSaltBytes))) {
    set_mode(arrow::io::FileMode::WRITE);
  }
  ~SealedOutput() override = default;
  arrow::Status Begin() { return file_->Write(header_.data(), kHeaderBytes); }

  arrow::Status Write(const void* data, int64_t size) override {
    std::string_view bytes(static_cast<const char*>(data), static_cast<size_t>(size));
    position_ += size;
    while (!bytes.empty()) {
      // A full chunk waits until it is known not to be the last.
      if (waiting_.size() == kChunk) ARROW_RETURN_NOT_OK(Flush(false));
      const std::string_view piece = bytes.substr(0, kChunk - waiting_.size());
      waiting_.append(piece);
      bytes.remove_prefix(piece.size());
    }
    return arrow::Status::OK();
  }
  using arrow::io::OutputStream::Flush;
  using arrow::io::OutputStream::Write;
  arrow::Result<int64_t> Tell() const override { return position_; }
  bool closed() const override { return file_->closed(); }
  arrow::Status Close() override {
    if (closed()) return arrow::Status::OK();
    ARROW_RETURN_NOT_OK(Flush(true));
    return file_->Close();
  }
  // What was half written belongs to nobody.
  arrow::Status Abort() override { return file_->Close(); }

 private:
  arrow::Status Flush(bool last) {
    const std::string sealed = Encrypt(key_, ChunkNonce(chunks_++, last), header_, waiting_);
    waiting_.clear();
    return file_->Write(sealed.data(), static_cast<int64_t>(sealed.size()));
  }

  std::shared_ptr<arrow::io::FileOutputStream> file_;
  std::string header_;
  Digest key_;
  std::string waiting_{};
  uint64_t chunks_ = 0;
  int64_t position_ = 0;
};

class SealedInput final : public arrow::io::RandomAccessFile {
 public:
  explicit SealedInput(std::shared_ptr<arrow::io::ReadableFile> file) : file_(std::move(file)) {
    set_mode(arrow::io::FileMode::READ);
  }
  // The last chunk is opened at once: it says that nothing is missing.
  arrow::Status Begin(const Digest& run) {
    ARROW_ASSIGN_OR_RAISE(const auto header, file_->ReadAt(0, kHeaderBytes));
    ARROW_ASSIGN_OR_RAISE(const int64_t bytes, file_->GetSize());
    header_ = header->ToString();
    if (header_.size() != kHeaderBytes || std::string_view(header_).substr(8, 8) != kVersion) {
      return arrow::Status::NotImplemented("a sealed file of another version");
    }
    key_ = FileKey(run, std::string_view(header_).substr(kHeaderBytes - kSaltBytes));
    const int64_t body = bytes - static_cast<int64_t>(kHeaderBytes);
    chunks_ = (body + static_cast<int64_t>(kSealedChunk) - 1) / static_cast<int64_t>(kSealedChunk);
    size_ = body - chunks_ * static_cast<int64_t>(kTagBytes);
    if (chunks_ < 1 || size_ < 0) return Damaged();
    return Load(chunks_ - 1);
  }

  arrow::Result<int64_t> GetSize() override { return size_; }
  arrow::Result<int64_t> Tell() const override { return position_; }
  arrow::Status Seek(int64_t position) override {
    position_ = position;
    return arrow::Status::OK();
  }
  bool closed() const override { return file_->closed(); }
  arrow::Status Close() override { return file_->Close(); }

  arrow::Result<int64_t> Read(int64_t size, void* out) override {
    ARROW_ASSIGN_OR_RAISE(const int64_t got, ReadAt(position_, size, out));
    position_ += got;
    return got;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t size) override {
    ARROW_ASSIGN_OR_RAISE(auto buffer, ReadAt(position_, size));
    position_ += buffer->size();
    return buffer;
  }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t size, void* out) override {
    const std::scoped_lock lock(mutex_);
    const int64_t end = std::min(size_, position + size);
    auto* to = static_cast<char*>(out);
    int64_t at = position;
    while (at < end) {
      const int64_t chunk = at / static_cast<int64_t>(kChunk);
      ARROW_RETURN_NOT_OK(Load(chunk));
      const auto from = static_cast<size_t>(at - chunk * static_cast<int64_t>(kChunk));
      const auto piece = std::min(plain_.size() - from, static_cast<size_t>(end - at));
      to = std::copy_n(plain_.begin() + static_cast<ptrdiff_t>(from), piece, to);
      at += static_cast<int64_t>(piece);
    }
    return at - position;
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t size) override {
    const int64_t wanted = std::max<int64_t>(0, std::min(size, size_ - position));
    ARROW_ASSIGN_OR_RAISE(auto buffer, arrow::AllocateBuffer(wanted));
    ARROW_RETURN_NOT_OK(ReadAt(position, wanted, buffer->mutable_data()).status());
    return std::shared_ptr<arrow::Buffer>(std::move(buffer));
  }

 private:
  static arrow::Status Damaged() {
    return arrow::Status::Invalid("a sealed file is damaged, or sealed with another key");
  }
  arrow::Status Load(int64_t chunk) {
    if (chunk == loaded_) return arrow::Status::OK();
    const int64_t begin =
        static_cast<int64_t>(kHeaderBytes) + chunk * static_cast<int64_t>(kSealedChunk);
    ARROW_ASSIGN_OR_RAISE(const auto sealed, file_->ReadAt(begin, kSealedChunk));
    auto plain = Decrypt(key_, ChunkNonce(static_cast<uint64_t>(chunk), chunk + 1 == chunks_),
                         header_, std::string_view(*sealed));
    if (!plain.has_value()) return Damaged();
    plain_ = *std::move(plain);
    loaded_ = chunk;
    return arrow::Status::OK();
  }

  std::shared_ptr<arrow::io::ReadableFile> file_;
  std::mutex mutex_{};
  std::string header_{};
  Digest key_{};
  int64_t chunks_ = 0;
  int64_t size_ = 0;
  int64_t position_ = 0;
  int64_t loaded_ = -1;
  std::string plain_{};
};

}  // namespace

Result<std::shared_ptr<arrow::io::OutputStream>> CreateFile(const std::string& path,
                                                            const RunKey& key) {
  SIKU_TRY(auto file, FromArrow(arrow::io::FileOutputStream::Open(path)));
  if (key == nullptr) return file;
  auto sealed = std::make_shared<SealedOutput>(std::move(file), *key);
  SIKU_TRY(FromArrow(sealed->Begin()));
  return sealed;
}

Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenFile(const std::string& path,
                                                              const RunKey& key, bool mapped) {
  SIKU_TRY(Bring(path));
  SIKU_TRY(auto file, FromArrow(arrow::io::ReadableFile::Open(path)));
  SIKU_TRY(const auto magic, FromArrow(file->ReadAt(0, kMagic.size())));
  if (std::string_view(*magic) != kMagic) {
    if (!mapped) {
      SIKU_TRY(FromArrow(file->Seek(0)));
      return file;
    }
    return FromArrow(arrow::io::MemoryMappedFile::Open(path, arrow::io::FileMode::READ));
  }
  if (key == nullptr) {
    return Fail(Code::kDenied, "what the run kept of these texts is sealed", {}, path,
                "give the owner's key: --seal-key FILE");
  }
  auto sealed = std::make_shared<SealedInput>(std::move(file));
  SIKU_TRY(FromArrow(sealed->Begin(*key)));
  return sealed;
}

}  // namespace siku::run
