#include "sealed.h"

namespace siku::report {

std::set<std::string> SealedSteps(const RunShape& shape, const OperatorSet& operators) {
  std::set<std::string> sealed;
  // Steps stand in topological order: from the last one back, each seals what it reads.
  for (auto step = shape.steps.rbegin(); step != shape.steps.rend(); ++step) {
    const auto op = operators.Find(step->op);
    const bool conceals = !op.has_value() || (*op)->record().traits.conceals;
    if (conceals) sealed.insert(step->name);
    if (!sealed.contains(step->name)) continue;
    sealed.insert(step->from.begin(), step->from.end());
    sealed.insert("");
  }
  return sealed;
}

}  // namespace siku::report
