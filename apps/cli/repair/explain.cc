#include "explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "amount.h"
#include "ledger_text.h"
#include "table.h"

namespace siku::cli {
namespace {

using refine::TextEdit;
using refine::TextFlag;

// Rules with their least confidence, in the order they come: `simplify 0.99, shifted_run 0.97`.
class Reasons {
 public:
  void Add(const TextEdit& edit) {
    const std::string& name = RuleName(edit.rule);
    const auto known = std::find_if(rules_.begin(), rules_.end(),
                                    [&](const auto& rule) { return rule.first == name; });
    if (known == rules_.end()) {
      rules_.emplace_back(name, edit.confidence);
    } else {
      known->second = std::min(known->second, edit.confidence);
    }
  }
  std::string Print() const {
    std::string text;
    for (const auto& [name, confidence] : rules_) {
      text += fmt::format("{}{} {:.2f}", text.empty() ? "" : ", ", name, confidence);
    }
    return text;
  }

 private:
  std::vector<std::pair<std::string, double>> rules_{};
};

// Edits that touch read as one: what stood there, what stands there, and why.
std::string ShownEdits(std::string_view before, std::span<const TextEdit> edits,
                       const Paint& paint) {
  std::string after;
  Reasons reasons;
  for (const TextEdit& edit : edits) {
    after += edit.after;
    reasons.Add(edit);
  }
  const std::string why = reasons.Print();
  if (paint.on()) {
    return paint.Gone(Shown(before)) + paint.Green(Shown(after)) + paint.Dim("[" + why + "]");
  }
  return "{" + Shown(before) + "→" + Shown(after) + "|" + why + "}";
}

// Proposals that touch read as one, too.
std::string ShownFlags(std::string_view text, std::span<const TextFlag> flags, const Paint& paint) {
  std::string why = KindName(flags.front().kind);
  std::string proposal;
  if (flags.front().proposal.has_value()) {
    Reasons reasons;
    proposal = "→";
    for (const TextFlag& flag : flags) {
      proposal += Shown(flag.proposal->after);
      reasons.Add(*flag.proposal);
    }
    why += ": " + reasons.Print();
  } else if (!flags.front().detail.empty()) {
    why += ": " + Shown(flags.front().detail);
  }
  if (paint.on()) return paint.Yellow(Shown(text) + proposal) + paint.Dim("[" + why + "]");
  return "{?" + Shown(text) + proposal + "|" + why + "}";
}

// Edits or flags, whichever come next; of two that overlap the first is shown.
struct Mark {
  size_t begin;
  size_t end;
  std::span<const TextEdit> edits{};
  std::span<const TextFlag> flags{};
};

bool Joins(const TextFlag& flag, const TextFlag& next) {
  return flag.end == next.begin && flag.kind == next.kind && flag.proposal.has_value() &&
         next.proposal.has_value();
}

std::vector<Mark> MarksOf(const refine::Repaired& repaired) {
  std::vector<Mark> marks;
  const std::span<const TextEdit> edits = repaired.edits;
  for (size_t i = 0, end = 0; i < edits.size(); i = end) {
    end = i + 1;
    while (end < edits.size() && edits[end].begin == edits[end - 1].end) ++end;
    marks.push_back({edits[i].begin, edits[end - 1].end, edits.subspan(i, end - i)});
  }
  const std::span<const TextFlag> flags = repaired.flags;
  for (size_t i = 0, end = 0; i < flags.size(); i = end) {
    end = i + 1;
    while (end < flags.size() && Joins(flags[end - 1], flags[end])) ++end;
    marks.push_back({flags[i].begin, flags[end - 1].end, {}, flags.subspan(i, end - i)});
  }
  std::stable_sort(marks.begin(), marks.end(),
                   [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
  return marks;
}

std::string Counts(const std::map<std::string, int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    if (count > 0) text += (text.empty() ? "" : ", ") + name + " " + CountText(count);
  }
  return text;
}

int64_t Sum(const std::map<std::string, int64_t>& counts) {
  int64_t sum = 0;
  for (const auto& [name, count] : counts) sum += count;
  return sum;
}

}  // namespace

std::string Explain(const Document& document, bool color) {
  const Paint paint(color);
  const std::string_view text = document.text();
  std::string out;
  size_t at = 0;
  for (const Mark& mark : MarksOf(document.repaired)) {
    if (mark.begin < at) continue;
    out += Shown(text.substr(at, mark.begin - at));
    const std::string_view inside = text.substr(mark.begin, mark.end - mark.begin);
    out += mark.flags.empty() ? ShownEdits(inside, mark.edits, paint)
                              : ShownFlags(inside, mark.flags, paint);
    at = mark.end;
  }
  out += Shown(text.substr(at));
  if (out.ends_with('\n')) out.pop_back();
  return out;
}

std::string ExplainHead(const Place& place, bool color) {
  std::string head = "==";
  if (!place.file.empty()) head += " " + place.file;
  if (place.line > 0) head += fmt::format(" line {}", place.line);
  if (!place.id.empty()) head += " (" + Shown(place.id) + ")";
  return Paint(color).Bold(head) + "\n";
}

std::string CountsLine(const RepairCounts& counts, const Context& context) {
  std::string line;
  const auto add = [&](const std::string& part) { line += (line.empty() ? "" : "; ") + part; };
  add(Count(context, Sum(counts.edits), "repair", "repairs", "处修复"));
  if (const std::string rules = Counts(counts.edits); !rules.empty()) line += " (" + rules + ")";
  add(Count(context, Sum(counts.flags), "flag", "flags", "处标记"));
  if (const std::string kinds = Counts(counts.flags); !kinds.empty()) line += " (" + kinds + ")";
  add(Count(context, counts.changed, "text changed of", "texts changed of", "篇改动，共") + " " +
      CountText(counts.texts) + std::string(context.Say({"", " 篇"})));
  return line;
}

std::string ExplainCounts(const RepairCounts& counts, const Context& context) {
  std::string out;
  const auto list = [&](std::span<const Named> all, const std::map<std::string, int64_t>& found) {
    for (const Named& named : all) {
      const auto count = found.find(named.name);
      if (count == found.end()) continue;
      const std::string head = "  " + Pad(named.name, 18) + Pad(CountText(count->second), 7, true);
      out += head + "  " +
             Wrap(context.chinese() ? named.summary_zh : named.summary,
                  static_cast<size_t>(context.columns()), 29) +
             "\n";
    }
  };
  list(refine::RepairRules(), counts.edits);
  list(refine::RepairFlags(), counts.flags);
  return out;
}

}  // namespace siku::cli
