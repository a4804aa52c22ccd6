#include <arrow/api.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "column_type.h"
#include "siku/digest.h"

namespace siku {
namespace {

static_assert(std::endian::native == std::endian::little, "canonical integers are little-endian");

// Longer texts go to the hash where they lie; shorter ones are cheaper to copy than to hash apart.
constexpr int64_t kCopyBytes = 2048;

template <class T>
void PutFixed(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

template <class T>
T Normal(T value) {
  if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  return value == 0 ? T{0} : value;
}

uint16_t NormalHalf(uint16_t bits) {
  if ((bits & 0x7FFFU) > 0x7C00U) return 0x7E00U;
  return bits == 0x8000U ? uint16_t{0} : bits;
}

void PutValue(const arrow::Array& array, int64_t row, std::string& out);

template <class ListArray>
void PutList(const arrow::Array& array, int64_t row, std::string& out) {
  const auto& list = static_cast<const ListArray&>(array);
  const int64_t begin = list.value_offset(row), length = list.value_length(row);
  PutFixed(out, static_cast<uint64_t>(length));
  for (int64_t i = begin; i < begin + length; ++i) PutValue(*list.values(), i, out);
}

template <class TextArray>
void PutText(const arrow::Array& array, int64_t row, std::string& out) {
  const std::string_view text = static_cast<const TextArray&>(array).GetView(row);
  PutFixed(out, static_cast<uint64_t>(text.size()));
  out.append(text);
}

// `array` has a stored type.
void PutPresent(const arrow::Array& array, int64_t row, std::string& out) {
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      out.push_back(static_cast<const arrow::BooleanArray&>(array).Value(row) ? 1 : 0);
      return;
    case arrow::Type::HALF_FLOAT:
      PutFixed(out, NormalHalf(static_cast<const arrow::HalfFloatArray&>(array).Value(row)));
      return;
    case arrow::Type::FLOAT:
      PutFixed(out, Normal(static_cast<const arrow::FloatArray&>(array).Value(row)));
      return;
    case arrow::Type::DOUBLE:
      PutFixed(out, Normal(static_cast<const arrow::DoubleArray&>(array).Value(row)));
      return;
    case arrow::Type::BINARY:
      PutText<arrow::BinaryArray>(array, row, out);
      return;
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      PutText<arrow::LargeBinaryArray>(array, row, out);
      return;
    case arrow::Type::MAP:
      PutList<arrow::MapArray>(array, row, out);
      return;
    case arrow::Type::LARGE_LIST:
      PutList<arrow::LargeListArray>(array, row, out);
      return;
    case arrow::Type::STRUCT: {
      const auto& parts = static_cast<const arrow::StructArray&>(array);
      for (int i = 0; i < parts.num_fields(); ++i) PutValue(*parts.field(i), row, out);
      return;
    }
    default:
      break;
  }
  // Integers, dates, times, decimals, bytes of fixed length.
  const auto width = static_cast<int64_t>(array.type()->byte_width());
  const uint8_t* bytes = array.data()->buffers[1]->data() + (array.offset() + row) * width;
  out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(width));
}

void PutValue(const arrow::Array& array, int64_t row, std::string& out) {
  const bool null = array.IsNull(row);
  out.push_back(null ? 0 : 1);
  if (!null) PutPresent(array, row, out);
}

// One column of the batch, with what need not be asked again for each row.
struct Column {
  std::shared_ptr<arrow::Array> array;
  const arrow::LargeBinaryArray* text = nullptr;
  bool nulls = false;
};

Result<std::vector<Column>> StoredColumns(const Batch& rows) {
  std::vector<Column> columns;
  for (int i = 0; i < rows->num_columns(); ++i) {
    Column column{rows->column(i)};
    // The child key is the one binary column; it is stored as it is.
    if (!rows->schema()->field(i)->name().starts_with(kHiddenPrefix)) {
      SIKU_TRY(const auto type, StoredType(column.array->type()));
      SIKU_TRY(column.array, AsStored(column.array, type));
    }
    const auto id = column.array->type_id();
    if (id == arrow::Type::LARGE_STRING || id == arrow::Type::LARGE_BINARY) {
      column.text = static_cast<const arrow::LargeBinaryArray*>(column.array.get());
    }
    column.nulls = column.array->null_count() > 0;
    columns.push_back(std::move(column));
  }
  return columns;
}

}  // namespace

Result<std::vector<Digest>> RowDigests(const Batch& rows) {
  SIKU_TRY(const auto columns, StoredColumns(rows));
  std::vector<Digest> digests(static_cast<size_t>(rows->num_rows()));
  Sha256 hash;
  std::string bytes;
  for (int64_t row = 0; row < rows->num_rows(); ++row) {
    bytes.clear();
    for (const Column& column : columns) {
      if (column.text == nullptr) {
        PutValue(*column.array, row, bytes);
        continue;
      }
      if (column.nulls && column.text->IsNull(row)) {
        bytes.push_back(0);
        continue;
      }
      const std::string_view text = column.text->GetView(row);
      bytes.push_back(1);
      PutFixed(bytes, static_cast<uint64_t>(text.size()));
      if (text.size() < kCopyBytes) {
        bytes.append(text);
      } else {
        hash.Update(bytes);
        hash.Update(text);
        bytes.clear();
      }
    }
    hash.Update(bytes);
    digests[static_cast<size_t>(row)] = hash.Finish();
  }
  return digests;
}

}  // namespace siku
