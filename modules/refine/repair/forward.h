// The damage itself, forwards: what a converter makes of an original when its bytes slip by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace siku::refine {

/// The byte that the first character has lost.
enum class LostByte : uint8_t { kLead, kTrail };
/// How the bytes come back in step behind a run.
enum class InStep : uint8_t {
  kAsciiTrail,  // the trail byte of the last character is an ASCII one, and shows
  kTorn,        // ASCII below 40 follows the last lead byte, which shows as "?"
  kSwallowed,   // an ASCII letter follows and becomes its trail
  kDropped,     // the last lead byte is not on the page
};

/// `original` are the characters whose GBK bytes slipped; with kSwallowed an ASCII letter more.
/// Gives what a page then shows from the lost byte on: pairs one byte late, unassigned ones
/// dropped, full-width ASCII narrowed. Nothing where the bytes would not slip over the whole
/// original, or where a character is not in GBK.
std::optional<std::u32string> Shifted(std::u32string_view original, LostByte lost, InStep end);

}  // namespace siku::refine
