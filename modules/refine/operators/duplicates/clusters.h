// What becomes of the rows of clusters, for every operator that finds near-duplicates: those that
// do not survive are dropped, and the port `clusters` lists them all.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "duplicates/links.h"
#include "operators/duplicates/order.h"
#include "siku/operator.h"

namespace siku::refine {

/// Of the port `clusters`: `id` (the id, or the row key), `cluster` (the id of its survivor),
/// `size`, `survivor`, `too_short`, `similarity` (to the partner) and `partner`.
Schema ClusterSchema();

/// Reason 0 of these operators.
Named NearDuplicate();

/// kLimit where linking and settling rows, of which `gone` go, need more than Resolve may hold.
Result<void> CheckRoom(const AllRows& rows, size_t gone);
/// The number of rows; kLimit where they are more than links can name, or than there is room for.
Result<uint32_t> CountCompared(const AllRows& rows);

/// Drops those that do not survive, reason 0, with what `detail` says of a member, and reports
/// members and texts too short to compare. All by ascending ordinal.
Result<void> DropAndReport(std::span<const duplicates::Member> members,
                           std::span<const int64_t> too_short, const SurvivalOrder& order,
                           const std::function<std::string(const duplicates::Member&)>& detail,
                           VerdictSink& verdicts);

}  // namespace siku::refine
