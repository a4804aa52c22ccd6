#include <fmt/format.h>

#include <algorithm>

#include "reading.h"
#include "siku/names.h"

namespace siku::recipe {
namespace {

const std::vector<std::string> kKeys = {"path",     "dataset",     "format",
                                        "encoding", "compression", "columns"};
const std::vector<std::string> kSettable = {"path", "dataset", "format", "encoding", "compression"};
const std::vector<std::string> kFormats = {"text", "lines", "jsonl", "csv", "parquet", "arrow"};
const std::vector<std::string> kEncodings = {"auto", "utf-8",    "gb18030",
                                             "big5", "utf-16le", "utf-16be"};
const std::vector<std::string> kCompressions = {"none", "gzip", "zstd"};
const std::vector<std::string> kColumnTypes = {"text", "int", "real", "bool", "json"};

const Unknown kUnknownKey = {
    Error{Code::kInvalid, "an input has no key '{}'"},
    Error{Code::kInvalid, "an input has no key '{}'; did you mean '{}'?"},
};
const Unknown kNotSettable = {
    Error{Code::kInvalid, "an input has nothing that --set calls '{}'"},
    Error{Code::kInvalid, "an input has nothing that --set calls '{}'; did you mean '{}'?"},
};
const Error kPathIsText = Error{Code::kInvalid, "a path is a text"};

// `name`, `name@3` or `name@` with the beginning of a content digest.
bool IsVersionName(const std::string& text) {
  const size_t at = text.find('@');
  if (!IsDatasetName(std::string_view(text).substr(0, at))) return false;
  if (at == std::string::npos) return true;
  const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  const std::string_view version = std::string_view(text).substr(at + 1);
  return !version.empty() && std::all_of(version.begin(), version.end(), is_hex);
}

class InputReader {
 public:
  explicit InputReader(Reading& reading) : reading_(reading) {}

  void Read(const std::string& name, Mark mark, const YamlNode& node) {
    if (!reading_.Declare(name, kInput, mark)) return;
    RecipeInput input{.name = name, .place = Place(reading_.file, mark)};
    if (node.kind == YamlNode::Kind::kMap) {
      reading_.CheckKeys(node, kKeys, kUnknownKey);
      for (const auto& [key, value] : node.map) SetKey(key.scalar, value, {value.mark}, input);
    } else {
      ReadPaths(node, {node.mark}, input);
    }
    bool given = node.kind != YamlNode::Kind::kMap || node.Find("path") != nullptr ||
                 node.Find("dataset") != nullptr;
    for (Override& set : reading_.overrides) {
      if (!set.of_input || set.node != name) continue;
      Set(set, input);
      given = given || set.key == "path" || set.key == "dataset";
    }
    if (!given || (!input.paths.empty() && !input.dataset.empty())) {
      reading_.complaints.Add(
          mark,
          Error{Code::kInvalid, "the input '{}' needs either `path` or `dataset`", Parts({name})});
    }
    if (input.encoding == "auto") input.encoding.clear();
    reading_.draft.inputs.push_back({std::move(input), mark});
  }

