#include "foreign.h"

#include <arrow/api.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>

#include "../base/arrow_internal.h"
#include "edit_spans.h"
#include "siku/columns.h"
#include "siku/utf8.h"

namespace siku::plugin {
namespace {

constexpr const char* kItsBug = "this is a bug of the operator; ask whoever made the plug-in";

tl::unexpected<Error> Bad(const Record& record, const char* message, std::string value = {}) {
  return Fail(Code::kInvalid, message, std::move(value), record.name, kItsBug);
}

Result<void> CheckColumns(const Record& record, const Schema& written, const Batch& columns,
                          int64_t rows) {
  if (columns == nullptr) {
    if (written->num_fields() == 0) return {};
    return Bad(record, "a plug-in did not give the columns it announced");
  }
  if (!columns->schema()->Equals(*written, false)) {
    return Bad(record, "a plug-in gave other columns than it announced",
               columns->schema()->ToString());
  }
  if (columns->num_rows() != rows) {
    return Bad(record, "a plug-in gave columns of {} rows where there are {}",
               std::to_string(columns->num_rows()) + '\x1F' + std::to_string(rows));
  }
  // Offsets and UTF-8 of what came from outside.
  const arrow::Status sound = columns->ValidateFull();
  if (!sound.ok()) return Bad(record, "a plug-in gave a column that is damaged", sound.message());
  return {};
}

bool InText(const arrow::LargeStringArray& texts, int32_t row, int64_t begin, int64_t end) {
  if (texts.IsNull(row)) return false;
  const std::string_view text = texts.GetView(row);
  const auto size = static_cast<int64_t>(text.size());
  if (begin < 0 || end < begin || end > size) return false;
  const auto inside = [&](int64_t at) {
    return at < size &&
           (static_cast<unsigned char>(text[static_cast<size_t>(at)]) & 0xC0U) == 0x80U;
  };
  return !inside(begin) && !inside(end);  // no character is cut
}

Result<void> CheckSpans(const Record& record, const std::string& column, const Batch& batch,
                        const Written& made) {
  if (made.edits.empty() && made.flags.empty()) return {};
  const auto array = column.empty() ? nullptr : batch->GetColumnByName(column);
  if (array == nullptr) return Bad(record, "a plug-in edits or flags, but reads no text");
  const auto& texts = static_cast<const arrow::LargeStringArray&>(*array);
  const auto known = [&](int32_t row) { return row >= 0 && row < batch->num_rows(); };
  std::pair<int32_t, int64_t> last{0, 0};
  for (const Edit& edit : made.edits) {
    const std::pair here{edit.row, edit.begin};
    if (!known(edit.row) || here < last || !InText(texts, edit.row, edit.begin, edit.end)) {
      return Bad(record, "a plug-in gave an edit that is outside the text, or out of order",
                 "row " + std::to_string(edit.row));
    }
    if (!utf8::Valid(edit.after)) {
      return Bad(record, "a plug-in gave a text that is not UTF-8",
                 "row " + std::to_string(edit.row));
    }
    last = {edit.row, edit.end};
  }
  for (const Flag& flag : made.flags) {
    if (!known(flag.row) || !InText(texts, flag.row, flag.begin, flag.end) ||
        !utf8::Valid(flag.detail)) {
      return Bad(record, "a plug-in gave a flag that is outside the text",
                 "row " + std::to_string(flag.row));
    }
  }
  return {};
}

Result<std::vector<int32_t>> ParentsOf(const Record& record, const Batch& batch,
                                       const Written& made) {
  std::vector<char> gone(static_cast<size_t>(batch->num_rows()), 0);
  for (const Reject& reject : made.rejects) {
    if (reject.row < 0 || reject.row >= batch->num_rows()) {
      return Bad(record, "a plug-in rejected a row that it was not given",
                 std::to_string(reject.row));
    }
    if (!utf8::Valid(reject.detail)) {
      return Bad(record, "a plug-in gave a text that is not UTF-8",
                 "row " + std::to_string(reject.row));
    }
    gone[static_cast<size_t>(reject.row)] = 1;
  }
  if (made.parents.has_value()) {
    int32_t last = 0;
    for (const int32_t parent : *made.parents) {
      if (parent < last || parent >= batch->num_rows()) {
        return Bad(record, "a plug-in named parents out of order", std::to_string(parent));
      }
      last = parent;
    }
    return *made.parents;
  }
  std::vector<int32_t> kept;
  for (size_t row = 0; row < gone.size(); ++row) {
    if (gone[row] == 0) kept.push_back(static_cast<int32_t>(row));
  }
  return kept;
}

// The rows of a batch from one on.
class PartContext final : public RowContext {
 public:
  PartContext(const RowContext& whole, int32_t first) : whole_(whole), first_(first) {}
  RowKey key(int32_t row) const override { return whole_.key(row + first_); }
  bool stopping() const override { return whole_.stopping(); }

