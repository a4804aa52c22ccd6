#include "step.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include "../base/arrow_internal.h"
#include "key_columns.h"
#include "siku/columns.h"

namespace siku::run {
namespace {

tl::unexpected<Error> Dishonest(const std::string& step, const char* what, std::string value = {}) {
  return Fail(Code::kInternal, what, std::move(value), "step " + step,
              "this is a bug of the operator; the run was stopped before anything was committed");
}

const arrow::LargeStringArray* TextColumn(const Batch& batch, const std::string& name) {
  const auto column = batch->GetColumnByName(name);
  if (column == nullptr || column->type_id() != arrow::Type::LARGE_STRING) return nullptr;
  return static_cast<const arrow::LargeStringArray*>(column.get());
}

// Fates of the rows of one batch.
struct Fates {
  std::vector<int32_t> made;  // output rows per input row, over all ports
  std::vector<char> rejected;
};

Result<Fates> CheckFates(const std::string& step, const Record& record, const Outcome& outcome,
                         const RowBound& bound, int64_t rows) {
  if (outcome.outputs.size() != bound.outputs().size()) {
    return Dishonest(step, "an operator gave the wrong number of outputs");
  }
  Fates fates{std::vector<int32_t>(static_cast<size_t>(rows), 0),
              std::vector<char>(static_cast<size_t>(rows), 0)};
  for (size_t port = 0; port < outcome.outputs.size(); ++port) {
    const Rows& out = outcome.outputs[port];
    if (!out.batch->schema()->Equals(*bound.outputs()[port], false)) {
      return Dishonest(step, "an operator gave other columns than it declared",
                       out.batch->schema()->ToString());
    }
    if (static_cast<int64_t>(out.parent.size()) != out.batch->num_rows() ||
        (!out.origin.empty() && out.origin.size() != out.parent.size())) {
      return Dishonest(step, "an operator did not name a parent for each row");
    }
    int32_t last = 0;
    for (const int32_t parent : out.parent) {
      if (parent < last || parent >= rows) {
        return Dishonest(step, "an operator named parents out of order", std::to_string(parent));
      }
      last = parent;
      ++fates.made[static_cast<size_t>(parent)];
    }
  }
  for (const Reject& reject : outcome.rejects) {
    if (reject.row < 0 || reject.row >= rows || fates.rejected[static_cast<size_t>(reject.row)]) {
      return Dishonest(step, "an operator rejected a row twice, or none",
                       std::to_string(reject.row));
    }
    fates.rejected[static_cast<size_t>(reject.row)] = 1;
  }
  const bool expands = record.traits.cardinality == Cardinality::kExpand;
  for (size_t row = 0; row < fates.made.size(); ++row) {
    const bool fine = fates.rejected[row] ? fates.made[row] == 0
                                          : (expands ? fates.made[row] >= 1 : fates.made[row] == 1);
    if (!fine) {
      return Dishonest(step, "a row has no fate, or two", "row " + std::to_string(row));
    }
  }
  return fates;
}

bool SameRows(const std::vector<int32_t>& parent, int64_t rows) {
  return static_cast<int64_t>(parent.size()) == rows;  // non-decreasing, one each: the identity
}

// Columns that the step has no leave to change are the ones it got.
Result<void> CheckPassThrough(const std::string& step, const Batch& input, const Rows& out,
                              const std::string& column) {
  for (int i = 0; i < out.batch->num_columns(); ++i) {
    const std::string& name = out.batch->schema()->field(i)->name();
    const auto before = input->GetColumnByName(name);
    if (name == column || before == nullptr || before == out.batch->column(i)) continue;
    auto expected = before;
    if (!SameRows(out.parent, input->num_rows()) || before->length() != out.batch->num_rows()) {
      const auto indices = std::make_shared<arrow::Int32Array>(
          static_cast<int64_t>(out.parent.size()), arrow::Buffer::Wrap(out.parent));
      SIKU_TRY(auto taken, FromArrow(arrow::compute::Take(before, indices)));
      expected = taken.make_array();
    }
    if (!expected->Equals(*out.batch->column(i), arrow::EqualOptions().nans_equal(true))) {
      return Dishonest(step, "an operator changed a column it has no leave to change", name);
    }
  }
  return {};
}

// The edits of each row, as ranges of outcome.edits.
Result<std::vector<std::pair<size_t, size_t>>> EditRanges(const std::string& step,
                                                          const std::vector<Edit>& edits,
                                                          const Fates& fates) {
  std::vector<std::pair<size_t, size_t>> ranges(fates.made.size(), {0, 0});
  for (size_t i = 0; i < edits.size();) {
    size_t j = i;
    while (j < edits.size() && edits[j].row == edits[i].row) ++j;
    const auto row = static_cast<size_t>(edits[i].row);
    if (edits[i].row < 0 || row >= ranges.size() || ranges[row].second != 0 ||
        fates.rejected[row]) {
      return Dishonest(step, "edits are not sorted by row", std::to_string(edits[i].row));
    }
    ranges[row] = {i, j};
    i = j;
  }
  return ranges;
}

// Whether `before` becomes `after` by the edits, which are sorted, disjoint and inside it.
bool Gives(std::string_view before, std::span<const Edit> edits, std::string_view after) {
  const auto size = static_cast<int64_t>(before.size());
  int64_t at = 0;
  const auto take = [&](std::string_view part) {
    const bool same = after.starts_with(part);
    if (same) after.remove_prefix(part.size());
    return same;
  };
  for (const Edit& edit : edits) {
    if (edit.begin < at || edit.end < edit.begin || edit.end > size) return false;
    const auto gap = static_cast<size_t>(edit.begin - at);
    if (!take(before.substr(static_cast<size_t>(at), gap)) || !take(edit.after)) return false;
    at = edit.end;
  }
  return after == before.substr(static_cast<size_t>(at));
}

Result<void> RecordEdits(const std::string& step, const Record& record, const Bound& bound,
                         const Batch& input, const Outcome& outcome, const Fates& fates,
                         const Keys& keys, StepLedger& ledger, StepCounts& counts) {
  SIKU_TRY(auto ranges, EditRanges(step, outcome.edits, fates));
  const auto* before = TextColumn(input, bound.column());
  if (before == nullptr) {
    if (!outcome.edits.empty())
      return Dishonest(step, "an operator edited a column it did not name");
    return {};
  }
  const auto rules = RulesWithDecided(record);
  std::vector<int64_t> by_rule(rules.size());
  for (const Rows& out : outcome.outputs) {
    const auto* after = TextColumn(out.batch, bound.column());
    if (after == nullptr) return Dishonest(step, "an operator dropped its text column");
    if (after == before && outcome.edits.empty()) continue;
    for (size_t i = 0; i < out.parent.size(); ++i) {
      const int32_t row = out.parent[i];
      const auto [first, last] = ranges[static_cast<size_t>(row)];
      const auto at = static_cast<int64_t>(i);
      if (before->IsNull(row) != after->IsNull(at)) {
        return Dishonest(step, "an operator made a null of a text or a text of a null");
      }
      if (before->IsNull(row)) continue;
      const std::string_view was = before->GetView(row), is = after->GetView(at);
      if (first == last) {
        if (was != is)
          return Dishonest(step, "a text changed without an edit", ToString(keys.key(row)));
        continue;
      }
      const std::span<const Edit> edits(outcome.edits.data() + first, last - first);
      if (!Gives(was, edits, is)) {
        return Dishonest(step, "the edits do not give the text", ToString(keys.key(row)));
      }
      SIKU_TRY(auto delta, EncodeDelta(was, edits));
      ledger.edits.push_back({keys.key(row), std::move(delta)});
      ++counts.edited_rows;
      for (const Edit& edit : edits) ++by_rule[edit.rule];
    }
  }
  for (size_t rule = 0; rule < rules.size(); ++rule) {
    if (by_rule[rule] > 0) counts.edits[rules[rule]] += by_rule[rule];
  }
  return {};
}

Result<void> RecordFlags(const std::string& step, const Record& record, const Outcome& outcome,
                         const Keys& keys, StepLedger& ledger, StepCounts& counts) {
  for (const Flag& flag : outcome.flags) {
    if (flag.row < 0 || flag.row >= keys.size() || flag.kind >= record.flags.size() ||
        (flag.proposal.has_value() && flag.rule >= record.rules.size())) {
      return Dishonest(step, "a flag names no row, kind or rule");
    }
    if (flag.proposal.has_value()) {
      ++counts.proposed[record.rules[flag.rule].name];
    } else {
      ++counts.flags[record.flags[flag.kind].name];
    }
    ledger.flags.push_back({keys.key(flag.row), flag});
  }
  return {};
}

Result<void> RecordRejects(const std::string& step, const Record& record, const Batch& input,
                           const Outcome& outcome, const Keys& keys, StepLedger& ledger,
                           StepCounts& counts) {
  if (outcome.rejects.empty()) return {};
  auto rejects = outcome.rejects;
  std::sort(rejects.begin(), rejects.end(),
            [](const Reject& a, const Reject& b) { return a.row < b.row; });
  std::vector<int32_t> rows;
  for (const Reject& reject : rejects) {
    if (reject.reason >= record.reasons.size()) return Dishonest(step, "a reject names no reason");
    const std::string& reason = record.reasons[reject.reason].name;
    ++counts.reasons[reason];
    ++(reject.partner.has_value() ? counts.merged : counts.rejected);
    ledger.rejects.push_back({keys.key(reject.row), reason, reject.detail, reject.partner});
    rows.push_back(reject.row);
  }
  SIKU_TRY(ledger.rejected_rows, TakeRows(input, rows));
  return {};
}

// Gives the children their keys and writes down what no child holds.
Result<std::vector<Batch>> Expand(const RowBound& bound, const Batch& input, const Outcome& outcome,
                                  const Fates& fates, const Keys& keys, StepLedger& ledger) {
  std::vector<uint32_t> next(fates.made.size(), 0);
  std::vector<std::vector<ChildPart>> parts(fates.made.size());
  std::vector<Batch> ports;
  for (size_t port = 0; port < outcome.outputs.size(); ++port) {
    const Rows& out = outcome.outputs[port];
    std::vector<uint32_t> ordinals(out.parent.size());
    for (size_t i = 0; i < out.parent.size(); ++i) {
      const auto row = static_cast<size_t>(out.parent[i]);
      ordinals[i] = next[row]++;
      if (!out.origin.empty()) {
        parts[row].push_back({static_cast<uint16_t>(port),
                              ordinals[i],
                              {out.origin[i].first, out.origin[i].second}});
      }
    }
    SIKU_TRY(auto children, PutChildKeys(input, out.parent, ordinals, out.batch));
    ports.push_back(std::move(children));
  }
  const auto* text = TextColumn(input, bound.column());
  std::vector<int32_t> rows;
  for (size_t row = 0; row < fates.made.size(); ++row) {
    if (fates.rejected[row]) continue;
    const auto index = static_cast<int32_t>(row);
    std::string encoded;  // empty: the parent has no text
    if (text != nullptr && !text->IsNull(index)) {
      SIKU_TRY(encoded, EncodeParts(text->GetView(index), std::move(parts[row])));
    }
    ledger.parts.push_back({keys.key(index), std::move(encoded)});
    rows.push_back(index);
  }
  Batch rest = input;
  if (text != nullptr) {
    // The text itself is in the children and the gaps.
    const int column = input->schema()->GetFieldIndex(bound.column());
    SIKU_TRY(rest, FromArrow(input->RemoveColumn(column)));
  }
  SIKU_TRY(ledger.parents, TakeRows(rest, rows));
  return ports;
}

// The children's text is what their spans say.
Result<void> CheckOrigins(const std::string& step, const RowBound& bound, const Batch& input,
                          const Outcome& outcome) {
  const auto* text = TextColumn(input, bound.column());
  for (const Rows& out : outcome.outputs) {
    if (out.origin.empty()) continue;
    const auto* child = TextColumn(out.batch, bound.column());
    if (text == nullptr || child == nullptr) {
      return Dishonest(step, "an operator gave spans of a column it did not name");
    }
    for (size_t i = 0; i < out.parent.size(); ++i) {
      const auto [begin, end] = out.origin[i];
      const std::string_view parent = text->GetView(out.parent[i]);
      const auto size = static_cast<int64_t>(parent.size());
      if (begin < 0 || end < begin || end > size ||
          parent.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin)) !=
              child->GetView(static_cast<int64_t>(i))) {
        return Dishonest(step, "a child's text is not the span it says");
      }
    }
  }
  return {};
}

