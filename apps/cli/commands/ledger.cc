// `siku edits`, `siku rejects`, `siku flags`, `siku stats`: the ledger of a run, entry by entry.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "amount.h"
#include "commands/commands.h"
#include "ledger_text.h"
#include "seal_option.h"
#include "siku/ledger_view.h"
#include "siku/row_view.h"
#include "siku/utf8.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

using Json = nlohmann::ordered_json;

class LedgerCommand : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional(
        "RUN", run_,
        {"its id, the beginning of it, or `last` [last]", "运行的编号、编号的开头，或 last [last]"},
        Offer::kRun, false);
    arguments.Option("--step", "STEP", step_, {"of this step only", "只看这一步"});
    arguments.Choice(
        "--format", {"text", "jsonl"}, format_,
        {"for people, or one JSON object a line [text]", "给人看，或每行一个 JSON 对象 [text]"});
    store_.Declare(arguments);
    seal_.Declare(arguments);
  }
  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto info, store->FindRun(run_.empty() ? "last" : run_));
    SIKU_TRY(key_, seal_.Read());
    SIKU_TRY(List(*store, info.id, context));
    if (step_.empty() && !key_.has_value()) SIKU_TRY(SayLeftOut(*store, info.id, context));
    return 0;
  }

 protected:
  virtual Result<void> List(Store& store, const std::string& run, Context& context) = 0;
  // Whether the owner's key opens what is sealed.
  virtual bool opens() const { return true; }
  bool jsonl() const { return format_ == "jsonl"; }
  const std::string& step() const { return step_; }
  const std::optional<SealKey>& key() const { return key_; }

 private:
  Result<void> SayLeftOut(Store& store, const std::string& run, const Context& context) const {
    SIKU_TRY(const auto shape, ReadShape(store, run));
    const auto sealed =
        std::count_if(shape.steps.begin(), shape.steps.end(), [&](const RunShape::Step& one) {
          return std::find(shape.sealed.begin(), shape.sealed.end(), one.name) !=
                 shape.sealed.end();
        });
    if (sealed == 0) return {};
    std::string note = fmt::format(
        fmt::runtime(context.Say({"note: left out: {} and the reader, sealed with the key {}",
                                  "提示：略去 {}和读取的记录，它们用密钥 {} 密封"})),
        Count(context, sealed, "step", "steps", "个步骤"), shape.key_id);
    if (opens())
      note += context.Say({"; --seal-key FILE shows them", "；加 --seal-key FILE 可显示"});
    context.Note(note);
    return {};
  }

  std::string run_;
  std::string step_;
  std::string format_ = "text";
  StoreOption store_{};
  SealOption seal_{};
  std::optional<SealKey> key_{};
};

std::string StepText(std::string_view step, const Context& context) {
  return step.empty() ? std::string(context.Say({"(reading)", "（读取）"})) : std::string(step);
}

class Edits final : public LedgerCommand {
 public:
  void Declare(Arguments& arguments) override {
    LedgerCommand::Declare(arguments);
    arguments.Shows("siku edits last",
                    {"all of them, with their rule and confidence", "全部改动及其规则和置信度"});
    arguments.Shows("siku edits last --format jsonl > edits.jsonl",
                    {"for programs; begin and end are bytes of the step's input, out_begin and "
                     "out_end of its output",
                     "给程序用；begin、end 是这一步输入的字节位置，out_begin、out_end 是输出的"});
  }

 protected:
  Result<void> List(Store& store, const std::string& run, Context& context) override {
    return ForEachEdited(
        store, run, step(),
        [&](const EditedValue& value) {
          if (jsonl()) {
            PrintJson(value, context);
          } else {
            PrintText(value, context);
          }
          return true;
        },
        key());
  }

