#include "siku/operator.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <numeric>

namespace siku {
namespace {

// A name or type that the record does not declare is a bug of the operator, not of the recipe.
template <class T>
const T& Get(const std::map<std::string, ParameterValue>& values, std::string_view name) {
  const auto found = values.find(std::string(name));
  if (found == values.end() || !std::holds_alternative<T>(found->second)) std::abort();
  return std::get<T>(found->second);
}

// Letters added, left out, replaced, or swapped with their neighbour.
size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), above(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    before.swap(above);
    above.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = a[i - 1] == b[j - 1];
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
  }
  return row.back();
}

// Of a dotted name: what alone says which it is.
std::string_view LastPart(std::string_view name) { return name.substr(name.rfind('.') + 1); }

}  // namespace

Result<Outcome> MeasuredBound::Apply(const Batch& batch, const RowContext& context) const {
  const std::array<const MeasuredBound*, 1> alone{this};
  const auto measurement = Join(alone);
  if (measurement == nullptr) {
    return Fail(Code::kInternal, "a measured step cannot measure for itself", column());
  }
  SIKU_TRY(const auto measured, measurement->Measure(batch->GetColumnByName(column())));
  return Decide(batch, measured, context);
}

const std::vector<std::vector<Batch>>& AllRows::left(int) const {
  static const std::vector<std::vector<Batch>> nothing;
  return nothing;
}

Result<std::vector<Batch>> GlobalBound::DoPart(const AllRows&, int, int, int) const {
  return Fail(Code::kInternal, "a step has no such round", column());
}

bool Parameters::boolean(std::string_view name) const { return Get<bool>(values_, name); }
int64_t Parameters::integer(std::string_view name) const { return Get<int64_t>(values_, name); }
double Parameters::real(std::string_view name) const { return Get<double>(values_, name); }
const std::string& Parameters::text(std::string_view name) const {
  return Get<std::string>(values_, name);
}
const std::vector<std::string>& Parameters::texts(std::string_view name) const {
  return Get<std::vector<std::string>>(values_, name);
}

std::string Parameters::PathOf(const std::string& given) const {
  return (std::filesystem::path(folder_) / given).string();
}

void OperatorSet::Add(std::span<const Operator* const> operators) {
  for (const Operator* op : operators) by_name_.emplace(op->record().name, op);
}

Result<const Operator*> OperatorSet::Find(std::string_view name) const {
  if (const auto found = by_name_.find(name); found != by_name_.end()) return found->second;
  std::vector<std::string> names;
  for (const auto& [known, op] : by_name_) names.push_back(known);
  std::string near;
  for (const std::string& candidate : Nearest(name, names)) {
    near += (near.empty() ? "; did you mean " : " or ") + candidate + "?";
  }
  return Fail(Code::kNotFound, "no such operator", std::string(name) + near);
}

std::vector<const Operator*> OperatorSet::All() const {
  std::vector<const Operator*> all;
  for (const auto& [name, op] : by_name_) all.push_back(op);
  return all;
}

std::vector<std::string> Nearest(std::string_view typed, std::span<const std::string> names) {
  // Longer than any name; it bounds the work on what comes from outside.
  constexpr size_t kLongestTyped = 256;
  if (typed.empty() || typed.size() > kLongestTyped) return {};
  std::vector<std::pair<size_t, std::string>> near;
  for (const std::string& name : names) {
    // Only what could be a slip: a third of the word.
    const std::string_view ours = LastPart(name), theirs = LastPart(typed);
    const size_t distance = std::min(EditDistance(typed, name), EditDistance(theirs, ours));
    if (distance <= std::max<size_t>(1, std::max(theirs.size(), ours.size()) / 3)) {
      near.emplace_back(distance, name);
    }
  }
  std::sort(near.begin(), near.end());
  std::vector<std::string> best;
  for (size_t i = 0; i < near.size() && i < 3; ++i) best.push_back(near[i].second);
  return best;
}

}  // namespace siku
