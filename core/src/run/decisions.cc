#include "decisions.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "../base/arrow_internal.h"
#include "siku/ledger.h"
#include "siku/sha256.h"
#include "siku/utf8.h"

namespace siku::run {
namespace {

using nlohmann::json;

constexpr int kDecisionsFormat = 1;
constexpr std::string_view kDecidedMark = ":decided";
constexpr const char* kReasons[] = {"",         "",        "text_changed", "row_absent",
                                    "overlaps", "no_step", "no_source",    "no_rule"};

tl::unexpected<Error> Bad(const char* what, size_t number, std::string value = {}) {
  return Fail(Code::kInvalid, what, std::move(value), "decisions[" + std::to_string(number) + "]");
}

// ---- reading -----------------------------------------------------------------------------------

struct Entry {
  std::string step;
  std::string input;
  std::string source;
  std::string name;
  RowKey key{};
  Decision decision{};
};

template <class T>
bool Holds(const json& value) {
  if constexpr (std::is_same_v<T, std::string>) return value.is_string();
  return value.is_number_integer();
}

template <class T>
Result<T> Member(const json& in, const char* name, size_t number) {
  const auto found = in.find(name);
  if (found == in.end()) return Bad("a decision lacks a member", number, name);
  if (!Holds<T>(*found)) return Bad("a member of a decision is of another type", number, name);
  return found->template get<T>();
}

Result<std::string> TextOr(const json& in, const char* name, size_t number) {
  if (!in.contains(name)) return std::string();
  return Member<std::string>(in, name, number);
}

Result<std::string> ChildFrom(const json& in, size_t number) {
  std::string child;
  const auto found = in.find("child");
  if (found == in.end()) return child;
  const auto ordinal = [](const json& one) {
    return one.is_number_unsigned() && one.get<uint64_t>() <= UINT32_MAX;
  };
  if (!found->is_array() || !std::all_of(found->begin(), found->end(), ordinal)) {
    return Bad("a member of a decision is of another type", number, "child");
  }
  for (const json& one : *found) child += BigEndian(one.get<uint32_t>());
  return child;
}

Result<void> ReadVerdict(const json& in, size_t number, Decision& decision) {
  SIKU_TRY(const auto verdict, Member<std::string>(in, "verdict", number));
  decision.accepts = verdict == "accept" || verdict == "alternative";
  if (!decision.accepts && verdict != "reject") {
    return Bad("a decision has an unknown verdict", number, verdict);
  }
  if (decision.on_flag && decision.accepts) {
    return Bad("a decision on a flag can only reject it", number, verdict);
  }
  return {};
}

Result<Entry> EntryFrom(const json& in, size_t number) {
  if (!in.is_object()) return Bad("a decision is no object", number, in.type_name());
  Entry entry;
  SIKU_TRY(entry.step, Member<std::string>(in, "step", number));
  SIKU_TRY(entry.input, Member<std::string>(in, "input", number));
  SIKU_TRY(entry.source, Member<std::string>(in, "source", number));
  SIKU_TRY(entry.key.position, Member<int64_t>(in, "position", number));
  SIKU_TRY(entry.key.child, ChildFrom(in, number));
  Decision& decision = entry.decision;
  SIKU_TRY(decision.begin, Member<int64_t>(in, "begin", number));
  SIKU_TRY(decision.end, Member<int64_t>(in, "end", number));
  SIKU_TRY(decision.before, Member<std::string>(in, "before", number));
  SIKU_TRY(decision.left, TextOr(in, "left", number));
  SIKU_TRY(decision.right, TextOr(in, "right", number));
  decision.on_flag = in.contains("flag");
  SIKU_TRY(entry.name, Member<std::string>(in, decision.on_flag ? "flag" : "rule", number));
  if (!decision.on_flag) {
    SIKU_TRY(decision.after, Member<std::string>(in, "after", number));
  }
  SIKU_TRY(ReadVerdict(in, number, decision));
  if (decision.begin < 0) {
    return Bad("a decision begins before the text", number, std::to_string(decision.begin));
  }
  if (decision.end < decision.begin) {
    return Bad("a decision ends before it begins", number,
               std::to_string(decision.begin) + " > " + std::to_string(decision.end));
  }
  return entry;
}

int SourceOrdinal(const Plan& plan, const SourceList& sources, const std::string& input,
                  const std::string& relative) {
  for (const Source& source : sources) {
    if (source.relative == relative &&
        plan.nodes()[static_cast<size_t>(source.input)].name == input) {
      return source.ordinal;
    }
  }
  return -1;
}

const Node* StepNamed(const Plan& plan, const std::string& name) {
  for (const Node& node : plan.nodes()) {
    if (node.name == name && node.op != nullptr && node.row() != nullptr &&
        node.op->record().traits.cardinality != Cardinality::kExpand) {
      return &node;
    }
  }
  return nullptr;
}

// Says where a decision belongs, or why nowhere.
std::optional<Settled> BindEntry(Entry& entry, const Plan& plan, const SourceList& sources) {
  const Node* node = StepNamed(plan, entry.step);
  if (node == nullptr) return Settled::kNoStep;
  entry.key.source = SourceOrdinal(plan, sources, entry.input, entry.source);
  if (entry.key.source < 0) return Settled::kNoSource;
  const Record& record = node->op->record();
  const auto& names = entry.decision.on_flag ? record.flags : record.rules;
  const auto found = std::find_if(names.begin(), names.end(),
                                  [&](const Named& named) { return named.name == entry.name; });
  if (found == names.end()) return Settled::kNoRule;
  entry.decision.name = static_cast<uint16_t>(found - names.begin());
  return std::nullopt;
}

bool SamePlace(const Decision& a, const Decision& b) {
  return a.begin == b.begin && a.end == b.end && a.on_flag == b.on_flag &&
         (!a.on_flag || a.name == b.name);
}

// ---- applying ----------------------------------------------------------------------------------

bool Overlaps(const Edit& edit, const Decision& decision) {
  return edit.begin < decision.end && decision.begin < edit.end;
}

template <class Finding>
bool AtPlace(const Finding& finding, const Decision& decision) {
  return finding.begin == decision.begin && finding.end == decision.end;
}

bool Fits(std::string_view text, const Decision& decision) {
  if (decision.end > static_cast<int64_t>(text.size())) return false;
  const auto begin = static_cast<size_t>(decision.begin);
  const auto end = static_cast<size_t>(decision.end);
  // One that inserts has nothing that must stand there: it could split a character.
  return utf8::AtBorder(text, begin) && utf8::AtBorder(text, end) &&
         text.substr(begin, end - begin) == decision.before &&
         text.substr(0, begin).ends_with(decision.left) &&
         text.substr(end).starts_with(decision.right);
}

// What an operator said of one row, changed by what was decided.
class RowFindings {
 public:
  RowFindings(int32_t row, std::vector<Edit> edits, std::vector<Flag> flags, uint16_t rules)
      : row_(row), edits_(std::move(edits)), flags_(std::move(flags)), rules_(rules) {}

