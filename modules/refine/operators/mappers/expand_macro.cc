// refine.text.expand_macro: put in place what LaTeX macros without arguments stand for.
#include "mappers/latex.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& ExpandMacroOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.expand_macro",
          .summary = "Put in place what LaTeX macros without arguments stand for.",
          .summary_zh = "展开 LaTeX 中无参数的宏。",
          .source = "Data-Juicer, expand_macro_mapper.",
          .example = "clean: {use: refine.text.expand_macro, from: pages}",
          .rules = {{"macro", "A macro that the text defines.", "文中定义的宏。"}},
      },
      [](const Parameters&) -> Result<TextMapper> {
        return [](std::string_view text, mappers::Changes& changes) {
          mappers::Rewriting rewriting(text);
          mappers::ExpandMacros(rewriting);
          changes = rewriting.Total();
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
