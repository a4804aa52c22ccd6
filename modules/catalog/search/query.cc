#include "search/query.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr size_t kLongest = 4096;
constexpr int kDeepest = 16;
constexpr int kMostNodes = 100;

struct FieldName {
  std::string_view name;
  Node::Kind kind;
  std::string_view ours = {};
  std::optional<Field> field = {};
};
constexpr std::array kNames = {
    FieldName{"title", Node::Kind::kTerm, {}, Field::kTitle},
    FieldName{"notes", Node::Kind::kTerm, {}, Field::kSummary},
    FieldName{"summary", Node::Kind::kTerm, {}, Field::kSummary},
    FieldName{"text", Node::Kind::kTerm},
    FieldName{"name", Node::Kind::kName},
    FieldName{"id", Node::Kind::kId},
    FieldName{"metadata_modified", Node::Kind::kModified},
    FieldName{"modified", Node::Kind::kModified},
    FieldName{"organization", Node::Kind::kValue, "organisation"},
    FieldName{"organisation", Node::Kind::kValue, "organisation"},
    FieldName{"groups", Node::Kind::kValue, "theme"},
    FieldName{"theme", Node::Kind::kValue, "theme"},
    FieldName{"tags", Node::Kind::kValue, "keyword"},
    FieldName{"keyword", Node::Kind::kValue, "keyword"},
    FieldName{"res_format", Node::Kind::kValue, "format"},
    FieldName{"format", Node::Kind::kValue, "format"},
    FieldName{"license_id", Node::Kind::kValue, "licence"},
    FieldName{"licence", Node::Kind::kValue, "licence"},
    FieldName{"class", Node::Kind::kValue, "class"},
    FieldName{"update_cycle", Node::Kind::kValue, "update_cycle"},
    // What CKAN adds or its clients always send: true of all that we show.
    FieldName{"capacity", Node::Kind::kAll},
    FieldName{"dataset_type", Node::Kind::kAll},
    FieldName{"entity_type", Node::Kind::kAll},
    FieldName{"site_id", Node::Kind::kAll},
    FieldName{"state", Node::Kind::kAll},
};

