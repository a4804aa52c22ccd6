// The types columns are stored as, and their names in a schema's canonical JSON. Definition:
// docs/format.md, "Types".
#pragma once

#include <memory>
#include <string>

#include "siku/batch.h"
#include "siku/result.h"

namespace arrow {
class Array;
class DataType;
}  // namespace arrow

namespace siku {

using ColumnType = std::shared_ptr<arrow::DataType>;

/// One type for all that hold the same values: dictionaries, views and 32-bit offsets go; units
/// that Parquet has not become finer. kUnsupported for types that cannot be stored.
Result<ColumnType> StoredType(const ColumnType& type);
/// Hidden columns as they are, then the user columns under their stored types. kInvalid: a name
/// twice or not UTF-8.
Result<Schema> StoredSchema(const Schema& schema);
/// The stored schema that CanonicalSchema names, hidden columns first.
Result<Schema> SchemaFromCanonical(const std::string& json, const std::string& place);
/// `array` as `type`, which is its stored type.
Result<std::shared_ptr<arrow::Array>> AsStored(const std::shared_ptr<arrow::Array>& array,
                                               const ColumnType& type);

}  // namespace siku
