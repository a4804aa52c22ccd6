#include "siku/recipe.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scalar.h"
#include "yaml_tree.h"

namespace siku {
namespace {

using recipe::Mark;
using recipe::Place;
using recipe::YamlNode;

constexpr size_t kMostErrors = 20;
const std::vector<std::string> kRecipeKeys = {"siku",  "name",   "input",   "inputs",
                                              "steps", "output", "outputs", "discard"};
const std::vector<std::string> kInputKeys = {"path",     "dataset",     "format",
                                             "encoding", "compression", "columns"};
const std::vector<std::string> kStepKeys = {"use", "from", "with"};
const std::vector<std::string> kFormats = {"text", "lines", "jsonl", "parquet", "arrow"};
const std::vector<std::string> kEncodings = {"auto", "utf-8",    "gb18030",
                                             "big5", "utf-16le", "utf-16be"};
const std::vector<std::string> kCompressions = {"none", "gzip", "zstd"};
const std::vector<std::string> kColumnTypes = {"text", "int", "real", "bool", "json"};

std::string DidYouMean(const std::string& typed, const std::vector<std::string>& names) {
  const auto near = Nearest(typed, names);
  if (near.empty()) return fmt::format("'{}'", typed);
  return fmt::format("'{}'; did you mean '{}'?", typed, near.front());
}

bool IsDatasetName(const std::string& name) {
  if (name.empty() || name.size() > 128) return false;
  for (size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    const bool word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!word && (i == 0 || (c != '.' && c != '_' && c != '-'))) return false;
  }
  return true;
}

// A name is part of file names and of `step.port`.
bool IsStepName(const std::string& name) {
  return IsDatasetName(name) && name.find('.') == std::string::npos;
}

class Reader {
 public:
  Reader(const std::string& file, const OperatorSet& operators,
         const std::vector<RecipeOverride>& overrides)
      : file_(file), operators_(operators), overrides_(overrides), used_(overrides.size(), false) {}

  RecipeReading Read(const YamlNode& root) {
    if (!IsMap(root, "a recipe is a map of inputs, steps and outputs")) return Finish();
    CheckKeys(root, kRecipeKeys, "a recipe has no key");
    ReadFormat(root);
    ReadInputs(root);
    ReadSteps(root);
    ReadOutputs(root);
    ReadDiscard(root);
    CheckOverrides();
    if (errors_.empty()) SortSteps();
    if (errors_.empty()) CheckPorts();
    return Finish();
  }

 private:
  RecipeReading Finish() {
    RecipeReading reading;
    if (errors_.empty()) reading.recipe = std::move(recipe_);
    reading.errors = std::move(errors_);
    return reading;
  }
  void Complain(Mark mark, const char* message, std::string value = {}) {
    ComplainAt(Place(file_, mark), message, std::move(value));
  }
  void ComplainAt(std::string place, const char* message, std::string value) {
    if (errors_.size() < kMostErrors) {
      errors_.push_back({Code::kInvalid, message, std::move(value), std::move(place)});
    }
  }
  bool IsMap(const YamlNode& node, const char* message) {
    if (node.kind == YamlNode::Kind::kMap) return true;
    Complain(node.mark, message);
    return false;
  }
  void CheckKeys(const YamlNode& node, const std::vector<std::string>& known, const char* message) {
    for (const auto& [key, value] : node.map) {
      if (std::find(known.begin(), known.end(), key.scalar) == known.end()) {
        Complain(key.mark, message, DidYouMean(key.scalar, known));
      }
    }
  }
  std::string Word(const YamlNode& node, const char* message) {
    if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) return node.scalar;
    Complain(node.mark, message);
    return {};
  }
  std::string Choice(const YamlNode* node, const std::vector<std::string>& choices,
                     const char* message) {
    if (node == nullptr) return {};
    const std::string word = Word(*node, message);
    if (!word.empty() && std::find(choices.begin(), choices.end(), word) == choices.end()) {
      Complain(node->mark, message,
               fmt::format("{}, not one of {}", word, fmt::join(choices, ", ")));
    }
    return word;
  }

  void ReadFormat(const YamlNode& root) {
    if (const YamlNode* format = root.Find("siku"); format != nullptr && format->scalar != "1") {
      Complain(format->mark, "this version reads recipes of format 1", format->scalar);
    }
    if (const YamlNode* name = root.Find("name"); name != nullptr) {
      recipe_.name = Word(*name, "a recipe's name is a word");
    }
  }