const FieldName* Known(std::string_view name) {
  for (const FieldName& known : kNames) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

bool IsSeparator(char32_t c) {
  constexpr std::u32string_view kSeparators = U" \t\r\n\u3000，。、；！？,;";
  return kSeparators.find(c) != std::u32string_view::npos;
}

/// 2026-01-02T03:04:05.678Z, or a beginning of it; `*`: `open`.
std::optional<int64_t> ParseTime(std::string_view text, int64_t open) {
  if (text == "*") return open;
  const std::string given(text);
  std::tm parts{};
  int milliseconds = 0;
  parts.tm_mday = 1;
  const int got =
      std::sscanf(given.c_str(), "%d-%d-%dT%d:%d:%d.%3d", &parts.tm_year, &parts.tm_mon,
                  &parts.tm_mday, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &milliseconds);
  if (got < 3 || parts.tm_year < 1900 || parts.tm_year > 9999) return std::nullopt;
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  return int64_t{timegm(&parts)} * 1000 + milliseconds;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Node> Whole() {
    Node all{.kind = Node::Kind::kAnd};
    while (Skip()) {
      SIKU_TRY(auto part, Either(0));
      all.children.push_back(std::move(part));
      if (at_ < text_.size() && text_[at_] == ')') ++at_;  // one too many is nothing
    }
    if (all.children.empty()) return Node{};
    if (all.children.size() == 1) return std::move(all.children[0]);
    return all;
  }

 private:
  using Kind = Node::Kind;

  /// Behind separators; false at the end.
  bool Skip() {
    while (at_ < text_.size()) {
      size_t next = at_;
      if (!IsSeparator(utf8::Next(text_, next))) return true;
      at_ = next;
    }
    return false;
  }
  bool Word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    const size_t end = at_ + word.size();
    if (end < text_.size() && text_[end] != ' ' && text_[end] != '(') return false;
    at_ = end;
    return true;
  }
  Result<void> Count(int depth) {
    if (depth > kDeepest) {
      return Fail(Code::kLimit, "the query is nested too deeply", std::to_string(kDeepest));
    }
    if (++nodes_ > kMostNodes) {
      return Fail(Code::kLimit, "the query has too many parts", std::to_string(kMostNodes));
    }
    return {};
  }

  Result<Node> Either(int depth) {
    SIKU_TRY(Count(depth));
    Node either{.kind = Kind::kOr};
    for (;;) {
      SIKU_TRY(auto part, Both(depth));
      if (part) either.children.push_back(std::move(*part));
      if (!Skip() || !Word("OR")) break;
    }
    if (either.children.empty()) return Node{};
    if (either.children.size() == 1) return std::move(either.children[0]);
    return either;
  }
  /// Nothing where an operator has nothing on its side.
  Result<std::optional<Node>> Both(int depth) {
    Node both{.kind = Kind::kAnd};
    while (Skip() && text_[at_] != ')') {
      const size_t before = at_;
      if (Word("OR")) {
        at_ = before;
        break;
      }
      if (Word("AND")) continue;
      SIKU_TRY(auto part, Signed(depth + 1));
      both.children.push_back(std::move(part));
    }
    if (both.children.empty()) return std::optional<Node>();
    if (both.children.size() == 1) return std::optional<Node>(std::move(both.children[0]));
    return std::optional<Node>(std::move(both));
  }
  Result<Node> Signed(int depth) {
    SIKU_TRY(Count(depth));
    const bool behind = at_ + 1 < text_.size() && text_[at_ + 1] != ' ';
    if (text_[at_] == '+' && behind) ++at_;
    const bool minus = text_[at_] == '-' && behind;
    if (minus) ++at_;
    if (!minus && !Word("NOT")) return Primary(depth);
    if (!Skip()) return Leaf(nullptr, "NOT");  // there is nothing that it could be the operator of
    Node negative{.kind = Kind::kNot};
    SIKU_TRY(auto part, Primary(depth + 1));
    negative.children.push_back(std::move(part));
    return negative;
  }
  Result<Node> Primary(int depth) {
    SIKU_TRY(Count(depth));
    if (text_[at_] == '(' && text_.find(')', at_) != std::string_view::npos) {
      ++at_;
      SIKU_TRY(auto inner, Either(depth + 1));
      if (at_ < text_.size() && text_[at_] == ')') ++at_;
      return inner;
    }
    if (text_.substr(at_).starts_with("*:*")) {
      at_ += 3;
      return Node{};
    }
    const FieldName* field = FieldHere();
    if (field == nullptr) return Leaf(nullptr, Text());
    if (at_ < text_.size() && text_[at_] == '(') return Group(*field, depth);
    return Leaf(field, field->kind == Kind::kModified ? Range() : Text());
  }
  /// `tags:(a OR b c)`: the operators between plain values.
  Result<Node> Group(const FieldName& field, int depth) {
    const FieldName* outer = field_;
    field_ = &field;
    ++at_;
    auto inner = Either(depth + 1);
    field_ = outer;
    if (at_ < text_.size() && text_[at_] == ')') ++at_;
    return inner;
  }

  /// A known field's name and its colon, which are read; or nothing.
  const FieldName* FieldHere() {
    const size_t colon = text_.find_first_of(": \"()", at_);
    if (colon == std::string_view::npos || text_[colon] != ':' || colon + 1 == text_.size()) {
      return nullptr;
    }
    const FieldName* known = Known(text_.substr(at_, colon - at_));
    if (known != nullptr) at_ = colon + 1;
    return known;
  }
  std::string Text() {
    if (at_ < text_.size() && text_[at_] == '"') {
      const size_t end = text_.find('"', at_ + 1);
      if (end != std::string_view::npos) {
        std::string quoted(text_.substr(at_ + 1, end - at_ - 1));
        at_ = end + 1;
        return quoted;
      }
    }
    const size_t begin = at_;
    while (at_ < text_.size()) {
      size_t next = at_;
      const char32_t c = utf8::Next(text_, next);
      if (IsSeparator(c) || c == ')') break;
      at_ = next;
    }
    return std::string(text_.substr(begin, at_ - begin));
  }
  /// `[a TO b]` whole, or a plain word.
  std::string Range() {
    const size_t end = text_.find_first_of("]}", at_);
    if (at_ == text_.size() || (text_[at_] != '[' && text_[at_] != '{') ||
        end == std::string_view::npos) {
      return Text();
    }
    std::string range(text_.substr(at_, end + 1 - at_));
    at_ = end + 1;
    return range;
  }

  Result<Node> Leaf(const FieldName* field, std::string text) const {
    if (field == nullptr) field = field_;
    if (text == "*") return Node{};
    Node leaf{.kind = field == nullptr ? Kind::kTerm : field->kind};
    if (leaf.kind == Kind::kModified) return Modified(text);
    if (leaf.kind == Kind::kTerm) {
      while (text.ends_with('*')) text.pop_back();
      leaf.term = Fold(text);
      if (field != nullptr) leaf.field = field->field;
      if (leaf.term.empty()) return Node{};
      return leaf;
    }
    if (leaf.kind == Kind::kValue) {
      leaf.name = field->ours;
      leaf.prefix = text.ends_with('*');
      if (leaf.prefix) text.pop_back();
    }
    leaf.value = std::move(text);
    return leaf;
  }
  static Result<Node> Modified(const std::string& text) {
    Node leaf{.kind = Kind::kModified};
    const size_t middle = text.find(" TO ");
    if (text.size() < 3 || middle == std::string::npos || text.back() == '"') {
      return Fail(Code::kInvalid, "not a range of times", text, {},
                  "[2026-01-01T00:00:00Z TO *] has both ends");
    }
    const auto least = ParseTime(std::string_view(text).substr(1, middle - 1), leaf.least);
    const auto most =
        ParseTime(std::string_view(text).substr(middle + 4, text.size() - middle - 5), leaf.most);
    if (!least || !most) {
      return Fail(Code::kInvalid, "not a range of times", text, {},
                  "[2026-01-01T00:00:00Z TO *] has both ends");
    }
    leaf.least = *least + (text.front() == '{' && *least != leaf.least ? 1 : 0);
    leaf.most = *most - (text.back() == '}' && *most != leaf.most ? 1 : 0);
    return leaf;
  }

  std::string_view text_;
  size_t at_ = 0;
  int nodes_ = 0;
  const FieldName* field_ = nullptr;  // of the group we are in
};

