// refine.text.clean_links: remove or replace links to the web.
#include "mappers/addresses.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& CleanLinksOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.clean_links",
          .summary = "Remove or replace links to the web.",
          .summary_zh = "删除或替换网址。",
          .source = "Data-Juicer, clean_links_mapper.",
          .example = "clean: {use: refine.text.clean_links, from: pages}",
          .parameters = PatternParameters(),
          .rules = {{"link", "A link.", "网址。"}},
          .reasons = {TooLong()},
      },
      [](const Parameters& parameters) { return ReplaceFound(parameters, mappers::FindLinks); });
  return instance;
}

}  // namespace siku::refine
