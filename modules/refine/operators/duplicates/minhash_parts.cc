#include "operators/duplicates/minhash_parts.h"

#include <arrow/api.h>

#include <algorithm>
#include <unordered_map>

#include "arrow_internal.h"
#include "duplicates/shingles.h"

namespace siku::refine {
namespace {

using duplicates::GroupList;
using GroupsByBand = std::vector<std::vector<GroupList>>;

// Ranges that the keys of a band are cut into.
int RangesOf(int bands, int parts) { return std::max(1, parts / bands); }

int PartOf(uint32_t least, int parts) {
  return static_cast<int>(duplicates::Mix(least) % static_cast<uint64_t>(parts));
}

template <class T>
std::shared_ptr<arrow::Buffer> BufferOf(std::vector<T> values) {
  return arrow::Buffer::FromVector(std::move(values));
}

Batch GroupBatch(duplicates::Groups groups) {
  const auto count = static_cast<int64_t>(groups.offsets.size()) - 1;
  const auto documents = static_cast<int64_t>(groups.documents.size());
  auto values =
      std::make_shared<arrow::UInt32Array>(documents, BufferOf(std::move(groups.documents)));
  const auto type = arrow::large_list(arrow::field("item", arrow::uint32(), false));
  auto lists = std::make_shared<arrow::LargeListArray>(
      type, count, BufferOf(std::move(groups.offsets)), std::move(values));
  const auto schema = arrow::schema({arrow::field("documents", type, false)});
  return arrow::RecordBatch::Make(schema, count, {std::move(lists)});
}

GroupList ListOf(const Batch& batch) {
  const auto& lists = static_cast<const arrow::LargeListArray&>(*batch->column(0));
  const auto& documents = static_cast<const arrow::UInt32Array&>(*lists.values());
  if (lists.length() == 0) return {};
  return {{documents.raw_values(), static_cast<size_t>(documents.length())},
          {lists.raw_value_offsets(), static_cast<size_t>(lists.length()) + 1}};
}

GroupsByBand GroupsOf(const std::vector<std::vector<Batch>>& grouped, int bands) {
  const auto parts = static_cast<int>(grouped.size());
  const int ranges = RangesOf(bands, parts);
  GroupsByBand groups(static_cast<size_t>(bands));
  for (int cell = 0; cell < bands * ranges; ++cell) {
    const auto& batches = grouped[static_cast<size_t>(cell % parts)];
    groups[static_cast<size_t>(cell / ranges)].push_back(
        ListOf(batches[static_cast<size_t>(cell / parts)]));
  }
  return groups;
}

// Some of the documents, by numbers of their own in the same order.
class Some final : public duplicates::Documents {
 public:
  Some(const duplicates::Documents& all, std::vector<uint32_t> some)
      : all_(all), some_(std::move(some)) {}
  uint32_t size() const override { return static_cast<uint32_t>(some_.size()); }
  int pieces() const override { return 0; }
  std::span<const uint64_t> Keys(int, int) const override { return {}; }
  uint64_t Key(int band, uint32_t document) const override {
    return all_.Key(band, some_[document]);
  }
  bool Before(uint32_t a, uint32_t b) const override { return all_.Before(some_[a], some_[b]); }
  bool SameText(uint32_t a, uint32_t b) const override { return all_.SameText(some_[a], some_[b]); }
  uint64_t TextHash(uint32_t document) const override { return all_.TextHash(some_[document]); }
  std::vector<uint64_t> Shingles(uint32_t document) const override {
    return all_.Shingles(some_[document]);
  }
  uint32_t at(uint32_t document) const { return some_[document]; }
  uint32_t NumberOf(uint32_t one) const {
    return static_cast<uint32_t>(std::lower_bound(some_.begin(), some_.end(), one) - some_.begin());
  }

