// The terms of a query, as they are looked for in blocks and in rows.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "search/bits.h"
#include "search/query.h"
#include "siku/result.h"

namespace siku::catalog {

/// A text's folded UTF-16; appends to `out`. Nothing of a text that is not UTF-8.
void AppendFolded(std::string_view text, std::u16string& out);

/// Calls visit(key) for each gram of a text: each two units side by side; of ASCII letters and
/// digits also each four and six, for nearly every block of a table with codes has all pairs of
/// digits. A text that has another has all of its grams.
template <class Visit>
void ForEachGram(std::u16string_view text, const Visit& visit) {
  size_t run = 0;  // of ASCII letters and digits that end here
  for (size_t i = 0; i < text.size(); ++i) {
    const char16_t c = text[i];
    run = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ? run + 1 : 0;
    if (i > 0) visit(uint64_t{text[i - 1]} << 16U | c);
    for (const size_t length : {size_t{4}, size_t{6}}) {
      if (run < length) continue;
      uint64_t key = length;
      for (size_t k = i + 1 - length; k <= i; ++k) key = key << 9U | text[k];
      visit(key | uint64_t{1} << 63U);
    }
  }
}

class RowTerms {
 public:
  /// kInvalid: no term that a row must have. As ParseQuery.
  static Result<RowTerms> Parse(std::string_view text);

  /// Whether a row with these folded cells fits.
  bool Fit(const std::vector<std::u16string_view>& cells) const;
  /// The blocks that may have a row that fits; `having(gram)` gives those that may have a gram.
  template <class Having>
  Bits Blocks(size_t count, const Having& having) const {
    return BlocksOf(root_, count, having);
  }
  /// Whether a number, a date or the like can have any of its terms.
  bool MayBeNumbers() const { return IsAscii(root_); }
  /// Those that are looked for, for Places.
  const std::vector<std::u32string>& wanted() const { return wanted_; }

 private:
  struct Part {
    Node::Kind kind = Node::Kind::kAll;
    std::u16string term{};
    std::vector<Part> children{};
  };
  static Part PartOf(const Node& node);
  static bool Needs(const Part& part);
  static bool IsAscii(const Part& part);
  static bool Fits(const Part& part, const std::vector<std::u16string_view>& cells);
  template <class Having>
  static Bits BlocksOf(const Part& part, size_t count, const Having& having) {
    Bits blocks(count);
    switch (part.kind) {
      case Node::Kind::kTerm:
        blocks.SetAll();
        if (part.term.size() == 1) return blocks &= having(uint64_t{part.term[0]});
        ForEachGram(part.term, [&](uint64_t gram) { blocks &= having(gram); });
        return blocks;
      case Node::Kind::kAnd:
        blocks.SetAll();
        for (const Part& child : part.children) blocks &= BlocksOf(child, count, having);
        return blocks;
      case Node::Kind::kOr:
        for (const Part& child : part.children) blocks |= BlocksOf(child, count, having);
        return blocks;
      default:
        blocks.SetAll();
        return blocks;
    }
  }

  Part root_{};
  std::vector<std::u32string> wanted_{};
};

}  // namespace siku::catalog
