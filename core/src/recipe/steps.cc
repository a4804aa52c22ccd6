#include <algorithm>
#include <map>
#include <set>

#include "reading.h"
#include "scalar.h"
#include "siku/names.h"

namespace siku::recipe {
namespace {

const std::vector<std::string> kKeys = {"use", "from", "with"};

const Unknown kUnknownKey = {
    Error{Code::kInvalid, "a step has no key '{}'"},
    Error{Code::kInvalid, "a step has no key '{}'; did you mean '{}'?"},
};
const Unknown kUnknownOperator = {
    Error{Code::kInvalid, "there is no operator '{}'"},
    Error{Code::kInvalid, "there is no operator '{}'; did you mean '{}'?"},
};
const Unknown kUnknownParameter = {
    Error{Code::kInvalid, "{} has no parameter '{}'"},
    Error{Code::kInvalid, "{} has no parameter '{}'; did you mean '{}'?"},
};

class StepReader {
 public:
  explicit StepReader(Reading& reading) : reading_(reading) {
    for (const Operator* op : reading.operators.All()) operators_.push_back(op->record().name);
  }

  // `refine.text.repair` or `{refine.text.repair: {min_confidence: 0.9}}`
  void ReadOfChain(const YamlNode& node) {
    const YamlNode* parameters = nullptr;
    const YamlNode* use = &node;
    if (node.kind == YamlNode::Kind::kMap && node.map.size() == 1) {
      use = &node.map.front().first;
      parameters = &node.map.front().second;
    } else if (node.kind != YamlNode::Kind::kScalar || node.scalar.empty()) {
      reading_.Break(node.mark, Error{Code::kInvalid,
                                      "a step of a chain is an operator's name, or that name with "
                                      "parameters"});
      return;
    }
    const bool known = CheckOperator(*use);
    Draft::Step step{.step = {.name = ChainName(use->scalar)}, .mark = use->mark};
    if (!known && !IsStepName(step.step.name)) return;
    if (!reading_.Declare(step.step.name, Ordinal(), use->mark)) return;
    if (!known) {
      Keep(std::move(step));
      return;
    }
    if (!reading_.draft.steps.empty()) {
      step.from.push_back({{reading_.draft.steps.back().step.name}, use->mark});
    } else {
      for (const auto& input : reading_.draft.inputs) {
        step.from.push_back({{input.value.name}, use->mark});
      }
    }
    Fill(step, *use, parameters);
  }

  void ReadNamed(const YamlNode& key, const YamlNode& node) {
    if (!reading_.Declare(key.scalar, Ordinal(), key.mark)) return;
    Draft::Step step{.step = {.name = key.scalar}, .mark = key.mark};
    const bool is_map = reading_.IsMap(
        node, Error{Code::kInvalid, "a step is a map with `use`, `from` and `with`"});
    if (is_map) reading_.CheckKeys(node, kKeys, kUnknownKey);
    const YamlNode* use = node.Find("use");
    const YamlNode* from = node.Find("from");
    if (is_map && (use == nullptr || from == nullptr)) {
      reading_.Break(key.mark, Error{Code::kInvalid, "the step '{}' needs `use` and `from`",
                                     Parts({key.scalar})});
    }
    if (from != nullptr) {
      step.from = reading_.ReadReferences(*from);
      if (from->kind == YamlNode::Kind::kList && from->list.empty()) {
        reading_.Break(from->mark,
                       Error{Code::kInvalid, "`from` names at least one input or step"});
      }
    }
    if (use != nullptr && CheckOperator(*use)) {
      Fill(step, *use, node.Find("with"));
    } else {
      Keep(std::move(step));
    }
  }

 private:
  int Ordinal() const { return static_cast<int>(reading_.draft.steps.size()); }

