// One pass over a text by one dictionary, and passes put together.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "script/script_dictionary.h"
#include "siku/refine/script_converter.h"

namespace siku::refine {

/// Behind an ideographic description that `at` stands before and that no word begins with: such a
/// description is kept whole. Behind the character where it is none.
size_t AfterUnmatched(std::string_view text, size_t at);

class ScriptStage {
 public:
  /// The longest word at each place, one after another; overwrites `made`. `starts` are those of
  /// the dictionary, or with kStop set for some: before such a character it gives up, with false.
  static bool Convert(const ScriptDictionary& dictionary, std::span<const uint32_t> starts,
                      std::string_view text, ConvertedText& made);
  static void Clear(ConvertedText& made);
  /// Puts `part`, made of the text from `offset` on, behind `made`. Changes that touch become one.
  static void Append(const ConvertedText& part, uint64_t offset, ConvertedText& made);
  /// `second` was made of what `first` holds; afterwards it holds both as one. What touches, in the
  /// text between the two, becomes one change.
  static void Compose(const ConvertedText& first, ConvertedText& second);

 private:
  struct Pen;
  static void Reserve(size_t longest, ConvertedText& made, Pen& pen);
  static void PutLooked(const ScriptDictionary& dictionary, std::string_view text, Pen& pen);
  static bool PutNext(const ScriptDictionary& dictionary, std::span<const uint32_t> starts,
                      std::string_view text, Pen& pen);
  static Pen PutPlain(const ScriptDictionary& dictionary, std::span<const uint32_t> starts,
                      std::string_view text, Pen pen);
};

}  // namespace siku::refine
