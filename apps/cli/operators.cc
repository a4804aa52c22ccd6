#include "operators.h"

#include "siku/refine/data_juicer.h"
#include "siku/refine/operators.h"

namespace siku::cli {

const OperatorSet& AllOperators() {
  static const OperatorSet set = [] {
    OperatorSet made;
    made.Add(refine::Operators());
    AddRecipeDialect(refine::DataJuicerRecipes());
    return made;
  }();
  return set;
}

void DeclarePlugins(Arguments& arguments, std::vector<std::string>& plugins) {
  arguments.Options("--plugin", "FILE", plugins,
                    {"with the operators of a .so, a .py or package.module:name",
                     "加上 .so、.py 或 package.module:name 中的算子"},
                    Offer::kFile);
}

}  // namespace siku::cli
