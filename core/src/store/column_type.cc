#include "column_type.h"

#include <arrow/api.h>
#include <arrow/compute/api.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "../base/arrow_internal.h"
#include "canonical_json.h"
#include "siku/digest.h"
#include "siku/utf8.h"

namespace siku {
namespace {

using nlohmann::json;

// Text whose values are JSON themselves.
constexpr const char* kJsonMark = "siku.json";

struct SimpleType {
  const char* name;
  ColumnType type;
};

const std::array<SimpleType, 16>& SimpleTypes() {
  static const auto* const kTypes = new std::array<SimpleType, 16>{{
      {"null", arrow::null()},
      {"bool", arrow::boolean()},
      {"int8", arrow::int8()},
      {"int16", arrow::int16()},
      {"int32", arrow::int32()},
      {"int64", arrow::int64()},
      {"uint8", arrow::uint8()},
      {"uint16", arrow::uint16()},
      {"uint32", arrow::uint32()},
      {"uint64", arrow::uint64()},
      {"float16", arrow::float16()},
      {"float32", arrow::float32()},
      {"float64", arrow::float64()},
      {"text", arrow::large_utf8()},
      {"bytes", arrow::large_binary()},
      {"date", arrow::date32()},
  }};
  return *kTypes;
}

struct Unit {
  const char* name;
  arrow::TimeUnit::type unit;
};
constexpr std::array<Unit, 4> kUnits = {{{"s", arrow::TimeUnit::SECOND},
                                         {"ms", arrow::TimeUnit::MILLI},
                                         {"us", arrow::TimeUnit::MICRO},
                                         {"ns", arrow::TimeUnit::NANO}}};

const char* UnitName(arrow::TimeUnit::type unit) { return kUnits[static_cast<size_t>(unit)].name; }

arrow::TimeUnit::type UnitNamed(const std::string& name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.unit;
  }
  throw std::invalid_argument("no unit of time: " + name);
}

// Parquet has no seconds.
arrow::TimeUnit::type StoredUnit(arrow::TimeUnit::type unit) {
  return unit == arrow::TimeUnit::SECOND ? arrow::TimeUnit::MILLI : unit;
}

tl::unexpected<Error> Unstorable(const arrow::DataType& type) {
  return Fail(Code::kUnsupported, "a column of this type cannot be stored", type.ToString());
}

Result<ColumnType> StoredNested(const ColumnType& type) {
  switch (type->id()) {
    case arrow::Type::LIST:
    case arrow::Type::LARGE_LIST:
    case arrow::Type::FIXED_SIZE_LIST: {
      SIKU_TRY(auto item, StoredType(type->field(0)->type()));
      return arrow::large_list(arrow::field("item", std::move(item)));
    }
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(*type);
      SIKU_TRY(auto key, StoredType(map.key_type()));
      SIKU_TRY(auto item, StoredType(map.item_type()));
      return arrow::map(std::move(key), std::move(item));
    }
    case arrow::Type::STRUCT: {
      // Parquet cannot write a struct of nothing.
      if (type->num_fields() == 0) return Unstorable(*type);
      arrow::FieldVector fields;
      for (const auto& field : type->fields()) {
        SIKU_TRY(auto stored, StoredType(field->type()));
        fields.push_back(arrow::field(field->name(), std::move(stored)));
      }
      return arrow::struct_(fields);
    }
    default:
      return Unstorable(*type);
  }
}