  // ---- inputs
  void ReadInputs(const YamlNode& root) {
    const YamlNode* one = root.Find("input");
    const YamlNode* many = root.Find("inputs");
    if ((one != nullptr) == (many != nullptr)) {
      Complain(root.mark, "a recipe has either `input` or `inputs`");
      return;
    }
    if (one != nullptr) {
      ReadInput("input", one->mark, *one);
      return;
    }
    if (!IsMap(*many, "`inputs` is a map from name to input")) return;
    for (const auto& [key, value] : many->map) ReadInput(key.scalar, key.mark, value);
    if (many->map.empty()) Complain(many->mark, "a recipe needs an input");
  }
  void ReadInput(const std::string& name, Mark mark, const YamlNode& node) {
    RecipeInput input;
    input.name = name;
    input.place = Place(file_, mark);
    if (!Declare(name, mark)) return;
    if (node.kind == YamlNode::Kind::kMap) {
      CheckKeys(node, kInputKeys, "an input has no key");
      if (const YamlNode* path = node.Find("path")) ReadPaths(*path, input);
      if (const YamlNode* dataset = node.Find("dataset")) {
        input.dataset = Word(*dataset, "a dataset is named `name` or `name@version`");
      }
      input.format = Choice(node.Find("format"), kFormats, "unknown format");
      input.encoding = Choice(node.Find("encoding"), kEncodings, "unknown encoding");
      if (input.encoding == "auto") input.encoding.clear();
      input.compression = Choice(node.Find("compression"), kCompressions, "unknown compression");
      ReadColumns(node.Find("columns"), input);
    } else {
      ReadPaths(node, input);
    }
    OverrideInput(input);
    if (input.paths.empty() == input.dataset.empty()) {
      Complain(mark, "an input has either `path` or `dataset`", name);
    }
    recipe_.inputs.push_back(std::move(input));
  }
  void ReadPaths(const YamlNode& node, RecipeInput& input) {
    if (node.kind == YamlNode::Kind::kScalar) {
      input.paths.push_back(Word(node, "a path is a text"));
      return;
    }
    if (node.kind == YamlNode::Kind::kMap || node.list.empty()) {
      Complain(node.mark, "a path is a text or a list of texts");
    }
    for (const YamlNode& item : node.list) input.paths.push_back(Word(item, "a path is a text"));
  }
  void ReadColumns(const YamlNode* node, RecipeInput& input) {
    if (node == nullptr || !IsMap(*node, "`columns` is a map from column to type")) return;
    for (const auto& [key, value] : node->map) {
      if (key.scalar.starts_with(kHiddenPrefix)) {
        Complain(key.mark, "column names that begin so are the engine's own", key.scalar);
      }
      input.columns.emplace_back(key.scalar, Choice(&value, kColumnTypes, "unknown column type"));
    }
  }
  void OverrideInput(RecipeInput& input) {
    for (size_t i = 0; i < overrides_.size(); ++i) {
      const std::string prefix = "inputs." + input.name + ".";
      if (!overrides_[i].key.starts_with(prefix)) continue;
      used_[i] = true;
      const std::string key = overrides_[i].key.substr(prefix.size());
      if (key == "path") {
        input.paths = {overrides_[i].value};
      } else if (key == "dataset") {
        input.dataset = overrides_[i].value;
      } else if (key == "encoding") {
        input.encoding = overrides_[i].value;
      } else if (key == "format") {
        input.format = overrides_[i].value;
      } else {
        ComplainAt("--set " + overrides_[i].key, "an input has no key",
                   DidYouMean(key, kInputKeys));
      }
    }
  }
  bool Declare(const std::string& name, Mark mark) {
    if (!IsStepName(name)) {
      Complain(mark,
               "a name is lower-case letters, digits, _ and -, and begins with a letter or digit",
               name);
      return false;
    }
    if (!declared_.emplace(name, mark).second) {
      Complain(mark, "an input and a step may not share a name", name);
      return false;
    }
    return true;
  }

