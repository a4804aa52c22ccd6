#include "frame.h"

#include <arrow/api.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "capsule.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

constexpr const char* kNoPyarrow =
    "to_arrow() gives a pyarrow object, and pyarrow is not installed; pass the object itself to "
    "polars, pandas or duckdb, or install pyarrow";

nb::object Pyarrow() {
  try {
    return nb::module_::import_("pyarrow");
  } catch (nb::python_error& error) {
    if (!error.matches(PyExc_ModuleNotFoundError)) throw;
    throw nb::import_error(kNoPyarrow);
  }
}

nb::object Text(const Texts& texts, int64_t index) {
  if (index < 0) index += texts.array->length();
  if (index < 0 || index >= texts.array->length()) throw nb::index_error();
  for (const auto& chunk : texts.array->chunks()) {
    if (index >= chunk->length()) {
      index -= chunk->length();
      continue;
    }
    if (chunk->IsNull(index)) return nb::none();
    const auto view = static_cast<const arrow::LargeStringArray&>(*chunk).GetView(index);
    return nb::str(view.data(), view.size());
  }
  throw nb::index_error();
}

nb::list ToList(const Texts& texts) {
  nb::list list;
  for (const auto& chunk : texts.array->chunks()) {
    const auto& values = static_cast<const arrow::LargeStringArray&>(*chunk);
    for (int64_t i = 0; i < values.length(); ++i) {
      if (values.IsNull(i)) {
        list.append(nb::none());
      } else {
        const auto view = values.GetView(i);
        list.append(nb::str(view.data(), view.size()));
      }
    }
  }
  return list;
}

void BindFrame(nb::module_& module) {
  nb::class_<Frame>(module, "Frame",
                    "A table in memory. Every library that knows the Arrow PyCapsule interface "
                    "takes it without a copy: pyarrow.table(frame), polars.DataFrame(frame), "
                    "pandas.DataFrame.from_arrow(frame), duckdb.from_arrow(frame).")
      .def_prop_ro("num_rows", [](const Frame& frame) { return frame.table->num_rows(); })
      .def_prop_ro("column_names", [](const Frame& frame) { return frame.table->ColumnNames(); })
      .def("__len__", [](const Frame& frame) { return frame.table->num_rows(); })
      .def("__bool__", [](const Frame&) { return true; })
      .def("__repr__",
           [](const Frame& frame) {
             return "<siku.Frame of " + std::to_string(frame.table->num_rows()) +
                    " rows: " + frame.table->schema()->ToString() + ">";
           })
      .def(
          "to_arrow", [](nb::handle self) { return Pyarrow().attr("table")(self); },
          nb::sig("def to_arrow(self) -> typing.Any"), "The same as a pyarrow.Table.")
      .def("__arrow_c_schema__",
           [](const Frame& frame) { return SchemaCapsule(*frame.table->schema()); })
      .def(
          "__arrow_c_stream__",
          [](const Frame& frame, nb::object requested) {
            return StreamCapsule(std::make_shared<arrow::TableBatchReader>(frame.table), requested);
          },
          nb::arg("requested_schema") = nb::none());
}

void BindTexts(nb::module_& module) {
  nb::class_<Texts>(module, "Texts",
                    "A column of texts, some of which may be None. pyarrow.chunked_array(texts), "
                    "polars.Series(texts) and others take it without a copy.")
      .def("__len__", [](const Texts& texts) { return texts.array->length(); })
      .def("__bool__", [](const Texts&) { return true; })
      .def("__getitem__", &Text, nb::sig("def __getitem__(self, index: int) -> str | None"))
      .def(
          "__iter__", [](const Texts& texts) { return nb::iter(ToList(texts)); },
          nb::sig("def __iter__(self) -> collections.abc.Iterator[str | None]"))
      .def("__repr__",
           [](const Texts& texts) {
             return "<siku.Texts of " + std::to_string(texts.array->length()) + " rows>";
           })
      .def("to_list", &ToList, nb::sig("def to_list(self) -> list[str | None]"))
      .def(
          "to_arrow",
          // By way of a table: before pyarrow 18, chunked_array() does not take such objects.
          [](const Texts& texts) {
            const auto schema = arrow::schema({arrow::field("text", texts.array->type())});
            const nb::object frame = nb::cast(Frame{arrow::Table::Make(schema, {texts.array})});
            return nb::object(Pyarrow().attr("table")(frame).attr("column")(0));
          },
          nb::sig("def to_arrow(self) -> typing.Any"), "The same as a pyarrow.ChunkedArray.")
      .def("__arrow_c_schema__",
           [](const Texts& texts) { return TypeCapsule(*texts.array->type()); })
      .def(
          "__arrow_c_stream__",
          [](const Texts& texts, nb::object) { return ChunksCapsule(texts.array); },
          nb::arg("requested_schema") = nb::none());
}

}  // namespace

void BindFrames(nb::module_& module) {
  BindFrame(module);
  BindTexts(module);
}

}  // namespace siku::python
