#include "quality/cells.h"

#include <arrow/api.h>
#include <xxhash.h>

#include <cmath>
#include <cstring>

#include "import/cell.h"

namespace siku::catalog {
namespace {

constexpr CellHash kNullHash{0x51ED270B9F3C6A81U, 0xA3C59AC2F0D1B7E5U};

uint64_t Mixed(uint64_t x) {
  x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27U) * 0x94D049BB133111EBU;
  return x ^ x >> 31U;
}

CellHash HashOf(uint64_t word) {
  return {Mixed(word + 0x9E3779B97F4A7C15U), Mixed(word ^ 0xC2B2AE3D27D4EB4FU)};
}

CellHash HashOf(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.low64, hash.high64};
}

template <class Array>
void HashTexts(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out) {
  const auto& texts = static_cast<const Array&>(array);
  for (int64_t i = 0; i < count; ++i) {
    out[i] = texts.IsNull(begin + i) ? kNullHash : HashOf(texts.GetView(begin + i));
  }
}

void HashWords(const arrow::Array& array, int width, int64_t begin, int64_t count, CellHash* out) {
  const uint8_t* const values = array.data()->buffers[1]->data() + (array.offset() + begin) * width;
  for (int64_t i = 0; i < count; ++i) {
    if (array.IsNull(begin + i)) {
      out[i] = kNullHash;
    } else if (width > 8) {
      out[i] = HashOf(std::string_view(reinterpret_cast<const char*>(values + i * width),
                                       static_cast<size_t>(width)));
    } else {
      uint64_t word = 0;
      std::memcpy(&word, values + i * width, static_cast<size_t>(width));
      out[i] = HashOf(word);
    }
  }
}

void HashAny(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out);

template <class List>
void HashLists(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out) {
  const auto& lists = static_cast<const List&>(array);
  std::vector<CellHash> inside;
  for (int64_t i = 0; i < count; ++i) {
    out[i] = kNullHash;
    if (lists.IsNull(begin + i)) continue;
    const int64_t length = lists.value_length(begin + i);
    out[i] = HashOf(static_cast<uint64_t>(length));
    inside.resize(static_cast<size_t>(length));
    HashAny(*lists.values(), lists.value_offset(begin + i), length, inside.data());
    for (const CellHash& one : inside) out[i].Add(one);
  }
}

void HashStructs(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out) {
  const auto& structs = static_cast<const arrow::StructArray&>(array);
  std::vector<CellHash> inside(static_cast<size_t>(count));
  for (int64_t i = 0; i < count; ++i) out[i] = CellHash{};
  for (int field = 0; field < structs.num_fields(); ++field) {
    HashAny(*structs.field(field), begin, count, inside.data());
    for (int64_t i = 0; i < count; ++i) out[i].Add(inside[static_cast<size_t>(i)]);
  }
  for (int64_t i = 0; i < count; ++i) {
    if (structs.IsNull(begin + i)) out[i] = kNullHash;
  }
}

void HashOdd(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out) {
  for (int64_t i = 0; i < count; ++i) {
    const auto scalar = array.GetScalar(begin + i);
    const bool there = scalar.ok() && (*scalar)->is_valid;
    out[i] = there ? HashOf((*scalar)->ToString()) : kNullHash;
  }
}

void HashAny(const arrow::Array& array, int64_t begin, int64_t count, CellHash* out) {
  const auto& type = *array.type();
  switch (type.id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return HashTexts<arrow::BinaryArray>(array, begin, count, out);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return HashTexts<arrow::LargeBinaryArray>(array, begin, count, out);
    case arrow::Type::LIST:
    case arrow::Type::MAP:
      return HashLists<arrow::ListArray>(array, begin, count, out);
    case arrow::Type::LARGE_LIST:
      return HashLists<arrow::LargeListArray>(array, begin, count, out);
    case arrow::Type::STRUCT:
      return HashStructs(array, begin, count, out);
    case arrow::Type::BOOL:
      for (int64_t i = 0; i < count; ++i) {
        const auto& flags = static_cast<const arrow::BooleanArray&>(array);
        out[i] = flags.IsNull(begin + i) ? kNullHash : HashOf(uint64_t{flags.Value(begin + i)});
      }
      return;
    case arrow::Type::DICTIONARY:
    case arrow::Type::EXTENSION:
      return HashOdd(array, begin, count, out);
    default:
      break;
  }
  const int width = arrow::is_fixed_width(type.id()) ? type.byte_width() : 0;
  if (width <= 0) return HashOdd(array, begin, count, out);
  HashWords(array, width, begin, count, out);
}

bool IsNaN(const arrow::Array& array, int64_t row) {
  if (array.type_id() == arrow::Type::DOUBLE) {
    return std::isnan(static_cast<const arrow::DoubleArray&>(array).Value(row));
  }
  return array.type_id() == arrow::Type::FLOAT &&
         std::isnan(static_cast<const arrow::FloatArray&>(array).Value(row));
}

std::string_view TextAt(const arrow::Array& array, int64_t row) {
  if (array.IsNull(row)) return {};
  if (array.type_id() == arrow::Type::LARGE_STRING) {
    return static_cast<const arrow::LargeStringArray&>(array).GetView(row);
  }
  return static_cast<const arrow::StringArray&>(array).GetView(row);
}

