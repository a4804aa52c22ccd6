// A run's `run.json`: everything that was fixed when the run began. With it the run is resumed,
// undone and looked at without its sources, and by later versions of its operators.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "plan.h"
#include "seal.h"
#include "siku/kept_interval.h"
#include "siku/run.h"
#include "siku/source.h"

namespace siku::run {

/// What the ledger's readers need of a node of the plan.
struct GraphNode {
  enum class Kind { kInput, kRow, kExpand, kKeyed, kGlobal };
  std::string name;
  Kind kind = Kind::kInput;
  std::string op{};
  int version = 0;
  std::string column{};  // the text column that edits and parts speak of
  std::vector<PortId> from{};
  bool branches = false;
  int stage = 0;
  std::vector<int> inputs{};
  std::vector<std::string> ports{};                 // names
  std::vector<std::vector<std::string>> columns{};  // of each port
  std::vector<std::string> rules{};
  bool conceals = false;
  std::vector<KeptInterval> intervals{};  // of measured steps that say them
};

struct RunFile {
  std::string recipe_name{};
  std::string recipe{};  // YAML
  std::string recipe_file{};
  std::string base{};
  std::vector<RecipeOverride> overrides{};
  std::string decisions{};  // the file as it was given; empty: none
  int64_t max_record = 0;
  int64_t limit = -1;
  std::string canonical{};                                    // CanonicalJson of the recipe
  std::vector<std::pair<std::string, std::string>> tables{};  // name, SHA-256
  std::vector<std::string> inputs{};                          // names
  /// Per input: columns and types of JSON lines as they were read; empty for other formats.
  std::vector<std::vector<std::pair<std::string, std::string>>> columns{};
  /// Per input: its schema as Arrow writes it (IPC), in hexadecimal.
  std::vector<std::string> schemas{};
  SourceList sources{};
  std::vector<Split> splits{};
  int partitions = 1;
  std::vector<GraphNode> graph{};
  std::vector<std::pair<std::string, PortId>> outputs{};
  std::vector<PortId> discards{};
  Seal seal{};
  std::string sealed_decisions{};     // hexadecimal, in place of `decisions`
  std::vector<std::string> sealed{};  // SealedNames
};

std::vector<GraphNode> GraphOf(const Plan& plan);
std::string RunFileJson(const RunFile& file);
Result<RunFile> RunFileFromJson(const std::string& text, const std::string& place);
/// Of the run's folder.
Result<RunFile> ReadRunFile(const std::string& folder);

int StagesOf(const RunFile& file);

/// kConflict where size or time of change, or an object's ETag, are not what they were when the run
/// began.
Result<void> CheckUnchanged(const Source& source);

/// The source that row keys call `ordinal`, or null.
const Source* SourceNamed(const RunFile& file, int ordinal);

}  // namespace siku::run