  Settled Apply(std::string_view text, const Decision& decision) {
    if (!Fits(text, decision)) return Settled::kTextChanged;
    if (decision.on_flag) {
      return Found(std::erase_if(flags_, [&](const Flag& flag) {
        return AtPlace(flag, decision) && !flag.proposal.has_value() && flag.kind == decision.name;
      }));
    }
    return decision.accepts ? Accept(decision) : Reject(decision);
  }
  std::vector<Edit> TakeEdits() { return std::move(edits_); }
  std::vector<Flag> TakeFlags() { return std::move(flags_); }

 private:
  static Settled Found(size_t removed) { return removed > 0 ? Settled::kApplied : Settled::kIdle; }

  // Another finding at the place is news, not what was decided on.
  Settled Reject(const Decision& decision) {
    return Found(std::erase_if(edits_,
                               [&](const Edit& edit) {
                                 return AtPlace(edit, decision) && edit.after == decision.after;
                               }) +
                 std::erase_if(flags_, [&](const Flag& flag) {
                   return AtPlace(flag, decision) && flag.proposal == decision.after;
                 }));
  }

  Settled Accept(const Decision& decision) {
    for (const Edit& edit : edits_) {
      if (!AtPlace(edit, decision) && Overlaps(edit, decision)) return Settled::kOverlaps;
    }
    std::erase_if(edits_, [&](const Edit& edit) { return AtPlace(edit, decision); });
    std::erase_if(flags_, [&](const Flag& flag) {
      return AtPlace(flag, decision) && flag.proposal.has_value();
    });
    if (decision.after != decision.before) {
      const auto behind = std::find_if(edits_.begin(), edits_.end(), [&](const Edit& edit) {
        return std::pair(edit.begin, edit.end) > std::pair(decision.begin, decision.end);
      });
      edits_.insert(behind, {.row = row_,
                             .begin = decision.begin,
                             .end = decision.end,
                             .after = decision.after,
                             .rule = static_cast<uint16_t>(decision.name + rules_)});
    }
    return Settled::kApplied;
  }

