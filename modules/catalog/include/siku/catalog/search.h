// Search that is right for Chinese: a term finds the datasets whose folded text has it as a
// substring, whatever its length; an index of single characters and pairs answers without looking
// at most texts, and what it gives equals looking at all of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

/// 繁→简 by character, full width → half width, compatibility → unified ideographs, A → a. One code
/// point for one code point: places stay comparable.
char32_t Fold(char32_t code_point);
std::u32string Fold(std::string_view text);

/// Where a term was found, and what that is worth.
enum class Field : uint8_t { kSummary, kName, kKeyword, kTitle };
inline constexpr size_t kFields = 4;

/// What the index knows of a dataset.
struct Entry {
  std::string id;
  std::array<std::string, kFields> texts{};
  /// Values that are counted and asked for as wholes: {"theme", "交通"}.
  std::vector<std::pair<std::string, std::string>> values{};
  int64_t modified = 0;  // milliseconds
  bool listed = true;    // false: only for those who ask for all
};

enum class Order { kRelevance, kNewest, kOldest, kName, kId };

struct Query {
  std::string text{};                  // as people type it, and as Solr's clients do
  std::vector<std::string> filters{};  // in the same language, without rank
  Order order = Order::kRelevance;
  size_t offset = 0;
  size_t limit = 20;
  std::vector<std::string> facets{};  // fields
  size_t facet_limit = 50;
  bool unlisted = false;  // also what is not for everybody
};

struct FacetValue {
  std::string value;
  int64_t count = 0;
};
/// As the index knows the dataset.
struct Hit {
  int64_t modified = 0;
  bool listed = true;
};
struct Hits {
  int64_t total = 0;
  std::vector<std::string> ids{};
  std::vector<Hit> states{};                                              // of these
  std::vector<std::pair<std::string, std::vector<FacetValue>>> facets{};  // most frequent first
};

/// Safe to use from several threads.
class SearchIndex {
 public:
  SearchIndex();
  ~SearchIndex();
  /// In the place of the entry with this id.
  void Put(const Entry& entry);
  void Remove(const std::string& id);
  /// kInvalid with the byte of the query where it goes wrong; kLimit.
  Result<Hits> Search(const Query& query) const;
  /// Titles, keywords and organisations that have `text` in them; the frequent first.
  std::vector<std::string> Suggest(std::string_view text, size_t limit) const;
  size_t size() const;
  /// Takes what `fresh` has; searches that are under way end with what they began with.
  void Swap(SearchIndex& fresh);

 private:
  struct State;
  mutable std::shared_mutex mutex_;
  std::unique_ptr<State> state_;
};

/// Where the terms of a query stand in a text: [begin, end) in code points, sorted, disjoint.
std::vector<std::pair<size_t, size_t>> Highlights(std::string_view query, std::string_view text);

}  // namespace siku::catalog
