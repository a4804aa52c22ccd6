// The repairs of a version's texts, as its preview shows them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "siku/ledger.h"
#include "siku/row_history.h"

namespace siku::catalog {

/// A span of a text that repairs wrote, with what stood there.
struct Repaired {
  Span span{};         // bytes of the text
  std::string before;  // in the row as the run read it
  struct Rule {
    std::string step, rule;
    int confidence = 0;  // per mille
    friend bool operator==(const Rule&, const Rule&) = default;
  };
  std::vector<Rule> rules{};  // in the order of the steps, each once
};

/// Of one text, by `changes` of its column, the last step first. Sorted, disjoint. `whole`: all of
/// them; otherwise of repairs and changes of form alone, and only where no other step changed
/// anything, for what it took out may be what nobody was to read. Goes back as far as the changes
/// fit the text and are not sealed.
std::vector<Repaired> RepairsOf(std::string_view text, const std::vector<StepChange>& changes,
                                bool whole);

}  // namespace siku::catalog
