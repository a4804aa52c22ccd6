// OpenCC's dictionaries and configurations as siku-scripts.tables holds them.
#pragma once

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
  /// The word of the dictionary that `text` begins with at `at`.
  Match At(size_t dictionary, std::string_view text, size_t at) const;

 private:
  struct Unit {
    uint32_t base;   // 0: no children
    uint16_t label;  // the code it is reached by
    uint16_t value;  // 0: no word
  };
  struct Dictionary {
    std::span<const Unit> units;
    std::span<const uint64_t> values;  // place, length (24 bits), rank (8 bits) of the text after
  };

  Result<void> Bind();
  bool BindDictionary(size_t number);
  bool BindConfigurations(std::string_view lines);

  std::shared_ptr<const TableFile> file_;
  std::span<const uint16_t> codes_;
  std::span<const char> texts_;
  std::vector<Dictionary> dictionaries_;
  std::vector<Configuration> configurations_;
};

}  // namespace siku::refine
