#include "siku/seal_key.h"

#include <fcntl.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "cipher.h"
#include "durable.h"

namespace siku {
namespace {

Result<void> WriteAll(int file, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0) return Errno("cannot write", path);
    bytes.remove_prefix(static_cast<size_t>(wrote));
  }
  return {};
}

}  // namespace

Digest HmacSha256(std::string_view key, std::string_view message) {
  Digest digest{};
  unsigned int size = 0;
  const unsigned char* done = ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                                     reinterpret_cast<const unsigned char*>(message.data()),
                                     message.size(), digest.data(), &size);
  // Only a broken OpenSSL fails here; a secret that silently is none would be worse than an end.
  if (done == nullptr || size != digest.size()) std::abort();
  return digest;
}

SealKey::SealKey(std::string_view bytes) { std::copy_n(bytes.begin(), kBytes, bytes_.begin()); }

SealKey::~SealKey() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }

Result<SealKey> SealKey::Create(const std::string& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0 && errno == EEXIST) return Fail(Code::kConflict, "the file exists already", path);
  if (file < 0) return Errno("cannot write", path);
  SealKey key(RandomBytes(kBytes));
  const std::string_view bytes(reinterpret_cast<const char*>(key.bytes_.data()), kBytes);
  auto wrote = WriteAll(file, bytes, path);
  ::close(file);
  if (wrote.has_value()) wrote = SyncFile(path);
  if (!wrote.has_value()) {
    ::unlink(path.c_str());
    return tl::make_unexpected(std::move(wrote).error());
  }
  return key;
}

Result<SealKey> SealKey::Load(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(Code::kDenied, "others may read the key", path, {}, "chmod 600 it");
  }
  SIKU_TRY(std::string bytes, ReadWhole(path, int64_t{1} << 16));
  if (bytes.size() != kBytes) {
    return Fail(Code::kInvalid, "a key has 32 bytes; this file has", std::to_string(bytes.size()),
                path, "`siku key new FILE` makes one");
  }
  SealKey key(bytes);
  OPENSSL_cleanse(bytes.data(), bytes.size());
  return key;
}

std::string SealKey::id() const { return Hex(Derive("siku key id 1")).substr(0, 16); }

Digest SealKey::Derive(std::string_view purpose) const {
  return HmacSha256({reinterpret_cast<const char*>(bytes_.data()), kBytes}, purpose);
}

}  // namespace siku
