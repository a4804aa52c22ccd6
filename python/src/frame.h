// What Python gets of Arrow data: tables and columns that any Arrow library takes without a copy.
#pragma once

#include <arrow/type_fwd.h>
#include <nanobind/nanobind.h>

#include <memory>

namespace siku::python {

struct Frame {
  std::shared_ptr<arrow::Table> table;
};

/// A column of texts.
struct Texts {
  std::shared_ptr<arrow::ChunkedArray> array;
};

void BindFrames(nanobind::module_& module);

}  // namespace siku::python
