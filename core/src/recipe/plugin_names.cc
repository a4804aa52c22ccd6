#include "plugin_names.h"

#include "reading.h"

namespace siku::recipe {

std::vector<std::pair<std::string, std::string>> PluginNames(std::string_view yaml,
                                                             const std::string& file) {
  std::vector<std::pair<std::string, std::string>> names;
  const auto root = ReadYaml(yaml, file);
  if (!root.has_value() || root->kind != YamlNode::Kind::kMap) return names;
  const YamlNode* plugins = root->Find("plugins");
  if (plugins == nullptr) return names;
  const auto add = [&](const YamlNode& node) {
    if (node.kind == YamlNode::Kind::kScalar && !node.scalar.empty()) {
      names.emplace_back(node.scalar, Place(file, node.mark));
    }
  };
  for (const YamlNode& item : plugins->list) add(item);
  if (plugins->kind == YamlNode::Kind::kScalar) add(*plugins);
  return names;
}

void ReadPlugins(const YamlNode& root, Reading& reading) {
  const YamlNode* plugins = root.Find("plugins");
  if (plugins == nullptr) return;
  const Error error{Code::kInvalid, "a plug-in is a path, or package.module:name"};
  if (plugins->kind != YamlNode::Kind::kList) {
    reading.draft.plugins.push_back(reading.Word(*plugins, error));
    return;
  }
  for (const YamlNode& item : plugins->list) {
    reading.draft.plugins.push_back(reading.Word(item, error));
  }
}

}  // namespace siku::recipe
