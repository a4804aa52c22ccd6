// The cheap look that lets clean text pass untouched.
#pragma once

#include <string_view>

namespace siku::refine {

/// Which stages of the repair a text needs. Where one is false, that stage has nothing to do and is
/// not run.
struct Look {
  /// Wrong decodings: letters of U+00C0 to U+00FF against one another, Thai, or many rare Chinese
  /// characters close together. Wider than the damage: the stage itself looks closer.
  bool decoding = false;
  /// What may be an entity.
  bool reference = false;
  /// Characters without width, controls, private ones.
  bool residue = false;
  /// Brackets with letters after a Han character, question marks that could begin a shifted run,
  /// destroyed characters. Never false on text that the walk would change or flag.
  bool page = false;
  /// Two rare Chinese characters or more, anywhere.
  bool rare = false;
  /// Traditional characters that converters put where others belong: a closer look at the words is
  /// due (misspelt.h).
  bool traditional = false;
};

/// One pass over the text.
Look LookAt(std::string_view text);

/// The same, without passing over anything: what tests compare with.
Look LookAtEveryByte(std::string_view text);

/// A Chinese character that is rare in simplified and in traditional text, or a private one.
bool IsRare(char32_t character);

/// Whether the walk over the page has anything to do.
inline bool NeedsLook(std::string_view text) { return LookAt(text).page; }

}  // namespace siku::refine
