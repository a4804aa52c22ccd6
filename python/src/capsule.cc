#include "capsule.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>
#include <arrow/compute/api.h>
#include <nanobind/stl/string.h>

#include "arrow_internal.h"
#include "error.h"

namespace nb = nanobind;

namespace siku::python {
namespace {

constexpr const char* kStream = "arrow_array_stream";
constexpr const char* kSchema = "arrow_schema";
constexpr const char* kArray = "arrow_array";

template <class C>
void Release(PyObject* capsule) {
  auto* held = static_cast<C*>(PyCapsule_GetPointer(capsule, PyCapsule_GetName(capsule)));
  if (held == nullptr) return PyErr_Clear();
  if (held->release != nullptr) held->release(held);  // nobody took it
  delete held;
}

template <class C>
nb::object Capsule(std::unique_ptr<C> held, const char* name) {
  PyObject* const capsule = PyCapsule_New(held.get(), name, Release<C>);
  if (capsule == nullptr) {
    if (held->release != nullptr) held->release(held.get());
    throw nb::python_error();
  }
  held.release();
  return nb::steal(capsule);
}

template <class C>
C* Pointer(nb::handle capsule, const char* name) {
  void* const held = PyCapsule_GetPointer(capsule.ptr(), name);
  if (held == nullptr) throw nb::python_error();
  return static_cast<C*>(held);
}

template <class T>
T Ok(arrow::Result<T> result) {
  return OrRaise(FromArrow(std::move(result)));
}
void Ok(const arrow::Status& status) { OrRaise(FromArrow(status)); }

std::shared_ptr<arrow::DataType> PlainType(const std::shared_ptr<arrow::DataType>& type);

std::shared_ptr<arrow::Field> PlainField(const std::shared_ptr<arrow::Field>& field) {
  return field->WithType(PlainType(field->type()));
}

// The type with texts as large_string, bytes as large_binary and dictionaries as values, all the
// way down.
std::shared_ptr<arrow::DataType> PlainType(const std::shared_ptr<arrow::DataType>& type) {
  switch (type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::STRING_VIEW:
      return arrow::large_utf8();
    case arrow::Type::BINARY_VIEW:
      return arrow::large_binary();
    case arrow::Type::DICTIONARY:
      return PlainType(static_cast<const arrow::DictionaryType&>(*type).value_type());
    case arrow::Type::LIST:
      return arrow::list(PlainField(type->field(0)));
    case arrow::Type::LARGE_LIST:
      return arrow::large_list(PlainField(type->field(0)));
    case arrow::Type::STRUCT: {
      arrow::FieldVector fields;
      for (const auto& field : type->fields()) fields.push_back(PlainField(field));
      return arrow::struct_(std::move(fields));
    }
    default:
      return type;
  }
}

Schema PlainSchema(const Schema& schema) {
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) fields.push_back(PlainField(field));
  return arrow::schema(std::move(fields), schema->metadata());
}

// Batches of another reader in the types of `schema`.
class CastingReader final : public arrow::RecordBatchReader {
 public:
  CastingReader(BatchReader from, Schema schema)
      : from_(std::move(from)), schema_(std::move(schema)) {}
  Schema schema() const override { return schema_; }
  arrow::Status ReadNext(Batch* batch) override {
    ARROW_RETURN_NOT_OK(from_->ReadNext(batch));
    if (*batch == nullptr) return arrow::Status::OK();
    auto cast = CastBatch(*batch, schema_);
    if (!cast.has_value()) return arrow::Status::TypeError(Describe(cast.error()));
    *batch = *std::move(cast);
    return arrow::Status::OK();
  }
  arrow::Status Close() override { return from_->Close(); }

 private:
  BatchReader from_;
  Schema schema_;
};

BatchReader Cast(BatchReader reader, const Schema& schema) {
  if (reader->schema()->Equals(*schema, false)) return reader;
  return std::make_shared<CastingReader>(std::move(reader), schema);
}

std::string TypeName(nb::handle object) {
  return nb::cast<std::string>(nb::str(object.type().attr("__name__")));
}

[[noreturn]] void RaiseNoArrow(nb::handle source, const std::string& place) {
  const auto module = nb::cast<std::string>(nb::str(source.type().attr("__module__")));
  if (module == "pyarrow" || module.starts_with("pyarrow.")) {
    const nb::object version = nb::module_::import_("pyarrow").attr("__version__");
    Raise({Code::kUnsupported, "this pyarrow does not know the Arrow PyCapsule interface",
           nb::cast<std::string>(nb::str(version)), place, "install pyarrow 14 or newer"});
  }
  Raise({Code::kInvalid, "this holds no Arrow data", TypeName(source), place,
         "give what has __arrow_c_stream__ or __arrow_c_array__: a table of pyarrow, polars, "
         "pandas or duckdb"});
}

std::shared_ptr<arrow::Array> TakeArray(nb::handle source) {
  const nb::object pair = source.attr("__arrow_c_array__")();
  const nb::object schema = pair[0], array = pair[1];
  auto type = Ok(arrow::ImportType(Pointer<ArrowSchema>(schema, kSchema)));
  return Ok(arrow::ImportArray(Pointer<ArrowArray>(array, kArray), std::move(type)));
}

}  // namespace