  // ---- steps
  void ReadSteps(const YamlNode& root) {
    const YamlNode* steps = root.Find("steps");
    if (steps == nullptr) return;
    if (steps->kind == YamlNode::Kind::kList) {
      chain_ = true;
      for (const YamlNode& step : steps->list) ReadChainStep(step);
    } else if (IsMap(*steps, "`steps` is a list or a map from name to step")) {
      for (const auto& [key, value] : steps->map) ReadNamedStep(key, value);
    }
  }
  // `refine.text.repair` or `{refine.text.repair: {min_confidence: 0.9}}`
  void ReadChainStep(const YamlNode& node) {
    const YamlNode* parameters = nullptr;
    const YamlNode* name = &node;
    if (node.kind == YamlNode::Kind::kMap && node.map.size() == 1) {
      name = &node.map.front().first;
      parameters = &node.map.front().second;
    } else if (node.kind != YamlNode::Kind::kScalar) {
      Complain(node.mark, "a step of a chain is an operator's name, or that name with parameters");
      return;
    }
    RecipeStep step;
    step.place = Place(file_, name->mark);
    // Named after what it does, numbered from the second of its kind.
    const std::string stem = name->scalar.substr(name->scalar.rfind('.') + 1);
    step.name = stem;
    for (int i = 2; declared_.contains(step.name); ++i) step.name = stem + "-" + std::to_string(i);
    declared_.emplace(step.name, name->mark);
    if (recipe_.steps.empty()) {
      for (const RecipeInput& input : recipe_.inputs) step.from.push_back({input.name});
    } else {
      step.from.push_back({recipe_.steps.back().name});
    }
    FillStep(step, *name, parameters);
  }
  void ReadNamedStep(const YamlNode& key, const YamlNode& node) {
    if (!Declare(key.scalar, key.mark)) return;
    if (!IsMap(node, "a step is a map with `use`, `from` and `with`")) return;
    CheckKeys(node, kStepKeys, "a step has no key");
    const YamlNode* use = node.Find("use");
    const YamlNode* from = node.Find("from");
    if (use == nullptr || from == nullptr) {
      Complain(key.mark, "a step needs `use` and `from`", key.scalar);
      return;
    }
    RecipeStep step;
    step.name = key.scalar;
    step.place = Place(file_, use->mark);
    ReadReferences(*from, step.from);
    FillStep(step, *use, node.Find("with"));
  }
  void FillStep(RecipeStep& step, const YamlNode& use, const YamlNode* with) {
    auto found = operators_.Find(use.scalar);
    if (!found.has_value()) {
      std::vector<std::string> names;
      for (const Operator* op : operators_.All()) names.push_back(op->record().name);
      Complain(use.mark, "no such operator", DidYouMean(use.scalar, names));
      // Later references to the step are not mistakes of their own.
      recipe_.steps.push_back(std::move(step));
      return;
    }
    step.op = *found;
    ReadParameters(step, with);
    recipe_.steps.push_back(std::move(step));
  }
  void ReadParameters(RecipeStep& step, const YamlNode* with) {
    const Record& record = step.op->record();
    std::vector<std::string> names;
    for (const ParameterSpec& spec : record.parameters) names.push_back(spec.name);
    std::map<std::string, ParameterValue> values;
    const bool is_map = with == nullptr || with->kind == YamlNode::Kind::kMap ||
                        (with->kind == YamlNode::Kind::kScalar && with->scalar.empty());
    if (!is_map) Complain(with->mark, "parameters are a map from name to value", record.name);
    if (is_map && with != nullptr) {
      for (const auto& [key, value] : with->map) {
        SetParameter(record, names, key.scalar, value, Place(file_, key.mark), values);
      }
    }
    for (size_t i = 0; i < overrides_.size(); ++i) {
      const std::string prefix = step.name + ".";
      if (!overrides_[i].key.starts_with(prefix)) continue;
      used_[i] = true;
      YamlNode value;
      value.scalar = overrides_[i].value;
      SetParameter(record, names, overrides_[i].key.substr(prefix.size()), value,
                   "--set " + overrides_[i].key, values);
    }
    for (const ParameterSpec& spec : record.parameters) {
      if (values.contains(spec.name)) continue;
      if (spec.default_value.has_value()) {
        values.emplace(spec.name, *spec.default_value);
      } else {
        ComplainAt(step.place, "the parameter must be given", record.name + " " + spec.name);
      }
    }
    step.parameters = Parameters(std::move(values));
  }
  void SetParameter(const Record& record, const std::vector<std::string>& names,
                    const std::string& name, const YamlNode& node, const std::string& place,
                    std::map<std::string, ParameterValue>& values) {
    const auto spec = std::find_if(record.parameters.begin(), record.parameters.end(),
                                   [&](const ParameterSpec& s) { return s.name == name; });
    if (spec == record.parameters.end()) {
      ComplainAt(place + ": " + record.name + " has no parameter " + DidYouMean(name, names), "",
                 {});
      return;
    }
    auto value = recipe::TypedValue(node, *spec, record.name, place);
    if (value.has_value()) {
      values[name] = *std::move(value);
    } else if (errors_.size() < kMostErrors) {
      errors_.push_back(value.error());
    }
  }