 private:
  static void PrintJson(const EditedValue& value, Context& context) {
    for (const StoredEdit& edit : value.edits) {
      Json json = PlaceJson(value.step, value.source, value.key);
      json["column"] = value.column;
      json["begin"] = edit.begin;
      json["end"] = edit.end;
      json["out_begin"] = edit.out_begin;
      json["out_end"] = edit.out_end;
      json["before"] = edit.before;
      json["after"] = After(value, edit);
      json["rule"] = value.rules[edit.rule];
      json["confidence"] = edit.confidence / 1000.0;
      json["alternatives"] = edit.alternatives;
      context.Print(JsonLineOf(json));
    }
  }
  static void PrintText(const EditedValue& value, Context& context) {
    const Paint& paint = context.paint();
    context.Line(paint.Bold(
        fmt::format("{}  {}  {}", PlaceText(value.source, value.key), value.step, value.column)));
    for (const StoredEdit& edit : value.edits) {
      std::string line = fmt::format(
          "  {:>6}-{:<6} {} → {}  {}", edit.begin, edit.end, paint.Red(OneLine(edit.before)),
          paint.Green(OneLine(After(value, edit))),
          paint.Dim(fmt::format("{} {:.2f}", value.rules[edit.rule], edit.confidence / 1000.0)));
      for (const std::string& other : edit.alternatives) {
        line += context.Say({"  or ", "  或 "});
        line += OneLine(other);
      }
      context.Line(line);
    }
  }
  static std::string_view After(const EditedValue& value, const StoredEdit& edit) {
    return value.after.substr(static_cast<size_t>(edit.out_begin),
                              static_cast<size_t>(edit.out_end - edit.out_begin));
  }
  // Blanks are what many edits are about: they are shown as open boxes.
  static std::string OneLine(std::string_view text) {
    if (text.empty()) return "∅";
    std::string out;
    for (const char c : text) {
      if (c == ' ') {
        out += "␣";
      } else if (c == '\n') {
        out += "⏎";
      } else if (c == '\t') {
        out += "⇥";
      } else {
        out += Shown(std::string_view(&c, 1));
      }
    }
    return out;
  }
};

class RejectList final : public LedgerCommand {
 public:
  void Declare(Arguments& arguments) override {
    LedgerCommand::Declare(arguments);
    arguments.Shows("siku rejects last", {"what went no further, and why", "被拒绝的行及原因"});
    arguments.Shows("siku rejects last --format jsonl | jq -r .reason | sort | uniq -c",
                    {"for programs", "给程序用"});
  }

 protected:
  Result<void> List(Store& store, const std::string& run, Context& context) override {
    return ForEachReject(
        store, run, step(),
        [&](const RejectView& reject) {
          context.Print(jsonl() ? JsonOf(reject) : TextOf(reject, context));
          return true;
        },
        key());
  }

 private:
  static std::string JsonOf(const RejectView& reject) {
    Json json = PlaceJson(reject.step, reject.source, reject.key);
    json["reason"] = reject.reason;
    json["detail"] = reject.detail;
    if (reject.partner.has_value()) json["partner"] = ToString(*reject.partner);
    if (reject.bytes > 0) json["bytes"] = reject.bytes;
    if (!reject.sha256.empty()) json["sha256"] = reject.sha256;
    // Bytes that are no text would not survive in JSON; their digest and place stand for them.
    if (!reject.raw.empty() && utf8::Valid(reject.raw)) json["raw"] = reject.raw;
    std::string line = JsonLineOf(json);
    if (!reject.row_json.empty()) {
      line.resize(line.size() - 2);
      line += ",\"row\":" + reject.row_json + "}\n";
    }
    return line;
  }
  static std::string TextOf(const RejectView& reject, const Context& context) {
    std::string line = fmt::format("{}  {}  ", PlaceText(reject.source, reject.key),
                                   StepText(reject.step, context));
    // A detail may begin with the statistic that the reason is named after.
    const bool named = reject.detail.starts_with(std::string(reject.reason) + " ");
    if (!named) line += context.paint().Yellow(reject.reason);
    if (!reject.detail.empty()) line += (named ? "" : ": ") + Shown(reject.detail);
    if (reject.partner.has_value()) {
      line += " → " + PlaceText(reject.partner_source, *reject.partner);
    }
    if (reject.bytes > 0) line += "  " + SizeText(reject.bytes, context.language());
    if (!reject.sha256.empty()) line += "  sha256 " + std::string(reject.sha256);
    const std::string content = reject.row_json.empty() ? Printable(reject.raw) : reject.row_json;
    if (!content.empty()) {
      line +=
          "\n    " + context.paint().Dim(Fit(content, static_cast<size_t>(context.columns() - 4)));
    }
    return line + "\n";
  }
  static std::string Printable(std::string_view raw) {
    const size_t valid = std::min(utf8::FindInvalid(raw), raw.size());
    std::string text = Shown(raw.substr(0, valid));
    while (text.ends_with('\n')) text.pop_back();
    return valid < raw.size() ? text + "…" : text;
  }
};

