// What an operator is: one record that documents it, a Bind that fixes schema and parameters once
// per run, and a pure Apply from batch to Outcome. The engine checks every Outcome, owns the hidden
// key columns and writes the ledger; see docs/operators-guide.md for a worked example.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/batch.h"
#include "siku/bound.h"
#include "siku/outcome.h"
#include "siku/record.h"
#include "siku/result.h"

namespace siku {

class Operator {
 public:
  virtual ~Operator() = default;
  virtual const Record& record() const = 0;
  /// `input`: the user columns. Errors name the column or parameter at fault.
  virtual Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                              const Parameters& parameters) const = 0;
  /// SHA-256 (hex) of every table a binding with these parameters reads; goes into lineage and
  /// cache keys. Empty where it reads none.
  virtual std::vector<std::pair<std::string, std::string>> TableHashes() const { return {}; }
  /// The same of the files that these parameters name.
  virtual std::vector<std::pair<std::string, std::string>> FileHashes(const Parameters&) const {
    return {};
  }
};

/// The operators of a program: each module hands in its list; `apps/` joins them.
class OperatorSet {
 public:
  void Add(std::span<const Operator* const> operators);
  /// Fails with kNotFound and the nearest names.
  Result<const Operator*> Find(std::string_view name) const;
  /// Sorted by name.
  std::vector<const Operator*> All() const;

 private:
  std::map<std::string, const Operator*, std::less<>> by_name_;
};

/// Up to three of `names` that a person may have meant by `typed` (edit distance), best first.
std::vector<std::string> Nearest(std::string_view typed, std::span<const std::string> names);

}  // namespace siku