// Throws what nlohmann::json throws, std::invalid_argument for types there are not.
ColumnType TypeFromJson(const json& name) {
  if (name.is_string()) {
    for (const SimpleType& simple : SimpleTypes()) {
      if (name == simple.name) return simple.type;
    }
    throw std::invalid_argument("no type: " + name.get<std::string>());
  }
  const auto unit = [&](const char* key) { return UnitNamed(name.at(key).get<std::string>()); };
  if (name.contains("bytes")) return arrow::fixed_size_binary(name.at("bytes").get<int>());
  if (name.contains("time")) {
    return unit("time") == arrow::TimeUnit::MILLI ? arrow::time32(arrow::TimeUnit::MILLI)
                                                  : arrow::time64(unit("time"));
  }
  if (name.contains("timestamp"))
    return arrow::timestamp(unit("timestamp"), name.value("zone", ""));
  if (name.contains("duration")) return arrow::duration(unit("duration"));
  if (name.contains("decimal")) {
    const auto digits = name.at("decimal").get<std::array<int, 2>>();
    auto type = digits[0] <= arrow::Decimal128Type::kMaxPrecision
                    ? arrow::Decimal128Type::Make(digits[0], digits[1])
                    : arrow::Decimal256Type::Make(digits[0], digits[1]);
    if (!type.ok()) throw std::invalid_argument(type.status().message());
    return *type;
  }
  if (name.contains("list")) return arrow::large_list(TypeFromJson(name.at("list")));
  if (name.contains("map")) {
    return arrow::map(TypeFromJson(name.at("map").at(0)), TypeFromJson(name.at("map").at(1)));
  }
  arrow::FieldVector fields;
  for (const json& field : name.at("struct")) {
    fields.push_back(arrow::field(field.at("name"), TypeFromJson(field.at("type"))));
  }
  return arrow::struct_(fields);
}

json TypeJson(const arrow::DataType& type) {
  for (const SimpleType& simple : SimpleTypes()) {
    if (type.Equals(*simple.type)) return simple.name;
  }
  switch (type.id()) {
    case arrow::Type::FIXED_SIZE_BINARY:
      return {{"bytes", static_cast<const arrow::FixedSizeBinaryType&>(type).byte_width()}};
    case arrow::Type::TIME32:
    case arrow::Type::TIME64:
      return {{"time", UnitName(static_cast<const arrow::TimeType&>(type).unit())}};
    case arrow::Type::DURATION:
      return {{"duration", UnitName(static_cast<const arrow::DurationType&>(type).unit())}};
    case arrow::Type::TIMESTAMP: {
      const auto& stamp = static_cast<const arrow::TimestampType&>(type);
      json name = {{"timestamp", UnitName(stamp.unit())}};
      if (!stamp.timezone().empty()) name["zone"] = stamp.timezone();
      return name;
    }
    case arrow::Type::LARGE_LIST:
      return {{"list", TypeJson(*type.field(0)->type())}};
    case arrow::Type::MAP: {
      const auto& map = static_cast<const arrow::MapType&>(type);
      return {{"map", json::array({TypeJson(*map.key_type()), TypeJson(*map.item_type())})}};
    }
    case arrow::Type::STRUCT: {
      json fields = json::array();
      for (const auto& field : type.fields()) {
        fields.push_back({{"name", field->name()}, {"type", TypeJson(*field->type())}});
      }
      return {{"struct", fields}};
    }
    default: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(type);
      return {{"decimal", json::array({decimal.precision(), decimal.scale()})}};
    }
  }
}

bool IsJson(const arrow::Field& field) {
  return field.type()->id() == arrow::Type::LARGE_STRING && field.HasMetadata() &&
         field.metadata()->Contains(kJsonMark);
}

std::shared_ptr<const arrow::KeyValueMetadata> JsonMark() {
  return arrow::key_value_metadata({{kJsonMark, "1"}});
}

arrow::FieldVector HiddenFields() {
  return {arrow::field(std::string(kSourceColumn), arrow::int32(), false),
          arrow::field(std::string(kPositionColumn), arrow::int64(), false),
          arrow::field(std::string(kChildColumn), arrow::binary(), false),
          arrow::field(std::string(kResidueColumn), arrow::large_binary(), true)};
}

}  // namespace

