// What the readers of a recipe's parts share: the draft they fill, and what went wrong.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "complaints.h"
#include "siku/recipe.h"
#include "yaml_tree.h"

namespace siku::recipe {

// Far more than a person writes; the checks of the graph are quadratic in it.
inline constexpr size_t kMostNames = 1000;

inline constexpr int kInput = -1;
inline constexpr int kMalformed = -2;

template <class T>
struct Marked {
  T value;
  Mark mark{};
};
using References = std::vector<Marked<RecipeReference>>;

struct Draft {
  struct Step {
    RecipeStep step;  // without `from`
    Mark mark{};
    References from{};
  };
  struct Output {
    std::string dataset;
    Mark mark{};
    Marked<RecipeReference> from{};
  };
  std::string name{};
  std::vector<Marked<RecipeInput>> inputs{};
  std::vector<Step> steps{};
  std::vector<Output> outputs{};
  References discard{};
  std::vector<std::string> plugins{};
  /// Every name of an input or step, and its place in `steps` or one of the two below.
  std::map<std::string, int> names{};
};

/// A --set, taken apart.
struct Override {
  bool of_input = false;
  std::string node;
  std::string key;
  std::string value;
  Where where;
  bool used = false;
};

class Reading {
 public:
  Reading(const std::string& file_name, const OperatorSet& known,
          const std::vector<RecipeOverride>& overrides_given);

  const std::string file;
  const OperatorSet& operators;
  Complaints complaints;
  Draft draft{};
  std::vector<Override> overrides{};
  /// False once a name, operator or reference is wrong: the graph says nothing then.
  bool sound = true;

  /// A complaint that leaves the graph without meaning.
  void Break(Mark mark, Error error);
  bool IsMap(const YamlNode& node, Error error);
  void CheckKeys(const YamlNode& node, const std::vector<std::string>& known,
                 const Unknown& messages);
  /// A scalar that is not empty; else empty, with a complaint.
  std::string Word(const YamlNode& node, const Error& error);
  /// False, with a complaint, where the name is malformed or taken.
  bool Declare(const std::string& name, int step, Mark mark);
  References ReadReferences(const YamlNode& node);
};

/// Checks the names of plug-ins; what they hold is among `operators` already.
void ReadPlugins(const YamlNode& root, Reading& reading);
void ReadInputs(const YamlNode& root, Reading& reading);
void ReadSteps(const YamlNode& root, Reading& reading);
/// Of the output and of `discard`.
void ReadOutputs(const YamlNode& root, Reading& reading);

/// Checks every reference and fills in the port that a bare step name means.
void ResolveReferences(Reading& reading);
/// Sorts the steps and checks that every row is read, put out or discarded by name.
void CheckGraph(Reading& reading);

}  // namespace siku::recipe