// What the verdicts on these rows amount to.
Result<Outcome> OutcomeOf(const Record& record, const Bound& bound, const Batch& user,
                          const Keys& keys, const std::vector<RowVerdict>& verdicts, size_t& next) {
  Outcome outcome;
  std::vector<int32_t> kept;
  for (int32_t row = 0; row < user->num_rows(); ++row) {
    const bool named = next < verdicts.size() && verdicts[next].key == keys.key(row);
    if (!named || verdicts[next].reason.empty()) kept.push_back(row);
    if (!named) continue;
    const RowVerdict& verdict = verdicts[next++];
    for (const Edit& edit : verdict.edits) {
      outcome.edits.push_back(edit);
      outcome.edits.back().row = row;
    }
    if (verdict.reason.empty()) continue;
    uint16_t reason = 0;
    while (reason < record.reasons.size() && record.reasons[reason].name != verdict.reason) {
      ++reason;
    }
    outcome.rejects.push_back({row, reason, verdict.detail, verdict.partner});
  }
  Batch edited = user;
  if (!outcome.edits.empty()) {
    const int column = user->schema()->GetFieldIndex(bound.column());
    SIKU_TRY(edited, EditedBatch(user, column, outcome.edits));
  }
  SIKU_TRY(edited, SelectRows(edited, kept));
  outcome.outputs.push_back({std::move(edited), std::move(kept)});
  return outcome;
}

}  // namespace

