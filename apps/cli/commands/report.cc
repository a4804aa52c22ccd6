// `siku report`: what a run found, for a person; excerpts before and after.
#include "report.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "amount.h"
#include "commands/commands.h"
#include "ledger_text.h"
#include "operators.h"
#include "run_summary.h"
#include "siku/encoding.h"
#include "siku/ledger_view.h"
#include "siku/run.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

constexpr size_t kMostNamed = 40;
// Then a place is shown twice.
constexpr size_t kMostTries = 200;
// A page of the report takes up to some 64 KiB.
constexpr int64_t kMostPages = 5000;

// Chosen while the ledger goes by: the first edits of each rule, no place twice, and of a rule each
// in a text of its own.
class Excerpts {
 public:
  Excerpts(size_t per_rule, size_t width, const Paint& paint)
      : per_rule_(per_rule), width_(width), paint_(paint) {}

  void See(const EditedValue& value) {
    const std::string text = PlaceText(value.source, value.key);
    std::vector<std::pair<size_t, size_t>> taken;
    // The rarest damage says most; common rules take what is left of the text.
    for (const uint16_t rule : RarestFirst(value)) {
      auto& shown = shown_[value.rules[rule]];
      if (shown.size() >= per_rule_) continue;
      size_t tries = 0;
      for (size_t i = 0; i < value.edits.size(); ++i) {
        const StoredEdit& edit = value.edits[i];
        if (edit.rule != rule) continue;
        Excerpt excerpt = ExcerptOf(value, i, width_, paint_);
        if (IsTaken(taken, excerpt) && ++tries < kMostTries) continue;
        taken.emplace_back(excerpt.begin, excerpt.end);
        shown.push_back({text, edit.confidence, std::move(excerpt)});
        break;
      }
    }
  }
  std::string Print(const Context& context) const {
    std::string out;
    for (const auto& [rule, shown] : shown_) {
      for (const One& one : shown) {
        out += fmt::format("  {} {:.2f}  {}\n", paint_.Cyan(rule), one.confidence / 1000.0,
                           paint_.Dim(one.text));
        out += "    " + std::string(context.Say({"before  ", "原  "})) + one.excerpt.before + "\n";
        out += "    " + std::string(context.Say({"after   ", "现  "})) + one.excerpt.after + "\n";
      }
    }
    return out;
  }

 private:
  struct One {
    std::string text;
    int confidence;
    Excerpt excerpt;
  };
  static std::vector<uint16_t> RarestFirst(const EditedValue& value) {
    std::map<uint16_t, size_t> counts;
    for (const StoredEdit& edit : value.edits) ++counts[edit.rule];
    std::vector<uint16_t> rules;
    for (const auto& [rule, count] : counts) rules.push_back(rule);
    std::stable_sort(rules.begin(), rules.end(),
                     [&](uint16_t a, uint16_t b) { return counts[a] < counts[b]; });
    return rules;
  }
  static bool IsTaken(const std::vector<std::pair<size_t, size_t>>& taken, const Excerpt& excerpt) {
    return std::any_of(taken.begin(), taken.end(), [&](const auto& span) {
      return excerpt.begin < span.second && excerpt.end > span.first;
    });
  }
  size_t per_rule_;
  size_t width_;
  const Paint& paint_;
  std::map<std::string, std::vector<One>> shown_{};
};

