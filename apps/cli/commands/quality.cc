// `siku dataset quality`: the measures of a version's rows, and the rows behind one.
#include "siku/catalog/quality.h"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "amount.h"
#include "commands/commands.h"
#include "durable.h"
#include "remote/server_option.h"
#include "siku/store.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr int64_t kLargestRules = 1 << 20;  // bytes

class Quality final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    arguments.Option("--rules", "FILE", rules_,
                     {"JSON: kinds, keys, lists of values (docs/catalogue.md)",
                      "JSON：类型、主键、代码表等规则（docs/catalogue.md）"},
                     Offer::kFile);
    arguments.Option("--rows", "ID", finding_,
                     {"the rows that this measure found wanting, one JSON array a line",
                      "该指标发现的行，每行一个 JSON 数组"});
    arguments.Flag("--json", json_, {"all measures, as JSON", "以 JSON 输出全部指标"});
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset quality first-light",
                    {"what its rows show; what a catalogue says of it is in the portal",
                     "数据行的质量；目录信息的质量见门户"});
    arguments.Shows("siku dataset quality first-light --rows elements/text",
                    {"rows without a text", "缺少 text 的行"});
  }

  Result<int> Run(Context& context) override {
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return OnServer(*server, context);
    }
    SIKU_TRY(const auto store, store_.Open());
    catalog::QualityQuestion question{.readable = {}, .listed = {}, .record = false};
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(question.readable.manifest, store->ReadManifest(version));
    question.readable.version = {.ordinal = version.ordinal,
                                 .source = fmt::format("{}@{}", version.dataset, version.ordinal),
                                 .content = version.content,
                                 .rows = version.rows,
                                 .bytes = version.bytes};
    if (!rules_.empty()) {
      SIKU_TRY(const auto text, ReadWhole(rules_, kLargestRules));
      const json rules = json::parse(text, nullptr, false);
      if (rules.is_discarded()) return Fail(Code::kInvalid, "not JSON", {}, rules_);
      SIKU_TRY(catalog::CheckQualityRules(rules));
      question.listed.dataset.quality = rules.dump();
    }
    if (!finding_.empty()) {
      return Rows(
          [&](int64_t offset, int64_t limit) {
            return catalog::QualityRows(*store, question, finding_, offset, limit);
          },
          context);
    }
    SIKU_TRY(const auto told, catalog::VersionQuality(*store, question));
    if (json_) {
      context.Line(told.dump(2));
    } else {
      Print(told, context);
    }
    return 0;
  }

 private:
  Result<int> OnServer(const Server& server, Context& context) const {
    if (!rules_.empty()) {
      return Fail(Code::kUnsupported, "a server measures by the rules of its dataset", {},
                  "--rules", "its publisher sets them in the portal");
    }
    const VersionName wanted = SplitVersion(name_);
    SIKU_TRY(const auto dataset, server.Dataset(wanted.dataset));
    SIKU_TRY(const int64_t ordinal, server.Ordinal(dataset, wanted));
    const std::string path = server.Path(wanted.dataset, ordinal) + "/quality";
    try {
      if (!finding_.empty()) {
        return Rows(
            [&](int64_t offset, int64_t limit) {
              return server.Ask("GET", path + "/rows",
                                {{"finding", finding_},
                                 {"offset", std::to_string(offset)},
                                 {"limit", std::to_string(limit)}});
            },
            context);
      }
      SIKU_TRY(const auto told, server.Ask("GET", path));
      if (json_) {
        context.Line(told.dump(2));
      } else {
        Print(told, context);
      }
    } catch (const json::exception&) {
      return NotACatalogue(server);
    }
    return 0;
  }

  /// `page(offset, limit)`: some of the rows.
  template <class Page>
  static Result<int> Rows(const Page& page, Context& context) {
    constexpr int64_t kAtATime = 1'000;
    for (int64_t offset = 0;; offset += kAtATime) {
      SIKU_TRY(const auto some, page(offset, kAtATime));
      for (const json& row : some.at("rows")) context.Line(row.dump());
      if (offset + kAtATime >= some.at("total").template get<int64_t>()) return 0;
    }
  }

  static void Print(const json& told, Context& context) {
    const char* const language = context.language() == Language::kChinese ? "zh" : "en";
    const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
    Table table({say({"dimension", "维度"}), say({"measure", "指标"}), say({"numerator", "分子"}),
                 say({"denominator", "分母"}), say({"result", "结果"}), say({"columns", "列"})});
    table.Right(2).Right(3).Right(4);
    for (const json& dimension : told.at("dimensions")) {
      for (const json& metric : dimension.at("metrics")) {
        std::string columns;
        for (const json& column : metric.at("columns")) {
          columns += (columns.empty() ? "" : ", ") + column.get<std::string>();
        }
        std::vector<std::string> row = {dimension.at("title").at(language),
                                        metric.at("title").at(language)};
        if (metric.at("value").is_null()) {
          row.insert(row.end(), {"", "", say({"not assessed", "未评价"})});
        } else {
          // What is missing never rounds to 100 %.
          const double share = std::floor(metric.at("value").get<double>() * 1000) / 10;
          row.insert(row.end(), {CountText(metric.at("numerator").get<int64_t>()),
                                 CountText(metric.at("denominator").get<int64_t>()),
                                 fmt::format("{:.1f} %", share)});
        }
        row.push_back(columns);
        table.Add(std::move(row));
      }
    }
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
  }

  std::string name_{};
  std::string rules_{};
  std::string finding_{};
  bool json_ = false;
  StoreOption store_{};
  ServerOption server_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetQuality() { return Make<Quality>(); }

}  // namespace siku::cli