Result<ColumnType> StoredType(const ColumnType& type) {
  switch (type->id()) {
    case arrow::Type::STRING:
    case arrow::Type::STRING_VIEW:
      return arrow::large_utf8();
    case arrow::Type::BINARY:
    case arrow::Type::BINARY_VIEW:
      return arrow::large_binary();
    case arrow::Type::DICTIONARY:
      return StoredType(static_cast<const arrow::DictionaryType&>(*type).value_type());
    case arrow::Type::DATE64:
      return arrow::date32();
    case arrow::Type::TIME32:
      return arrow::time32(arrow::TimeUnit::MILLI);
    case arrow::Type::TIMESTAMP: {
      const auto& stamp = static_cast<const arrow::TimestampType&>(*type);
      return arrow::timestamp(StoredUnit(stamp.unit()), stamp.timezone());
    }
    case arrow::Type::DECIMAL32:
    case arrow::Type::DECIMAL64:
    case arrow::Type::DECIMAL128:
    case arrow::Type::DECIMAL256: {
      const auto& decimal = static_cast<const arrow::DecimalType&>(*type);
      return decimal.precision() <= arrow::Decimal128Type::kMaxPrecision
                 ? arrow::decimal128(decimal.precision(), decimal.scale())
                 : arrow::decimal256(decimal.precision(), decimal.scale());
    }
    case arrow::Type::FIXED_SIZE_BINARY:
    case arrow::Type::TIME64:
    case arrow::Type::DURATION:
      return type;
    default:
      break;
  }
  for (const SimpleType& simple : SimpleTypes()) {
    if (type->Equals(*simple.type)) return simple.type;
  }
  return StoredNested(type);
}

Result<Schema> StoredSchema(const Schema& schema) {
  arrow::FieldVector fields;
  std::set<std::string> names;
  for (const auto& field : schema->fields()) {
    if (!names.insert(field->name()).second) {
      return Fail(Code::kInvalid, "two columns have the same name", field->name());
    }
    if (!utf8::Valid(field->name())) {
      return Fail(Code::kInvalid, "a column's name is not UTF-8");
    }
    if (field->name().starts_with(kHiddenPrefix)) {
      fields.push_back(field->RemoveMetadata());
      continue;
    }
    auto known = StoredType(field->type());
    if (!known.has_value()) {
      // Of a nested type, the part at fault is in the error already.
      known.error().place = field->name();
      return tl::unexpected<Error>(std::move(known).error());
    }
    auto type = *std::move(known);
    auto stored = arrow::field(field->name(), std::move(type));
    const bool marked = field->HasMetadata() && field->metadata()->Contains(kJsonMark);
    fields.push_back(marked ? stored->WithMetadata(JsonMark()) : std::move(stored));
  }
  return arrow::schema(std::move(fields));
}

Result<std::string> CanonicalSchema(const Schema& schema) {
  SIKU_TRY(const auto stored, StoredSchema(schema));
  json fields = json::array();
  for (const auto& field : stored->fields()) {
    if (field->name().starts_with(kHiddenPrefix)) continue;
    fields.push_back({{"name", field->name()},
                      {"type", IsJson(*field) ? json("json") : TypeJson(*field->type())}});
  }
  return WriteCanonicalJson(fields);
}

Result<Schema> SchemaFromCanonical(const std::string& text, const std::string& place) {
  SIKU_TRY(const auto in, ReadJson(text, place));
  arrow::FieldVector fields = HiddenFields();
  try {
    for (const json& field : in) {
      const std::string name = field.at("name");
      if (field.at("type") == "json") {
        fields.push_back(arrow::field(name, arrow::large_utf8(), true, JsonMark()));
      } else {
        fields.push_back(arrow::field(name, TypeFromJson(field.at("type"))));
      }
    }
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the schema cannot be read", e.what(), place);
  }
  return arrow::schema(std::move(fields));
}

Result<std::shared_ptr<arrow::Array>> AsStored(const std::shared_ptr<arrow::Array>& array,
                                               const ColumnType& type) {
  if (array->type()->Equals(*type)) return array;
  SIKU_TRY(auto cast, FromArrow(arrow::compute::Cast(array, type)));
  return cast.make_array();
}

}  // namespace siku
