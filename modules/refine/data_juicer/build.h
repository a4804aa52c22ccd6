// YAML nodes of a recipe that is made, each with the place of what it stands for.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/recipe_dialect.h"

namespace siku::refine::data_juicer {

using MapEntry = std::pair<YamlNode, YamlNode>;

inline YamlNode Word(std::string_view text, YamlMark mark) {
  YamlNode node;
  node.mark = mark;
  node.scalar = text;
  node.missing = text.empty();
  return node;
}

inline YamlNode Quoted(std::string_view text, YamlMark mark) {
  YamlNode node;
  node.mark = mark;
  node.scalar = text;
  node.quoted = true;
  return node;
}

inline YamlNode ListOf(YamlMark mark) {
  YamlNode node;
  node.kind = YamlNode::Kind::kList;
  node.mark = mark;
  return node;
}

/// A member of a map; its key stands where its value does.
struct Entry : MapEntry {
  Entry(std::string_view key, YamlNode value) : MapEntry(Word(key, value.mark), std::move(value)) {}
  Entry(YamlNode key, YamlNode value) : MapEntry(std::move(key), std::move(value)) {}
};

inline YamlNode MapOf(YamlMark mark, std::vector<Entry> entries) {
  YamlNode node;
  node.kind = YamlNode::Kind::kMap;
  node.mark = mark;
  for (Entry& entry : entries) node.map.push_back(std::move(entry));
  return node;
}

}  // namespace siku::refine::data_juicer
