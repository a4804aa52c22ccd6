#include <algorithm>
#include <bit>
#include <map>
#include <mutex>
#include <optional>
#include <span>
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
  all = std::max<size_t>(all, 1);
  // 16 bits behind the point, and never below one.
  const uint64_t ratio = (static_cast<uint64_t>(all) << 16U) / std::clamp<size_t>(with, 1, all);
  const auto whole = static_cast<uint32_t>(std::bit_width(ratio)) - 17U;
  // The fraction of the logarithm, nearly: what stands behind the first bit.
  const auto fraction = static_cast<uint32_t>((ratio >> whole & 0xFFFFU) >> 12U);
  return 16 + whole * 16 + fraction;
}

/// Texts that are fetched from memory while one is looked through.
constexpr size_t kAhead = 8;

struct Document {
  std::string id{};
  FoldedTexts texts{};
  /// Where its values stand among those of all.
  uint32_t first_value = 0;
  uint32_t values = 0;
  bool listed = true;
};

}  // namespace

struct SearchIndex::State {
  std::vector<Document> documents{};
  /// Of each document, and numbers of the values of all: what a search reads of many documents lies
  /// side by side.
  std::vector<int64_t> modified{};
  std::vector<uint32_t> document_values{};
  Bits live;
  Bits listed;
  std::unordered_map<std::string, uint32_t> by_id{};
  Grams grams{};
  std::map<std::pair<std::string, std::string>, uint32_t> value_numbers{};
  std::vector<const std::pair<std::string, std::string>*> values{};
  size_t dead = 0;

  uint32_t ValueNumber(const std::pair<std::string, std::string>& value);
  std::span<const uint32_t> ValuesOf(size_t document) const {
    const Document& one = documents[document];
    return std::span(document_values).subspan(one.first_value, one.values);
  }
  void Append(Document document, int64_t when, std::span<const uint32_t> its_values);
  void Drop(const std::string& id);
  void RebuildIfStale();
};

namespace {

/// One evaluation of a query over the index, whose State is private to it.
template <class State>
class Evaluation {
 public:
  explicit Evaluation(const State& state) : state_(state), documents_(state.documents) {}

  /// Those of `within` that match: nobody looks at the texts of others.
  Bits Matching(const Node& node, bool counts, const Bits& within) {
    Bits bits(documents_.size());
    switch (node.kind) {
      case Node::Kind::kAll:
        return within;
      case Node::Kind::kTerm:
        Term(node, counts, within, bits);
        break;
      case Node::Kind::kValue:
        Value(node, within, bits);
        break;
      case Node::Kind::kId:
      case Node::Kind::kName:
        Named(node, within, bits);
        break;
      case Node::Kind::kModified:
        within.ForEach([&](size_t i) {
          const int64_t modified = state_.modified[i];
          if (modified >= node.least && modified <= node.most) bits.Set(i);
        });
        break;
      case Node::Kind::kNot:
        bits = Matching(node.children[0], false, within);
        bits.Flip();
        bits &= within;
        break;
      case Node::Kind::kAnd:
        bits = within;
        for (const Node* child : CheapFirst(node.children)) bits = Matching(*child, counts, bits);
        break;
      case Node::Kind::kOr:
        for (const Node& child : node.children) bits |= Matching(child, counts, within);
        break;
    }
    return bits;
  }

  uint32_t Score(size_t document) const { return scores_.empty() ? 0 : scores_[document]; }

