#include "run_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "amount.h"
#include "ledger_text.h"
#include "operators.h"
#include "siku/plugins.h"
#include "table.h"

namespace siku::cli {
namespace {

std::string List(const std::map<std::string, int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "" : ", ") + name + " " + CountText(count);
  }
  return text;
}

int64_t Sum(const std::map<std::string, int64_t>& counts) {
  int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

int64_t Removed(const StepCounts& counts) { return counts.rejected + counts.merged; }

std::string Head(const Context& context, const Text& text) {
  return "\n" + context.paint().Bold(context.Say(text)) + "\n";
}

// What the operator's record says of a rule, a flag or a reason; nothing for an operator that this
// program lacks.
std::string Meaning(const std::string& op, const std::string& name, const Context& context) {
  const auto found = AllOperators().Find(op);
  const Operator* const known = found.has_value() ? *found : FindLoadedOperator(op);
  if (known == nullptr) return {};
  const Record& record = known->record();
  // The engine's mark of edits that a person decided.
  constexpr std::string_view kDecided = ":decided";
  if (name.ends_with(kDecided)) {
    return Meaning(op, name.substr(0, name.size() - kDecided.size()), context) +
           std::string(context.Say({" A person decided so.", "由人决定。"}));
  }
  for (const auto* list : {&record.rules, &record.flags, &record.reasons}) {
    for (const Named& named : *list) {
      if (named.name == name) return context.chinese() ? named.summary_zh : named.summary;
    }
  }
  return {};
}

std::string ReadText(const RunSummary& summary, const Context& context) {
  const auto files = static_cast<int64_t>(summary.sources.size());
  std::string text =
      fmt::format(fmt::runtime(context.Say({"read {} from {} ({})", "读入 {}，来自 {}（{}）"})),
                  Count(context, summary.rows, "row", "rows", "行"),
                  Count(context, files, "file", "files", "个文件"),
                  SizeText(summary.input_bytes, context.language()));
  if (!summary.rejected.empty()) {
    text += fmt::format(fmt::runtime(context.Say({"; {} rejected ({})", "；拒绝 {}（{}）"})),
                        Count(context, Sum(summary.rejected), "record", "records", "条记录"),
                        List(summary.rejected));
  }
  if (!summary.read_flags.empty()) {
    text += fmt::format(fmt::runtime(context.Say({"; flagged: {}", "；标记：{}"})),
                        List(summary.read_flags));
  }
  return text + "\n";
}

// Columns that are 0 for all steps are left out; a row that became several was not kept, nor lost.
std::string StepsText(const RunSummary& summary, const Context& context) {
  struct Column {
    Text head;
    int64_t StepCounts::*count;
  };
  constexpr std::array<Column, 4> kFates = {{{{"rejected", "拒绝"}, &StepCounts::rejected},
                                             {{"merged", "合并"}, &StepCounts::merged},
                                             {{"expanded", "展开"}, &StepCounts::expanded},
                                             {{"edited", "改动"}, &StepCounts::edited_rows}}};
  const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
  std::vector<std::string> head = {say({"step", "步骤"}), say({"in", "输入"}),
                                   say({"kept", "保留"})};
  std::vector<int64_t StepCounts::*> shown;
  for (const Column& column : kFates) {
    const bool any =
        std::any_of(summary.steps.begin(), summary.steps.end(),
                    [&](const StepSummary& step) { return step.counts.*column.count > 0; });
    if (!any) continue;
    head.push_back(say(column.head));
    shown.push_back(column.count);
  }
  head.push_back(say({"out", "输出"}));
  head.push_back(say({"operator", "算子"}));
  Table table(head);
  table.WrapLast();
  for (size_t i = 1; i + 1 < head.size(); ++i) table.Right(i);
  for (const StepSummary& step : summary.steps) {
    const StepCounts& counts = step.counts;
    const bool expands = counts.kept == 0 && counts.expanded > 0;
    std::vector<std::string> row = {step.name, CountText(counts.in),
                                    expands ? "" : CountText(counts.kept)};
    for (const auto count : shown) row.push_back(CountText(counts.*count));
    std::string out;
    for (const int64_t rows : counts.out) out += (out.empty() ? "" : " + ") + CountText(rows);
    row.push_back(out);
    row.push_back(step.op);
    table.Add(row);
  }
  return table.Print(static_cast<size_t>(context.columns()), context.paint().on());
}

// Why a decision no longer fits, in words.
std::string_view UnfitText(const std::string& reason, const Context& context) {
  static const std::map<std::string, Text> kWords = {
      {"text_changed", {"the text there is another now", "该处文本已变"}},
      {"row_absent", {"the row is not there", "该行不在"}},
      {"overlaps", {"another edit reaches into it", "与另一处改动重叠"}},
      {"no_step", {"no such step, or one that does not edit", "没有这个步骤，或它不改文本"}},
      {"no_source", {"the file was not read", "没有读这个文件"}},
      {"no_rule", {"the step has no such rule", "步骤没有这条规则"}}};
  const auto found = kWords.find(reason);
  return found == kWords.end() ? std::string_view(reason) : context.Say(found->second);
}

std::string DecisionsText(const DecisionSummary& decisions, const Context& context) {
  if (decisions.sha256.empty()) return {};
  constexpr size_t kMostShown = 20;
  std::string text =
      "\n" + fmt::format(fmt::runtime(context.Say({"decisions: {} applied", "决定：应用 {} 项"})),
                         CountText(decisions.applied));
  if (decisions.idle > 0) {
    text += fmt::format(fmt::runtime(context.Say({", {} already so", "，{} 项本已如此"})),
                        CountText(decisions.idle));
  }
  if (!decisions.unfit.empty()) {
    text += fmt::format(
        fmt::runtime(
            context.Say({decisions.unfit.size() == 1 ? ", {} no longer fits" : ", {} no longer fit",
                         "，{} 项不再适用"})),
        CountText(static_cast<int64_t>(decisions.unfit.size())));
  }
  text += "\n";
  for (size_t i = 0; i < decisions.unfit.size() && i < kMostShown; ++i) {
    const DecisionSummary::Unfit& one = decisions.unfit[i];
    text +=
        fmt::format("  {}  {} {} {}-{}  {}\n", one.number, one.step, PlaceText(one.source, one.key),
                    one.begin, one.end, UnfitText(one.reason, context));
  }
  if (decisions.unfit.size() > kMostShown) {
    text += fmt::format(fmt::runtime(context.Say({"  … and {} more\n", "  ……另有 {} 项\n"})),
                        CountText(static_cast<int64_t>(decisions.unfit.size() - kMostShown)));
  }
  return text;
}

}  // namespace

