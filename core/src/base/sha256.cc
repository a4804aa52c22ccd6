#include "siku/sha256.h"

#include <openssl/evp.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "durable.h"

namespace siku {
namespace {

// Fetched once: a fetch costs more than hashing a short row.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

void Check(int result) {
  // Only a broken OpenSSL fails here; a digest that silently is none would be worse than an end.
  if (result != 1) std::abort();
}

}  // namespace

void Sha256::Free::operator()(void* context) const {
  EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context));
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  Check(EVP_DigestInit_ex2(static_cast<EVP_MD_CTX*>(context_.get()), Algorithm(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  Check(EVP_DigestUpdate(static_cast<EVP_MD_CTX*>(context_.get()), bytes.data(), bytes.size()));
}

Digest Sha256::Finish() {
  Digest digest{};
  auto* context = static_cast<EVP_MD_CTX*>(context_.get());
  Check(EVP_DigestFinal_ex(context, digest.data(), nullptr));
  Check(EVP_DigestInit_ex2(context, nullptr, nullptr));
  return digest;
}

Digest Sha256Of(std::string_view bytes) {
  thread_local Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

std::string Hex(const Digest& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(64);
  for (const uint8_t byte : digest) {
    text.push_back(kDigits[byte >> 4]);
    text.push_back(kDigits[byte & 15]);
  }
  return text;
}

Result<std::string> Sha256HexOfFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             &std::fclose);
  if (file == nullptr) return Errno("cannot read", path);
  Sha256 hash;
  std::string chunk(1 << 20, '\0');
  size_t got = 0;
  while ((got = std::fread(chunk.data(), 1, chunk.size(), file.get())) > 0) {
    hash.Update(std::string_view(chunk).substr(0, got));
  }
  if (std::ferror(file.get()) != 0) return Errno("cannot read", path);
  return Hex(hash.Finish());
}

}  // namespace siku
