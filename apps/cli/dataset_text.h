// What a store and a catalogue server tell of a dataset, as people read it.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "context.h"
#include "rows_text.h"

namespace siku::cli {

/// A heading over a part of what is printed.
void PrintHead(const Text& text, Context& context);
/// Names and types.
void PrintColumns(const std::vector<std::pair<std::string, std::string>>& columns,
                  Context& context);
/// Steps and inputs of the run that made a version; as it stands where it is none of ours.
void PrintLineage(const nlohmann::json& lineage, Context& context);

struct VersionLine {
  int64_t ordinal = 0;
  std::string content{};  // the digest; empty: not told
  std::string made{};     // when, UTC
  int64_t rows = -1;      // -1: not told
  std::string by{};       // the run, or the version of the store that it is
};
void PrintVersions(const std::vector<VersionLine>& versions, Context& context);

/// The rows of `head`.
void PrintRows(const std::vector<Cells>& rows, const std::vector<std::string>& columns,
               Context& context);

/// One row of a difference: as JSON where it came or went, the cells that differ where it changed.
void PrintAdded(const std::string& row, Context& context);
void PrintRemoved(const std::string& row, Context& context);
void PrintChanged(const Cells& before, const Cells& after, Context& context);

struct DifferenceCounts {
  int64_t added = 0;
  int64_t removed = 0;
  int64_t changed = 0;
  int64_t same = 0;
};
/// `before`, `after`: as `pages@1`.
void PrintCounts(const std::string& before, const std::string& after,
                 const DifferenceCounts& counts, Context& context);

}  // namespace siku::cli
