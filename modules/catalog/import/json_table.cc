#include "import/json_table.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <unordered_set>

#include "import/json_elements.h"
#include "json_line.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using io::JsonLine;
using io::Member;
using nlohmann::json;

constexpr int64_t kProgressObjects = 4096;
constexpr int64_t kKeysRecord = 16 << 20;  // bytes, as ImportOptions has it

/// Empty: `line` has the members of an object.
const char* ProblemOf(const JsonPiece& piece, JsonLine& line) {
  if (piece.too_long) return "too_long";
  if (!utf8::Valid(piece.raw)) return "not_utf8";
  if (line.Parse(piece.raw)) return "";
  if (line.error() == "not an object") return "not_object";
  return line.error() == "nested too deep" ? "too_deep" : "not_json";
}

class ObjectTable final : public JsonTable {
 public:
  explicit ObjectTable(std::unique_ptr<JsonElements> elements, const std::vector<std::string>& keys)
      : elements_(std::move(elements)), seen_(keys.size(), 0), said_(keys.size()) {
    for (size_t i = 0; i < keys.size(); ++i) columns_.emplace(keys[i], i);
  }

  Result<bool> Next(CsvRecord& record) override {
    JsonPiece piece;
    SIKU_TRY(const bool more, elements_->Next(piece));
    if (!more) return false;
    record = {
        .line = piece.line, .position = piece.position, .bytes = piece.bytes, .raw = piece.raw};
    record.problem_line = piece.line;
    record.problem_byte = piece.position;
    record.fields.assign(said_.size(), CsvFields::Field{});
    std::fill(said_.begin(), said_.end(), Said::kNothing);
    strange_.clear();
    // A blank line is no record; within an array it is none that is JSON.
    record.blank = piece.raw.empty() && piece.bytes > 0 && !piece.too_long;
    if (piece.raw.empty() && lines_ && !piece.too_long) return true;
    record.problem = ProblemOf(piece, line_);
    if (record.problem == "not_json") {
      record.problem_byte += static_cast<int64_t>(line_.error_at());
    }
    if (record.problem.empty()) Place(piece.raw, record);
    return true;
  }
  int64_t bytes_done() const override { return elements_->bytes_done(); }
  const std::vector<Said>& said() const override { return said_; }
  const std::vector<StrangeMember>& strange() const override { return strange_; }
  void set_lines(bool lines) { lines_ = lines; }

 private:
  void Place(std::string_view raw, CsvRecord& record) {
    ++record_;
    std::unordered_set<std::string_view> strangers;
    for (const Member& member : line_.members()) {
      const auto found = columns_.find(std::string(member.key));
      const std::string_view value = raw.substr(member.begin, member.end - member.begin);
      const bool twice = found == columns_.end() ? !strangers.insert(member.key).second
                                                 : seen_[found->second] == record_;
      if (twice) {
        record.problem = "duplicate_key";
        return;
      }
      if (found == columns_.end()) {
        strange_.push_back({std::string(member.key), value});
        continue;
      }
      seen_[found->second] = record_;
      Put(member, value, record.fields[found->second], said_[found->second]);
    }
    if (line_.lone_surrogates()) record.problem = "undecodable";
  }
  static void Put(const Member& member, std::string_view raw, CsvFields::Field& field, Said& said) {
    switch (member.kind) {
      case Member::Kind::kNull:
        return;
      case Member::Kind::kString:
        field.text = member.text;
        field.quoted = true;
        said = Said::kText;
        return;
      case Member::Kind::kNumber:
        field.text = member.text;
        said = Said::kValue;
        return;
      case Member::Kind::kBool:
        field.text = member.boolean ? "true" : "false";
        said = Said::kValue;
        return;
      case Member::Kind::kNested:
        field.text = raw;
        field.quoted = true;
        said = Said::kNested;
        return;
    }
  }

  std::unique_ptr<JsonElements> elements_;
  JsonLine line_{};
  bool lines_ = false;
  std::unordered_map<std::string, size_t> columns_{};
  int64_t record_ = 0;
  std::vector<int64_t> seen_;  // by column, the record that had it last
  std::vector<Said> said_;
  std::vector<StrangeMember> strange_{};
};

}  // namespace

Result<std::unique_ptr<JsonTable>> JsonTable::Open(const TableSource& source, const Layout& layout,
                                                   int64_t max_record) {
  SIKU_TRY(auto elements, JsonElements::Open(source.path, layout.lines, layout.array, max_record));
  auto table = std::make_unique<ObjectTable>(std::move(elements), source.keys);
  table->set_lines(layout.lines);
  return table;
}

Result<Layout> GuessJsonLayout(const std::string& path, const GivenLayout& given, json& told,
                               const ImportProgress& progress) {
  Layout layout{.format = ImportFormat::kJson, .titles = 0, .headers = 0};
  told["arrays"] = json::array();
  if (given.lines.value_or(false)) {
    layout.lines = true;
    return layout;
  }
  SIKU_TRY(const auto shape, ShapeOfJson(path, progress));
  for (const auto& one : shape.arrays) {
    told["arrays"].push_back({{"array", one.first}, {"rows", one.second}});
  }
  if (given.array) {
    layout.array = *given.array;
    return layout;
  }
  layout.lines = shape.lines;
  if (shape.lines) return layout;
  if (shape.arrays.empty()) return Fail(Code::kData, "the file has no array of JSON objects");
  // The first of the longest.
  const auto best =
      std::max_element(shape.arrays.begin(), shape.arrays.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  layout.array = best->first;
  return layout;
}

Result<std::vector<std::string>> KeysOf(const std::string& path, const Layout& layout,
                                        const ImportProgress& progress) {
  SIKU_TRY(const auto elements, JsonElements::Open(path, layout.lines, layout.array, kKeysRecord));
  std::vector<std::string> keys;
  std::unordered_set<std::string> known;
  JsonLine line;
  JsonPiece piece;
  bool other = false;  // encoding
  for (int64_t records = 1;; ++records) {
    SIKU_TRY(const bool more, elements->Next(piece));
    if (!more && keys.empty() && other) return Fail(Code::kData, "JSON is read in UTF-8 only");
    if (!more) return keys;
    if (records % kProgressObjects == 0 && progress && !progress(elements->bytes_done())) {
      return Fail(Code::kInterrupted, "the import was ended");
    }
    const std::string_view problem = ProblemOf(piece, line);
    other |= problem == "not_utf8";
    if (!problem.empty()) continue;
    for (const Member& member : line.members()) {
      std::string key(member.key);
      if (!known.insert(key).second) continue;
      keys.push_back(std::move(key));
      if (keys.size() > kMostColumns) {
        return Fail(Code::kLimit, "a table has at most 2,000 columns", std::to_string(keys.size()),
                    std::to_string(piece.line));
      }
    }
  }
}

}  // namespace siku::catalog