Result<Batch> CastBatch(const Batch& batch, const Schema& schema) {
  arrow::ArrayVector columns;
  for (int i = 0; i < schema->num_fields(); ++i) {
    const auto& column = batch->column(i);
    if (column->type()->Equals(*schema->field(i)->type())) {
      columns.push_back(column);
      continue;
    }
    SIKU_TRY(auto cast, FromArrow(arrow::compute::Cast(*column, schema->field(i)->type())));
    columns.push_back(std::move(cast));
  }
  return arrow::RecordBatch::Make(schema, batch->num_rows(), std::move(columns));
}

BatchReader TakeFrame(nb::handle source, const std::string& place) {
  BatchReader reader;
  if (nb::hasattr(source, "__arrow_c_stream__")) {
    const nb::object capsule = source.attr("__arrow_c_stream__")();
    reader = Ok(arrow::ImportRecordBatchReader(Pointer<ArrowArrayStream>(capsule, kStream)));
  } else if (nb::hasattr(source, "__arrow_c_array__")) {
    const auto array = TakeArray(source);
    if (array->type_id() != arrow::Type::STRUCT) {
      Raise({Code::kInvalid, "this is one column, not a frame", TypeName(source), place});
    }
    const Batch batch = Ok(arrow::RecordBatch::FromStructArray(array));
    reader = Ok(arrow::RecordBatchReader::Make({batch}, batch->schema()));
  } else {
    RaiseNoArrow(source, place);
  }
  const Schema plain = PlainSchema(reader->schema());
  return Cast(std::move(reader), plain);
}

std::shared_ptr<arrow::ChunkedArray> TakeTexts(nb::handle source) {
  std::shared_ptr<arrow::ChunkedArray> texts;
  if (nb::hasattr(source, "__arrow_c_array__")) {
    texts = std::make_shared<arrow::ChunkedArray>(TakeArray(source));
  } else if (nb::hasattr(source, "__arrow_c_stream__")) {
    const nb::object capsule = source.attr("__arrow_c_stream__")();
    auto* const stream = Pointer<ArrowArrayStream>(capsule, kStream);
    arrow::Result<std::shared_ptr<arrow::ChunkedArray>> read;
    {
      const nb::gil_scoped_release unlocked;  // producers in Python take it back themselves
      read = arrow::ImportChunkedArray(stream);
    }
    texts = Ok(std::move(read));
  } else {
    RaiseNoArrow(source, {});
  }
  if (texts->type()->id() == arrow::Type::LARGE_STRING) return texts;
  const auto plain = PlainType(texts->type());
  if (plain->id() != arrow::Type::LARGE_STRING && plain->id() != arrow::Type::NA) {
    Raise({Code::kInvalid, "the values are not texts", texts->type()->ToString()});
  }
  return Ok(arrow::compute::Cast(texts, arrow::large_utf8())).chunked_array();
}

nb::object StreamCapsule(BatchReader reader, nb::handle requested) {
  if (!requested.is_none()) {
    const Schema wanted = Ok(arrow::ImportSchema(Pointer<ArrowSchema>(requested, kSchema)));
    if (wanted->field_names() == reader->schema()->field_names()) {
      reader = Cast(std::move(reader), wanted);
    }
  }
  auto stream = std::make_unique<ArrowArrayStream>();
  Ok(arrow::ExportRecordBatchReader(std::move(reader), stream.get()));
  return Capsule(std::move(stream), kStream);
}

nb::object ChunksCapsule(const std::shared_ptr<arrow::ChunkedArray>& array) {
  auto stream = std::make_unique<ArrowArrayStream>();
  Ok(arrow::ExportChunkedArray(array, stream.get()));
  return Capsule(std::move(stream), kStream);
}

nb::object SchemaCapsule(const arrow::Schema& schema) {
  auto held = std::make_unique<ArrowSchema>();
  Ok(arrow::ExportSchema(schema, held.get()));
  return Capsule(std::move(held), kSchema);
}

nb::object TypeCapsule(const arrow::DataType& type) {
  auto held = std::make_unique<ArrowSchema>();
  Ok(arrow::ExportType(type, held.get()));
  return Capsule(std::move(held), kSchema);
}

nb::tuple ArrayCapsules(const arrow::Array& array) {
  nb::object type = TypeCapsule(*array.type());
  auto held = std::make_unique<ArrowArray>();
  Ok(arrow::ExportArray(array, held.get()));
  return nb::make_tuple(type, Capsule(std::move(held), kArray));
}

nb::tuple BatchCapsules(const arrow::RecordBatch& batch) {
  nb::object schema = SchemaCapsule(*batch.schema());
  auto held = std::make_unique<ArrowArray>();
  Ok(arrow::ExportRecordBatch(batch, held.get()));
  return nb::make_tuple(schema, Capsule(std::move(held), kArray));
}

}  // namespace siku::python