  int32_t row_;
  std::vector<Edit> edits_;
  std::vector<Flag> flags_;
  uint16_t rules_;
};

// The texts of `changed` rows made again from `edits`.
Result<void> Rebuild(const std::string& column, const arrow::LargeStringArray& before,
                     const std::vector<char>& changed, const std::vector<Edit>& edits, Rows& out) {
  const int index = out.batch->schema()->GetFieldIndex(column);
  if (index < 0) return {};
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*out.batch->column(index));
  arrow::LargeStringBuilder builder;
  for (size_t i = 0; i < out.parent.size(); ++i) {
    const int32_t row = out.parent[i];
    const auto at = static_cast<int64_t>(i);
    if (texts.IsNull(at)) {
      SIKU_TRY(FromArrow(builder.AppendNull()));
    } else if (!changed[static_cast<size_t>(row)]) {
      SIKU_TRY(FromArrow(builder.Append(texts.GetView(at))));
    } else {
      const auto [first, last] =
          std::equal_range(edits.begin(), edits.end(), Edit{.row = row},
                           [](const Edit& a, const Edit& b) { return a.row < b.row; });
      SIKU_TRY(const auto text,
               ApplyEdits(before.GetView(row), std::span<const Edit>(first, last)));
      SIKU_TRY(FromArrow(builder.Append(text)));
    }
  }
  SIKU_TRY(auto array, FromArrow(builder.Finish()));
  SIKU_TRY(out.batch,
           FromArrow(out.batch->SetColumn(index, out.batch->schema()->field(index), array)));
  return {};
}

// Of a sorted list the findings of one row; `at` walks it.
template <class Finding>
std::vector<Finding> TakeRow(std::vector<Finding>& all, size_t& at, int32_t row) {
  std::vector<Finding> own;
  for (; at < all.size() && all[at].row == row; ++at) own.push_back(std::move(all[at]));
  return own;
}

}  // namespace

std::vector<std::string> RulesWithDecided(const Record& record) {
  std::vector<std::string> names;
  for (const Named& rule : record.rules) names.push_back(rule.name);
  for (const Named& rule : record.rules) names.push_back(rule.name + std::string(kDecidedMark));
  return names;
}

Result<Decisions> Decisions::Bind(const std::string& text, const std::string& recipe,
                                  const Plan& plan, const SourceList& sources) {
  Decisions decisions;
  if (text.empty()) return decisions;
  decisions.sha256_ = Sha256Hex(text);
  const json file = json::parse(text, nullptr, false);
  const auto list = file.is_object() ? file.find("decisions") : file.end();
  if (!file.is_object() || list == file.end() || !list->is_array()) {
    return Fail(Code::kInvalid, "this is no file of decisions");
  }
  if (file.value("siku_decisions", json()) != kDecisionsFormat) {
    return Fail(Code::kUnsupported, "the decisions have a format that this version does not know",
                file.value("siku_decisions", json()).dump());
  }
  // One written by hand may leave it out.
  const json of = file.value("recipe", json(""));
  if (of != "" && of != recipe) {
    return Fail(Code::kInvalid, "the decisions are of another recipe",
                of.is_string() ? of.get<std::string>() : of.dump(), "recipe");
  }
  for (size_t i = 0; i < list->size(); ++i) {
    SIKU_TRY(auto entry, EntryFrom(list->at(i), i));
    entry.decision.number = static_cast<int>(i);
    const auto unbound = BindEntry(entry, plan, sources);
    decisions.places_.push_back({static_cast<int64_t>(i),
                                 entry.step,
                                 entry.source,
                                 entry.key,
                                 entry.decision.begin,
                                 entry.decision.end,
                                 {}});
    if (unbound.has_value()) {
      decisions.unbound_.emplace_back(static_cast<int>(i), *unbound);
      continue;
    }
    auto& row = decisions.steps_[entry.step][entry.key];
    const bool twice = std::any_of(row.begin(), row.end(), [&](const Decision& other) {
      return SamePlace(other, entry.decision);
    });
    if (twice) return Bad("a place is decided twice", i, ToString(entry.key));
    row.push_back(std::move(entry.decision));
  }
  for (auto& [step, rows] : decisions.steps_) {
    for (auto& [key, row] : rows) {
      std::stable_sort(row.begin(), row.end(), [](const Decision& a, const Decision& b) {
        return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
      });
    }
  }
  return decisions;
}

