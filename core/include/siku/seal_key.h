// The key with which its owner reads what a run sealed: 32 random bytes in a file of their own.
// Without it nobody does, and destroying it makes concealing final.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "siku/result.h"
#include "siku/sha256.h"

namespace siku {

class SealKey {
 public:
  static constexpr size_t kBytes = 32;

  /// Writes a new key that only the owner may read (mode 0600). kConflict where the file exists.
  static Result<SealKey> Create(const std::string& path);
  /// kDenied where others may read the file, kInvalid where it does not hold 32 bytes.
  static Result<SealKey> Load(const std::string& path);

  SealKey(const SealKey&) = default;
  SealKey& operator=(const SealKey&) = default;
  ~SealKey();

  /// Sixteen hexadecimal digits that tell keys apart and give nothing of them away.
  std::string id() const;
  /// Another secret for each purpose (HMAC-SHA-256); none leads back to the key.
  Digest Derive(std::string_view purpose) const;

 private:
  explicit SealKey(std::string_view bytes);
  std::array<uint8_t, kBytes> bytes_{};
};

/// RFC 2104 with SHA-256.
Digest HmacSha256(std::string_view key, std::string_view message);

}  // namespace siku