  // ---- references
  struct Pending {
    Mark mark;
    std::string text;
  };
  void ReadReferences(const YamlNode& node, std::vector<RecipeReference>& references) {
    const auto add = [&](const YamlNode& item) {
      const std::string text = Word(item, "a reference is `input`, `step` or `step.port`");
      const size_t dot = text.find('.');
      references.push_back(
          {text.substr(0, dot), dot == std::string::npos ? "" : text.substr(dot + 1)});
      marks_[text] = item.mark;
    };
    if (node.kind == YamlNode::Kind::kList) {
      for (const YamlNode& item : node.list) add(item);
      if (node.list.empty()) Complain(node.mark, "`from` names at least one input or step");
    } else {
      add(node);
    }
  }
  const RecipeStep* FindStep(const std::string& name) const {
    for (const RecipeStep& step : recipe_.steps) {
      if (step.name == name) return &step;
    }
    return nullptr;
  }
  Mark MarkOf(const RecipeReference& ref) const {
    const auto found = marks_.find(ref.port.empty() ? ref.node : ref.node + "." + ref.port);
    return found == marks_.end() ? Mark{} : found->second;
  }
  // Checks a reference and fills in the port a bare step name means.
  void Resolve(RecipeReference& ref) {
    const Mark mark = MarkOf(ref);
    if (!declared_.contains(ref.node)) {
      std::vector<std::string> names;
      for (const auto& [name, where] : declared_) names.push_back(name);
      Complain(mark, "no such input or step", DidYouMean(ref.node, names));
      return;
    }
    const RecipeStep* step = FindStep(ref.node);
    if (step == nullptr || step->op == nullptr) {
      if (!ref.port.empty() && step == nullptr) Complain(mark, "an input has no ports", ref.node);
      return;
    }
    const auto& ports = step->op->record().outputs;
    if (ref.port.empty()) {
      ref.port = ports.front();
    } else if (std::find(ports.begin(), ports.end(), ref.port) == ports.end()) {
      Complain(mark, "the step has no such output", DidYouMean(ref.port, ports));
    }
  }

  // ---- outputs
  void ReadOutputs(const YamlNode& root) {
    const YamlNode* one = root.Find("output");
    const YamlNode* many = root.Find("outputs");
    if ((one != nullptr) == (many != nullptr)) {
      Complain(root.mark, "a recipe has either `output` or `outputs`");
      return;
    }
    if (one != nullptr) {
      RecipeReference last;
      if (!recipe_.steps.empty()) {
        last.node = recipe_.steps.back().name;
      } else if (!recipe_.inputs.empty()) {
        last.node = recipe_.inputs.back().name;
      }
      AddOutput(Word(*one, "an output is a dataset's name"), last, one->mark);
    } else if (IsMap(*many, "`outputs` is a map from dataset to step")) {
      for (const auto& [key, value] : many->map) {
        std::vector<RecipeReference> refs;
        ReadReferences(value, refs);
        if (refs.size() != 1) {
          Complain(value.mark, "an output comes from one step");
          continue;
        }
        AddOutput(key.scalar, refs.front(), key.mark);
      }
      if (many->map.empty()) Complain(many->mark, "a recipe needs an output");
    }
  }
  void AddOutput(const std::string& dataset, RecipeReference from, Mark mark) {
    if (!IsDatasetName(dataset)) {
      Complain(mark, "a dataset's name is lower-case letters, digits, . _ and -", dataset);
    }
    recipe_.outputs.push_back({dataset, std::move(from), Place(file_, mark)});
  }
  void ReadDiscard(const YamlNode& root) {
    if (const YamlNode* discard = root.Find("discard")) ReadReferences(*discard, recipe_.discard);
    for (RecipeStep& step : recipe_.steps) {
      for (RecipeReference& ref : step.from) Resolve(ref);
    }
    for (RecipeOutput& output : recipe_.outputs) Resolve(output.from);
    for (RecipeReference& ref : recipe_.discard) Resolve(ref);
  }
  void CheckOverrides() {
    for (size_t i = 0; i < overrides_.size(); ++i) {
      if (!used_[i])
        ComplainAt("--set " + overrides_[i].key, "no such step or input", overrides_[i].key);
    }
  }