Result<StepOutput> ApplyRowStep(const std::string& step, const Record& record,
                                const RowBound& bound, const Batch& input,
                                const std::atomic<bool>* stop, StepCounts& counts,
                                std::optional<Decided> decided, const Batch& measured) {
  const Keys keys(input, stop);
  const Batch user = UserColumns(input);
  SIKU_TRY(auto outcome, measured == nullptr ? bound.Apply(user, keys)
                                             : dynamic_cast<const MeasuredBound&>(bound).Decide(
                                                   user, measured, keys));
  SIKU_TRY(auto fates, CheckFates(step, record, outcome, bound, input->num_rows()));
  const bool expands = record.traits.cardinality == Cardinality::kExpand;
  for (const Edit& edit : outcome.edits) {
    if (!expands && edit.rule >= record.rules.size()) {
      return Dishonest(step, "an edit names no rule");
    }
  }
  if (decided.has_value()) {
    SIKU_TRY(
        ApplyDecisions(decided->decisions, record, bound, user, keys, outcome, decided->settled));
  }
  StepOutput result;
  StepCounts now;
  now.in = input->num_rows();
  now.out.resize(outcome.outputs.size());
  if (expands) {
    if (!outcome.edits.empty()) return Dishonest(step, "an operator that expands gave edits");
    SIKU_TRY(CheckOrigins(step, bound, user, outcome));
    SIKU_TRY(result.ports, Expand(bound, input, outcome, fates, keys, result.ledger));
  } else {
    SIKU_TRY(RecordEdits(step, record, bound, user, outcome, fates, keys, result.ledger, now));
    for (const Rows& out : outcome.outputs) {
      SIKU_TRY(CheckPassThrough(step, user, out, bound.column()));
      SIKU_TRY(auto rows, PutHidden(input, out.parent, out.batch));
      result.ports.push_back(std::move(rows));
      result.parents.push_back(out.parent);
    }
    result.edited.assign(static_cast<size_t>(input->num_rows()), 0);
    for (const Edit& edit : outcome.edits) result.edited[static_cast<size_t>(edit.row)] = 1;
  }
  SIKU_TRY(RecordFlags(step, record, outcome, keys, result.ledger, now));
  SIKU_TRY(RecordRejects(step, record, input, outcome, keys, result.ledger, now));
  for (size_t row = 0; row < fates.made.size(); ++row) {
    if (!fates.rejected[row]) ++(expands ? now.expanded : now.kept);
  }
  for (size_t port = 0; port < result.ports.size(); ++port) {
    now.out[port] = result.ports[port]->num_rows();
  }
  counts.Add(now);
  return result;
}

