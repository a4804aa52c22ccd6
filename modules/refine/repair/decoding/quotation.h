// Texts that quote damage rather than suffer it.
#pragma once

#include <span>
#include <vector>

#include "repair/decoding/found.h"

namespace siku::refine {

/// Whether all of the line that is not ASCII is in the stretches.
bool Covers(const Page& page, const Line& line, std::span<const Found> found);

/// Sets how sure each stretch can be at most, by what stands around it. `all`: one list a line.
void CapQuotations(const Page& page, std::span<const Line> lines,
                   std::vector<std::vector<Found>>& all);

/// Lowers those of lines that list samples of damage: single characters, one beside the other.
void CapSamples(const Page& page, std::span<const Line> lines,
                std::vector<std::vector<Found>>& all);

}  // namespace siku::refine
