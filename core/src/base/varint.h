// LEB128 variable-length integers, the building block of stored deltas.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace siku {

inline void PutVarint(std::string& out, uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<char>(static_cast<uint8_t>(value) | 0x80U));
    value >>= 7;
  }
  out.push_back(static_cast<char>(value));
}

/// Reads front to back; every read after a failed one fails too, so callers check `ok` once.
class VarintReader {
 public:
  explicit VarintReader(std::string_view bytes) : bytes_(bytes) {}

  uint64_t Integer() {
    uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at_ >= bytes_.size()) break;
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      value |= static_cast<uint64_t>(byte & 0x7fU) << shift;
      if (byte < 0x80) {
        // The tenth byte holds one bit.
        if (shift == 63 && byte > 1) break;
        return value;
      }
    }
    ok_ = false;
    at_ = bytes_.size();
    return 0;
  }
  /// An integer that counts things still to come, each at least one byte: bounds allocations.
  uint64_t Count() {
    const uint64_t value = Integer();
    if (value > bytes_.size() - at_) ok_ = false;
    return ok_ ? value : 0;
  }
  std::string_view Bytes(uint64_t length) {
    if (!ok_ || length > bytes_.size() - at_) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, length);
    at_ += length;
    return taken;
  }
  bool ok() const { return ok_; }
  bool done() const { return ok_ && at_ == bytes_.size(); }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace siku
