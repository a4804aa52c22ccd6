// What did not become a value, as the rows of a dataset beside the version.
#pragma once

#include <arrow/api.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "import/version_writer.h"
#include "siku/catalog/import.h"

namespace siku::catalog {

/// Where Excel and JSON have a place of their own, it is a column more.
Schema RejectsSchema(ImportFormat format);

struct Reject {
  int64_t line = 0;
  std::optional<int64_t> row{};
  std::string column{};
  const char* reason = "";
  std::string_view value{};
  std::string_view bytes{};
  std::string cell{};  // of Excel
  int64_t byte = 0;    // of JSON
};

/// What did not become a value, as rows.
class Rejects {
 public:
  Rejects(VersionWriter& writer, ImportFormat format) : writer_(writer), format_(format) {}
  Result<void> Add(const Reject& one);
  Result<void> Flush();

 private:
  VersionWriter& writer_;
  ImportFormat format_;
  std::vector<int64_t> positions_{};
  int64_t count_ = 0;
  int64_t size_ = 0;
  arrow::Int64Builder line_;
  arrow::Int64Builder row_;
  arrow::LargeStringBuilder column_;
  arrow::LargeStringBuilder reason_;
  arrow::LargeStringBuilder value_;
  arrow::LargeBinaryBuilder bytes_;
  arrow::LargeStringBuilder cell_;
  arrow::Int64Builder byte_;
};

}  // namespace siku::catalog
