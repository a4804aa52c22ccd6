// Who of several duplicates stays: an order by a number or by length, then by an id, then by row.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "siku/batch.h"
#include "siku/operator.h"
#include "siku/result.h"

namespace siku::refine {

enum class Keep { kFirst, kLast, kLongest, kHighest, kLowest };

/// What `keep`, `by` and `id` of a step say.
struct SurvivorRule {
  Keep keep = Keep::kFirst;
  int by = -1;  // the number column; -1 where `keep` needs none
  int id = -1;  // the id column; -1 where there is none
  bool id_is_number = false;
};

/// Reads the parameters `keep` and `by`; fails where they do not go together.
Result<SurvivorRule> BindKeep(const Schema& input, const Parameters& parameters);
/// The same and `id`.
Result<SurvivorRule> BindSurvivors(const Schema& input, const Parameters& parameters);

/// What decides who stays, in an order of whole numbers; nothing for null and NaN, which come last.
std::optional<int64_t> SurvivorRank(const SurvivorRule& rule, const Batch& batch, int64_t row,
                                    std::string_view text);

/// Whether a rank comes before another by the rule; equal ones do not. Nothing comes last.
bool RankBefore(const SurvivorRule& rule, const std::optional<int64_t>& a,
                const std::optional<int64_t>& b);

ParameterSpec KeepParameter();
ParameterSpec ByParameter();
ParameterSpec IdParameter();

}  // namespace siku::refine
