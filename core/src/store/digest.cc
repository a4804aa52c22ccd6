#include "siku/digest.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>

#include "../base/arrow_internal.h"

namespace siku {
namespace {

static_assert(std::endian::native == std::endian::little, "canonical integers are little-endian");

// Canonical bytes of every row of one column are appended to that row's buffer. A value is a tag
// byte (0 null, 1 value) and then its bytes; text and lists have their length before them.
using RowBytes = std::vector<std::string>;

template <class T>
void PutFixed(std::string& out, T value) {
  char bytes[sizeof(T)];
  std::memcpy(bytes, &value, sizeof(T));
  out.append(bytes, sizeof(T));
}

void PutText(std::string& out, std::string_view text) {
  PutFixed<uint64_t>(out, text.size());
  out.append(text);
}

template <class T>
T Normal(T value) {
  if (std::isnan(value)) return std::numeric_limits<T>::quiet_NaN();
  return value == 0 ? T{0} : value;
}

Result<void> PutValue(const arrow::Array& array, int64_t row, std::string& out);

template <class ListArray>
Result<void> PutList(const arrow::Array& array, int64_t row, std::string& out) {
  const auto& list = static_cast<const ListArray&>(array);
  const int64_t begin = list.value_offset(row), length = list.value_length(row);
  PutFixed<uint64_t>(out, static_cast<uint64_t>(length));
  for (int64_t i = begin; i < begin + length; ++i) SIKU_TRY(PutValue(*list.values(), i, out));
  return {};
}

Result<void> PutPresent(const arrow::Array& array, int64_t row, std::string& out) {
  switch (array.type_id()) {
    case arrow::Type::BOOL:
      out.push_back(static_cast<const arrow::BooleanArray&>(array).Value(row) ? 1 : 0);
      return {};
    case arrow::Type::FLOAT:
      PutFixed(out, Normal(static_cast<const arrow::FloatArray&>(array).Value(row)));
      return {};
    case arrow::Type::DOUBLE:
      PutFixed(out, Normal(static_cast<const arrow::DoubleArray&>(array).Value(row)));
      return {};
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      PutText(out, static_cast<const arrow::BinaryArray&>(array).GetView(row));
      return {};
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      PutText(out, static_cast<const arrow::LargeBinaryArray&>(array).GetView(row));
      return {};
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      return PutList<arrow::ListArray>(array, row, out);
    case arrow::Type::LARGE_LIST:
      return PutList<arrow::LargeListArray>(array, row, out);
    case arrow::Type::FIXED_SIZE_LIST:
      return PutList<arrow::FixedSizeListArray>(array, row, out);
    case arrow::Type::STRUCT: {
      const auto& parts = static_cast<const arrow::StructArray&>(array);
      for (int i = 0; i < parts.num_fields(); ++i) SIKU_TRY(PutValue(*parts.field(i), row, out));
      return {};
    }
    case arrow::Type::NA:
      return {};
    default:
      break;
  }
  // Integers, dates, times, timestamps, decimals, fixed-size binary: their bytes, little-endian.
  const int width = array.type()->byte_width();
  if (arrow::is_fixed_width(array.type_id()) && width > 0 && array.data()->buffers.size() == 2) {
    const auto* bytes = array.data()->buffers[1]->data() + (array.offset() + row) * width;
    out.append(reinterpret_cast<const char*>(bytes), static_cast<size_t>(width));
    return {};
  }
  return Fail(Code::kUnsupported, "a column of this type cannot be stored",
              array.type()->ToString());
}

Result<void> PutValue(const arrow::Array& array, int64_t row, std::string& out) {
  out.push_back(array.IsNull(row) ? 0 : 1);
  return array.IsNull(row) ? Result<void>{} : PutPresent(array, row, out);
}

Result<std::shared_ptr<arrow::Array>> Plain(const std::shared_ptr<arrow::Array>& array) {
  std::shared_ptr<arrow::DataType> type;
  switch (array->type_id()) {
    case arrow::Type::DICTIONARY:
      type = static_cast<const arrow::DictionaryType&>(*array->type()).value_type();
      break;
    case arrow::Type::STRING_VIEW:
      type = arrow::large_utf8();
      break;
    case arrow::Type::BINARY_VIEW:
      type = arrow::large_binary();
      break;
    default:
      return array;
  }
  SIKU_TRY(auto cast, FromArrow(arrow::compute::Cast(array, type)));
  return cast.make_array();
}

// The same name for types that hold the same values.
std::string TypeName(const arrow::DataType& type) {
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::LARGE_STRING:
    case arrow::Type::STRING_VIEW:
      return "text";
    case arrow::Type::BINARY:
    case arrow::Type::LARGE_BINARY:
    case arrow::Type::BINARY_VIEW:
      return "bytes";
    case arrow::Type::DICTIONARY:
      return TypeName(*static_cast<const arrow::DictionaryType&>(type).value_type());
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
      return "list<" + TypeName(*type.field(0)->type()) + ">";
    case arrow::Type::STRUCT: {
      std::string name = "struct<";
      for (const auto& field : type.fields()) {
        name += (name.back() == '<' ? "" : ", ") + field->name() + ": " + TypeName(*field->type());
      }
      return name + ">";
    }
    default:
      return type.ToString();
  }
}

Digest Pair(const Digest& left, const Digest& right) {
  Sha256 hash;
  hash.Update("\x01");
  hash.Update({reinterpret_cast<const char*>(left.data()), left.size()});
  hash.Update({reinterpret_cast<const char*>(right.data()), right.size()});
  return hash.Finish();
}

}  // namespace

