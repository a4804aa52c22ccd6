// refine.text.clean_email: remove or replace addresses of electronic mail.
#include "mappers/addresses.h"
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {

const Operator& CleanEmailOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.clean_email",
          .summary = "Remove or replace addresses of electronic mail.",
          .summary_zh = "删除或替换电子邮件地址。",
          .source = "Data-Juicer, clean_email_mapper.",
          .example = "clean: {use: refine.text.clean_email, from: pages}",
          .parameters = PatternParameters(),
          .rules = {{"email", "An address of electronic mail.", "电子邮件地址。"}},
          .reasons = {TooLong()},
      },
      [](const Parameters& parameters) { return ReplaceFound(parameters, mappers::FindEmails); });
  return instance;
}

}  // namespace siku::refine