  bool CheckOperator(const YamlNode& use) {
    if (use.kind != YamlNode::Kind::kScalar) {
      reading_.Break(use.mark, Error{Code::kInvalid, "`use` is an operator's name"});
      return false;
    }
    if (std::binary_search(operators_.begin(), operators_.end(), use.scalar)) return true;
    reading_.sound = false;
    reading_.complaints.AddUnknown(use.mark, kUnknownOperator, use.scalar, operators_);
    return false;
  }
  // Named after what it does, numbered from the second of its kind.
  std::string ChainName(const std::string& op) {
    const std::string stem = op.substr(op.rfind('.') + 1);
    std::string name = stem;
    for (int& count = numbers_[stem]; count == 0 || reading_.draft.names.contains(name);) {
      if (++count > 1) name = stem + "-" + std::to_string(count);
    }
    return name;
  }
  // A step without a known operator stays, so that what refers to it is no mistake of its own.
  void Keep(Draft::Step step) {
    UseOverrides(step.step.name);
    reading_.draft.steps.push_back(std::move(step));
  }
  void Fill(Draft::Step& step, const YamlNode& use, const YamlNode* with) {
    step.step.op = reading_.operators.Find(use.scalar).value();
    step.step.place = Place(reading_.file, use.mark);
    step.mark = use.mark;
    ReadParameters(step, with);
    reading_.draft.steps.push_back(std::move(step));
  }
  void ReadParameters(Draft::Step& step, const YamlNode* with) {
    const Record& record = step.step.op->record();
    std::map<std::string, ParameterValue> values;
    if (with != nullptr && with->kind == YamlNode::Kind::kMap) {
      for (const auto& [key, value] : with->map) {
        SetParameter(record, key.scalar, value, {key.mark}, values);
        step.step.parameter_places[key.scalar] = Place(reading_.file, value.mark);
      }
    } else if (with != nullptr && !with->missing) {
      reading_.complaints.Add(
          with->mark,
          Error{Code::kInvalid, "the parameters of {} are a map from name to value", record.name});
    }
    for (const Override* set : UseOverrides(step.step.name)) {
      YamlNode value;
      value.scalar = set->value;
      SetParameter(record, set->key, value, set->where, values);
      step.step.parameter_places[set->key] = "--set " + Parts({set->where.set});
    }
    for (const ParameterSpec& spec : record.parameters) {
      if (values.contains(spec.name)) continue;
      if (spec.default_value.has_value()) {
        values.emplace(spec.name, *spec.default_value);
      } else if (!wrong_.contains(spec.name)) {
        reading_.complaints.Add(step.mark, Error{Code::kInvalid, "{} needs the parameter '{}'",
                                                 Parts({record.name, spec.name})});
      }
    }
    wrong_.clear();
    step.step.parameters = Parameters(std::move(values));
  }
  void SetParameter(const Record& record, const std::string& name, const YamlNode& node,
                    const Where& where, std::map<std::string, ParameterValue>& values) {
    const auto spec = std::find_if(record.parameters.begin(), record.parameters.end(),
                                   [&](const ParameterSpec& s) { return s.name == name; });
    if (spec == record.parameters.end()) {
      std::vector<std::string> names;
      for (const ParameterSpec& known : record.parameters) names.push_back(known.name);
      reading_.complaints.AddUnknown(where, kUnknownParameter, record.name, name, names);
      return;
    }
    auto value = TypedValue(node, *spec, record.name, where);
    if (value.has_value()) {
      values[name] = *std::move(value);
    } else {
      wrong_.insert(name);
      reading_.complaints.Add(value.error().where, std::move(value.error().error));
    }
  }
  std::vector<const Override*> UseOverrides(const std::string& step) {
    std::vector<const Override*> of_step;
    for (Override& set : reading_.overrides) {
      if (set.of_input || set.node != step) continue;
      set.used = true;
      of_step.push_back(&set);
    }
    return of_step;
  }

  Reading& reading_;
  std::vector<std::string> operators_{};
  std::map<std::string, int> numbers_{};
  std::set<std::string> wrong_{};  // given, but not a value
};

}  // namespace

void ReadSteps(const YamlNode& root, Reading& reading) {
  const YamlNode* steps = root.Find("steps");
  if (steps == nullptr) return;
  StepReader reader(reading);
  if (steps->kind == YamlNode::Kind::kList) {
    for (const YamlNode& step : steps->list) reader.ReadOfChain(step);
  } else if (reading.IsMap(*steps,
                           Error{Code::kInvalid, "`steps` is a list or a map from name to step"})) {
    for (const auto& [key, value] : steps->map) reader.ReadNamed(key, value);
  }
}

}  // namespace siku::recipe
