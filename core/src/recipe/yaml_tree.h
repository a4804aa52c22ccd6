// YAML as a tree with places: strict where the library is lenient (duplicate keys, bombs,
// guessing).
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku::recipe {

struct Mark {
  int line = 0;    // from 1; 0: not from the file
  int column = 0;  // from 1, in characters
};

struct YamlNode {
  enum class Kind { kScalar, kList, kMap };
  Kind kind = Kind::kScalar;
  Mark mark{};
  std::string scalar{};
  bool quoted = false;
  bool missing = false;  // nothing is written here; `null` and `~` are words like others
  std::vector<YamlNode> list{};
  std::vector<std::pair<YamlNode, YamlNode>> map{};  // keys are scalars

  const YamlNode* Find(std::string_view key) const;
};

std::string Place(const std::string& file, Mark mark);

inline constexpr size_t kMostBytes = 1 << 20;
inline constexpr int kMostDepth = 64;
inline constexpr int kMostAliases = 100;
// After aliases are expanded:
inline constexpr size_t kMostNodes = 100'000;
inline constexpr size_t kMostExpandedBytes = 4 << 20;

Result<YamlNode> ReadYaml(std::string_view text, const std::string& file);

}  // namespace siku::recipe