 private:
  const duplicates::Documents& all_;
  std::vector<uint32_t> some_;
};

template <class Look>
void ForEachOwnGroup(const std::vector<GroupList>& lists, int part, int parts, const Look& look) {
  for (const GroupList& list : lists) {
    for (size_t i = 0; i < list.size(); ++i) {
      if (PartOf(list[i][0], parts) == part) look(list[i]);
    }
  }
}

std::vector<uint32_t> OwnDocuments(const GroupsByBand& groups, int part, int parts) {
  std::vector<uint32_t> documents;
  size_t unique = 0;
  const auto make_unique = [&] {
    std::sort(documents.begin(), documents.end());
    documents.erase(std::unique(documents.begin(), documents.end()), documents.end());
    unique = documents.size();
  };
  for (const auto& lists : groups) {
    ForEachOwnGroup(lists, part, parts, [&](std::span<const uint32_t> group) {
      documents.insert(documents.end(), group.begin(), group.end());
    });
    // Bands bring the same documents again.
    if (documents.size() > 2 * unique) make_unique();
  }
  make_unique();
  return documents;
}

struct Pair {
  uint32_t first, second;
  double similarity;
};

Result<Batch> PairBatch(const std::vector<Pair>& pairs) {
  arrow::UInt32Builder first, second;
  arrow::DoubleBuilder similarity;
  for (const Pair& pair : pairs) {
    SIKU_TRY(FromArrow(first.Append(pair.first)));
    SIKU_TRY(FromArrow(second.Append(pair.second)));
    SIKU_TRY(FromArrow(similarity.Append(pair.similarity)));
  }
  arrow::ArrayVector columns;
  for (arrow::ArrayBuilder* builder :
       std::initializer_list<arrow::ArrayBuilder*>{&first, &second, &similarity}) {
    SIKU_TRY(auto array, FromArrow(builder->Finish()));
    columns.push_back(std::move(array));
  }
  const auto schema = arrow::schema({arrow::field("first", arrow::uint32(), false),
                                     arrow::field("second", arrow::uint32(), false),
                                     arrow::field("similarity", arrow::float64(), false)});
  return arrow::RecordBatch::Make(schema, static_cast<int64_t>(pairs.size()), std::move(columns));
}

// The walk over the part's own groups, as if there were no others: what it compares, the walk over
// all of them compares as well, but for little.
std::vector<Pair> Compare(const Some& documents, duplicates::LinkOptions options,
                          const GroupsByBand& groups, int part, int parts) {
  std::vector<duplicates::Groups> own(groups.size());
  std::vector<std::vector<GroupList>> lists;
  for (size_t band = 0; band < groups.size(); ++band) {
    ForEachOwnGroup(groups[band], part, parts, [&](std::span<const uint32_t> group) {
      for (const uint32_t one : group) own[band].Add(documents.NumberOf(one));
      own[band].EndGroup();
    });
    lists.push_back({own[band].list()});
  }
  std::unordered_map<uint64_t, double> seen;
  const auto key = [](uint32_t a, uint32_t b) { return uint64_t{a} << 32 | b; };
  options.groups = lists;
  options.threads = 1;
  options.known = [&](uint32_t, uint32_t a, uint32_t b) -> std::optional<double> {
    const auto found = seen.find(key(a, b));
    if (found == seen.end()) return std::nullopt;
    return found->second;
  };
  options.compared = [&](uint32_t a, uint32_t b, double similarity) {
    seen[key(a, b)] = similarity;
  };
  duplicates::FindLinks(documents, options);
  std::vector<Pair> pairs;
  pairs.reserve(seen.size());
  for (const auto& [both, similarity] : seen) {
    pairs.push_back({documents.at(static_cast<uint32_t>(both >> 32)),
                     documents.at(static_cast<uint32_t>(both)), similarity});
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return a.first != b.first ? a.first < b.first : a.second < b.second;
  });
  return pairs;
}

}  // namespace

Result<std::vector<Batch>> FindGroupsOf(const duplicates::Documents& documents,
                                        const duplicates::LinkOptions& options, int part,
                                        int parts) {
  const int ranges = RangesOf(options.bands, parts);
  std::vector<Batch> found;
  for (int cell = part; cell < options.bands * ranges; cell += parts) {
    found.push_back(GroupBatch(duplicates::FindGroups(documents, options, cell / ranges,
                                                      static_cast<uint64_t>(cell % ranges),
                                                      static_cast<uint64_t>(ranges))));
  }
  if (found.empty()) found.push_back(GroupBatch({}));
  return found;
}

Result<std::vector<Batch>> CompareOf(const duplicates::Documents& documents,
                                     const duplicates::LinkOptions& options,
                                     const std::vector<std::vector<Batch>>& grouped, int part,
                                     int parts) {
  const GroupsByBand groups = GroupsOf(grouped, options.bands);
  const Some own(documents, OwnDocuments(groups, part, parts));
  SIKU_TRY(auto batch, PairBatch(Compare(own, options, groups, part, parts)));
  return std::vector<Batch>{std::move(batch)};
}

FoundByParts::FoundByParts(const AllRows& rows, int bands) {
  const auto& grouped = rows.left(kGroupRound);
  if (!grouped.empty()) groups_ = GroupsOf(grouped, bands);
  for (const auto& batches : rows.left(kCompareRound)) {
    const auto column = [&](int i) { return batches[0]->column(i); };
    pairs_.push_back({static_cast<const arrow::UInt32Array&>(*column(0)).raw_values(),
                      static_cast<const arrow::UInt32Array&>(*column(1)).raw_values(),
                      static_cast<const arrow::DoubleArray&>(*column(2)).raw_values(),
                      static_cast<size_t>(batches[0]->num_rows())});
  }
}

std::optional<double> FoundByParts::Similarity(uint32_t least, uint32_t first,
                                               uint32_t second) const {
  const Pairs& pairs = pairs_[static_cast<size_t>(PartOf(least, static_cast<int>(pairs_.size())))];
  const auto range = std::equal_range(pairs.first, pairs.first + pairs.size, first);
  const auto* const begin = pairs.second + (range.first - pairs.first);
  const auto* const end = pairs.second + (range.second - pairs.first);
  const auto* const found = std::lower_bound(begin, end, second);
  if (found == end || *found != second) return std::nullopt;
  return pairs.similarity[found - pairs.second];
}

}  // namespace siku::refine
