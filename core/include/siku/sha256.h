// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "siku/result.h"

namespace siku {

using Digest = std::array<uint8_t, 32>;

/// Hashes a stream of bytes; reusable after Finish.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::string_view bytes);
  Digest Finish();

 private:
  struct Free {
    void operator()(void* context) const;
  };
  std::unique_ptr<void, Free> context_;
};

Digest Sha256Of(std::string_view bytes);
/// Lower-case hexadecimal.
std::string Hex(const Digest& digest);
/// Of a file's bytes.
Result<std::string> Sha256HexOfFile(const std::string& path);
inline std::string Sha256Hex(std::string_view bytes) { return Hex(Sha256Of(bytes)); }

}  // namespace siku
