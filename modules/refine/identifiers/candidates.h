// One candidate place and the kinds of identifier that may begin there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "identifiers/folded.h"
#include "identifiers/identifiers.h"

namespace siku::refine {

/// A run of letters and digits, with what stands around it.
struct Atom {
  std::string_view text;  // the whole text
  size_t begin = 0;       // byte
  size_t length = 0;      // characters
  const Window& window;   // from `begin` on
  char before = 0;        // the folded character before, and the one before that
  char before_that = 0;
  bool after_found = false;  // an identifier ended just before or one separator earlier
  bool emphasised = false;   // between underscores that mark it, as in _13812345678_
};

/// Numbers of digits, in groups or in one: resident ID, bank card, mobile, landline.
std::optional<Identifier> MatchNumber(const Atom& atom, IdentifierSet kinds);
/// Numbers with letters: credit code, plate, passport.
std::optional<Identifier> MatchCode(const Atom& atom, IdentifierSet kinds);
/// Where a plate of the armed police begins whose serial stands at `serial`, as in WJ京12345; npos:
/// none.
size_t ArmedPoliceHead(std::string_view text, size_t serial);
std::optional<Identifier> MatchIpAddress(const Atom& atom, size_t floor);

inline constexpr size_t kMaxLocal = 64;  // RFC 5321, 4.5.3.1

/// An email address around the @ at byte `sign`, not reaching before `floor`.
std::optional<Identifier> MatchEmail(std::string_view text, size_t sign, size_t floor);

/// The characters of the local part of an email address (RFC 5322 dot-atom, as far as mailboxes use
/// it).
bool IsLocalPart(char c);

}  // namespace siku::refine
