#include "apply.h"

#include <arrow/api.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>

#include "arrow_internal.h"
#include "capsule.h"
#include "error.h"
#include "frame.h"
#include "global.h"
#include "operators.h"
#include "outcome.h"
#include "run/key_columns.h"
#include "signals.h"
#include "siku/columns.h"
#include "siku/utf8.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

constexpr int64_t kMostRows = 4096;  // in hand at once

class Context final : public RowContext {
 public:
  Context(int64_t first, Signals& signals) : first_(first), signals_(signals) {}
  RowKey key(int32_t row) const override { return {.source = 0, .position = first_ + row}; }
  bool stopping() const override { return signals_.Poll(); }

 private:
  int64_t first_;
  Signals& signals_;
};

Result<void> CheckNames(const Schema& schema) {
  for (const auto& field : schema->fields()) {
    if (!field->name().starts_with(kHiddenPrefix)) continue;
    return Fail(Code::kInvalid, "column names that begin so are the engine's own", field->name());
  }
  return {};
}

// Operators count on valid UTF-8; data from elsewhere may be anything.
Result<void> CheckTexts(const Batch& batch, int64_t first) {
  for (const auto& column : batch->columns()) {
    if (column->type_id() != arrow::Type::LARGE_STRING) continue;
    const auto& texts = static_cast<const arrow::LargeStringArray&>(*column);
    for (int64_t row = 0; row < texts.length(); ++row) {
      if (texts.IsNull(row) || utf8::Valid(texts.GetView(row))) continue;
      return Fail(Code::kData, "a text is not valid UTF-8",
                  "byte " + std::to_string(utf8::FindInvalid(texts.GetView(row))),
                  "row " + std::to_string(first + row));
    }
  }
  return {};
}

// An operator bound to columns and parameters. Thread-safe.
class Step {
 public:
  static Result<Step> Bind(const std::string& name, const std::string& parameters,
                           const Schema& schema) {
    Step step;
    SIKU_TRY(step.op_, AllOperators().Find(name));
    SIKU_TRY(CheckNames(schema));
    SIKU_TRY(const auto values, ReadParameters(*step.op_, parameters));
    SIKU_TRY(step.bound_, step.op_->Bind(schema, values));
    return step;
  }
  const Record& record() const { return op_->record(); }
  const Bound& bound() const { return *bound_; }
  const RowBound* row() const { return dynamic_cast<const RowBound*>(bound_.get()); }
  const GlobalBound* global() const { return dynamic_cast<const GlobalBound*>(bound_.get()); }
  const KeyedBound* keyed() const { return dynamic_cast<const KeyedBound*>(bound_.get()); }

 private:
  const Operator* op_ = nullptr;
  std::unique_ptr<Bound> bound_{};
};

using Ports = std::vector<std::vector<Batch>>;

Result<void> ApplyToBatch(const Step& step, const Batch& batch, int64_t first, Signals& signals,
                          Outcomes& said, Ports& ports) {
  SIKU_TRY(CheckTexts(batch, first));
  SIKU_TRY(auto outcome, step.row()->Apply(batch, Context(first, signals)));
  SIKU_TRY(said.Add(batch, step.bound().column(), outcome, first));
  for (size_t i = 0; i < ports.size(); ++i) ports[i].push_back(outcome.outputs[i].batch);
  return {};
}

Result<void> ApplyToRows(const Step& step, arrow::RecordBatchReader& reader, Signals& signals,
                         Outcomes& said, Ports& ports) {
  int64_t first = 0;
  for (;;) {
    Batch batch;
    SIKU_TRY(FromArrow(reader.ReadNext(&batch)));
    if (batch == nullptr) return {};
    for (int64_t at = 0; at < batch->num_rows(); at += kMostRows) {
      const Batch slice = batch->Slice(at, kMostRows);
      SIKU_TRY(ApplyToBatch(step, slice, first, signals, said, ports));
      first += slice->num_rows();
      if (signals.Poll()) return Fail(Code::kInterrupted, "the run was asked to stop");
    }
  }
}

// The key columns that the engine would put before a sketch, of one source read in order.
Result<Batch> WithKeys(const Batch& sketch) {
  run::KeyBuilder keys;
  for (int64_t row = 0; row < sketch->num_rows(); ++row) {
    SIKU_TRY(keys.Append({.source = 0, .position = row}));
  }
  arrow::ArrayVector columns;
  SIKU_TRY(keys.Finish(columns));
  arrow::FieldVector fields = {arrow::field(std::string(kSourceColumn), arrow::int32(), false),
                               arrow::field(std::string(kPositionColumn), arrow::int64(), false),
                               arrow::field(std::string(kChildColumn), arrow::binary(), false)};
  for (int i = 0; i < sketch->num_columns(); ++i) {
    fields.push_back(sketch->schema()->field(i));
    columns.push_back(sketch->column(i));
  }
  return arrow::RecordBatch::Make(arrow::schema(std::move(fields)), sketch->num_rows(),
                                  std::move(columns));
}

