// refine.text.clean_ip: remove or replace IP addresses of version 4 and 6.
#include "operators/mappers/mapper_operator.h"
#include "operators/operators.h"

namespace siku::refine {
namespace {

// Four numbers up to 255, or eight groups of hexadecimal digits; borders are not looked at.
constexpr const char* kAddresses =
    R"((?:(?:1[0-9][0-9]\.)|(?:2[0-4][0-9]\.)|(?:25[0-5]\.)|(?:[1-9][0-9]\.)|(?:[0-9]\.)){3})"
    R"((?:(?:1[0-9][0-9])|(?:2[0-4][0-9])|(?:25[0-5])|(?:[1-9][0-9])|(?:[0-9]))|)"
    R"(([\da-fA-F]{1,4}:){7}[\da-fA-F]{1,4})";

}  // namespace

const Operator& CleanIpOperator() {
  static const MapperOperator instance(
      {
          .name = "refine.text.clean_ip",
          .summary = "Remove or replace IP addresses of version 4 and 6.",
          .summary_zh = "删除或替换 IPv4 与 IPv6 地址。",
          .source = "Data-Juicer, clean_ip_mapper.",
          .example = "clean: {use: refine.text.clean_ip, from: pages}",
          .parameters = PatternParameters(),
          .rules = {{"ip_address", "An IP address.", "IP 地址。"}},
          .reasons = {TooLong()},
      },
      [](const Parameters& parameters) -> Result<TextMapper> {
        const std::string& given = parameters.text("pattern");
        return ReplacePatterns({given.empty() ? std::string(kAddresses) : given},
                               {parameters.text("repl")});
      });
  return instance;
}

}  // namespace siku::refine
