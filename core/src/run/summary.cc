#include "siku/run.h"

#include <algorithm>

namespace siku {
namespace {

void AddTo(std::map<std::string, int64_t>& to, const std::map<std::string, int64_t>& from) {
  for (const auto& [name, count] : from) to[name] += count;
}

}  // namespace

void StepCounts::Add(const StepCounts& other) {
  in += other.in;
  kept += other.kept;
  rejected += other.rejected;
  merged += other.merged;
  expanded += other.expanded;
  out.resize(std::max(out.size(), other.out.size()));
  for (size_t i = 0; i < other.out.size(); ++i) out[i] += other.out[i];
  AddTo(reasons, other.reasons);
  AddTo(edits, other.edits);
  AddTo(proposed, other.proposed);
  AddTo(flags, other.flags);
  edited_rows += other.edited_rows;
}

}  // namespace siku
