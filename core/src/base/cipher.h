// AES-256-GCM (NIST SP 800-38D), by OpenSSL.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "siku/sha256.h"

namespace siku {

inline constexpr size_t kNonceBytes = 12;
inline constexpr size_t kTagBytes = 16;
using Nonce = std::array<uint8_t, kNonceBytes>;

std::string RandomBytes(size_t count);

/// Encrypted bytes and their tag. A nonce serves a key once.
std::string Encrypt(const Digest& key, const Nonce& nonce, std::string_view bound,
                    std::string_view plain);
/// Nothing where key, nonce, `bound` or bytes are not those that were encrypted.
std::optional<std::string> Decrypt(const Digest& key, const Nonce& nonce, std::string_view bound,
                                   std::string_view sealed);

/// One value under a key of its own purpose: a random nonce stands before it.
std::string SealValue(const Digest& key, std::string_view plain);
std::optional<std::string> OpenValue(const Digest& key, std::string_view sealed);

/// Lower-case hexadecimal, and back; nothing where it is none.
std::string HexOf(std::string_view bytes);
std::optional<std::string> FromHex(std::string_view hex);

}  // namespace siku
