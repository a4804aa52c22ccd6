// refine.text.remove_comments: remove the comments of a TeX text.
#include "mappers/latex.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveCommentsOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_comments",
          .summary = "Remove the comments of a TeX text.",
          .summary_zh = "删除 TeX 文本中的注释。",
          .source = "Data-Juicer, remove_comments_mapper.",
          .example = "clean: {use: refine.text.remove_comments, from: pages}",
          .parameters =
              {{.name = "inline",
                .type = ParameterType::kBool,
                .summary =
                    "Comments behind something else on their line, with the character before them.",
                .summary_zh = "行内注释，连同它前面的一个字符。",
                .default_value = true},
               {.name = "multiline",
                .type = ParameterType::kBool,
                .summary = "Lines that are a comment.",
                .summary_zh = "整行注释。",
                .default_value = true}},
          .rules = {{"comment", "A comment.", "注释。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const bool in_line = parameters.boolean("inline");
        const bool lines = parameters.boolean("multiline");
        return [in_line, lines](std::string_view text, mappers::Changes& changes) {
          mappers::Rewriting rewriting(text);
          const auto apply = [&](void (*find)(std::string_view, mappers::Changes&)) {
            mappers::Changes found;
            find(rewriting.text(), found);
            rewriting.Apply(found);
          };
          if (in_line) apply(mappers::RemoveInlineComments);
          if (lines) apply(mappers::RemoveCommentLines);
          changes = rewriting.Total();
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
