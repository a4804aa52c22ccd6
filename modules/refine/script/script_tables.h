// OpenCC's dictionaries and configurations as siku-scripts.tables holds them.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "script/script_dictionary.h"
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

  /// Valid as long as the tables are.
  ScriptDictionary dictionary(size_t number) const {
    return ScriptDictionary(dictionaries_[number]);
  }

 private:
  Result<void> Bind();
  bool BindDictionary(size_t number);
  bool BindConfigurations(std::string_view lines);

  std::shared_ptr<const TableFile> file_;
  std::span<const uint16_t> codes_;
  std::span<const char> texts_;
  std::vector<ScriptDictionary::Parts> dictionaries_;
  std::vector<Configuration> configurations_;
};

}  // namespace siku::refine
