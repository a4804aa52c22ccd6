// A filter of several rules tried in order, each a limit to one statistic, with the numbers that a
// project publishes and that a recipe can set one by one.
#pragma once

#include <optional>
#include <span>

#include "operators/filter/measured_filter.h"

namespace siku::refine {

/// Which numbers a rule drops.
enum class Side { kBelow, kUpTo, kAbove };

struct Rule {
  const char* parameter;
  const char* reason;
  statistics::Kind kind;
  Side side;
  double english, chinese;
  bool whole = false;  // a whole number, not a ratio
  int64_t number = 0;  // of the statistic
  const char* summary = "";
  const char* summary_zh = "";
};

/// What tells one of these filters from the others.
struct RuleSet {
  const char* name;
  const char* source;
  const char* summary;
  const char* summary_zh;
  std::span<const Rule> rules;
  /// Whether there are two sets of numbers, `english` and `cmn_hani`; else `chinese` holds.
  bool presets = false;
  /// A limit of 0 switches its rule off.
  bool nought_is_off = false;
  /// A text where this is 0 is `empty`, before all rules.
  std::optional<statistics::Kind> filled{};
};

class PresetFilter final : public Operator {
 public:
  explicit PresetFilter(const RuleSet& set);
  const Record& record() const override { return record_; }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override;
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override;

 private:
  RuleSet set_;
  Record record_;
};

}  // namespace siku::refine