Result<void> ApplyToAll(const Step& step, arrow::RecordBatchReader& reader, Signals& signals,
                        Outcomes& said, Ports& ports) {
  SIKU_TRY(auto table, FromArrow(reader.ToTable()));
  SIKU_TRY(auto batch, FromArrow(table->CombineChunksToBatch()));
  SIKU_TRY(CheckTexts(batch, 0));
  if (batch->num_rows() > std::numeric_limits<int32_t>::max()) {
    return Fail(Code::kLimit, "more rows than fit in memory at once",
                std::to_string(batch->num_rows()), step.record().name,
                "`siku.run` has no such limit");
  }
  if (step.global() != nullptr) {
    SIKU_TRY(auto made, ResolveInMemory(*step.global(), step.record(), batch, signals, said));
    for (size_t i = 0; i < made.size(); ++i) ports[i].push_back(std::move(made[i]));
    return {};
  }
  SIKU_TRY(auto sketch, step.keyed()->Sketch(batch));
  SIKU_TRY(auto partition, WithKeys(sketch));
  SIKU_TRY(const auto verdicts, step.keyed()->Reduce(partition));
  std::vector<int32_t> kept;
  size_t next = 0;
  for (int32_t row = 0; row < batch->num_rows(); ++row) {
    if (next == verdicts.size() || verdicts[next].row != row) {
      kept.push_back(row);
      continue;
    }
    const KeyedBound::Verdict& verdict = verdicts[next++];
    RejectView reject{.row = row, .reason = step.record().reasons[verdict.reason].name};
    if (verdict.partner >= 0) reject.partner = verdict.partner;
    said.Add(std::move(reject));
  }
  SIKU_TRY(auto rows, SelectRows(batch, kept));
  ports[0].push_back(std::move(rows));
  return {};
}

struct Applied {
  std::vector<std::pair<std::string, Frame>> outputs{};
  Frame edits{};
  Frame flags{};
  Frame rejects{};
};

Result<Applied> Apply(const Step& step, arrow::RecordBatchReader& reader, Signals& signals) {
  Outcomes said(step.record());
  Ports ports(step.bound().outputs().size());
  if (step.row() != nullptr) {
    SIKU_TRY(ApplyToRows(step, reader, signals, said, ports));
  } else {
    SIKU_TRY(ApplyToAll(step, reader, signals, said, ports));
  }
  Applied applied;
  for (size_t i = 0; i < ports.size(); ++i) {
    SIKU_TRY(auto table, FromArrow(arrow::Table::FromRecordBatches(step.bound().outputs()[i],
                                                                   std::move(ports[i]))));
    applied.outputs.emplace_back(step.record().outputs[i], Frame{std::move(table)});
  }
  SIKU_TRY(applied.edits, said.EditFrame());
  SIKU_TRY(applied.flags, said.FlagFrame());
  SIKU_TRY(applied.rejects, said.RejectFrame());
  return applied;
}

// Without the GIL; what was raised meanwhile goes before what came of it.
template <class F>
auto Unlocked(Signals& signals, F work) {
  auto result = [&] {
    const nb::gil_scoped_release unlocked;
    return work();
  }();
  signals.Rethrow();
  return OrRaise(std::move(result));
}

nb::tuple ApplyTo(const std::string& name, nb::handle source, const std::string& parameters) {
  const BatchReader reader = TakeFrame(source);
  Signals signals;
  Applied applied = Unlocked(signals, [&]() -> Result<Applied> {
    SIKU_TRY(const auto step, Step::Bind(name, parameters, reader->schema()));
    return Apply(step, *reader, signals);
  });
  nb::dict outputs;
  for (auto& [port, frame] : applied.outputs) {
    outputs[nb::str(port.c_str())] = nb::cast(std::move(frame));
  }
  return nb::make_tuple(outputs, nb::cast(std::move(applied.edits)),
                        nb::cast(std::move(applied.flags)), nb::cast(std::move(applied.rejects)));
}

// ---- texts without a frame ---------------------------------------------------------------------

const Schema& TextSchema() {
  static const Schema schema = arrow::schema({arrow::field("text", arrow::large_utf8())});
  return schema;
}

std::string_view Utf8(nb::handle text) {
  Py_ssize_t size = 0;
  const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data != nullptr) return {data, static_cast<size_t>(size)};
  if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) == 0) throw nb::python_error();
  nb::python_error error;
  const auto at = nb::cast<int64_t>(error.value().attr("start"));
  Raise({Code::kData, "a text holds half a surrogate pair", {}, "character " + std::to_string(at)});
}