Result<StepOutput> ApplyVerdicts(const std::string& step, const Record& record, const Bound& bound,
                                 const Batch& input, const std::vector<RowVerdict>& verdicts,
                                 size_t& next, StepCounts& counts) {
  const Keys keys(input);
  const Batch user = UserColumns(input);
  SIKU_TRY(auto outcome, OutcomeOf(record, bound, user, keys, verdicts, next));
  Fates fates{std::vector<int32_t>(static_cast<size_t>(input->num_rows()), 1),
              std::vector<char>(static_cast<size_t>(input->num_rows()), 0)};
  for (const Reject& reject : outcome.rejects) fates.rejected[static_cast<size_t>(reject.row)] = 1;
  StepOutput result;
  StepCounts now;
  SIKU_TRY(RecordEdits(step, record, bound, user, outcome, fates, keys, result.ledger, now));
  SIKU_TRY(RecordRejects(step, record, input, outcome, keys, result.ledger, now));
  const Rows& rows = outcome.outputs.front();
  SIKU_TRY(auto kept, PutHidden(input, rows.parent, rows.batch));
  result.ports.push_back(std::move(kept));
  result.parents.push_back(rows.parent);
  result.edited.assign(static_cast<size_t>(input->num_rows()), 0);
  for (const Edit& edit : outcome.edits) result.edited[static_cast<size_t>(edit.row)] = 1;
  now.in = input->num_rows();
  now.kept = rows.batch->num_rows();
  now.out = {now.kept};
  counts.Add(now);
  return result;
}

Result<void> CheckFailures(const std::string& step, const StepCounts& counts,
                           const std::string& first) {
  const auto failed = counts.reasons.find(kFailedReason);
  if (failed == counts.reasons.end() || failed->second < counts.in) return {};
  return Fail(Code::kInvalid, "an operator failed on every row", first, "step " + step);
}

std::string FirstFailure(const StepLedger& ledger) {
  for (const auto& reject : ledger.rejects) {
    if (reject.reason == kFailedReason) return reject.detail;
  }
  return {};
}

Result<Batch> StatisticRows(const Batch& input, const Batch& measured,
                            const std::vector<std::string>& statistics) {
  arrow::FieldVector fields = KeyFields("", false);
  arrow::ArrayVector columns = {input->column(0), input->column(1), input->column(2)};
  for (const std::string& name : statistics) {
    auto column = measured->GetColumnByName(name);
    if (column == nullptr) return Fail(Code::kInternal, "a statistic was not measured", name);
    fields.push_back(arrow::field(name, column->type()));
    columns.push_back(std::move(column));
  }
  return arrow::RecordBatch::Make(arrow::schema(fields), input->num_rows(), columns);
}

}  // namespace siku::run