Result<std::vector<Digest>> RowDigests(const Batch& rows) {
  arrow::ArrayVector columns;
  for (const auto& column : rows->columns()) {
    SIKU_TRY(auto plain, Plain(column));
    columns.push_back(std::move(plain));
  }
  std::vector<Digest> digests(static_cast<size_t>(rows->num_rows()));
  Sha256 hash;
  std::string bytes;
  for (int64_t row = 0; row < rows->num_rows(); ++row) {
    bytes.clear();
    for (const auto& column : columns) {
      // Long texts go to the hash where they lie.
      const bool text = column->type_id() == arrow::Type::LARGE_STRING ||
                        column->type_id() == arrow::Type::LARGE_BINARY;
      if (text && !column->IsNull(row)) {
        const auto view = static_cast<const arrow::LargeBinaryArray&>(*column).GetView(row);
        bytes.push_back(1);
        PutFixed<uint64_t>(bytes, view.size());
        if (view.size() < 1024) {
          bytes.append(view);
        } else {
          hash.Update(bytes);
          hash.Update(view);
          bytes.clear();
        }
      } else {
        SIKU_TRY(PutValue(*column, row, bytes));
      }
    }
    hash.Update(bytes);
    digests[static_cast<size_t>(row)] = hash.Finish();
  }
  return digests;
}

Result<std::string> CanonicalSchema(const Schema& schema) {
  auto fields = nlohmann::json::array();
  for (const auto& field : schema->fields()) {
    if (field->name().starts_with(kHiddenPrefix)) continue;
    fields.push_back({{"name", field->name()}, {"type", TypeName(*field->type())}});
  }
  return fields.dump();
}

void ContentDigest::Add(std::span<const Digest> rows) {
  for (const Digest& row : rows) {
    tail_.push_back(row);
    ++rows_;
    if (tail_.size() == kLeafRows) Close();
  }
}

// A full leaf joins the forest: equal trees pair up, as bits carry in a counter.
void ContentDigest::Close() {
  Sha256 hash;
  hash.Update(std::string_view("\x00", 1));
  for (const Digest& row : tail_) {
    hash.Update({reinterpret_cast<const char*>(row.data()), row.size()});
  }
  tail_.clear();
  Digest node = hash.Finish();
  int height = 0;
  while (!heights_.empty() && heights_.back() == height) {
    node = Pair(peaks_.back(), node);
    peaks_.pop_back();
    heights_.pop_back();
    ++height;
  }
  peaks_.push_back(node);
  heights_.push_back(height);
}

std::string ContentDigest::Finish(const std::string& canonical_schema) const {
  Sha256 hash;
  hash.Update(std::string_view("siku.content.1\0", 15));
  std::string head;
  PutText(head, canonical_schema);
  PutFixed<uint64_t>(head, static_cast<uint64_t>(rows_));
  hash.Update(head);
  for (const auto* list : {&peaks_, &tail_}) {
    for (const Digest& digest : *list) {
      hash.Update({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }
  }
  return Hex(hash.Finish());
}

ContentDigest ContentDigest::From(State state) {
  ContentDigest digest;
  digest.rows_ = state.rows;
  digest.peaks_ = std::move(state.peaks);
  digest.tail_ = std::move(state.tail);
  // The heights of the peaks are the set bits of the number of full leaves.
  const auto leaves = static_cast<uint64_t>(state.rows) / kLeafRows;
  for (int bit = 63; bit >= 0; --bit) {
    if ((leaves >> bit) & 1U) digest.heights_.push_back(bit);
  }
  return digest;
}

}  // namespace siku
