// OpenCC's dictionaries and configurations as siku-scripts.tables holds them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tables/table_file.h"

namespace siku::refine {

/// Read-only and shared by all threads.
class ScriptTables {
 public:
  /// Mapped once in a process.
  static Result<std::shared_ptr<const ScriptTables>> Shared();

  struct Configuration {
    std::string name;
    std::vector<size_t> normalization{}, segmentation{}, chain{};
  };
  const std::vector<Configuration>& configurations() const { return configurations_; }
  const std::string& hash() const { return file_->hash(); }

  struct Match {
    size_t length = 0;  // bytes; 0: no word begins here
    std::string_view after{};
  };
  /// Moves `at` to the next place where a word of the dictionary begins, and gives the word; or to
  /// an ideographic description character (U+2FF0 to U+2FFF) or the end, with none.
  Match Next(size_t dictionary, std::string_view text, size_t& at) const;

 private:
  struct Unit {
    uint32_t base;   // 0: no children
    uint16_t label;  // the code it is reached by
    uint16_t value;  // 0: no word
  };
  struct Dictionary {
    std::span<const Unit> units;
    std::span<const uint64_t> values;  // place, length (24 bits), rank (8 bits) of the text after
    /// Most text is none of the dictionary's: whether a place needs a look, by the first byte, then
    /// by the character (a bit each up to U+FFFF).
    std::array<bool, 256> leads{};
    std::vector<uint64_t> begins{};
    /// By the code of the first character: bit c % 64 where a code c may follow.
    std::vector<uint64_t> seconds{};
  };

  Result<void> Bind();
  bool BindDictionary(size_t number);
  void FillFilters(Dictionary& dictionary) const;
  Match Longest(const Dictionary& dictionary, std::string_view text, size_t begin, size_t at,
                Unit unit) const;
  uint16_t CodeOf(char32_t c) const { return c < codes_.size() ? codes_[c] : uint16_t{0}; }
  bool BindConfigurations(std::string_view lines);

  std::shared_ptr<const TableFile> file_;
  std::span<const uint16_t> codes_;
  std::span<const char> texts_;
  std::vector<Dictionary> dictionaries_;
  std::vector<Configuration> configurations_;
};

}  // namespace siku::refine