std::string FindingsText(const RunSummary& summary, const Context& context) {
  const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
  Table table({say({"step", "步骤"}), say({"what", "什么"}), say({"repaired", "修复"}),
               say({"proposed", "提出"}), say({"flagged", "标记"}), say({"rows out", "移出行"}),
               say({"meaning", "含义"})});
  table.WrapLast();
  for (size_t i = 2; i <= 5; ++i) table.Right(i);
  const auto cell = [](const std::map<std::string, int64_t>& counts, const std::string& name) {
    const auto found = counts.find(name);
    return found == counts.end() ? std::string() : CountText(found->second);
  };
  for (const StepSummary& step : summary.steps) {
    const StepCounts& counts = step.counts;
    std::set<std::string> names;
    for (const auto* one : {&counts.edits, &counts.proposed, &counts.flags, &counts.reasons}) {
      for (const auto& [name, count] : *one) names.insert(name);
    }
    for (const std::string& name : names) {
      table.Add({step.name, name, cell(counts.edits, name), cell(counts.proposed, name),
                 cell(counts.flags, name), cell(counts.reasons, name),
                 Meaning(step.op, name, context)});
    }
  }
  if (table.empty()) return {};
  return table.Print(static_cast<size_t>(context.columns()), context.paint().on());
}

std::string OutputsText(const RunSummary& summary, const Context& context) {
  std::string text;
  for (const OutputSummary& output : summary.outputs) {
    text +=
        fmt::format("  {}@{}  {}  {}", context.paint().Green(output.dataset), output.ordinal,
                    output.content.substr(0, 16), Count(context, output.rows, "row", "rows", "行"));
    if (output.unmasked) {
      text += context.Say({"  holds texts from before masking", "  含有隐去之前的文本"});
    }
    if (output.unchanged) {
      text += context.Say({"  (as the version before)", "（与上一版本相同）"});
    }
    text += "\n";
  }
  return text;
}

