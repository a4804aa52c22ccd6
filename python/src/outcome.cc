#include "outcome.h"

#include <arrow/api.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>

#include "arrow_internal.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

constexpr double kPerMille = 1000.0;

int64_t CodePoints(std::string_view text) {
  // Every byte that does not continue a character begins one.
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80; });
}

// Turns byte offsets of one text into code points; quickest where they ascend.
class Offsets {
 public:
  explicit Offsets(std::string_view text) : text_(text) {}
  Place Of(int64_t begin, int64_t end) {
    Place place{.byte_begin = begin, .byte_end = end};
    place.begin = At(begin);
    place.end = place.begin + CodePoints(Between(begin, end));
    return place;
  }

 private:
  std::string_view Between(int64_t begin, int64_t end) const {
    return text_.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
  }
  int64_t At(int64_t byte) {
    if (byte < byte_) byte_ = points_ = 0;
    points_ += CodePoints(Between(byte_, byte));
    byte_ = byte;
    return points_;
  }

  std::string_view text_;
  int64_t byte_ = 0;
  int64_t points_ = 0;
};

std::string_view TextOf(const Batch& batch, const std::string& column, int32_t row) {
  const auto array = batch->GetColumnByName(column);
  if (array == nullptr || array->type_id() != arrow::Type::LARGE_STRING || array->IsNull(row)) {
    return {};
  }
  return static_cast<const arrow::LargeStringArray&>(*array).GetView(row);
}

// Gives every text its own Offsets, kept while the row stays the same.
class RowOffsets {
 public:
  RowOffsets(const Batch& batch, const std::string& column) : batch_(batch), column_(column) {}
  Place Of(int32_t row, int64_t begin, int64_t end) {
    Enter(row);
    return offsets_.Of(begin, end);
  }
  std::string Part(int64_t begin, int64_t end) const {
    return std::string(text_.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin)));
  }

 private:
  void Enter(int32_t row) {
    if (row == row_) return;
    row_ = row;
    text_ = TextOf(batch_, column_, row);
    offsets_ = Offsets(text_);
  }
  const Batch& batch_;
  const std::string& column_;
  int32_t row_ = -1;
  std::string_view text_{};
  Offsets offsets_{{}};
};

std::string NameAt(const std::vector<Named>& names, uint16_t index) {
  return index < names.size() ? names[index].name : std::string();
}

// The columns of a frame, filled row by row.
class FrameBuilder {
 public:
  explicit FrameBuilder(arrow::FieldVector fields) : schema_(arrow::schema(std::move(fields))) {}
  Result<void> Open() {
    SIKU_TRY(builder_,
             FromArrow(arrow::RecordBatchBuilder::Make(schema_, arrow::default_memory_pool())));
    return {};
  }
  void Begin() { next_ = 0; }
  void Integer(int64_t value) { Note(Next<arrow::Int64Builder>()->Append(value)); }
  void Integer(const std::optional<int64_t>& value) {
    Note(Next<arrow::Int64Builder>()->AppendOrNull(value));
  }
  void Real(double value) { Note(Next<arrow::DoubleBuilder>()->Append(value)); }
  void Text(const std::string& value) { Note(Next<arrow::LargeStringBuilder>()->Append(value)); }
  void Null() { Note(builder_->GetField(next_++)->AppendNull()); }
  void List(const std::vector<std::string>& values) {
    auto* const list = Next<arrow::LargeListBuilder>();
    Note(list->Append());
    auto* const items = static_cast<arrow::LargeStringBuilder*>(list->value_builder());
    for (const std::string& value : values) Note(items->Append(value));
  }
  void Put(const Place& place) {
    for (const int64_t value : {place.begin, place.end, place.byte_begin, place.byte_end}) {
      Integer(value);
    }
  }
  Result<Frame> Finish() {
    SIKU_TRY(FromArrow(status_));
    SIKU_TRY(auto batch, FromArrow(builder_->Flush()));
    SIKU_TRY(auto table, FromArrow(arrow::Table::FromRecordBatches(schema_, {batch})));
    return Frame{std::move(table)};
  }

