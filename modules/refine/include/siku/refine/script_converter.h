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

class ScriptTables;

/// Thread-safe and deterministic; linear in the length of the text.
class ScriptConverter {
 public:
  /// Bytes [begin, end) of the text become `after`.
  struct Change {
    uint64_t begin = 0;
    uint64_t end = 0;
    std::string after{};
  };

  /// `configuration`: "t2s", "s2twp", ...; kNotFound with those there are.
  static Result<std::shared_ptr<const ScriptConverter>> Load(std::string_view configuration);
  static Result<std::vector<std::string>> Configurations();

  /// The maximal spans that change, in order. `text` is valid UTF-8. `changes` is emptied first.
  void Convert(std::string_view text, std::vector<Change>& changes) const;

  /// SHA-256 of the tables.
  const std::string& hash() const;

 private:
  ScriptConverter() = default;
  void ConvertSegment(std::string_view text, uint64_t offset, std::vector<Change>& changes) const;
  void ConvertSegments(std::string_view text, std::vector<Change>& changes) const;

  std::shared_ptr<const ScriptTables> tables_;
  std::vector<size_t> normalization_, segmentation_, chain_;  // numbers of dictionaries
};

}  // namespace siku::refine
