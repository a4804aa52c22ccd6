// refine.text.remove_bibliography: remove a LaTeX text from its bibliography or appendix to the
// end.
#include "mappers/latex.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveBibliographyOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_bibliography",
          .summary = "Remove a LaTeX text from its bibliography or appendix to the end.",
          .summary_zh = "从参考文献或附录起删除到 LaTeX 文本末尾。",
          .source = "Data-Juicer, remove_bibliography_mapper.",
          .example = "clean: {use: refine.text.remove_bibliography, from: pages}",
          .rules = {{"bibliography", "The bibliography or appendix and all behind it.",
                     "参考文献或附录及其后的全部内容。"}},
      },
      Always(mappers::RemoveBibliography));
  return instance;
}

}  // namespace siku::refine
