// Arrow values as JSON text.
#pragma once

#include <arrow/type_fwd.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace siku::io {

/// With quotes. `ascii`: beyond ASCII as \uxxxx.
void AppendJsonString(std::string_view text, bool ascii, std::string& out);

/// False: values of this type have no form in JSON (unions, intervals, run ends).
bool HasJsonForm(const arrow::DataType& type);
/// Text columns whose values are JSON themselves (field metadata `siku.json`).
bool IsJsonText(const arrow::Field& field);

/// Lists as arrays, structs and maps with text keys as objects without their nulls, other maps as
/// arrays of pairs, binary as base64, dates and times as ISO 8601 (UTC where they have a zone),
/// durations as numbers of their unit, decimals as numbers, NaN and infinities as null.
void AppendJsonValue(const arrow::Array& values, int64_t row, std::string& out);
/// JSON text as it is, on one line.
void AppendJsonText(std::string_view json, std::string& out);

}  // namespace siku::io