 private:
  template <class B>
  B* Next() {
    return builder_->GetFieldAs<B>(next_++);
  }
  void Note(arrow::Status status) {
    if (status_.ok()) status_ = std::move(status);
  }
  Schema schema_;
  std::unique_ptr<arrow::RecordBatchBuilder> builder_{};
  arrow::Status status_{};
  int next_ = 0;
};

arrow::FieldVector PlaceFields() {
  return {arrow::field("row", arrow::int64(), false), arrow::field("begin", arrow::int64(), false),
          arrow::field("end", arrow::int64(), false),
          arrow::field("byte_begin", arrow::int64(), false),
          arrow::field("byte_end", arrow::int64(), false)};
}

}  // namespace

Result<void> Outcomes::Add(const Batch& batch, const std::string& column, const Outcome& outcome,
                           int64_t first) {
  RowOffsets of_edits(batch, column);
  for (const Edit& edit : outcome.edits) {
    EditView view{.row = first + edit.row, .place = of_edits.Of(edit.row, edit.begin, edit.end)};
    view.before = of_edits.Part(edit.begin, edit.end);
    view.after = edit.after;
    view.rule = NameAt(record_.rules, edit.rule);
    view.confidence = edit.confidence / kPerMille;
    view.alternatives = edit.alternatives;
    edits_.push_back(std::move(view));
  }
  RowOffsets of_flags(batch, column);
  for (const Flag& flag : outcome.flags) {
    FlagView view{.row = first + flag.row, .place = of_flags.Of(flag.row, flag.begin, flag.end)};
    view.text = of_flags.Part(flag.begin, flag.end);
    view.kind = NameAt(record_.flags, flag.kind);
    view.detail = flag.detail;
    if (flag.proposal.has_value()) {
      view.proposal = flag.proposal;
      view.rule = NameAt(record_.rules, flag.rule);
      view.confidence = flag.confidence / kPerMille;
      view.alternatives = flag.alternatives;
    }
    flags_.push_back(std::move(view));
  }
  for (const Reject& reject : outcome.rejects) {
    Add({first + reject.row, NameAt(record_.reasons, reject.reason), reject.detail, std::nullopt});
  }
  return {};
}

Result<Frame> Outcomes::EditFrame() const {
  arrow::FieldVector fields = PlaceFields();
  fields.push_back(arrow::field("before", arrow::large_utf8(), false));
  fields.push_back(arrow::field("after", arrow::large_utf8(), false));
  fields.push_back(arrow::field("rule", arrow::large_utf8(), false));
  fields.push_back(arrow::field("confidence", arrow::float64(), false));
  fields.push_back(arrow::field("alternatives", arrow::large_list(arrow::large_utf8()), false));
  FrameBuilder builder(std::move(fields));
  SIKU_TRY(builder.Open());
  for (const EditView& edit : edits_) {
    builder.Begin();
    builder.Integer(edit.row);
    builder.Put(edit.place);
    builder.Text(edit.before);
    builder.Text(edit.after);
    builder.Text(edit.rule);
    builder.Real(edit.confidence);
    builder.List(edit.alternatives);
  }
  return builder.Finish();
}

