#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "search/bits.h"
#include "search/grams.h"
#include "search/query.h"
#include "siku/catalog/search.h"

namespace siku::catalog {
namespace {

/// What a term is worth by where it stands; the order of Field.
constexpr uint32_t kWeights[kFields] = {1, 3, 4, 8};

/// 16 times the binary logarithm of how rare a term is, in whole numbers.
uint32_t Rarity(size_t all, size_t with) {
  // 16 bits behind the point, and never below one.
  const uint64_t ratio = (static_cast<uint64_t>(all) << 16U) / std::clamp<size_t>(with, 1, all);
  const auto whole = static_cast<uint32_t>(std::bit_width(ratio)) - 17U;
  // The fraction of the logarithm, nearly: what stands behind the first bit.
  const auto fraction = static_cast<uint32_t>((ratio >> whole & 0xFFFFU) >> 12U);
  return 16 + whole * 16 + fraction;
}

struct Document {
  std::string id{};
  FoldedTexts texts{};
  std::vector<uint32_t> values{};  // sorted
  int64_t modified = 0;
  bool listed = true;
};

}  // namespace

struct SearchIndex::State {
  std::vector<Document> documents{};
  Bits live;
  Bits listed;
  std::unordered_map<std::string, uint32_t> by_id{};
  Grams grams{};
  std::map<std::pair<std::string, std::string>, uint32_t> value_numbers{};
  std::vector<const std::pair<std::string, std::string>*> values{};
  size_t dead = 0;

  uint32_t ValueNumber(const std::pair<std::string, std::string>& value);
  void Append(Document document);
  void Drop(const std::string& id);
  void RebuildIfStale();
};

namespace {

/// One evaluation of a query over the index.
class Evaluation {
 public:
  Evaluation(const std::vector<Document>& documents, const Grams& grams,
             const std::vector<const std::pair<std::string, std::string>*>& values,
             const std::unordered_map<std::string, uint32_t>& by_id)
      : documents_(documents), grams_(grams), values_(values), by_id_(by_id) {}

  Bits Matching(const Node& node, bool counts) {
    Bits bits(documents_.size());
    switch (node.kind) {
      case Node::Kind::kAll:
        bits.SetAll();
        break;
      case Node::Kind::kTerm:
        Term(node, counts, bits);
        break;
      case Node::Kind::kValue:
        Value(node, bits);
        break;
      case Node::Kind::kId:
      case Node::Kind::kName:
        Named(node, bits);
        break;
      case Node::Kind::kModified:
        for (size_t i = 0; i < documents_.size(); ++i) {
          const int64_t modified = documents_[i].modified;
          if (modified >= node.least && modified <= node.most) bits.Set(i);
        }
        break;
      case Node::Kind::kNot:
        bits = Matching(node.children[0], false);
        bits.Flip();
        break;
      case Node::Kind::kAnd:
        bits.SetAll();
        for (const Node& child : node.children) bits &= Matching(child, counts);
        break;
      case Node::Kind::kOr:
        for (const Node& child : node.children) bits |= Matching(child, counts);
        break;
    }
    return bits;
  }

  uint32_t Score(size_t document) const { return scores_.empty() ? 0 : scores_[document]; }

 private:
  void Term(const Node& node, bool counts, Bits& bits) {
    const std::u16string term = Utf16(node.term);
    std::vector<std::pair<uint32_t, int>> found;
    const auto keep = [&](uint32_t document, int field) {
      if (documents_[document].id.empty()) return;  // replaced or removed
      bits.Set(document);
      if (counts) found.emplace_back(document, field);
    };
    const bool whole = term.size() <= 2 && !node.field;
    grams_.ForEach(Rarest(term), [&](uint32_t document, int field) {
      if (!whole) field = Verify(documents_[document].texts, term, node.field);
      if (field >= 0) keep(document, field);
    });
    if (found.empty()) return;
    scores_.resize(documents_.size());
    const uint32_t rarity = Rarity(by_id_.size(), found.size());
    for (const auto& [document, field] : found) scores_[document] += rarity * kWeights[field];
  }
  /// The pair of the term that the fewest have; of one unit, itself.
  std::u16string_view Rarest(std::u16string_view term) const {
    if (term.size() < 3) return term;
    std::u16string_view best = term.substr(0, 2);
    for (size_t i = 1; i + 1 < term.size(); ++i) {
      const auto gram = term.substr(i, 2);
      if (grams_.Count(gram) < grams_.Count(best)) best = gram;
    }
    return best;
  }
  static int Verify(const FoldedTexts& texts, std::u16string_view term,
                    const std::optional<Field>& field) {
    if (!field) return texts.BestField(term);
    const bool there = texts.Of(*field).find(term) != std::u16string_view::npos;
    return there ? static_cast<int>(*field) : -1;
  }

