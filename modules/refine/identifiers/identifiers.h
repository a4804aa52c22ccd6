// Finds numbers and addresses that identify a person or an organisation, by the rules of the
// standards that define them. One pass; no regular expressions; knows bytes and nothing of Arrow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace siku::refine {

enum class IdentifierKind : uint8_t {
  kResidentId,     // GB 11643: 18 characters, MOD 11-2 checksum, division, date of birth
  kOldResidentId,  // its form before 1999: 15 digits without checksum; a word must announce it
  kMobile,         // 11 digits, ranges assigned by the MIIT
  kLandline,       // area code of the MIIT and subscriber number
  kBankCard,       // ISO/IEC 7812: issuer ranges and Luhn
  kPlate,          // GA 36: civil plates, new-energy ones included
  kPassport,       // a word must announce it
  kCreditCode,     // GB 32100: 18 characters, MOD 31 checksum
  kEmail,
  kIpAddress,  // IPv4 and IPv6, but what no machine is told by: loopback, masks, all zeros
};
inline constexpr int kIdentifierKinds = 10;

/// In the order of the enumeration: `resident_id`, `mobile` …
std::string_view IdentifierName(IdentifierKind kind);

class IdentifierSet {
 public:
  void Add(IdentifierKind kind) { bits_ |= Bit(kind); }
  bool Has(IdentifierKind kind) const { return (bits_ & Bit(kind)) != 0; }

 private:
  static uint32_t Bit(IdentifierKind kind) { return 1U << static_cast<uint32_t>(kind); }
  uint32_t bits_ = 0;
};

struct Identifier {
  size_t begin = 0;  // bytes of the text, on character borders
  size_t end = 0;
  IdentifierKind kind = IdentifierKind::kResidentId;
  /// One spelling for all ways to write it: half width, without separators and country code,
  /// letters in the case of their standard.
  std::string canonical{};
};

/// Appends what stands in valid UTF-8 `text`, sorted and disjoint. Linear in the text.
void FindIdentifiers(std::string_view text, IdentifierSet kinds, std::vector<Identifier>& found);

}  // namespace siku::refine