class Report final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("RUN|DATASET", what_,
                         {"a run, or the dataset it made [last]", "运行，或它产生的数据集 [last]"},
                         Offer::kDataset, false);
    arguments.Integer("-n,--excerpts", "N", excerpts_, 0,
                      {"excerpts of each rule [2]", "每条规则的摘录数 [2]"}, 1000);
    arguments.Option("--html", "FILE", html_,
                     {"write a page for the browser instead: one file, opens from disk",
                      "改为写一个网页：单个文件，从磁盘直接打开"},
                     Offer::kFile);
    arguments.Integer("--pages", "N", options_.pages, 1,
                      {"with --html: texts it may show; those that wait for a person and the least "
                       "certain come first [200]",
                       "与 --html 同用：最多展示的文本数；待人决定的和最不确定的在前 [200]"},
                      kMostPages);
    store_.Declare(arguments);
    arguments.Shows("siku report", {"of the newest run", "最近一次运行"});
    arguments.Shows("siku report --html report.html",
                    {"a page to read, search and decide in", "可阅读、搜索和裁定的网页"});
    arguments.Shows("siku report first-light -n 5",
                    {"of the run that made a dataset", "产生这个数据集的运行"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(auto store, store_.Open());
    SIKU_TRY(const auto run, FindRun(*store));
    const OperatorSet known = OperatorsOfRun(*store, AllOperators(), run);
    if (!html_.empty()) return WriteHtml(*store, known, run, context);
    SIKU_TRY(const auto summary, ReadSummary(*store, run));
    const auto width = static_cast<size_t>(context.columns());
    Excerpts excerpts(static_cast<size_t>(excerpts_), width > 32 ? width - 14 : 18,
                      context.paint());
    std::set<std::string> touched;
    SIKU_TRY(ForEachEdited(*store, run, "", [&](const EditedValue& value) {
      touched.emplace(value.source);
      excerpts.See(value);
      return true;
    }));
    context.Print(SummaryText(summary, context));
    Section(context, {"Repaired", "已修复"}, excerpts.Print(context));
    SIKU_TRY(const auto flags, FlagsText(*store, run, context, touched));
    Section(context, {"Proposed and flagged, not changed", "提出和标记，没有改"}, flags);
    SIKU_TRY(ForEachReject(*store, run, "", [&](const RejectView& reject) {
      touched.emplace(reject.source);
      return true;
    }));
    // Of a file that was not read to its end, nobody knows the rest.
    if (summary.limit < 0) LeftAlone(context, summary, touched);
    return 0;
  }

 private:
  Result<std::string> FindRun(Store& store) const {
    if (const auto info = store.FindRun(what_.empty() ? "last" : what_); info.has_value()) {
      return info->id;
    } else if (what_.empty()) {
      return tl::make_unexpected(info.error());
    }
    SIKU_TRY(const auto version, store.FindVersion(what_));
    if (version.run.empty()) return Fail(Code::kNotFound, "no run made this version", what_);
    return version.run;
  }

  Result<int> WriteHtml(Store& store, const OperatorSet& known, const std::string& run,
                        Context& context) const {
    SIKU_TRY(const auto written, report::WriteReport(store, known, run, html_, options_));
    context.Print(fmt::format(fmt::runtime(context.Say({"wrote {} ({}); it shows {} of {}\n",
                                                        "已写入 {}（{}）；展示 {}，共 {}\n"})),
                              html_, SizeText(written.bytes, context.language()),
                              CountText(written.pages),
                              Count(context, written.total, "changed or flagged text",
                                    "changed or flagged texts", "份改动或标记过的文本")));
    if (written.sealed) {
      context.Note(std::string(context.Say(
          {"note: texts that a step conceals are not in it", "提示：被步骤密封的文本不在其中"})));
    }
    return 0;
  }

  static void Section(Context& context, const Text& head, const std::string& body) {
    if (body.empty()) return;
    context.Print("\n" + context.paint().Bold(context.Say(head)) + "\n" + body);
  }

  Result<std::string> FlagsText(Store& store, const std::string& run, const Context& context,
                                std::set<std::string>& touched) const {
    std::map<std::string, int64_t> seen;
    std::string out;
    SIKU_TRY(ForEachFlag(store, run, "", [&](const FlagView& flag) {
      touched.emplace(flag.source);
      if (++seen[std::string(flag.kind)] > excerpts_) return true;
      out += "  " + FlagText(flag, context) + "\n";
      return true;
    }));
    for (const auto& [kind, count] : seen) {
      if (count <= excerpts_) continue;
      out +=
          fmt::format(fmt::runtime(context.Say({"  … and {} more {}; `siku flags {}` lists them\n",
                                                "  ……另有 {} 处 {}；`siku flags {}` 可列出\n"})),
                      CountText(count - excerpts_), kind, run);
    }
    return out;
  }

  static std::string FlagText(const FlagView& flag, const Context& context) {
    std::string text = context.paint().Yellow(flag.kind);
    if (flag.proposal.has_value()) {
      text += fmt::format(" → {} ({} {:.2f})", context.paint().Green(Shown(*flag.proposal)),
                          flag.rule, flag.confidence / 1000.0);
    }
    // The detail of a proposal is its rule.
    if (!flag.detail.empty() && flag.detail != flag.rule) {
      text += "  " + Shown(Translate(flag.detail, context.language()));
    }
    return text + "  " +
           context.paint().Dim(
               fmt::format("{} {}-{}", PlaceText(flag.source, flag.key), flag.begin, flag.end));
  }

  static void LeftAlone(Context& context, const RunSummary& summary,
                        const std::set<std::string>& touched) {
    std::vector<std::string> alone;
    for (const SourceSummary& source : summary.sources) {
      const bool utf8 = source.encoding == EncodingName(Encoding::kUtf8);
      if (utf8 && !touched.contains(source.relative)) alone.push_back(source.relative);
    }
    if (alone.empty()) return;
    std::string body;
    for (size_t i = 0; i < alone.size() && i < kMostNamed; ++i) {
      body += (i > 0 ? ", " : "") + alone[i];
    }
    if (alone.size() > kMostNamed) {
      body += fmt::format(fmt::runtime(context.Say({", and {} more", "，另有 {} 个"})),
                          CountText(static_cast<int64_t>(alone.size() - kMostNamed)));
    }
    body = "  " + Wrap(body, static_cast<size_t>(context.columns()), 2) + "\n";
    Section(context, {"Left alone, byte for byte", "逐字节未动"}, body);
  }

  std::string what_;
  int64_t excerpts_ = 2;
  std::string html_;
  report::ReportOptions options_{};
  StoreOption store_{};
};

}  // namespace

std::unique_ptr<Command> MakeReport() { return Make<Report>(); }

}  // namespace siku::cli
