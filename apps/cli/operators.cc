#include "operators.h"

#include "siku/refine/operators.h"

namespace siku::cli {

const OperatorSet& AllOperators() {
  static const OperatorSet set = [] {
    OperatorSet made;
    made.Add(refine::Operators());
    return made;
  }();
  return set;
}

}  // namespace siku::cli
