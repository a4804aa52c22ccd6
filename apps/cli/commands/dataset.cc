// `siku dataset ls`, `show`, `head`, `verify`: looking at what is in the store.
#include <arrow/api.h>
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "amount.h"
#include "commands/commands.h"
#include "operators.h"
#include "rows_text.h"
#include "siku/run.h"
#include "siku/store.h"
#include "siku/utf8.h"
#include "siku/writer.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

class List final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    store_.Declare(arguments);
    arguments.Shows("siku dataset ls", {"names and their newest version", "名字和最新版本"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto versions, store->Datasets());
    if (versions.empty()) return 0;
    const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
    Table table({say({"dataset", "数据集"}), say({"rows", "行"}), say({"size", "大小"}),
                 say({"version", "版本"}), say({"made (UTC)", "时间 (UTC)"}),
                 say({"run", "运行"})});
    table.Right(1).Right(2);
    for (const VersionInfo& version : versions) {
      table.Add({fmt::format("{}@{}", version.dataset, version.ordinal), CountText(version.rows),
                 SizeText(version.bytes, context.language()), version.content.substr(0, 16),
                 TimeText(version.created), version.run});
    }
    context.Print(table.Print(static_cast<size_t>(context.columns()), context.paint().on()));
    return 0;
  }

 private:
  StoreOption store_{};
};

class Show final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    store_.Declare(arguments);
    arguments.Shows("siku dataset show first-light",
                    {"its columns, versions, and what it was made by and of",
                     "它的列、版本，以及由什么、怎么做成"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(const auto manifest, store->ReadManifest(version));
    SIKU_TRY(const auto versions, store->Versions(version.dataset));
    SIKU_TRY(const auto reader, VersionReader::Open(*store, manifest));
    int64_t files = 0;
    for (const Segment& segment : manifest.segments) {
      files += static_cast<int64_t>(segment.files.size());
    }
    context.Line(context.paint().Bold(fmt::format("{}@{}", version.dataset, version.ordinal)));
    context.Line("  " + std::string(context.Say({"content  ", "内容  "})) + version.content);
    context.Line("  " + Count(context, version.rows, "row", "rows", "行") + ", " +
                 SizeText(version.bytes, context.language()) + ", " +
                 Count(context, files, "file", "files", "个文件"));
    Columns(*reader->schema(), context);
    Lineage(manifest.lineage, context);
    History(versions, context);
    return 0;
  }

 private:
  static void Head(Context& context, const Text& text) {
    context.Line("\n" + context.paint().Bold(context.Say(text)));
  }
  static void Columns(const arrow::Schema& schema, Context& context) {
    Head(context, {"columns", "列"});
    size_t widest = 0;
    std::vector<std::shared_ptr<arrow::Field>> fields = schema.fields();
    std::erase_if(fields,
                  [](const auto& field) { return field->name().starts_with(kHiddenPrefix); });
    for (const auto& field : fields) widest = std::max(widest, utf8::Width(field->name()));
    for (const auto& field : fields) {
      context.Line("  " + Pad(field->name(), widest) + "  " + field->type()->ToString());
    }
  }
  // Whether the parameter stands at its default, in operators that this program has.
  static bool IsUsual(const std::string& op, const std::string& name, const nlohmann::json& value) {
    const auto known = AllOperators().Find(op);
    if (!known.has_value()) return false;
    for (const ParameterSpec& spec : (*known)->record().parameters) {
      if (spec.name != name || !spec.default_value.has_value()) continue;
      return std::visit([&](const auto& usual) { return nlohmann::json(usual) == value; },
                        *spec.default_value);
    }
    return false;
  }
  // A step as a line, without what is as usual: `repaired  refine.text.repair@1 from pages, rows
  // column=text`.
  static std::string StepLine(const std::string& name, const nlohmann::json& step) {
    std::string from;
    for (const auto& node : step.at("from")) {
      from += (from.empty() ? "" : ", ") + node.get<std::string>();
    }
    std::string line =
        fmt::format("  {}  {}@{} <- {}", name, step.at("operator").get<std::string>(),
                    step.at("version").get<int>(), from);
    const auto op = step.at("operator").get<std::string>();
    for (const auto& [key, value] : step.at("parameters").items()) {
      if (IsUsual(op, key, value)) continue;
      line +=
          fmt::format("  {}={}", key, value.is_string() ? value.get<std::string>() : value.dump());
    }
    return line;
  }
  // Each behind those it takes its rows from; the JSON has them by name.
  static std::vector<std::string> StepLines(const nlohmann::json& steps) {
    std::vector<std::string> lines;
    std::set<std::string> done;
    while (done.size() < steps.size()) {
      const size_t before = done.size();
      for (const auto& [name, step] : steps.items()) {
        const auto waits = [&](const nlohmann::json& from) {
          const std::string node =
              from.get<std::string>().substr(0, from.get<std::string>().find('.'));
          return steps.contains(node) && !done.contains(node);
        };
        const auto& from = step.at("from");
        if (done.contains(name) || std::any_of(from.begin(), from.end(), waits)) continue;
        done.insert(name);
        lines.push_back(StepLine(name, step));
      }
      if (done.size() == before) break;
    }
    return lines;
  }
  static void Lineage(const std::string& text, Context& context) {
    try {
      const nlohmann::json lineage = nlohmann::json::parse(text);
      if (!lineage.contains("recipe")) return;
      Head(context, {"made by", "做法"});
      for (const std::string& line : StepLines(lineage.at("recipe").at("steps"))) {
        context.Line(line);
      }
      for (const auto& [name, input] : lineage.at("inputs").items()) {
        context.Line("  " + name + ": " +
                     Count(context, input.at("files").get<int64_t>(), "file", "files", "个文件") +
                     ", sha256 " + input.at("sha256").get<std::string>().substr(0, 16));
      }
      for (const auto& [name, hash] : lineage.at("tables").items()) {
        context.Line("  " + name + ": sha256 " + hash.get<std::string>().substr(0, 16));
      }
      if (lineage.contains("decisions")) {
        context.Line("  " + std::string(context.Say({"decisions", "决定"})) + ": sha256 " +
                     lineage.at("decisions").get<std::string>().substr(0, 16));
      }
    } catch (const nlohmann::json::exception&) {
      // Lineage of another make than ours says what it says: as it stands.
      context.Line("  " + text);
    }
  }
  static void History(const std::vector<VersionInfo>& versions, Context& context) {
    Head(context, {"versions", "版本"});
    for (const VersionInfo& one : versions) {
      context.Line(fmt::format("  @{:<4} {}  {}  {}  {}", one.ordinal, one.content.substr(0, 16),
                               TimeText(one.created), Count(context, one.rows, "row", "rows", "行"),
                               one.run));
    }
  }
  std::string name_;
  StoreOption store_{};
};