std::optional<double> MeasureOfText(std::string_view text) {
  const std::string narrow = Narrowed(text);
  if (const auto days = CellDate(narrow)) return *days * 86'400'000.0;
  if (const auto time = CellTimestamp(narrow)) return static_cast<double>(*time);
  const Look look = LookAtText(narrow);
  if (!look.Is(ValueKind::kNumber)) return std::nullopt;
  return std::strtod(narrow.c_str(), nullptr);
}

}  // namespace

bool IsText(const arrow::DataType& type) {
  return type.id() == arrow::Type::STRING || type.id() == arrow::Type::LARGE_STRING;
}

void Cells::Load(std::shared_ptr<arrow::Array> array) {
  array_ = std::move(array);
  entries_ = nullptr;
  places_ = nullptr;
  if (array_->type_id() == arrow::Type::DICTIONARY) {
    const auto& coded = static_cast<const arrow::DictionaryArray&>(*array_);
    entries_ = coded.dictionary();
    if (coded.indices()->type_id() == arrow::Type::INT32) {
      places_ = static_cast<const arrow::Int32Array&>(*coded.indices()).raw_values();
    }
  }
  const arrow::Array& values = entries_ ? *entries_ : *array_;
  text_ = IsText(*values.type());
  if (!entries_) return;
  const auto count = static_cast<size_t>(values.length());
  entry_hashes_.resize(count);
  entry_looks_.assign(count, Look{});
  HashAny(values, 0, values.length(), entry_hashes_.data());
  for (size_t i = 0; i < count && text_; ++i) {
    entry_looks_[i] = LookAtText(TextAt(values, static_cast<int64_t>(i)));
  }
}

int64_t Cells::Entry(int64_t row) const {
  if (places_ != nullptr) return places_[row];
  return static_cast<const arrow::DictionaryArray&>(*array_).GetValueIndex(row);
}

template <class Array>
void Cells::TextLooks(int64_t begin, int64_t count, Look* out) const {
  const auto& texts = static_cast<const Array&>(*array_);
  for (int64_t i = 0; i < count; ++i) {
    out[i] = texts.IsNull(begin + i) ? Look{} : LookAtText(texts.GetView(begin + i));
  }
}

void Cells::Looks(int64_t begin, int64_t count, Look* out) const {
  if (entries_ && text_) {
    for (int64_t i = 0; i < count; ++i) {
      const bool null = array_->IsNull(begin + i);
      out[i] = null ? Look{} : entry_looks_[static_cast<size_t>(Entry(begin + i))];
    }
    return;
  }
  if (array_->type_id() == arrow::Type::LARGE_STRING) {
    return TextLooks<arrow::LargeStringArray>(begin, count, out);
  }
  if (array_->type_id() == arrow::Type::STRING) {
    return TextLooks<arrow::StringArray>(begin, count, out);
  }
  for (int64_t i = 0; i < count; ++i) {
    out[i] = Look{};
    out[i].filled = !array_->IsNull(begin + i) && !IsNaN(*array_, begin + i);
  }
}

void Cells::Hashes(int64_t begin, int64_t count, CellHash* out) const {
  if (!entries_) return HashAny(*array_, begin, count, out);
  for (int64_t i = 0; i < count; ++i) {
    const bool null = array_->IsNull(begin + i);
    out[i] = null ? kNullHash : entry_hashes_[static_cast<size_t>(Entry(begin + i))];
  }
}

std::string_view Cells::Text(int64_t row) const {
  if (!text_ || array_->IsNull(row)) return {};
  return entries_ ? TextAt(*entries_, Entry(row)) : TextAt(*array_, row);
}

std::optional<double> Cells::Measure(int64_t row) const {
  if (array_->IsNull(row)) return std::nullopt;
  if (text_) return MeasureOfText(Text(row));
  switch (array_->type_id()) {
    case arrow::Type::INT64:
      return static_cast<double>(static_cast<const arrow::Int64Array&>(*array_).Value(row));
    case arrow::Type::INT32:
      return static_cast<const arrow::Int32Array&>(*array_).Value(row);
    case arrow::Type::DOUBLE:
      return static_cast<const arrow::DoubleArray&>(*array_).Value(row);
    case arrow::Type::DATE32:
      return static_cast<const arrow::Date32Array&>(*array_).Value(row) * 86'400'000.0;
    case arrow::Type::TIMESTAMP: {
      constexpr double kPerSecond[] = {1, 1e3, 1e6, 1e9};
      const auto unit = static_cast<const arrow::TimestampType&>(*array_->type()).unit();
      const auto value = static_cast<const arrow::TimestampArray&>(*array_).Value(row);
      return static_cast<double>(value) / kPerSecond[static_cast<int>(unit)] * 1000;
    }
    case arrow::Type::DECIMAL128:
      return std::strtod(
          static_cast<const arrow::Decimal128Array&>(*array_).FormatValue(row).c_str(), nullptr);
    default:
      return std::nullopt;
  }
}

}  // namespace siku::catalog
