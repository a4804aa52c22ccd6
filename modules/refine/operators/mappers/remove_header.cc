// refine.text.remove_header: remove what stands before the first heading of a LaTeX text.
#include "mappers/latex.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveHeaderOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_header",
          .summary = "Remove what stands before the first heading of a LaTeX text.",
          .summary_zh = "删除 LaTeX 文本第一个标题之前的内容。",
          .source = "Data-Juicer, remove_header_mapper.",
          .example = "clean: {use: refine.text.remove_header, from: pages}",
          .parameters = {{.name = "drop_no_head",
                          .type = ParameterType::kBool,
                          .summary = "A text without a heading becomes empty.",
                          .summary_zh = "没有标题的文本清空。",
                          .default_value = true}},
          .rules = {{"before_heading", "What stands before the first heading.",
                     "第一个标题之前的内容。"},
                    {"no_heading", "A text without a heading.", "没有标题的文本。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const bool drop = parameters.boolean("drop_no_head");
        return [drop](std::string_view text, mappers::Changes& changes) {
          constexpr uint16_t kNoHeading = 1;
          if (!mappers::RemoveHeader(text, changes) && drop) {
            mappers::Add(changes, text, 0, text.size(), "", kNoHeading);
          }
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