 private:
  void Set(Override& set, RecipeInput& input) {
    set.used = true;
    if (std::find(kSettable.begin(), kSettable.end(), set.key) == kSettable.end()) {
      reading_.complaints.AddUnknown(set.where, kNotSettable, {}, set.key, kSettable);
      return;
    }
    if (set.key == "path") input.dataset.clear();
    if (set.key == "path" || set.key == "dataset") input.paths.clear();
    YamlNode value;
    value.scalar = set.value;
    SetKey(set.key, value, set.where, input);
  }
  void SetKey(const std::string& key, const YamlNode& node, const Where& where,
              RecipeInput& input) {
    if (key == "path") {
      ReadPaths(node, where, input);
    } else if (key == "dataset") {
      ReadDataset(node, where, input);
    } else if (key == "format") {
      input.format = Choice(node, where, kFormats, Error{Code::kInvalid, "a format is one of"});
    } else if (key == "encoding") {
      input.encoding =
          Choice(node, where, kEncodings, Error{Code::kInvalid, "an encoding is one of"});
    } else if (key == "compression") {
      input.compression =
          Choice(node, where, kCompressions, Error{Code::kInvalid, "a compression is one of"});
    } else if (key == "columns") {
      ReadColumns(node, input);
    }
  }
  void ReadPaths(const YamlNode& node, const Where& where, RecipeInput& input) {
    const auto add = [&](const YamlNode& item, const Where& at) {
      if (item.kind != YamlNode::Kind::kScalar || item.scalar.empty()) {
        reading_.complaints.Add(at, kPathIsText);
      } else {
        input.paths.push_back(item.scalar);
      }
    };
    if (node.kind == YamlNode::Kind::kList && !node.list.empty()) {
      for (const YamlNode& item : node.list) add(item, {item.mark});
    } else if (node.kind == YamlNode::Kind::kScalar) {
      add(node, where);
    } else {
      reading_.complaints.Add(where, Error{Code::kInvalid, "a path is a text or a list of texts"});
    }
  }
  void ReadDataset(const YamlNode& node, const Where& where, RecipeInput& input) {
    if (node.kind == YamlNode::Kind::kScalar && IsVersionName(node.scalar)) {
      input.dataset = node.scalar;
    } else {
      reading_.complaints.Add(
          where, Error{Code::kInvalid, "a dataset is named `name` or `name@version`, not '{}'",
                       Parts({node.scalar})});
    }
  }
  std::string Choice(const YamlNode& node, const Where& where,
                     const std::vector<std::string>& choices, Error error) {
    if (node.kind == YamlNode::Kind::kScalar &&
        std::find(choices.begin(), choices.end(), node.scalar) != choices.end()) {
      return node.scalar;
    }
    error.value = fmt::format("{}", fmt::join(choices, ", "));
    reading_.complaints.Add(where, std::move(error));
    return {};
  }
  void ReadColumns(const YamlNode& node, RecipeInput& input) {
    if (node.kind != YamlNode::Kind::kMap) {
      reading_.complaints.Add(node.mark,
                              Error{Code::kInvalid, "`columns` is a map from column to type"});
      return;
    }
    for (const auto& [key, value] : node.map) {
      if (key.scalar.starts_with(kHiddenPrefix)) {
        reading_.complaints.Add(
            key.mark, Error{Code::kInvalid, "column names that begin so are the engine's own: '{}'",
                            Parts({key.scalar})});
      }
      input.columns.emplace_back(key.scalar,
                                 Choice(value, {value.mark}, kColumnTypes,
                                        Error{Code::kInvalid, "a column's type is one of"}));
    }
  }

  Reading& reading_;
};

}  // namespace

void ReadInputs(const YamlNode& root, Reading& reading) {
  const YamlNode* one = nullptr;
  const YamlNode* many = nullptr;
  Mark one_mark;
  for (const auto& [key, value] : root.map) {
    if (key.scalar == "input") {
      one = &value;
      one_mark = key.mark;
    }
    if (key.scalar == "inputs") many = &value;
  }
  InputReader reader(reading);
  if ((one != nullptr) == (many != nullptr)) {
    reading.Break(root.mark, Error{Code::kInvalid, "a recipe has either `input` or `inputs`"});
  } else if (one != nullptr) {
    reader.Read("input", one_mark, *one);
  } else if (reading.IsMap(*many, Error{Code::kInvalid, "`inputs` is a map from name to input"})) {
    for (const auto& [key, value] : many->map) reader.Read(key.scalar, key.mark, value);
    if (many->map.empty()) {
      reading.Break(many->mark, Error{Code::kInvalid, "a recipe needs an input"});
    }
  }
}

}  // namespace siku::recipe
