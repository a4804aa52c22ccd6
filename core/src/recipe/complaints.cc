#include "complaints.h"

#include <climits>

#include "siku/operator.h"
#include "siku/utf8.h"

namespace siku::recipe {
namespace {

constexpr size_t kLongestShown = 80;  // characters
// Comparing names takes longer than all else; no recipe of a person needs more.
constexpr int kMostSuggestions = 100;
constexpr size_t kLongestTyped = 64;

// Control characters would break the line or steer the terminal; others' bytes may be no UTF-8.
std::string Shown(std::string_view text) {
  std::string shown;
  size_t characters = 0;
  for (size_t at = 0; at < text.size();) {
    if (characters++ == kLongestShown) return shown + "…";
    if (utf8::FindInvalid(text.substr(at, 4)) == 0) {
      shown += "�";
      at += utf8::InvalidLength(text.substr(at));
      continue;
    }
    const char32_t c = utf8::Next(text, at);
    const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029;
    utf8::Append(control ? U' ' : c, shown);
  }
  return shown;
}

}  // namespace

Where InOverride(size_t ordinal, const std::string& key) {
  return {.mark = {INT_MAX, static_cast<int>(ordinal)}, .set = key};
}

std::string Parts(std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) joined += Shown(part) + '\x1F';
  if (!joined.empty()) joined.pop_back();
  return joined;
}

bool Complaints::Keeps(const Where& where) const {
  return sorted_.size() < kMostErrors ||
         Order(where.mark.line, where.mark.column) < sorted_.rbegin()->first;
}

void Complaints::Add(const Where& where, Error error) {
  if (!Keeps(where)) return;
  error.place = where.set.empty() ? Place(file_, where.mark) : "--set " + Parts({where.set});
  sorted_.emplace(Order(where.mark.line, where.mark.column), std::move(error));
  if (sorted_.size() > kMostErrors) sorted_.erase(std::prev(sorted_.end()));
}

void Complaints::AddUnknown(const Where& where, const Unknown& messages, const std::string& owner,
                            const std::string& typed, const std::vector<std::string>& names) {
  if (!Keeps(where)) return;
  std::vector<std::string> near;
  if (typed.size() <= kLongestTyped && suggestions_ < kMostSuggestions) {
    ++suggestions_;
    near = Nearest(typed, names);
  }
  Error error = near.empty() ? messages.alone : messages.near;
  error.value = owner.empty() ? "" : Parts({owner}) + '\x1F';
  error.value += near.empty() ? Parts({typed}) : Parts({typed, near.front()});
  Add(where, std::move(error));
}

std::vector<Error> Complaints::Take() {
  std::vector<Error> errors;
  for (auto& [order, error] : sorted_) errors.push_back(std::move(error));
  sorted_.clear();
  return errors;
}

}  // namespace siku::recipe
