#include "page_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace siku::report {
namespace {

using Json = nlohmann::ordered_json;

// Unchanged text on each side of what happened, bytes; about two hundred Chinese characters.
constexpr int64_t kAround = 600;
// A longer edit is shown in part.
constexpr size_t kMostOfItem = size_t{16} << 10;

int64_t Border(std::string_view text, int64_t at) {
  while (at > 0 && at < static_cast<int64_t>(text.size()) &&
         (static_cast<unsigned char>(text[static_cast<size_t>(at)]) & 0xC0U) == 0x80) {
    --at;
  }
  return at;
}

std::string_view Part(std::string_view text, int64_t begin, int64_t end) {
  return text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

// Where an item, or a part of it, stands in the text.
struct Piece {
  int64_t begin = 0;
  int64_t end = 0;
  size_t item = 0;
  bool whole = true;
};

// `text` in full, or as much as is shown with its whole length beside it.
void PutText(Json& item, const char* name, const char* length, std::string_view text) {
  item[name] = Prefix(text, kMostOfItem);
  if (text.size() > kMostOfItem) item[length] = text.size();
}

Json EditJson(const PageView& page, const StoredEdit& edit) {
  Json item = {{"kind", "edit"},
               {"begin", edit.begin},
               {"end", edit.end},
               {"rule", page.rules[edit.rule]},
               {"confidence", edit.confidence}};
  PutText(item, "before", "before_bytes", edit.before);
  PutText(item, "after", "after_bytes", Part(page.after, edit.out_begin, edit.out_end));
  if (!edit.alternatives.empty()) item["alternatives"] = edit.alternatives;
  return item;
}

Json FlagJson(const PageView& page, const FlagView& flag) {
  Json item = {{"kind", flag.proposal.has_value() ? "proposal" : "flag"},
               {"begin", flag.begin},
               {"end", flag.end},
               {"flag", flag.kind}};
  if (!flag.detail.empty() && flag.detail != flag.rule) {
    item["detail"] = {flag.detail, Translate(flag.detail, Language::kChinese)};
  }
  const auto size = static_cast<int64_t>(page.before.size());
  const int64_t begin = std::clamp<int64_t>(flag.begin, 0, size);
  PutText(item, "before", "before_bytes",
          Part(page.before, begin, std::clamp<int64_t>(flag.end, begin, size)));
  if (flag.proposal.has_value()) {
    item["rule"] = flag.rule;
    item["confidence"] = flag.confidence;
    PutText(item, "after", "after_bytes", *flag.proposal);
    if (!flag.alternatives.empty()) item["alternatives"] = flag.alternatives;
  }
  return item;
}

bool Before(const Piece& a, const Piece& b) {
  return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
}

// The parts of a flag that nothing else covers yet; where all is covered, an empty one behind it.
void PlaceFlag(std::vector<Piece>& pieces, const FlagView& flag, size_t item, int64_t size) {
  const int64_t begin = std::clamp<int64_t>(flag.begin, 0, size);
  const int64_t end = std::clamp<int64_t>(flag.end, begin, size);
  std::vector<Piece> mine;
  int64_t at = begin;
  // Pieces are sorted and disjoint, so their ends ascend too.
  auto piece = std::lower_bound(pieces.begin(), pieces.end(), begin,
                                [](const Piece& one, int64_t place) { return one.end <= place; });
  for (; piece != pieces.end() && piece->begin < end; ++piece) {
    if (piece->begin > at) mine.push_back({at, piece->begin, item, false});
    at = std::max(at, piece->end);
  }
  if (at < end || mine.empty()) mine.push_back({at, std::max(at, end), item, false});
  mine[0].whole = mine.size() == 1 && mine[0].begin == begin && mine[0].end == end;
  for (const Piece& one : mine) {
    pieces.insert(std::upper_bound(pieces.begin(), pieces.end(), one, Before), one);
  }
}

// Of each kind at most `most`, the first ones.
std::vector<Piece> PiecesOf(const PageView& page, size_t most) {
  std::vector<Piece> pieces;
  const auto size = static_cast<int64_t>(page.before.size());
  for (size_t i = 0; i < page.edits.size() && i < most; ++i) {
    pieces.push_back({page.edits[i].begin, page.edits[i].end, i, true});
  }
  for (size_t i = 0; i < page.flags.size() && i < most; ++i) {
    PlaceFlag(pieces, page.flags[i], page.edits.size() + i, size);
  }
  return pieces;
}

// Collects the text of a page up to its cap.
class TextRuns {
 public:
  TextRuns(std::string_view text, int64_t most) : text_(text), most_(most) {}
  bool full() const { return used_ >= most_; }
  // Text between two items: its middle is left out where it is long.
  void Gap(int64_t begin, int64_t end, bool first, bool last) {
    const int64_t head = Border(text_, begin + (first ? kAround / 2 : kAround));
    const int64_t tail = Border(text_, end - (last ? kAround / 2 : kAround));
    if (tail - head < kAround) return Plain(begin, end);
    Plain(begin, head);
    runs_.push_back(tail - head);
    Plain(tail, end);
  }
  void Item(const Piece& piece, size_t index) {
    used_ += piece.end - piece.begin;
    if (piece.whole) {
      runs_.push_back(Json::array({index}));
    } else {
      runs_.push_back(Json::array({index, Part(text_, piece.begin, piece.end)}));
    }
  }
  // Everything from `begin` on is left out.
  void Rest(int64_t begin) {
    const auto size = static_cast<int64_t>(text_.size());
    if (begin < size) runs_.push_back(size - begin);
  }
  Json Take() { return std::move(runs_); }

 private:
  void Plain(int64_t begin, int64_t end) {
    if (begin == end) return;
    used_ += end - begin;
    runs_.push_back(Part(text_, begin, end));
  }
  std::string_view text_;
  int64_t most_;
  int64_t used_ = 0;
  Json runs_ = Json::array();
};

}  // namespace

std::string Prefix(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  return std::string(
      text.substr(0, static_cast<size_t>(Border(text, static_cast<int64_t>(bytes)))));
}

Json ChildJson(const RowKey& key) {
  Json ordinals = Json::array();
  for (size_t at = 0; at + 4 <= key.child.size(); at += 4) {
    uint32_t ordinal = 0;
    for (size_t i = 0; i < 4; ++i) {
      ordinal = ordinal << 8U | static_cast<unsigned char>(key.child[at + i]);
    }
    ordinals.push_back(ordinal);
  }
  return ordinals;
}

std::string PlaceOf(std::string_view source, const RowKey& key) {
  std::string place = std::string(source) + ":" + std::to_string(key.position);
  for (const auto& ordinal : ChildJson(key)) place += "/" + ordinal.dump();
  return place;
}

int64_t PageWeight(const PageView& page, const PageLimits& limits) {
  constexpr int64_t kOfItem = 200;
  const auto items = static_cast<int64_t>(page.edits.size() + page.flags.size());
  return std::min(static_cast<int64_t>(page.before.size()), limits.bytes) +
         std::min(items, limits.items) * kOfItem;
}

Json PageJson(const PageView& page, const PageLimits& limits) {
  const auto size = static_cast<int64_t>(page.before.size());
  TextRuns runs(page.before, limits.bytes);
  Json items = Json::array();
  std::vector<int64_t> index(page.edits.size() + page.flags.size(), -1);
  const auto item_of = [&](size_t item) {
    if (index[item] < 0) {
      index[item] = static_cast<int64_t>(items.size());
      const size_t edits = page.edits.size();
      items.push_back(item < edits ? EditJson(page, page.edits[item])
                                   : FlagJson(page, page.flags[item - edits]));
    }
    return static_cast<size_t>(index[item]);
  };
  int64_t at = 0;
  for (const Piece& piece : PiecesOf(page, static_cast<size_t>(limits.items))) {
    if (runs.full() || static_cast<int64_t>(items.size()) >= limits.items) break;
    if (piece.begin > at) runs.Gap(at, piece.begin, at == 0, false);
    runs.Item(piece, item_of(piece.item));
    at = std::max(at, piece.end);
  }
  const bool stopped = items.size() < index.size();
  if (stopped) {
    runs.Rest(at);
  } else if (at < size) {
    runs.Gap(at, size, at == 0, true);
  }
  const auto cut = static_cast<int64_t>(index.size() - items.size());
  Json json = {{"column", page.column}, {"bytes", size}, {"items", items}, {"text", runs.Take()}};
  if (cut > 0) json["cut"] = cut;
  if (!page.has_text) json["gone"] = true;
  return json;
}

}  // namespace siku::report