 private:
  /// So that what is costly is asked of few.
  std::vector<const Node*> CheapFirst(const std::vector<Node>& nodes) const {
    std::vector<std::pair<size_t, const Node*>> costs;
    for (const Node& node : nodes) {
      const bool term = node.kind == Node::Kind::kTerm;
      costs.emplace_back(term ? state_.grams.Count(Rarest(Utf16(node.term))) : documents_.size(),
                         &node);
    }
    std::stable_sort(costs.begin(), costs.end(),
                     [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const Node*> sorted;
    for (const auto& [cost, node] : costs) sorted.push_back(node);
    return sorted;
  }

  void Term(const Node& node, bool counts, const Bits& within, Bits& bits) {
    const std::u16string term = Utf16(node.term);
    const auto rarest = Rarest(term);
    const bool whole = term.size() <= 2 && !node.field;
    const uint32_t rarity = Rarity(state_.by_id.size(), state_.grams.Count(rarest));
    if (counts) scores_.resize(documents_.size());
    std::vector<std::pair<uint32_t, int>> candidates;
    state_.grams.ForEach(rarest, [&](uint32_t document, int field) {
      if (within.Has(document)) candidates.emplace_back(document, field);
    });
    for (size_t i = 0; i < candidates.size(); ++i) {
      // Texts lie anywhere in memory, which is slower than looking through them.
      if (!whole && i + kAhead < candidates.size()) {
        const auto& text = documents_[candidates[i + kAhead].first].texts.text;
        for (size_t at = 0; at < 4; ++at) __builtin_prefetch(text.data() + 32 * at);
      }
      auto [document, field] = candidates[i];
      // The field is the best that the pair is in: the term is in none above it.
      if (!whole) field = Verify(documents_[document].texts, term, node.field, field);
      if (field < 0) continue;
      bits.Set(document);
      if (counts) scores_[document] += rarity * kWeights[field];
    }
  }
  /// The pair of the term that the fewest have; of one unit, itself.
  std::u16string_view Rarest(std::u16string_view term) const {
    if (term.size() < 3) return term;
    std::u16string_view best = term.substr(0, 2);
    for (size_t i = 1; i + 1 < term.size(); ++i) {
      const auto gram = term.substr(i, 2);
      if (state_.grams.Count(gram) < state_.grams.Count(best)) best = gram;
    }
    return best;
  }
  static int Verify(const FoldedTexts& texts, std::u16string_view term,
                    const std::optional<Field>& field, int most) {
    if (!field) return texts.BestField(term, most);
    return Contains(texts.Of(*field), term) ? static_cast<int>(*field) : -1;
  }

  void Value(const Node& node, const Bits& within, Bits& bits) const {
    std::vector<bool> wanted(state_.values.size());
    for (size_t i = 0; i < state_.values.size(); ++i) {
      const auto& [name, value] = *state_.values[i];
      wanted[i] =
          name == node.name && (node.prefix ? value.starts_with(node.value) : value == node.value);
    }
    within.ForEach([&](size_t i) {
      for (const uint32_t value : state_.ValuesOf(i)) {
        if (wanted[value]) bits.Set(i);
      }
    });
  }
  void Named(const Node& node, const Bits& within, Bits& bits) const {
    const auto found = state_.by_id.find(node.value);
    if (found != state_.by_id.end() && within.Has(found->second)) bits.Set(found->second);
    if (node.kind == Node::Kind::kId) return;
    const std::u16string name = Utf16(Fold(node.value)) + u'\n';
    within.ForEach([&](size_t i) {
      if (documents_[i].texts.Of(Field::kName).starts_with(name)) bits.Set(i);
    });
  }

  const State& state_;
  const std::vector<Document>& documents_;
  std::vector<uint32_t> scores_{};
};

}  // namespace

uint32_t SearchIndex::State::ValueNumber(const std::pair<std::string, std::string>& value) {
  const auto [place, added] =
      value_numbers.emplace(value, static_cast<uint32_t>(value_numbers.size()));
  if (added) values.push_back(&place->first);
  return place->second;
}

void SearchIndex::State::Append(Document document, int64_t when,
                                std::span<const uint32_t> its_values) {
  const auto number = static_cast<uint32_t>(documents.size());
  document.first_value = static_cast<uint32_t>(document_values.size());
  document.values = static_cast<uint32_t>(its_values.size());
  document_values.insert(document_values.end(), its_values.begin(), its_values.end());
  modified.push_back(when);
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
  grams.Forget(documents[found->second].texts);
  documents[found->second] = Document{};
  by_id.erase(found);
  ++dead;
}

/// Entries that were replaced stay in the postings until they are half of all.
void SearchIndex::State::RebuildIfStale() {
  if (dead < 1'000 || dead * 2 < documents.size()) return;
  std::vector<Document> old = std::move(documents);
  const std::vector<int64_t> old_modified = std::move(modified);
  const std::vector<uint32_t> old_values = std::move(document_values);
  const Bits was_live = std::move(live);
  documents.clear();
  modified.clear();
  document_values.clear();
  live = Bits();
  listed = Bits();
  by_id.clear();
  grams = {};
  dead = 0;
  for (size_t i = 0; i < old.size(); ++i) {
    if (!was_live.Has(i)) continue;
    const auto its_values = std::span(old_values).subspan(old[i].first_value, old[i].values);
    Append(std::move(old[i]), old_modified[i], its_values);
  }
}

SearchIndex::SearchIndex() : state_(std::make_unique<State>()) {}
SearchIndex::~SearchIndex() = default;

void SearchIndex::Put(const Entry& entry) {
  Document document{.id = entry.id, .texts = FoldedTexts::Of(entry), .listed = entry.listed};
  const std::unique_lock lock(mutex_);
  state_->Drop(entry.id);
  std::vector<uint32_t> values;
  for (const auto& value : entry.values) values.push_back(state_->ValueNumber(value));
  std::sort(values.begin(), values.end());
  state_->Append(std::move(document), entry.modified, values);
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
  int64_t modified;
};

/// Sorts as many as are asked for.
void Sort(std::vector<Found>& found, const std::vector<Document>& documents, const Query& query) {
  const auto before = [&](const Found& a, const Found& b) {
    if (query.order == Order::kRelevance && a.score != b.score) return a.score > b.score;
    const Document& x = documents[a.document];
    const Document& y = documents[b.document];
    if (query.order == Order::kOldest && a.modified != b.modified) return a.modified < b.modified;
    if (query.order == Order::kName) {
      return x.texts.Of(Field::kName) != y.texts.Of(Field::kName)
                 ? x.texts.Of(Field::kName) < y.texts.Of(Field::kName)
                 : x.id < y.id;
    }
    if (query.order != Order::kId && a.modified != b.modified) return a.modified > b.modified;
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
  Evaluation evaluation(*state_);
  Bits matching = state_->live;
  if (!query.unlisted) matching &= state_->listed;
  for (const Node& filter : filters) matching = evaluation.Matching(filter, false, matching);
  matching = evaluation.Matching(asked, query.order == Order::kRelevance, matching);

  Hits hits;
  std::vector<Found> found;
  std::vector<int64_t> counts(query.facets.empty() ? 0 : state_->values.size());
  matching.ForEach([&](size_t i) {
    found.push_back({static_cast<uint32_t>(i), evaluation.Score(i), state_->modified[i]});
    if (counts.empty()) return;
    for (const uint32_t value : state_->ValuesOf(i)) ++counts[value];
  });
  hits.total = static_cast<int64_t>(found.size());
  Sort(found, documents, query);
  for (size_t i = query.offset; i < found.size() && i - query.offset < query.limit; ++i) {
    hits.ids.push_back(documents[found[i].document].id);
    hits.states.push_back({found[i].modified, state_->listed.Has(found[i].document)});
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
  for (size_t i = 0; i < state_->documents.size(); ++i) {
    if (!state_->live.Has(i) || !state_->listed.Has(i)) continue;
    for (const uint32_t value : state_->ValuesOf(i)) ++counts[value];
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
