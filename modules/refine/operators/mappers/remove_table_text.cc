// refine.text.remove_table_text: remove tables: rows of a number of columns that follow each other.
#include "mappers/lines.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& RemoveTableTextOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.remove_table_text",
          .summary = "Remove tables: rows of a number of columns that follow each other.",
          .summary_zh = "删除表格：连续的、有若干列的行。",
          .source = "Data-Juicer, remove_table_text_mapper.",
          .example = "clean: {use: refine.text.remove_table_text, from: pages}",
          .parameters = {{.name = "min_col",
                          .type = ParameterType::kInt,
                          .summary = "The fewest columns of a table.",
                          .summary_zh = "表格的最少列数。",
                          .default_value = int64_t{2},
                          .minimum = 2,
                          .maximum = 20},
                         {.name = "max_col",
                          .type = ParameterType::kInt,
                          .summary = "The most columns of a table.",
                          .summary_zh = "表格的最多列数。",
                          .default_value = int64_t{20},
                          .minimum = 2,
                          .maximum = 20}},
          .rules = {{"table", "Rows of a table.", "表格的行。"}},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const int64_t least = parameters.integer("min_col");
        const int64_t most = parameters.integer("max_col");
        return [least, most](std::string_view text, mappers::Changes& changes) {
          mappers::RemoveTables(text, least, most, changes);
          return true;
        };
      });
  return instance;
}

}  // namespace siku::refine
