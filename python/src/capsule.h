// Arrow data across the border, by the PyCapsule interface alone: no C++ object of another Arrow
// is ever touched.
#pragma once

#include <arrow/type_fwd.h>
#include <nanobind/nanobind.h>

#include <memory>
#include <string>

#include "siku/batch.h"
#include "siku/result.h"

namespace siku::python {

using BatchReader = std::shared_ptr<arrow::RecordBatchReader>;

/// Any object with `__arrow_c_stream__`, or with `__arrow_c_array__` of a struct. Raises where it
/// has neither; `place` is what errors call it. Texts come as large_string, dictionaries as their
/// values: what operators know.
BatchReader TakeFrame(nanobind::handle source, const std::string& place = {});
/// Any object with `__arrow_c_array__` or `__arrow_c_stream__` of texts, as large_string chunks.
std::shared_ptr<arrow::ChunkedArray> TakeTexts(nanobind::handle source);

/// Capsules that own what they hold until somebody takes it. `requested`: a schema capsule or None;
/// columns that can be cast are.
nanobind::object StreamCapsule(BatchReader reader, nanobind::handle requested);
nanobind::object ChunksCapsule(const std::shared_ptr<arrow::ChunkedArray>& array);
nanobind::object SchemaCapsule(const arrow::Schema& schema);
nanobind::object TypeCapsule(const arrow::DataType& type);
/// (schema, array)
nanobind::tuple ArrayCapsules(const arrow::Array& array);
nanobind::tuple BatchCapsules(const arrow::RecordBatch& batch);

/// `batch` with columns in the types of `schema`; same number of columns.
Result<Batch> CastBatch(const Batch& batch, const Schema& schema);

}  // namespace siku::python
