// `siku dataset import`: a file as people have it into the store, and published; or sent
// to a server that does this.
#include "siku/catalog/import.h"

#include <fmt/format.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "amount.h"
#include "catalogue_option.h"
#include "commands/commands.h"
#include "durable.h"
#include "remote/datasets.h"
#include "remote/imports.h"
#include "remote/server_option.h"
#include "siku/catalog/catalog.h"
#include "stop.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

using nlohmann::json;

constexpr int64_t kLargestPlan = 16 << 20;  // bytes

class Import final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional(
        "FILE", file_,
        {"CSV, Excel (.xlsx), JSON or Parquet", "CSV、Excel（.xlsx）、JSON 或 Parquet"},
        Offer::kFile);
    arguments.Option("--dataset", "ORG/NAME", dataset_,
                     {"of the catalogue; organisation and dataset are made if they are not there",
                      "目录中的数据集；机构和数据集没有则创建"});
    arguments.Flag("--guess", guess_,
                   {"print what the file is taken for, as JSON, and import nothing",
                    "以 JSON 输出对文件的判断，不导入"});
    arguments.Option("--as", "GUESS", as_,
                     {"the JSON that --guess printed, corrected; with --guess it is held to",
                      "--guess 输出并经修改的 JSON；与 --guess 同用时以其为准"},
                     Offer::kFile);
    arguments.Option("--title", "TEXT", title_,
                     {"of a dataset that is made [its name]", "新建数据集的标题 [同名字]"});
    arguments.Flag("--json", json_, {"what was done, as JSON", "以 JSON 输出结果"});
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset import stops.csv --dataset transit/stops",
                    {"guess, import, publish", "判断、导入并发布"});
    arguments.Shows("siku dataset import stops.csv --guess > guess.json",
                    {"look at the guess, and correct it", "先看判断，再修改"});
    arguments.Shows("siku dataset import stops.csv --dataset transit/stops --as guess.json",
                    {"by the corrected guess", "按修改后的判断导入"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(const auto given, Given());
    if (!guess_) {
      SIKU_TRY(SplitName());
    }
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return OnServer(*server, given, context);
    }
    const std::string name = std::filesystem::path(file_).filename().string();
    if (guess_) {
      SIKU_TRY(const auto document, catalog::GuessImport(file_, name, given));
      context.Line(document.dump(2, ' ', false, json::error_handler_t::replace));
      return 0;
    }
    json document = given;
    if (as_.empty()) {
      SIKU_TRY(document, catalog::GuessImport(file_, name, given));
    }
    SIKU_TRY(const auto plan, catalog::ParsePlan(document));
    SIKU_TRY(const auto store, store_.Create());
    SIKU_TRY(const auto catalogue, catalog::Catalog::Open(catalogue_.PlaceIn(*store), *store));
    SIKU_TRY(MakeSure(*catalogue));
    CatchStops();
    catalog::ImportOptions options{.dataset = name_, .name = name};
    options.progress = [](int64_t) { return !Stopping(); };
    SIKU_TRY(const auto imported, catalog::ImportFile(*store, file_, plan, options));
    SIKU_TRY(Publish(*catalogue, imported));
    return Tell(plan, catalog::ImportedJson(imported), context);
  }

 private:
  Result<int> OnServer(const Server& server, const json& given, Context& context) {
    // Before many bytes are sent: what a plan lacks.
    if (!as_.empty() && !guess_) {
      SIKU_TRY(catalog::ParsePlan(given));
    }
    if (guess_) {
      SIKU_TRY(const auto uploaded, Upload(server, file_, context));
      SIKU_TRY(const auto document, GuessUpload(server, uploaded, given, context));
      context.Line(document.dump(2, ' ', false, json::error_handler_t::replace));
      return 0;
    }
    for (bool again = false;; again = true) {
      SIKU_TRY(const auto uploaded, Upload(server, file_, context));
      json document = given;
      if (as_.empty()) {
        SIKU_TRY(document, GuessUpload(server, uploaded, given, context));
      }
      SIKU_TRY(const auto plan, catalog::ParsePlan(document));
      SIKU_TRY(MakeSureOf(server, {{"name", name_},
                                   {"organisation", organisation_},
                                   {"title", title_.empty() ? name_ : title_}}));
      const auto imported = ImportUpload(server, uploaded, name_, document, context);
      if (imported.has_value()) {
        GiveUp(server, uploaded);
        return Tell(plan, *imported, context);
      }
      // The beginning that the server had was of another file of this name and length.
      if (imported.error().code != Code::kUnbalanced || again) {
        return tl::make_unexpected(imported.error());
      }
      GiveUp(server, uploaded);
    }
  }

  Result<json> Given() const {
    if (as_.empty()) return json::object();
    SIKU_TRY(const auto text, ReadWhole(as_, kLargestPlan));
    json given = json::parse(text, nullptr, false);
    if (given.is_discarded()) return Fail(Code::kInvalid, "not JSON", {}, as_);
    return given;
  }
  Result<void> SplitName() {
    const size_t slash = dataset_.find('/');
    if (slash == std::string::npos || slash == 0 || slash + 1 == dataset_.size()) {
      return Fail(Code::kInvalid, "a dataset to import into is needed", dataset_, "--dataset",
                  "an organisation and a name: transit/stops");
    }
    organisation_ = dataset_.substr(0, slash);
    name_ = dataset_.substr(slash + 1);
    return {};
  }
  /// Organisation and dataset are there, and belong together.
  Result<void> MakeSure(catalog::Catalog& catalogue) const {
    const auto known = catalogue.Find(kOwner, name_);
    if (known.has_value()) {
      if (known->dataset.organisation == organisation_) return {};
      return Fail(Code::kConflict, "the dataset is another organisation's",
                  known->dataset.organisation, name_);
    }
    if (!catalogue.FindOrganisation(organisation_).has_value()) {
      SIKU_TRY(const auto made, catalogue.CreateOrganisation(
                                    kOwner, {.name = organisation_, .title = organisation_}));
      (void)made;
    }
    SIKU_TRY(const auto made,
             catalogue.CreateDataset(kOwner, {.name = name_,
                                              .organisation = organisation_,
                                              .title = title_.empty() ? name_ : title_}));
    (void)made;
    return {};
  }
  Result<void> Publish(catalog::Catalog& catalogue, const catalog::Imported& imported) const {
    const std::string source =
        fmt::format("{}@{}", imported.version.dataset, imported.version.ordinal);
    const auto published = catalogue.Publish(kOwner, name_, source);
    // The same rows again are what is there.
    if (published.has_value() || published.error().code == Code::kConflict) return {};
    return tl::make_unexpected(published.error());
  }

  /// `imported`: as ImportedJson has it.
  Result<int> Tell(const catalog::ImportPlan& plan, const json& imported, Context& context) const {
    if (json_) {
      context.Line(imported.dump());
      return 0;
    }
    Table table(
        {std::string(context.Say({"column", "列"})), std::string(context.Say({"type", "类型"}))});
    for (const catalog::ImportColumn& column : plan.columns) table.Add({column.name, column.type});
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    try {
      Say(imported, context);
    } catch (const json::exception&) {
      return Fail(Code::kData, "the answer is not a catalogue's");
    }
    return 0;
  }
  void Say(const json& imported, Context& context) const {
    const auto count = [&](const char* name) { return imported.at(name).get<int64_t>(); };
    context.Line(imported.at("version").get<std::string>() + ": " +
                 Count(context, count("rows"), "row", "rows", "行"));
    const auto note = [&](int64_t many, const Text& text) {
      if (many > 0) context.Line("  " + CountText(many) + " " + std::string(context.Say(text)));
    };
    note(count("rejected_rows"), {"records that are no row", "条记录不成行"});
    note(count("rejected_values"), {"values that do not fit their column", "个值不合列的类型"});
    note(count("emptied"), {"marks of no value, now null", "个空值标记，已成空值"});
    note(count("blank_rows"), {"blank lines left out", "个空行略去"});
    const json rejects = imported.value("rejects", json());
    if (!rejects.is_string()) return;
    if (server_.IsNamed(store_)) {
      context.Line(
          fmt::format(fmt::runtime(context.Say({"  {} in the server's store has what was rejected",
                                                "  被拒绝的内容在服务器存储的 {} 中"})),
                      rejects.get<std::string>()));
      return;
    }
    context.Line(
        fmt::format(fmt::runtime(context.Say({"  siku dataset head {}{} shows what was rejected",
                                              "  siku dataset head {}{} 可查看被拒绝的内容"})),
                    rejects.get<std::string>(), store_.ForCommand()));
  }

  std::string file_;
  std::string dataset_;
  std::string organisation_;
  std::string name_;
  std::string as_;
  std::string title_;
  bool guess_ = false;
  bool json_ = false;
  CatalogueOption catalogue_{};
  StoreOption store_{};
  ServerOption server_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetImport() { return Make<Import>(); }

}  // namespace siku::cli