 private:
  const RowContext& whole_;
  int32_t first_;
};

// Whether the items of both halves, one after the other, are those of the whole.
template <class Item, class Same>
bool Joined(const std::vector<Item>& whole, const std::vector<Item>& first,
            const std::vector<Item>& second, const Same& same) {
  if (whole.size() != first.size() + second.size()) return false;
  for (size_t i = 0; i < whole.size(); ++i) {
    const bool later = i >= first.size();
    if (!same(whole[i], later ? second[i - first.size()] : first[i], later)) return false;
  }
  return true;
}

bool AreSame(const Batch& whole, const Batch& first, const Batch& second) {
  if (whole == nullptr || first == nullptr || second == nullptr) {
    return whole == first && first == second;
  }
  const int64_t middle = first->num_rows();
  const auto equal = arrow::EqualOptions::Defaults().nans_equal(true);
  return whole->num_rows() == middle + second->num_rows() &&
         whole->Slice(0, middle)->Equals(*first, false, equal) &&
         whole->Slice(middle)->Equals(*second, false, equal);
}

bool AreSame(const Written& whole, const Written& first, const Written& second, int32_t middle) {
  const auto row = [&](int32_t own, bool later) { return own + (later ? middle : 0); };
  const auto parents = [](const Written& made) {
    return made.parents.value_or(std::vector<int32_t>());
  };
  return AreSame(whole.columns, first.columns, second.columns) &&
         Joined(parents(whole), parents(first), parents(second),
                [&](int32_t a, int32_t b, bool later) { return a == row(b, later); }) &&
         Joined(whole.rejects, first.rejects, second.rejects,
                [&](const Reject& a, const Reject& b, bool later) {
                  return a.row == row(b.row, later) && a.reason == b.reason && a.detail == b.detail;
                }) &&
         Joined(whole.edits, first.edits, second.edits,
                [&](const Edit& a, const Edit& b, bool later) {
                  return a.row == row(b.row, later) && a.begin == b.begin && a.end == b.end &&
                         a.after == b.after && a.rule == b.rule && a.confidence == b.confidence;
                }) &&
         Joined(whole.flags, first.flags, second.flags,
                [&](const Flag& a, const Flag& b, bool later) {
                  return a.row == row(b.row, later) && a.begin == b.begin && a.end == b.end &&
                         a.kind == b.kind && a.detail == b.detail;
                });
}

// Copies: what a plug-in gets begins with its first row.
struct Halves {
  int32_t middle;
  Batch upper;
  Batch lower;
};
Result<Halves> Halved(const Batch& batch) {
  const auto middle = static_cast<int32_t>(batch->num_rows() / 2);
  std::vector<int32_t> rows(static_cast<size_t>(batch->num_rows()));
  std::iota(rows.begin(), rows.end(), 0);
  SIKU_TRY(auto upper, SelectRows(batch, {rows.begin(), rows.begin() + middle}));
  SIKU_TRY(auto lower, SelectRows(batch, {rows.begin() + middle, rows.end()}));
  return Halves{middle, std::move(upper), std::move(lower)};
}

// Puts what became of the rows from `first` on behind what became of those before.
Result<void> Join(Outcome& outcome, Outcome rest, int32_t first) {
  Rows& rows = outcome.outputs.front();
  Rows& more = rest.outputs.front();
  SIKU_TRY(rows.batch, FromArrow(arrow::ConcatenateRecordBatches({rows.batch, more.batch})));
  for (const int32_t parent : more.parent) rows.parent.push_back(parent + first);
  for (Reject& reject : rest.rejects) {
    outcome.rejects.push_back(std::move(reject));
    outcome.rejects.back().row += first;
  }
  for (Edit& edit : rest.edits) {
    outcome.edits.push_back(std::move(edit));
    outcome.edits.back().row += first;
  }
  for (Flag& flag : rest.flags) {
    outcome.flags.push_back(std::move(flag));
    outcome.flags.back().row += first;
  }
  return {};
}

}  // namespace

Result<Footing> FindFooting(const Record& record, const Schema& input,
                            const Parameters& parameters) {
  const auto filled = [&](const std::string& column) {
    return column.starts_with("$") ? parameters.text(column.substr(1)) : column;
  };
  Footing footing;
  for (size_t i = 0; i < record.reads.size(); ++i) {
    const std::string name = filled(record.reads[i]);
    if (i == 0) {
      SIKU_TRY(FindTextColumn(input, name));
      footing.column = name;
    } else if (input->GetFieldIndex(name) < 0) {
      return Fail(Code::kNotFound, "no such column", name);
    }
  }
  for (const std::string& column : record.writes) footing.writes.push_back(filled(column));
  return footing;
}

Result<void> ForeignBound::Announce(const Schema& input, const Schema& written) {
  written_ = written;
  auto fields = input->fields();
  for (const auto& field : written->fields()) {
    const std::string& name = field->name();
    const auto& may = footing_.writes;
    if (std::find(may.begin(), may.end(), name) == may.end() || name.starts_with(kHiddenPrefix)) {
      return Bad(record_, "a plug-in wants to write a column that its record does not name", name);
    }
    const int index = input->GetFieldIndex(name);
    if (index < 0) {
      fields.push_back(field);
    } else if (name != footing_.column || !field->type()->Equals(arrow::large_utf8())) {
      return Fail(Code::kInvalid, "there is a column of the name that the step would add", name,
                  record_.name);
    }
  }
  if (written->GetFieldIndex(footing_.column) >= 0 && record_.rules.empty()) {
    return Bad(record_, "a plug-in changes the text, but its record has no rule", footing_.column);
  }
  outputs_ = {arrow::schema(std::move(fields))};
  return {};
}

Result<Batch> ForeignBound::Compose(const Batch& batch, const std::vector<int32_t>& parents,
                                    const Written& made) const {
  Batch rows = batch;
  if (static_cast<int64_t>(parents.size()) != batch->num_rows() || made.parents.has_value()) {
    SIKU_TRY(rows, SelectRows(batch, parents));
  }
  auto columns = rows->columns();
  for (int i = 0; i < written_->num_fields(); ++i) {
    const int index = batch->schema()->GetFieldIndex(written_->field(i)->name());
    if (index < 0) {
      columns.push_back(made.columns->column(i));
    } else {
      columns[static_cast<size_t>(index)] = made.columns->column(i);
    }
  }
  return arrow::RecordBatch::Make(outputs_[0], rows->num_rows(), std::move(columns));
}

Result<void> ForeignBound::CheckHalves(const Batch& batch, const RowContext& context,
                                       const Written& whole) const {
  SIKU_TRY(const Halves halves, Halved(batch));
  SIKU_TRY(auto first, Call(halves.upper, PartContext(context, 0)));
  SIKU_TRY(auto second, Call(halves.lower, PartContext(context, halves.middle)));
  const bool failed = first.failure.has_value() || second.failure.has_value();
  if (!failed && AreSame(whole, first, second, halves.middle)) return {};
  return Fail(Code::kInvalid, "a plug-in makes other rows of a batch than of its two halves", {},
              record_.name, "a row may look at nothing but itself");
}

Result<Outcome> ForeignBound::Apply(const Batch& batch, const RowContext& context) const {
  SIKU_TRY(auto made, Call(batch, context));
  if (!made.failure.has_value()) return OutcomeOf(batch, context, std::move(made));
  if (batch->num_rows() == 0) return tl::unexpected<Error>(*std::move(made.failure));
  return batch->num_rows() == 1 ? Failed(*made.failure) : ApplyHalves(batch, context);
}

Result<Outcome> ForeignBound::Failed(const Error& failure) const {
  SIKU_TRY(auto none, FromArrow(arrow::RecordBatch::MakeEmpty(outputs_[0])));
  const std::string said = failure.value.substr(0, failure.value.find('\n'));  // no traceback
  const std::string detail = failure.place.empty() ? said : failure.place + ": " + said;
  Outcome outcome;
  outcome.outputs.push_back({std::move(none), {}});
  const auto reason = static_cast<uint16_t>(record_.reasons.size() - 1);  // kFailedReason
  outcome.rejects.push_back({.row = 0, .reason = reason, .detail = detail});
  return outcome;
}

Result<Outcome> ForeignBound::ApplyHalves(const Batch& batch, const RowContext& context) const {
  SIKU_TRY(const Halves halves, Halved(batch));
  SIKU_TRY(auto outcome, Apply(halves.upper, PartContext(context, 0)));
  SIKU_TRY(auto rest, Apply(halves.lower, PartContext(context, halves.middle)));
  SIKU_TRY(Join(outcome, std::move(rest), halves.middle));
  return outcome;
}

Result<Outcome> ForeignBound::OutcomeOf(const Batch& batch, const RowContext& context,
                                        Written made) const {
  SIKU_TRY(auto parents, ParentsOf(record_, batch, made));
  SIKU_TRY(CheckColumns(record_, written_, made.columns, static_cast<int64_t>(parents.size())));
  SIKU_TRY(CheckSpans(record_, footing_.column, batch, made));
  if (batch->num_rows() > 1 && !halved_.exchange(true)) {
    SIKU_TRY(CheckHalves(batch, context, made));
  }
  const bool rewrites = !footing_.column.empty() && written_->GetFieldIndex(footing_.column) >= 0;
  Outcome outcome{
      .outputs = {}, .rejects = std::move(made.rejects), .flags = std::move(made.flags)};
  Batch source = batch;
  if (!made.edits.empty()) {
    if (rewrites) {
      return Bad(record_, "a plug-in gave both edits and the text they make", footing_.column);
    }
    const int index = batch->schema()->GetFieldIndex(footing_.column);
    SIKU_TRY(source, EditedBatch(batch, index, made.edits));
    outcome.edits = std::move(made.edits);
  }
  SIKU_TRY(auto rows, Compose(source, parents, made));
  if (rewrites && record_.traits.cardinality != Cardinality::kExpand) {
    const auto& before =
        static_cast<const arrow::LargeStringArray&>(*batch->GetColumnByName(footing_.column));
    const auto& after =
        static_cast<const arrow::LargeStringArray&>(*rows->GetColumnByName(footing_.column));
    outcome.edits = ChangedSpans(before, after, parents);
  }
  outcome.outputs.push_back({std::move(rows), std::move(parents)});
  return outcome;
}

std::string ParametersJson(const Parameters& parameters) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : parameters.values()) {
    object[name] = std::visit([](const auto& held) { return nlohmann::json(held); }, value);
  }
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace siku::plugin