void Collect(const Node& node, std::vector<std::u32string>& terms) {
  if (node.kind == Node::Kind::kTerm) terms.push_back(node.term);
  if (node.kind == Node::Kind::kNot) return;
  for (const Node& child : node.children) Collect(child, terms);
}

}  // namespace

Result<Node> ParseQuery(std::string_view text) {
  if (text.size() > kLongest) {
    return Fail(Code::kLimit, "the query is too long, in bytes", std::to_string(text.size()));
  }
  if (!utf8::Valid(text)) return Fail(Code::kInvalid, "the query is not valid UTF-8");
  return Parser(text).Whole();
}

std::vector<std::u32string> Terms(const Node& node) {
  std::vector<std::u32string> terms;
  Collect(node, terms);
  return terms;
}

std::string ValueField(std::string_view name) {
  const FieldName* known = Known(name);
  return known == nullptr ? std::string() : std::string(known->ours);
}

std::vector<std::pair<size_t, size_t>> Highlights(std::string_view query, std::string_view text) {
  const auto parsed = ParseQuery(query);
  if (!parsed.has_value()) return {};
  return Places(Terms(*parsed), text);
}

std::vector<std::pair<size_t, size_t>> Places(const std::vector<std::u32string>& terms,
                                              std::string_view text) {
  std::vector<std::pair<size_t, size_t>> spans;
  if (!utf8::Valid(text)) return spans;
  const std::u32string folded = Fold(text);
  for (const std::u32string& term : terms) {
    for (size_t at = folded.find(term); at != std::u32string::npos;
         at = folded.find(term, at + term.size())) {
      spans.emplace_back(at, at + term.size());
    }
  }
  std::sort(spans.begin(), spans.end());
  std::vector<std::pair<size_t, size_t>> joined;
  for (const auto& span : spans) {
    if (!joined.empty() && span.first <= joined.back().second) {
      joined.back().second = std::max(joined.back().second, span.second);
    } else {
      joined.push_back(span);
    }
  }
  return joined;
}

}  // namespace siku::catalog
