#include "json_columns.h"

#include <algorithm>

#include "../base/arrow_internal.h"

namespace siku::io {
std::unique_ptr<arrow::ArrayBuilder> MakeBuilder(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::kInt:
      return std::make_unique<arrow::Int64Builder>();
    case ColumnKind::kReal:
      return std::make_unique<arrow::DoubleBuilder>();
    case ColumnKind::kBool:
      return std::make_unique<arrow::BooleanBuilder>();
    default:
      return std::make_unique<arrow::LargeStringBuilder>();
  }
}

namespace {

template <class Builder>
Builder& As(arrow::ArrayBuilder& builder) {
  return static_cast<Builder&>(builder);
}

Spelling SpellingOf(ColumnKind kind, std::string_view raw) {
  switch (kind) {
    case ColumnKind::kText:
      return TextSpelling(raw);
    case ColumnKind::kInt: {
      int64_t value = 0;
      return ParseInt(raw, value) && std::to_string(value) == raw ? Spelling::kCanonical
                                                                  : Spelling::kRaw;
    }
    case ColumnKind::kReal: {
      double value = 0;
      return ParseReal(raw, value) && RealText(value) == raw ? Spelling::kCanonical
                                                             : Spelling::kRaw;
    }
    case ColumnKind::kBool:
      return Spelling::kCanonical;
    case ColumnKind::kJson:
      return Spelling::kVerbatim;
  }
  return Spelling::kRaw;
}

}  // namespace

JsonColumns::JsonColumns(const std::vector<std::pair<std::string, ColumnKind>>& columns)
    : columns_(columns) {
  for (const auto& [name, kind] : columns) builders_.push_back(MakeBuilder(kind));
}

// False: the value does not fit the column; null was appended.
Result<bool> JsonColumns::AppendValue(size_t column, const Member& member, std::string_view raw) {
  arrow::ArrayBuilder& builder = *builders_[column];
  int64_t integer = 0;
  double real = 0;
  switch (columns_[column].second) {
    case ColumnKind::kText:
      if (member.kind != Member::Kind::kString) break;
      SIKU_TRY(FromArrow(As<arrow::LargeStringBuilder>(builder).Append(member.text)));
      return true;
    case ColumnKind::kInt:
      if (member.kind != Member::Kind::kNumber || !ParseInt(member.text, integer)) break;
      SIKU_TRY(FromArrow(As<arrow::Int64Builder>(builder).Append(integer)));
      return true;
    case ColumnKind::kReal:
      if (member.kind != Member::Kind::kNumber || !ParseReal(member.text, real)) break;
      SIKU_TRY(FromArrow(As<arrow::DoubleBuilder>(builder).Append(real)));
      return true;
    case ColumnKind::kBool:
      if (member.kind != Member::Kind::kBool) break;
      SIKU_TRY(FromArrow(As<arrow::BooleanBuilder>(builder).Append(member.boolean)));
      return true;
    case ColumnKind::kJson:
      SIKU_TRY(FromArrow(As<arrow::LargeStringBuilder>(builder).Append(raw)));
      return true;
  }
  SIKU_TRY(FromArrow(builder.AppendNull()));
  return false;
}

Result<const JsonColumns::Filled*> JsonColumns::Append(const JsonLine& parsed,
                                                       std::string_view line, size_t skip) {
  // Of two members with one name the last counts, as in most JSON libraries.
  found_.assign(columns_.size(), nullptr);
  size_t guess = 0;  // lines mostly have their members in the order of the columns
  for (const Member& member : parsed.members()) {
    for (size_t tries = 0; tries < columns_.size(); ++tries, ++guess) {
      if (guess >= columns_.size()) guess = 0;
      if (columns_[guess].first != member.key) continue;
      found_[guess++] = &member;
      break;
    }
  }
  filled_.holes.clear();
  filled_.mismatched.clear();
  filled_.texts.clear();
  places_.clear();
  for (size_t i = 0; i < columns_.size(); ++i) {
    const Member* member = found_[i];
    if (member == nullptr ||
        (member->kind == Member::Kind::kNull && columns_[i].second != ColumnKind::kJson)) {
      SIKU_TRY(FromArrow(builders_[i]->AppendNull()));
      continue;
    }
    const std::string_view raw = line.substr(skip + member->begin, member->end - member->begin);
    SIKU_TRY(const bool fits, AppendValue(i, *member, raw));
    if (!fits) {
      filled_.mismatched.push_back(i);
      continue;
    }
    if (columns_[i].second == ColumnKind::kText)
      filled_.texts.push_back(
          {columns_[i].first, member->text, skip + member->begin, skip + member->end});
    places_.push_back(
        {skip + member->begin, skip + member->end, i, SpellingOf(columns_[i].second, raw)});
  }
  std::sort(places_.begin(), places_.end(),
            [](const Place& a, const Place& b) { return a.begin < b.begin; });
  size_t at = 0;
  for (const Place& place : places_) {
    Hole hole{columns_[place.column].first, line.substr(at, place.begin - at), place.spelling};
    if (place.spelling == Spelling::kRaw)
      hole.raw = line.substr(place.begin, place.end - place.begin);
    filled_.holes.push_back(hole);
    at = place.end;
  }
  filled_.tail = line.substr(at);
  return &filled_;
}

Result<void> JsonColumns::Finish(arrow::ArrayVector& columns) {
  for (const auto& builder : builders_) {
    SIKU_TRY(auto array, FromArrow(builder->Finish()));
    columns.push_back(std::move(array));
  }
  return {};
}

}  // namespace siku::io