std::string EmptyText(const RunSummary& summary, const Context& context) {
  std::string text;
  for (const OutputSummary& output : summary.outputs) {
    if (output.rows > 0) continue;
    const auto step = std::max_element(summary.steps.begin(), summary.steps.end(),
                                       [&](const StepSummary& a, const StepSummary& b) {
                                         return Removed(a.counts) < Removed(b.counts);
                                       });
    if (step == summary.steps.end() || Removed(step->counts) == 0) {
      text += fmt::format(fmt::runtime(context.Say({"{} has no rows: {} read, {} rejected\n",
                                                    "{} 没有任何行：读入 {}，拒绝 {}\n"})),
                          output.dataset, Count(context, summary.rows, "row", "rows", "行"),
                          Count(context, Sum(summary.rejected), "record", "records", "条记录"));
      continue;
    }
    text += fmt::format(
        fmt::runtime(context.Say({"{} has no rows: {} ({}) removed most, {} of {}: {}\n",
                                  "{} 没有任何行：{}（{}）去掉最多，{}/{}：{}\n"})),
        output.dataset, step->name, step->op, CountText(Removed(step->counts)),
        CountText(step->counts.in), List(step->counts.reasons));
  }
  return text;
}

std::string HiddenText(const std::set<std::string>& names, const Context& context) {
  return fmt::format(
      fmt::runtime(context.Say({"note: names that begin with a point are not read: {}, as {}",
                                "提示：以点开头的不读：{}，如 {}"})),
      Count(context, static_cast<int64_t>(names.size()), "file or folder", "files or folders",
            "个文件或文件夹"),
      *names.begin());
}

std::string ShortText(const RunSummary& summary, const Context& context) {
  std::string text;
  for (const StepSummary& step : summary.steps) {
    const auto found = step.counts.reported.find("too_short");
    if (found == step.counts.reported.end()) continue;
    text += fmt::format(
        fmt::runtime(context.Say({"{}: {} of {} texts are too short to shingle; they were kept and "
                                  "compared with none\n",
                                  "{}：{}/{} 篇文本太短，无法切成片段；它们未经比较而保留\n"})),
        step.name, CountText(found->second), CountText(step.counts.in));
    if (found->second * 2 <= step.counts.in) continue;
    text += context.Say(
        {"  That is most of them. Chinese has no blanks between words: take shingle: character "
         "(Data-Juicer: tokenization: character), or a smaller shingle_length.\n",
         "  这是其中的大多数。中文词间没有空格：请改用 shingle: "
         "character（Data-Juicer：tokenization: "
         "character），或减小 shingle_length。\n"});
  }
  return text;
}

std::string SummaryText(const RunSummary& summary, const Context& context) {
  std::string text = fmt::format(
      fmt::runtime(context.Say({"run {} done in {}", "运行 {} 完成，用时 {}"})),
      context.paint().Bold(summary.run), DurationText(summary.seconds, context.language()));
  text += "\n" + ReadText(summary, context);
  if (!summary.steps.empty()) text += "\n" + StepsText(summary, context);
  if (const std::string findings = FindingsText(summary, context); !findings.empty()) {
    text += "\n" + findings;
  }
  if (const std::string few = ShortText(summary, context); !few.empty()) {
    text += "\n" + context.paint().Yellow(few);
  }
  text += DecisionsText(summary.decisions, context);
  text += Head(context, {"outputs", "输出"}) + OutputsText(summary, context);
  if (const std::string empty = EmptyText(summary, context); !empty.empty()) {
    text += "\n" + context.paint().Yellow(empty);
  }
  return text;
}

}  // namespace siku::cli