const StepDecisions* Decisions::Of(const std::string& step) const {
  const auto found = steps_.find(step);
  return found == steps_.end() ? nullptr : &found->second;
}

DecisionSummary Decisions::Summary(const SettledDecisions& settled) const {
  DecisionSummary summary;
  summary.sha256 = sha256_;
  summary.total = static_cast<int64_t>(places_.size());
  std::vector<Settled> all(places_.size(), Settled::kRowAbsent);
  for (const auto* list : {&settled, &unbound_}) {
    for (const auto& [number, what] : *list) {
      if (static_cast<size_t>(number) < all.size()) all[static_cast<size_t>(number)] = what;
    }
  }
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i] == Settled::kApplied) {
      ++summary.applied;
    } else if (all[i] == Settled::kIdle) {
      ++summary.idle;
    } else {
      summary.unfit.push_back(places_[i]);
      summary.unfit.back().reason = kReasons[static_cast<size_t>(all[i])];
    }
  }
  return summary;
}

Result<void> ApplyDecisions(const StepDecisions& decisions, const Record& record,
                            const RowBound& bound, const Batch& input, const Keys& keys,
                            Outcome& outcome, SettledDecisions& settled) {
  const auto column = input->GetColumnByName(bound.column());
  if (column == nullptr || column->type_id() != arrow::Type::LARGE_STRING) return {};
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*column);
  std::stable_sort(outcome.flags.begin(), outcome.flags.end(),
                   [](const Flag& a, const Flag& b) { return a.row < b.row; });
  std::vector<char> kept(static_cast<size_t>(input->num_rows()), 0), changed(kept);
  for (const Rows& out : outcome.outputs) {
    for (const int32_t row : out.parent) kept[static_cast<size_t>(row)] = 1;
  }
  std::vector<Edit> edits;
  std::vector<Flag> flags;
  size_t next_edit = 0, next_flag = 0;
  for (int32_t row = 0; row < input->num_rows(); ++row) {
    auto own_edits = TakeRow(outcome.edits, next_edit, row);
    auto own_flags = TakeRow(outcome.flags, next_flag, row);
    const auto found = decisions.find(keys.key(row));
    // A row that the step rejects has no text any more.
    if (found != decisions.end() && kept[static_cast<size_t>(row)] && !texts.IsNull(row)) {
      changed[static_cast<size_t>(row)] = 1;
      RowFindings findings(row, std::move(own_edits), std::move(own_flags),
                           static_cast<uint16_t>(record.rules.size()));
      for (const Decision& decision : found->second) {
        settled.emplace_back(decision.number, findings.Apply(texts.GetView(row), decision));
      }
      own_edits = findings.TakeEdits();
      own_flags = findings.TakeFlags();
    }
    std::move(own_edits.begin(), own_edits.end(), std::back_inserter(edits));
    std::move(own_flags.begin(), own_flags.end(), std::back_inserter(flags));
  }
  if (next_edit < outcome.edits.size() || next_flag < outcome.flags.size()) {
    return Fail(Code::kInternal, "an operator named rows that it was not given", record.name);
  }
  outcome.edits = std::move(edits);
  outcome.flags = std::move(flags);
  if (std::find(changed.begin(), changed.end(), 1) == changed.end()) return {};
  for (Rows& out : outcome.outputs) {
    SIKU_TRY(Rebuild(bound.column(), texts, changed, outcome.edits, out));
  }
  return {};
}

}  // namespace siku::run