class FlagList final : public LedgerCommand {
 public:
  void Declare(Arguments& arguments) override {
    LedgerCommand::Declare(arguments);
    arguments.Shows("siku flags last", {"proposals, undecided damage, destroyed text",
                                        "建议、未定的损坏、信息已丢失的文字"});
  }

 protected:
  Result<void> List(Store& store, const std::string& run, Context& context) override {
    return ForEachFlag(
        store, run, step(),
        [&](const FlagView& flag) {
          context.Print(jsonl() ? JsonOf(flag) : TextOf(flag, context));
          return true;
        },
        key());
  }

 private:
  static std::string JsonOf(const FlagView& flag) {
    Json json = PlaceJson(flag.step, flag.source, flag.key);
    json["begin"] = flag.begin;
    json["end"] = flag.end;
    json["kind"] = flag.kind;
    json["detail"] = flag.detail;
    if (flag.proposal.has_value()) {
      json["proposal"] = *flag.proposal;
      json["rule"] = flag.rule;
      json["confidence"] = flag.confidence / 1000.0;
      json["alternatives"] = flag.alternatives;
    }
    return JsonLineOf(json);
  }
  static std::string TextOf(const FlagView& flag, const Context& context) {
    std::string line =
        fmt::format("{} {}-{}  {}  {}", PlaceText(flag.source, flag.key), flag.begin, flag.end,
                    StepText(flag.step, context), context.paint().Yellow(flag.kind));
    if (flag.proposal.has_value()) {
      line += fmt::format(" → {} ({} {:.2f})", context.paint().Green(Shown(*flag.proposal)),
                          flag.rule, flag.confidence / 1000.0);
    }
    // The detail of a proposal is its rule.
    if (!flag.detail.empty() && flag.detail != flag.rule) {
      line += "  " + Shown(Translate(flag.detail, context.language()));
    }
    return line + "\n";
  }
};

class Stats final : public LedgerCommand {
 public:
  void Declare(Arguments& arguments) override {
    LedgerCommand::Declare(arguments);
    arguments.Shows("siku stats last", {"the numbers by which filters decided, row by row",
                                        "过滤器据以判断的数值，逐行"});
    arguments.Shows("siku stats last --step length --format jsonl > stats.jsonl",
                    {"for programs; a number that a text does not have is null",
                     "给程序用；文本没有的数值为 null"});
  }

 protected:
  bool opens() const override { return false; }
  Result<void> List(Store& store, const std::string& run, Context& context) override {
    std::vector<std::string> steps = {step()};
    if (step().empty()) {
      SIKU_TRY(const auto shape, ReadShape(store, run));
      steps.clear();
      // What is sealed is left out where all steps are asked for.
      const std::set<std::string> sealed(shape.sealed.begin(), shape.sealed.end());
      for (const RunShape::Step& one : shape.steps) {
        if (!sealed.contains(one.name)) steps.push_back(one.name);
      }
    }
    for (const std::string& one : steps) {
      SIKU_TRY(ForEachNumbers(store, run, one, [&](const NumbersView& row) {
        context.Print(jsonl() ? JsonOf(one, row) : TextOf(one, row, context));
        return true;
      }));
    }
    return {};
  }

 private:
  static std::string JsonOf(const std::string& step, const NumbersView& row) {
    Json json = PlaceJson(step, row.source, row.key);
    Json& numbers = json["stats"] = Json::object();
    for (size_t i = 0; i < row.values.size(); ++i) {
      numbers[row.statistics[i]] = std::isnan(row.values[i]) ? Json() : Json(row.values[i]);
    }
    return JsonLineOf(json);
  }
  static std::string TextOf(const std::string& step, const NumbersView& row,
                            const Context& context) {
    std::string line = PlaceText(row.source, row.key) + "  " + step;
    for (size_t i = 0; i < row.values.size(); ++i) {
      line += "  " + context.paint().Dim(row.statistics[i] + " ");
      line += std::isnan(row.values[i]) ? "-" : fmt::format("{:.6g}", row.values[i]);
    }
    return line + "\n";
  }
};

}  // namespace

std::unique_ptr<Command> MakeEdits() { return Make<Edits>(); }
std::unique_ptr<Command> MakeRejects() { return Make<RejectList>(); }
std::unique_ptr<Command> MakeFlags() { return Make<FlagList>(); }
std::unique_ptr<Command> MakeStats() { return Make<Stats>(); }

}  // namespace siku::cli
