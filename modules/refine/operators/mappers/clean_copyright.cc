// refine.text.clean_copyright: remove the copyright notice that a source text begins with.
#include "mappers/lines.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& CleanCopyrightOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.clean_copyright",
          .summary = "Remove the copyright notice that a source text begins with.",
          .summary_zh = "删除源代码文本开头的版权声明。",
          .source = "Data-Juicer, clean_copyright_mapper.",
          .example = "clean: {use: refine.text.clean_copyright, from: pages}",
          .rules = {{"copyright",
                     "A comment that says copyright, or comment lines at the beginning.",
                     "含 copyright 的注释，或开头的注释行。"}},
      },
      Always(mappers::RemoveCopyright));
  return instance;
}

}  // namespace siku::refine
