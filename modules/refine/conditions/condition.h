// A condition on the fields of a row, written as in Python: comparisons (also in chains), `in`,
// `and`, `or`, `not`, and nothing that computes or calls.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "conditions/value.h"
#include "siku/result.h"

namespace siku::refine::conditions {

class Condition {
 public:
  /// kInvalid: what is wrong, and at which character.
  static Result<Condition> Parse(std::string_view text);
  /// The fields it names, each once: `meta.lang` is {meta, lang}.
  const std::vector<std::vector<std::string>>& fields() const { return fields_; }
  /// `values`: of the fields. Nothing where two of them cannot be compared.
  std::optional<bool> Holds(std::span<const Value> values) const;

  enum class Operator : uint8_t {
    kLess,
    kLessEqual,
    kMore,
    kMoreEqual,
    kEqual,
    kOther,
    kIn,
    kNotIn
  };
  struct Node {
    enum class Kind : uint8_t {
      kConstant,
      kField,
      kList,
      kAll,
      kAny,
      kNot,
      kMinus,
      kPlus,
      kCompare
    };
    Kind kind = Kind::kConstant;
    Value constant{};
    size_t field = 0;
    std::vector<Node> parts{};
    std::vector<Operator> operators{};  // kCompare: between the parts
    bool only_behind_in = false;        // a tuple or a set
    size_t at = 0;                      // byte of the text
  };

 private:
  friend class Parser;
  Node root_{};
  std::vector<std::vector<std::string>> fields_{};
};

}  // namespace siku::refine::conditions