constexpr const char* kOneOrMany = "give a str, a list of them or an Arrow array";

std::shared_ptr<arrow::ChunkedArray> TextsOf(nb::handle source) {
  if (nb::hasattr(source, "__arrow_c_array__") || nb::hasattr(source, "__arrow_c_stream__")) {
    return TakeTexts(source);
  }
  // The keys of a mapping are hardly the texts that were meant.
  if (nb::isinstance<nb::dict>(source) || !nb::hasattr(source, "__iter__")) {
    Raise({Code::kInvalid,
           "the values are not texts",
           nb::cast<std::string>(nb::str(source.type().attr("__name__"))),
           {},
           kOneOrMany});
  }
  arrow::LargeStringBuilder builder;
  int64_t row = 0;
  for (const nb::handle item : nb::iter(source)) {
    if (item.is_none()) {
      OrRaise(FromArrow(builder.AppendNull()));
    } else if (nb::isinstance<nb::str>(item)) {
      OrRaise(FromArrow(builder.Append(Utf8(item))));
    } else {
      Raise({Code::kInvalid, "the values are not texts",
             nb::cast<std::string>(nb::str(item.type().attr("__name__"))),
             "row " + std::to_string(row)});
    }
    ++row;
  }
  return std::make_shared<arrow::ChunkedArray>(OrRaise(FromArrow(builder.Finish())));
}

// A row-wise operator over texts alone, bound once and used often.
class TextStep {
 public:
  TextStep(const std::string& name, const std::string& parameters) {
    step_ = OrRaise([&]() -> Result<Step> {
      const nb::gil_scoped_release unlocked;
      return Step::Bind(name, parameters, TextSchema());
    }());
  }

  // The text itself where nothing changed.
  nb::tuple One(nb::str text) const {
    const std::string_view bytes = Utf8(text);
    Outcomes said(step_.record());
    Ports ports(1);
    Signals signals;
    Unlocked(signals, [&]() -> Result<void> {
      // Arrow's view of the bytes that the str keeps for us.
      const int64_t offsets[2] = {0, static_cast<int64_t>(bytes.size())};
      const auto array = std::make_shared<arrow::LargeStringArray>(
          1, arrow::Buffer::Wrap(offsets, 2), arrow::Buffer::Wrap(bytes.data(), bytes.size()));
      return ApplyToBatch(step_, arrow::RecordBatch::Make(TextSchema(), 1, {array}), 0, signals,
                          said, ports);
    });
    nb::object after = text;
    if (!said.edits().empty()) {
      const auto view =
          static_cast<const arrow::LargeStringArray&>(*ports[0][0]->column(0)).GetView(0);
      after = nb::str(view.data(), view.size());
    }
    return nb::make_tuple(after, nb::cast(said.edits()), nb::cast(said.flags()));
  }

  nb::tuple Many(nb::handle source) const {
    const auto texts = TextsOf(source);
    Signals signals;
    struct Columns {
      Texts texts{};
      Frame edits{}, flags{};
    };
    auto columns = Unlocked(signals, [&]() -> Result<Columns> {
      arrow::TableBatchReader reader(arrow::Table::Make(TextSchema(), {texts}));
      SIKU_TRY(auto applied, Apply(step_, reader, signals));
      return Columns{{applied.outputs[0].second.table->column(0)},
                     std::move(applied.edits),
                     std::move(applied.flags)};
    });
    return nb::make_tuple(nb::cast(std::move(columns.texts)), nb::cast(std::move(columns.edits)),
                          nb::cast(std::move(columns.flags)));
  }

 private:
  Step step_{};
};

}  // namespace

void BindApply(nb::module_& module) {
  module.def("apply", &ApplyTo, nb::arg("name"), nb::arg("frame"), nb::arg("parameters"),
             nb::sig("def apply(name: str, frame: object, parameters: str) -> "
                     "tuple[dict[str, Frame], Frame, Frame, Frame]"),
             "Outputs by port, edits, flags, rejects.");
  nb::class_<TextStep>(module, "TextStep", "A row-wise operator over the column `text` alone.")
      .def(nb::init<const std::string&, const std::string&>(), nb::arg("name"),
           nb::arg("parameters"))
      .def("one", &TextStep::One, nb::arg("text"),
           nb::sig("def one(self, text: str) -> tuple[str, list[Edit], list[Flag]]"))
      .def("many", &TextStep::Many, nb::arg("texts").none(),
           nb::sig("def many(self, texts: object) -> tuple[Texts, Frame, Frame]"));
}

}  // namespace siku::python
