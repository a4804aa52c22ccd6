#include "cipher.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdlib>
#include <memory>

namespace siku {
namespace {

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, Free>;

const EVP_CIPHER* Algorithm() {
  static const EVP_CIPHER* const algorithm = EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr);
  return algorithm;
}

// Only a broken OpenSSL fails here; a text that silently is not sealed would be worse than an end.
void Check(int result) {
  if (result != 1) std::abort();
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Context Begin(const Digest& key, const Nonce& nonce, std::string_view bound, bool encrypt) {
  Context context(EVP_CIPHER_CTX_new());
  Check(EVP_CipherInit_ex2(context.get(), Algorithm(), key.data(), nonce.data(), encrypt ? 1 : 0,
                           nullptr));
  int size = 0;
  Check(EVP_CipherUpdate(context.get(), nullptr, &size, Bytes(bound),
                         static_cast<int>(bound.size())));
  return context;
}

int Value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

std::string RandomBytes(size_t count) {
  std::string bytes(count, '\0');
  Check(RAND_bytes(Bytes(bytes), static_cast<int>(count)));
  return bytes;
}

std::string Encrypt(const Digest& key, const Nonce& nonce, std::string_view bound,
                    std::string_view plain) {
  const Context context = Begin(key, nonce, bound, true);
  std::string sealed(plain.size() + kTagBytes, '\0');
  int size = 0, rest = 0;
  Check(EVP_CipherUpdate(context.get(), Bytes(sealed), &size, Bytes(plain),
                         static_cast<int>(plain.size())));
  Check(EVP_CipherFinal_ex(context.get(), Bytes(sealed) + size, &rest));
  Check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(kTagBytes),
                            sealed.data() + plain.size()));
  return sealed;
}

std::optional<std::string> Decrypt(const Digest& key, const Nonce& nonce, std::string_view bound,
                                   std::string_view sealed) {
  if (sealed.size() < kTagBytes) return std::nullopt;
  const Context context = Begin(key, nonce, bound, false);
  const std::string_view body = sealed.substr(0, sealed.size() - kTagBytes);
  std::string tag(sealed.substr(body.size()));
  std::string plain(body.size(), '\0');
  int size = 0, rest = 0;
  Check(EVP_CipherUpdate(context.get(), Bytes(plain), &size, Bytes(body),
                         static_cast<int>(body.size())));
  Check(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(kTagBytes),
                            tag.data()));
  if (EVP_CipherFinal_ex(context.get(), Bytes(plain) + size, &rest) != 1) return std::nullopt;
  return plain;
}

std::string SealValue(const Digest& key, std::string_view plain) {
  const std::string random = RandomBytes(kNonceBytes);
  Nonce nonce{};
  std::copy(random.begin(), random.end(), nonce.begin());
  return random + Encrypt(key, nonce, {}, plain);
}

std::optional<std::string> OpenValue(const Digest& key, std::string_view sealed) {
  if (sealed.size() < kNonceBytes) return std::nullopt;
  Nonce nonce{};
  std::copy_n(sealed.begin(), kNonceBytes, nonce.begin());
  return Decrypt(key, nonce, {}, sealed.substr(kNonceBytes));
}

std::string HexOf(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    hex += kDigits[static_cast<uint8_t>(c) >> 4U];
    hex += kDigits[static_cast<uint8_t>(c) & 15U];
  }
  return hex;
}

std::optional<std::string> FromHex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (size_t i = 0; i < hex.size(); i += 2) {
    const int high = Value(hex[i]), low = Value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

}  // namespace siku
