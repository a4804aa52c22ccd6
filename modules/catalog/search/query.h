// The language of queries: what people type into a search box, and the part of Solr's that CKAN's
// clients and harvesters send (`fq`).
//   地铁 站点           both, as substrings       "地铁 站点"      with the space
//   -公交, NOT 公交      not                       地铁 OR 公交     either; AND binds closer
//   title:地铁          in one field             organization:"jtj", tags:(a OR b), res_format:CS*
//   metadata_modified:[2026-01-01T00:00:00Z TO *]    *:*  all
// What is no operator in its place is text: nothing a person types is an error.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/catalog/search.h"
#include "siku/result.h"

namespace siku::catalog {

struct Node {
  enum class Kind { kAll, kTerm, kValue, kName, kId, kModified, kAnd, kOr, kNot };
  Kind kind = Kind::kAll;
  std::u32string term{};                                // kTerm: folded
  std::optional<Field> field{};                         // kTerm: in this one alone
  std::string name{};                                   // kValue: the field
  std::string value{};                                  // kValue, kName, kId
  bool prefix = false;                                  // kValue: ended with *
  int64_t least = std::numeric_limits<int64_t>::min();  // kModified: milliseconds, both included
  int64_t most = std::numeric_limits<int64_t>::max();
  std::vector<Node> children{};
};

/// kLimit: longer than 4,096 bytes, deeper than 16, of more than 100 parts. kInvalid: not UTF-8.
Result<Node> ParseQuery(std::string_view text);
/// The folded terms that are looked for, not those that are excluded.
std::vector<std::u32string> Terms(const Node& node);
/// Where terms stand in a text: [begin, end) in code points, sorted, disjoint.
std::vector<std::pair<size_t, size_t>> Places(const std::vector<std::u32string>& terms,
                                              std::string_view text);
/// The field of ours that a client's word for it means; "title" and the like give nothing.
std::string ValueField(std::string_view name);

}  // namespace siku::catalog
