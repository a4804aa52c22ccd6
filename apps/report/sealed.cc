#include "sealed.h"

#include <algorithm>

namespace siku::report {

std::set<std::string> SealedSteps(const RunShape& shape, const OperatorSet& operators,
                                  const std::vector<SourceSummary>& sources) {
  std::set<std::string> sealed(shape.sealed.begin(), shape.sealed.end()), conceal;
  // Steps stand in topological order: from the last one back, each seals what it reads.
  for (auto step = shape.steps.rbegin(); step != shape.steps.rend(); ++step) {
    const auto op = operators.Find(step->op);
    const bool conceals = !op.has_value() || (*op)->record().traits.conceals;
    if (conceals) conceal.insert(step->name);
    if (conceals) sealed.insert(step->name);
    if (!sealed.contains(step->name)) continue;
    sealed.insert(step->from.begin(), step->from.end());
    sealed.insert("");
  }
  // The same file may be read under another name.
  std::set<std::string> digests;
  for (const SourceSummary& source : sources) {
    if (sealed.contains(source.input)) digests.insert(source.digest);
  }
  for (const SourceSummary& source : sources) {
    if (digests.contains(source.digest)) sealed.insert(source.input);
  }
  // What reads the same rows on another way has them as they were; what a concealing step gives out
  // has been concealed.
  for (const RunShape::Step& step : shape.steps) {
    const bool clear = std::any_of(
        step.from.begin(), step.from.end(),
        [&](const std::string& from) { return sealed.contains(from) && !conceal.contains(from); });
    if (clear) sealed.insert(step.name);
  }
  return sealed;
}

}  // namespace siku::report