  void Value(const Node& node, Bits& bits) const {
    std::vector<bool> wanted(values_.size());
    for (size_t i = 0; i < values_.size(); ++i) {
      const auto& [name, value] = *values_[i];
      wanted[i] =
          name == node.name && (node.prefix ? value.starts_with(node.value) : value == node.value);
    }
    for (size_t i = 0; i < documents_.size(); ++i) {
      for (const uint32_t value : documents_[i].values) {
        if (wanted[value]) bits.Set(i);
      }
    }
  }
  void Named(const Node& node, Bits& bits) const {
    const auto found = by_id_.find(node.value);
    if (found != by_id_.end()) bits.Set(found->second);
    if (node.kind == Node::Kind::kId) return;
    const std::u16string name = Utf16(Fold(node.value)) + u'\n';
    for (size_t i = 0; i < documents_.size(); ++i) {
      if (documents_[i].texts.Of(Field::kName).starts_with(name)) bits.Set(i);
    }
  }

  const std::vector<Document>& documents_;
  const Grams& grams_;
  const std::vector<const std::pair<std::string, std::string>*>& values_;
  const std::unordered_map<std::string, uint32_t>& by_id_;
  std::vector<uint32_t> scores_{};
};

}  // namespace

uint32_t SearchIndex::State::ValueNumber(const std::pair<std::string, std::string>& value) {
  const auto [place, added] =
      value_numbers.emplace(value, static_cast<uint32_t>(value_numbers.size()));
  if (added) values.push_back(&place->first);
  return place->second;
}

void SearchIndex::State::Append(Document document) {
  const auto number = static_cast<uint32_t>(documents.size());
  grams.Add(number, document.texts);
  by_id[document.id] = number;
  live.Append(true);
  listed.Append(document.listed);
  documents.push_back(std::move(document));
}

void SearchIndex::State::Drop(const std::string& id) {
  const auto found = by_id.find(id);
  if (found == by_id.end()) return;
  live.Clear(found->second);
  documents[found->second] = Document{};
  by_id.erase(found);
  ++dead;
}

/// Entries that were replaced stay in the postings until they are half of all.
void SearchIndex::State::RebuildIfStale() {
  if (dead < 1'000 || dead * 2 < documents.size()) return;
  std::vector<Document> old = std::move(documents);
  const Bits was_live = std::move(live);
  documents.clear();
  live = Bits();
  listed = Bits();
  by_id.clear();
  grams = {};
  dead = 0;
  for (size_t i = 0; i < old.size(); ++i) {
    if (was_live.Has(i)) Append(std::move(old[i]));
  }
}

SearchIndex::SearchIndex() : state_(std::make_unique<State>()) {}
SearchIndex::~SearchIndex() = default;

void SearchIndex::Put(const Entry& entry) {
  Document document{.id = entry.id,
                    .texts = FoldedTexts::Of(entry),
                    .modified = entry.modified,
                    .listed = entry.listed};
  const std::unique_lock lock(mutex_);
  state_->Drop(entry.id);
  for (const auto& value : entry.values) document.values.push_back(state_->ValueNumber(value));
  std::sort(document.values.begin(), document.values.end());
  state_->Append(std::move(document));
  state_->RebuildIfStale();
}

void SearchIndex::Remove(const std::string& id) {
  const std::unique_lock lock(mutex_);
  state_->Drop(id);
}

void SearchIndex::Swap(SearchIndex& fresh) {
  const std::unique_lock lock(mutex_);
  std::swap(state_, fresh.state_);
}

size_t SearchIndex::size() const {
  const std::shared_lock lock(mutex_);
  return state_->by_id.size();
}

namespace {

struct Found {
  uint32_t document;
  uint32_t score;
};

/// Sorts as many as are asked for.
void Sort(std::vector<Found>& found, const std::vector<Document>& documents, const Query& query) {
  const auto before = [&](const Found& a, const Found& b) {
    const Document& x = documents[a.document];
    const Document& y = documents[b.document];
    if (query.order == Order::kRelevance && a.score != b.score) return a.score > b.score;
    if (query.order == Order::kOldest && x.modified != y.modified) return x.modified < y.modified;
    if (query.order == Order::kName) {
      return x.texts.Of(Field::kName) != y.texts.Of(Field::kName)
                 ? x.texts.Of(Field::kName) < y.texts.Of(Field::kName)
                 : x.id < y.id;
    }
    if (query.order != Order::kId && x.modified != y.modified) return x.modified > y.modified;
    return x.id < y.id;
  };
  const size_t wanted = std::min(found.size(), query.offset + query.limit);
  std::partial_sort(found.begin(), found.begin() + static_cast<ptrdiff_t>(wanted), found.end(),
                    before);
}

}  // namespace

Result<Hits> SearchIndex::Search(const Query& query) const {
  SIKU_TRY(const Node asked, ParseQuery(query.text));
  std::vector<Node> filters;
  for (const std::string& filter : query.filters) {
    SIKU_TRY(auto node, ParseQuery(filter));
    filters.push_back(std::move(node));
  }
  const std::shared_lock lock(mutex_);
  const auto& documents = state_->documents;
  Evaluation evaluation(documents, state_->grams, state_->values, state_->by_id);
  Bits matching = evaluation.Matching(asked, query.order == Order::kRelevance);
  matching &= state_->live;
  if (!query.unlisted) matching &= state_->listed;
  for (const Node& filter : filters) matching &= evaluation.Matching(filter, false);

  Hits hits;
  std::vector<Found> found;
  std::vector<int64_t> counts(query.facets.empty() ? 0 : state_->values.size());
  matching.ForEach([&](size_t i) {
    found.push_back({static_cast<uint32_t>(i), evaluation.Score(i)});
    if (counts.empty()) return;
    for (const uint32_t value : documents[i].values) ++counts[value];
  });
  hits.total = static_cast<int64_t>(found.size());
  Sort(found, documents, query);
  for (size_t i = query.offset; i < found.size() && i - query.offset < query.limit; ++i) {
    hits.ids.push_back(documents[found[i].document].id);
  }
  for (const std::string& field : query.facets) {
    auto& [name, values] = hits.facets.emplace_back();
    name = field;
    for (size_t i = 0; i < counts.size(); ++i) {
      const auto& [facet, value] = *state_->values[i];
      if (counts[i] > 0 && facet == field) values.push_back({value, counts[i]});
    }
    std::sort(values.begin(), values.end(), [](const FacetValue& a, const FacetValue& b) {
      return a.count != b.count ? a.count > b.count : a.value < b.value;
    });
    if (values.size() > query.facet_limit) values.resize(query.facet_limit);
  }
  return hits;
}

std::vector<std::string> SearchIndex::Suggest(std::string_view text, size_t limit) const {
  const std::u32string wanted = Fold(text);
  std::vector<std::string> found;
  if (wanted.empty()) return found;
  const std::shared_lock lock(mutex_);
  std::vector<size_t> counts(state_->values.size());
  for (const Document& document : state_->documents) {
    if (!document.listed) continue;
    for (const uint32_t value : document.values) ++counts[value];
  }
  std::vector<std::pair<size_t, std::string>> ranked;
  for (size_t i = 0; i < counts.size(); ++i) {
    const auto& [name, value] = *state_->values[i];
    if (counts[i] == 0 || (name != "keyword" && name != "theme")) continue;
    if (Fold(value).find(wanted) != std::u32string::npos) ranked.emplace_back(counts[i], value);
  }
  std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  for (auto& [count, value] : ranked) {
    if (found.size() == limit) break;
    if (std::find(found.begin(), found.end(), value) == found.end()) found.push_back(value);
  }
  return found;
}

}  // namespace siku::catalog
