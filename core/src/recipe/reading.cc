#include "reading.h"

#include <algorithm>

#include "siku/names.h"

namespace siku::recipe {
namespace {

Override TakenApart(const RecipeOverride& given, size_t ordinal) {
  Override override;
  override.value = given.value;
  override.where = InOverride(ordinal, given.key);
  std::string_view key = given.key;
  constexpr std::string_view kInputs = "inputs.";
  override.of_input =
      key.starts_with(kInputs) && key.find('.', kInputs.size()) != std::string_view::npos;
  if (override.of_input) key.remove_prefix(kInputs.size());
  const size_t dot = key.find('.');
  override.node = key.substr(0, dot);
  if (dot != std::string_view::npos) override.key = key.substr(dot + 1);
  return override;
}

}  // namespace

Reading::Reading(const std::string& file_name, const OperatorSet& known,
                 const std::vector<RecipeOverride>& overrides_given)
    : file(file_name), operators(known), complaints(file_name) {
  for (size_t i = 0; i < overrides_given.size(); ++i) {
    overrides.push_back(TakenApart(overrides_given[i], i));
  }
}

void Reading::Break(Mark mark, Error error) {
  sound = false;
  complaints.Add(mark, std::move(error));
}

bool Reading::IsMap(const YamlNode& node, Error error) {
  if (node.kind == YamlNode::Kind::kMap) return true;
  Break(node.mark, std::move(error));
  return false;
}

void Reading::CheckKeys(const YamlNode& node, const std::vector<std::string>& known,
                        const Unknown& messages) {
  for (const auto& [key, value] : node.map) {
    if (std::find(known.begin(), known.end(), key.scalar) == known.end()) {
      complaints.AddUnknown(key.mark, messages, key.scalar, known);
    }
  }
}

std::string Reading::Word(const YamlNode& node, const Error& error) {
  if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) return node.scalar;
  complaints.Add(node.mark, error);
  return {};
}

bool Reading::Declare(const std::string& name, int step, Mark mark) {
  if (!IsStepName(name)) {
    Break(mark, Error{Code::kInvalid,
                      "a name is lower-case letters, digits, _ and -, and begins with a letter or "
                      "digit, unlike '{}'",
                      Parts({name})});
    // What refers to it is no mistake of its own.
    if (draft.names.size() < kMostNames) draft.names.emplace(name, kMalformed);
    return false;
  }
  if (draft.names.size() >= kMostNames) {
    if (sound) {
      Break(mark, Error{Code::kInvalid, "a recipe may have at most {} inputs and steps",
                        std::to_string(kMostNames)});
    }
    return false;
  }
  if (!draft.names.emplace(name, step).second) {
    Break(mark, Error{Code::kInvalid, "there is an input or step '{}' already", Parts({name})});
    return false;
  }
  return true;
}

References Reading::ReadReferences(const YamlNode& node) {
  References references;
  const auto add = [&](const YamlNode& item) {
    const std::string text =
        Word(item, Error{Code::kInvalid, "a reference is `input`, `step` or `step.port`"});
    if (text.empty()) {
      sound = false;
      return;
    }
    const size_t dot = text.find('.');
    references.push_back(
        {{text.substr(0, dot), dot == std::string::npos ? "" : text.substr(dot + 1)}, item.mark});
  };
  if (node.kind == YamlNode::Kind::kList) {
    for (const YamlNode& item : node.list) add(item);
  } else {
    add(node);
  }
  return references;
}

}  // namespace siku::recipe
