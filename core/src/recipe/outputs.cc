#include "reading.h"
#include "siku/names.h"

namespace siku::recipe {
namespace {

void AddOutput(const std::string& dataset, Mark mark, Marked<RecipeReference> from,
               Reading& reading) {
  if (dataset.size() > kLongestName) {
    reading.complaints.Add(
        mark, Error{Code::kInvalid, "a dataset's name is at most 128 characters long, unlike '{}'",
                    Parts({dataset})});
  } else if (!IsDatasetName(dataset)) {
    reading.complaints.Add(
        mark, Error{Code::kInvalid,
                    "a dataset's name is lower-case letters, digits, . _ and -, unlike '{}'",
                    Parts({dataset})});
  }
  reading.draft.outputs.push_back({dataset, mark, std::move(from)});
}

// `output: name` puts out what the last step makes.
void ReadOne(const YamlNode& node, Reading& reading) {
  const std::string dataset =
      reading.Word(node, Error{Code::kInvalid, "an output is a dataset's name"});
  const Draft& draft = reading.draft;
  Marked<RecipeReference> last{{}, node.mark};
  if (!draft.steps.empty()) {
    last.value.node = draft.steps.back().step.name;
  } else if (!draft.inputs.empty()) {
    last.value.node = draft.inputs.back().value.name;
  } else {
    return;
  }
  if (dataset.empty()) {
    reading.sound = false;
  } else {
    AddOutput(dataset, node.mark, std::move(last), reading);
  }
}

void ReadMany(const YamlNode& node, Reading& reading) {
  if (!reading.IsMap(node, Error{Code::kInvalid, "`outputs` is a map from dataset to step"})) {
    return;
  }
  if (node.map.empty()) reading.Break(node.mark, Error{Code::kInvalid, "a recipe needs an output"});
  if (node.map.size() > kMostNames) {
    reading.Break(node.mark, Error{Code::kInvalid, "a recipe may have at most {} outputs",
                                   std::to_string(kMostNames)});
    return;
  }
  for (const auto& [key, value] : node.map) {
    References references = reading.ReadReferences(value);
    if (value.kind == YamlNode::Kind::kList && references.size() != 1) {
      reading.Break(value.mark,
                    Error{Code::kInvalid, "the output '{}' comes from one step or input",
                          Parts({key.scalar})});
    } else if (!references.empty()) {
      AddOutput(key.scalar, key.mark, std::move(references.front()), reading);
    }
  }
}

}  // namespace

void ReadOutputs(const YamlNode& root, Reading& reading) {
  const YamlNode* one = root.Find("output");
  const YamlNode* many = root.Find("outputs");
  if ((one != nullptr) == (many != nullptr)) {
    reading.Break(root.mark, Error{Code::kInvalid, "a recipe has either `output` or `outputs`"});
  } else if (one != nullptr) {
    ReadOne(*one, reading);
  } else {
    ReadMany(*many, reading);
  }
  if (const YamlNode* discard = root.Find("discard")) {
    reading.draft.discard = reading.ReadReferences(*discard);
  }
}

}  // namespace siku::recipe
