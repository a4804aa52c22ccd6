#include "row_search/terms.h"

#include <algorithm>

#include "search/grams.h"
#include "siku/catalog/search.h"
#include "siku/utf8.h"

namespace siku::catalog {

void AppendFolded(std::string_view text, std::u16string& out) {
  if (!utf8::Valid(text)) return;
  const size_t begin = out.size();
  out.resize(begin + text.size());  // no character has more units than bytes
  char16_t* to = out.data() + begin;
  for (size_t at = 0; at < text.size();) to = PutUtf16(Fold(utf8::Next(text, at)), to);
  out.resize(static_cast<size_t>(to - out.data()));
}

RowTerms::Part RowTerms::PartOf(const Node& node) {
  Part part{.kind = node.kind, .term = Utf16(node.term)};
  for (const Node& child : node.children) part.children.push_back(PartOf(child));
  return part;
}

/// Whether a row must have some term.
bool RowTerms::Needs(const Part& part) {
  const auto needs = [](const Part& child) { return Needs(child); };
  switch (part.kind) {
    case Node::Kind::kTerm:
      return !part.term.empty();
    case Node::Kind::kAnd:
      return std::any_of(part.children.begin(), part.children.end(), needs);
    case Node::Kind::kOr:
      return std::all_of(part.children.begin(), part.children.end(), needs);
    default:
      return false;
  }
}

Result<RowTerms> RowTerms::Parse(std::string_view text) {
  RowTerms terms;
  SIKU_TRY(const auto node, ParseQuery(text));
  terms.root_ = PartOf(node);
  terms.wanted_ = Terms(node);
  if (Needs(terms.root_)) return terms;
  return Fail(Code::kInvalid, "a search of rows needs a word that they have", std::string(text),
              "q");
}

bool RowTerms::IsAscii(const Part& part) {
  const auto unit = [](char16_t c) { return c < 0x80; };
  const auto child = [](const Part& one) { return IsAscii(one); };
  if (part.kind == Node::Kind::kTerm) return std::all_of(part.term.begin(), part.term.end(), unit);
  return std::any_of(part.children.begin(), part.children.end(), child);
}

bool RowTerms::Fits(const Part& part, const std::vector<std::u16string_view>& cells) {
  const auto fits = [&](const Part& child) { return Fits(child, cells); };
  switch (part.kind) {
    case Node::Kind::kTerm:
      return std::any_of(cells.begin(), cells.end(),
                         [&](std::u16string_view cell) { return Contains(cell, part.term); });
    case Node::Kind::kAnd:
      return std::all_of(part.children.begin(), part.children.end(), fits);
    case Node::Kind::kOr:
      return std::any_of(part.children.begin(), part.children.end(), fits);
    case Node::Kind::kNot:
      return std::none_of(part.children.begin(), part.children.end(), fits);
    default:
      return true;
  }
}

bool RowTerms::Fit(const std::vector<std::u16string_view>& cells) const {
  return Fits(root_, cells);
}

}  // namespace siku::catalog
