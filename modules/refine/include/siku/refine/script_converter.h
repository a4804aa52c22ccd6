// Converts Chinese text between scripts and regional forms as OpenCC 1.4.2 does, by configurations
// of the same names (docs/words.md).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"

namespace siku::refine {

class ScriptDictionary;
class ScriptTables;

/// A text after its conversion, with the spans that changed. Reused, it allocates nothing.
class ConvertedText {
 public:
  /// A place in bytes of the text before and of the text after.
  struct Place {
    uint64_t before = 0;
    uint64_t after = 0;
  };
  struct Change {
    Place begin{}, end{};
  };

  std::string_view text() const { return {bytes_.data(), size_}; }
  /// Maximal spans that differ or that a longer word covers, in order.
  size_t changes() const { return marks_ / 2; }
  Change change(size_t i) const { return {places_[2 * i], places_[2 * i + 1]}; }
  std::string_view after(const Change& change) const {
    return text().substr(change.begin.after, change.end.after - change.begin.after);
  }

 private:
  friend class ScriptStage;

  // Behind what is in use there is room of any content.
  std::string bytes_;
  size_t size_ = 0;
  std::vector<Place> places_;  // begin and end of each change in turn
  size_t marks_ = 0;
};

/// Thread-safe and deterministic; linear in the length of the text.
class ScriptConverter {
 public:
  ~ScriptConverter();
  /// `configuration`: "t2s", "s2twp", ...; kNotFound with those there are.
  static Result<std::shared_ptr<const ScriptConverter>> Load(std::string_view configuration);
  static Result<std::vector<std::string>> Configurations();

  /// `text` is valid UTF-8; what `made` held is overwritten.
  void Convert(std::string_view text, ConvertedText& made) const;

  /// SHA-256 of the tables.
  const std::string& hash() const;

 private:
  ScriptConverter();
  void PlanSinglePass();
  void ConvertSegments(std::string_view text, ConvertedText& made) const;

  std::shared_ptr<const ScriptTables> tables_;
  std::vector<ScriptDictionary> normalization_, segmentation_, chain_;
  /// Where one pass will do: what it needs to know of each character, those marked that have to be
  /// normalised first. Else empty.
  std::vector<uint32_t> single_pass_;
};

}  // namespace siku::refine