  // ---- the graph
  void SortSteps() {
    std::vector<RecipeStep> sorted;
    std::set<std::string> ready;
    for (const RecipeInput& input : recipe_.inputs) ready.insert(input.name);
    std::vector<RecipeStep> waiting = std::move(recipe_.steps);
    while (!waiting.empty()) {
      const auto next = std::find_if(waiting.begin(), waiting.end(), [&](const RecipeStep& step) {
        return std::all_of(step.from.begin(), step.from.end(),
                           [&](const RecipeReference& ref) { return ready.contains(ref.node); });
      });
      if (next == waiting.end()) {
        std::string names;
        for (const RecipeStep& step : waiting) names += (names.empty() ? "" : ", ") + step.name;
        ComplainAt(waiting.front().place, "steps wait for each other in a circle", names);
        return;
      }
      ready.insert(next->name);
      sorted.push_back(std::move(*next));
      waiting.erase(next);
    }
    recipe_.steps = std::move(sorted);
  }
  // Nothing vanishes: every port is read, put out or discarded by name.
  void CheckPorts() {
    std::set<std::pair<std::string, std::string>> read;
    const auto use = [&](const RecipeReference& ref) { read.emplace(ref.node, ref.port); };
    for (const RecipeStep& step : recipe_.steps)
      std::for_each(step.from.begin(), step.from.end(), use);
    for (const RecipeOutput& output : recipe_.outputs) use(output.from);
    for (const RecipeReference& ref : recipe_.discard) use(ref);
    for (const RecipeInput& input : recipe_.inputs) {
      if (!read.contains({input.name, ""})) {
        ComplainAt(input.place, "nothing reads the input", input.name);
      }
    }
    for (const RecipeStep& step : recipe_.steps) {
      for (const std::string& port : step.op->record().outputs) {
        if (read.contains({step.name, port})) continue;
        ComplainAt(step.place,
                   "nothing reads this output; put it under `outputs` or name it under `discard`",
                   step.name + "." + port);
      }
    }
    std::set<std::string> datasets;
    for (const RecipeOutput& output : recipe_.outputs) {
      if (!datasets.insert(output.dataset).second) {
        ComplainAt(output.place, "two outputs have one name", output.dataset);
      }
    }
  }

  std::string file_;
  const OperatorSet& operators_;
  const std::vector<RecipeOverride>& overrides_;
  std::vector<bool> used_;
  Recipe recipe_{};
  std::vector<Error> errors_{};
  std::map<std::string, Mark> declared_{};
  std::map<std::string, Mark> marks_{};
  bool chain_ = false;
};

}  // namespace

Result<RecipeOverride> ParseOverride(std::string_view text) {
  const size_t equals = text.find('=');
  const std::string_view key = text.substr(0, equals);
  if (equals == std::string_view::npos || key.find('.') == std::string_view::npos) {
    return Fail(Code::kInvalid, "--set takes step.parameter=value", std::string(text), "--set");
  }
  return RecipeOverride{std::string(key), std::string(text.substr(equals + 1))};
}

RecipeReading ReadRecipe(std::string_view yaml, const std::string& file_name,
                         const OperatorSet& operators,
                         const std::vector<RecipeOverride>& overrides) {
  auto root = recipe::ReadYaml(yaml, file_name);
  if (!root.has_value()) return {.errors = {root.error()}};
  return Reader(file_name, operators, overrides).Read(*root);
}

Result<Recipe> ParseRecipe(std::string_view yaml, const std::string& file_name,
                           const OperatorSet& operators,
                           const std::vector<RecipeOverride>& overrides) {
  RecipeReading reading = ReadRecipe(yaml, file_name, operators, overrides);
  if (!reading.recipe.has_value()) return tl::unexpected<Error>(reading.errors.front());
  return *std::move(reading.recipe);
}

}  // namespace siku
