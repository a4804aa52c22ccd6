// The record of an operator: written once, next to the code; help, schema, manual and forms are
// printed from it. With it the parameters of one step, as a recipe gives them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace siku {

enum class ParameterType { kBool, kInt, kReal, kText, kTextList };

/// A value as the recipe gives it, already of the declared type.
using ParameterValue = std::variant<bool, int64_t, double, std::string, std::vector<std::string>>;

struct ParameterSpec {
  std::string name;
  ParameterType type = ParameterType::kText;
  std::string summary;     // English, one sentence
  std::string summary_zh;  // the same in Chinese
  std::string unit{};      // "characters", "bytes", "ratio"; empty if none
  /// Nothing: the parameter must be given.
  std::optional<ParameterValue> default_value{};
  std::optional<double> minimum{}, maximum{};  // closed interval, for kInt and kReal
  std::vector<std::string> choices{};          // for kText: the only values allowed
  bool names_files = false;  // its texts are paths of files or folders (Parameters::PathOf)
};

enum class Cardinality { kMap, kFilter, kExpand };
enum class Scope { kRow, kKeyed, kAll };
enum class Completion { kNow, kDeferred, kJoint };

struct Traits {
  Cardinality cardinality = Cardinality::kMap;
  Scope scope = Scope::kRow;
  Completion completion = Completion::kNow;
  bool deterministic = true;
  bool conceals = false;  // its `before` bytes are sealed
  bool effects = false;   // acts on the world outside
};

/// A rule an edit can name, or a reason a reject or flag can give.
/// The reason of rows that a plug-in's operator failed on: the last of its record's reasons.
inline constexpr const char* kFailedReason = "operator_failed";

struct Named {
  std::string name;
  std::string summary;
  std::string summary_zh;
};

/// Written once, next to the code; help, schema, manual and forms are printed from it.
struct Record {
  std::string name;  // module.kind.verb_object
  int version = 1;   // raised whenever any output can differ
  std::string summary;
  std::string summary_zh;
  std::string source{};   // paper, standard or tool the method comes from
  std::string example{};  // a recipe step, YAML
  std::vector<ParameterSpec> parameters{};
  std::vector<std::string> reads{};   // column names; `$p` stands for the value of parameter p
  std::vector<std::string> writes{};  // columns added or changed, the same way
  /// Output ports; the first is what a bare step name means. The second port of a GlobalBound has
  /// rows about rows: a recipe may leave it unread.
  std::vector<std::string> outputs{"rows"};
  std::vector<Named> rules{};    // of edits
  std::vector<Named> reasons{};  // of rejects
  std::vector<Named> flags{};    // kinds of flags
  Traits traits{};
};

/// Parameters of one step: every declared one is present (given or default), typed and in range.
class Parameters {
 public:
  Parameters() = default;
  explicit Parameters(std::map<std::string, ParameterValue> values) : values_(std::move(values)) {}
  bool boolean(std::string_view name) const;
  int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  const std::string& text(std::string_view name) const;
  const std::vector<std::string>& texts(std::string_view name) const;
  const std::map<std::string, ParameterValue>& values() const { return values_; }
  /// Where the file or folder is that a parameter calls `given`: paths are relative to the recipe's
  /// folder, else to the working one.
  std::string PathOf(const std::string& given) const;
  void SetFolder(std::string folder) { folder_ = std::move(folder); }

 private:
  std::map<std::string, ParameterValue> values_;
  std::string folder_;
};

}  // namespace siku