Result<Frame> Outcomes::FlagFrame() const {
  arrow::FieldVector fields = PlaceFields();
  fields.push_back(arrow::field("text", arrow::large_utf8(), false));
  fields.push_back(arrow::field("kind", arrow::large_utf8(), false));
  fields.push_back(arrow::field("detail", arrow::large_utf8(), false));
  fields.push_back(arrow::field("proposal", arrow::large_utf8()));
  fields.push_back(arrow::field("rule", arrow::large_utf8()));
  fields.push_back(arrow::field("confidence", arrow::float64()));
  fields.push_back(arrow::field("alternatives", arrow::large_list(arrow::large_utf8()), false));
  FrameBuilder builder(std::move(fields));
  SIKU_TRY(builder.Open());
  for (const FlagView& flag : flags_) {
    builder.Begin();
    builder.Integer(flag.row);
    builder.Put(flag.place);
    builder.Text(flag.text);
    builder.Text(flag.kind);
    builder.Text(flag.detail);
    if (flag.proposal.has_value()) {
      builder.Text(*flag.proposal);
      builder.Text(flag.rule);
      builder.Real(flag.confidence);
    } else {
      for (int i = 0; i < 3; ++i) builder.Null();
    }
    builder.List(flag.alternatives);
  }
  return builder.Finish();
}

Result<Frame> Outcomes::RejectFrame() const {
  FrameBuilder builder({arrow::field("row", arrow::int64(), false),
                        arrow::field("reason", arrow::large_utf8(), false),
                        arrow::field("detail", arrow::large_utf8(), false),
                        arrow::field("partner", arrow::int64())});
  SIKU_TRY(builder.Open());
  for (const RejectView& reject : rejects_) {
    builder.Begin();
    builder.Integer(reject.row);
    builder.Text(reject.reason);
    builder.Text(reject.detail);
    builder.Integer(reject.partner);
  }
  return builder.Finish();
}

void BindOutcomes(nb::module_& module) {
  nb::class_<EditView>(module, "Edit", "A change that was made in one text.")
      .def_prop_ro(
          "begin", [](const EditView& e) { return e.place.begin; },
          "Where it begins in the text given, in code points: text[begin:end] == before.")
      .def_prop_ro("end", [](const EditView& e) { return e.place.end; })
      .def_prop_ro(
          "byte_begin", [](const EditView& e) { return e.place.byte_begin; },
          "The same in bytes of UTF-8.")
      .def_prop_ro("byte_end", [](const EditView& e) { return e.place.byte_end; })
      .def_ro("before", &EditView::before)
      .def_ro("after", &EditView::after)
      .def_ro("rule", &EditView::rule, "What explains it; siku.operators() describes the rules.")
      .def_ro("confidence", &EditView::confidence, "0 to 1.")
      .def_ro("alternatives", &EditView::alternatives,
              "Other readings of the same damage, the likeliest first.")
      .def("__repr__", [](const EditView& e) {
        return "<siku.Edit " + std::to_string(e.place.begin) + ":" + std::to_string(e.place.end) +
               " '" + e.before + "' -> '" + e.after + "' by " + e.rule + ">";
      });
  nb::class_<FlagView>(module, "Flag", "A place worth a person's eye; nothing was changed there.")
      .def_prop_ro(
          "begin", [](const FlagView& f) { return f.place.begin; },
          "Where it begins in the text given, in code points.")
      .def_prop_ro("end", [](const FlagView& f) { return f.place.end; })
      .def_prop_ro(
          "byte_begin", [](const FlagView& f) { return f.place.byte_begin; },
          "The same in bytes of UTF-8.")
      .def_prop_ro("byte_end", [](const FlagView& f) { return f.place.byte_end; })
      .def_ro("text", &FlagView::text, "What stands there.")
      .def_ro("kind", &FlagView::kind)
      .def_ro("detail", &FlagView::detail)
      .def_ro("proposal", &FlagView::proposal,
              "What would stand there, were the confidence asked for lower.")
      .def_ro("rule", &FlagView::rule, "Of the proposal.")
      .def_ro("confidence", &FlagView::confidence, "Of the proposal, 0 to 1.")
      .def_ro("alternatives", &FlagView::alternatives,
              "Of the proposal: other readings, the likeliest first.")
      .def("__repr__", [](const FlagView& f) {
        return "<siku.Flag " + std::to_string(f.place.begin) + ":" + std::to_string(f.place.end) +
               " '" + f.text + "' " + f.kind + ">";
      });
}

}  // namespace siku::python