class Head final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset);
    arguments.Integer("-n,--rows", "N", rows_, 0, {"so many rows [10]", "行数 [10]"});
    arguments.Choice(
        "--format", {"table", "jsonl"}, format_,
        {"for people, or one JSON object a line [table]", "给人看，或每行一个 JSON 对象 [table]"});
    store_.Declare(arguments);
    arguments.Shows("siku dataset head first-light",
                    {"ten rows, cut to the terminal", "十行，按终端宽度截断"});
    arguments.Shows("siku dataset head first-light -n 1 --format jsonl",
                    {"a row in full", "完整的一行"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto version, store->FindVersion(name_));
    SIKU_TRY(const auto manifest, store->ReadManifest(version));
    SIKU_TRY(const auto reader, VersionReader::Open(*store, manifest));
    std::vector<Cells> rows;
    for (int64_t left = rows_; left > 0;) {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) break;
      for (int64_t row = 0; row < batch->num_rows() && left > 0; ++row, --left) {
        if (format_ == "jsonl") {
          SIKU_TRY(const auto line, RowJson(batch, row));
          context.Line(line);
        } else {
          SIKU_TRY(auto cells, CellsOf(batch, row));
          rows.push_back(std::move(cells));
        }
      }
    }
    if (format_ == "table") PrintTable(rows, *reader->schema(), context);
    return 0;
  }

 private:
  static void PrintTable(const std::vector<Cells>& rows, const arrow::Schema& schema,
                         Context& context) {
    std::vector<std::string> columns;
    for (const auto& field : schema.fields()) {
      if (!field->name().starts_with(kHiddenPrefix)) columns.push_back(field->name());
    }
    context.Print(RowsTable(rows, columns, context));
    if (rows.empty()) context.Line(context.Say({"0 rows", "0 行"}));
  }
  std::string name_;
  int64_t rows_ = 10;
  std::string format_ = "table";
  StoreOption store_{};
};

class Verify final : public Command {
 public:
  explicit Verify(bool one) : one_(one) {}
  void Declare(Arguments& arguments) override {
    if (one_) arguments.Positional("NAME", name_, kVersionHelp, Offer::kDataset, false);
    store_.Declare(arguments);
    arguments.Shows(
        one_ ? "siku dataset verify first-light" : "siku store verify",
        {"exit code 12 where anything is not as it was written", "有任何不符时退出码为 12"});
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    const auto progress = [&](const std::string& what) {
      if (context.error_terminal()) context.Note(what);
    };
    SIKU_TRY(auto damages, store->Verify(name_, progress));
    // The ledgers of runs belong to the store as a whole.
    if (!one_) {
      SIKU_TRY(const auto more, VerifyRuns(*store, progress));
      damages.insert(damages.end(), more.begin(), more.end());
    }
    for (const Damage& damage : damages) context.Line(damage.file + ": " + damage.what);
    if (damages.empty()) {
      context.Line(context.Say({"all is as it was written", "全部与写入时一致"}));
      return 0;
    }
    context.Note(Count(context, static_cast<int64_t>(damages.size()), "thing is damaged",
                       "things are damaged", "处损坏"));
    return static_cast<int>(Code::kUnbalanced);
  }

 private:
  bool one_;
  std::string name_;
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetLs() { return Make<List>(); }
std::unique_ptr<Command> MakeDatasetShow() { return Make<Show>(); }
std::unique_ptr<Command> MakeDatasetHead() { return Make<Head>(); }
std::unique_ptr<Command> MakeDatasetVerify() { return std::make_unique<Verify>(true); }
std::unique_ptr<Command> MakeStoreVerify() { return std::make_unique<Verify>(false); }

}  // namespace siku::cli
