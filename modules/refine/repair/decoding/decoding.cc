#include "repair/decoding/decoding.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "repair/decoding/trellis.h"
#include "repair/scan.h"

namespace siku::refine {
namespace {

constexpr size_t kAhead = 3;
constexpr size_t kMostAlternatives = 4;
// Bits that a tenth of a bit of the model counts for: it overstates differences.
constexpr double kWeight = 0.06;
constexpr int64_t kSteps = 200'000;
constexpr int64_t kStepsPerCharacter = 50;

struct Hypothesis {
  TrellisChoice choice;
  bool twice = false;
};

constexpr std::array<Hypothesis, 8> kHypotheses = {{
    {{Wrong::kLatin, Right::kUtf8}, false},
    {{Wrong::kLatin, Right::kUtf8}, true},
    {{Wrong::kLatin, Right::kGbk}, false},
    {{Wrong::kCp874, Right::kUtf8}, false},
    {{Wrong::kGbk, Right::kUtf8}, false},
    {{Wrong::kGbk, Right::kBig5}, false},
    {{Wrong::kBig5, Right::kUtf8}, false},
    {{Wrong::kBig5, Right::kGbk}, false},
}};

// What a line is made of.
struct Signs {
  size_t latin = 0;
  size_t thai = 0;
  size_t rare = 0;

  bool Fit(const Hypothesis& hypothesis) const {
    switch (hypothesis.choice.wrong) {
      case Wrong::kLatin:
        return latin >= 2;
      case Wrong::kCp874:
        return thai >= 2;
      case Wrong::kGbk:
      case Wrong::kBig5:
        return rare >= 2;
    }
    return false;
  }
};

Signs SignsOf(const Page& page, size_t begin, size_t end) {
  Signs signs;
  for (size_t i = begin; i < end; ++i) {
    const char32_t c = page[i];
    if (c >= 0x80 && c <= 0xFF) ++signs.latin;
    if (c >= 0xE00 && c <= 0xE7F) ++signs.thai;
    if (IsRare(c)) ++signs.rare;
  }
  return signs;
}

// A stretch and what it would be.
struct Found {
  size_t begin = 0, end = 0;  // characters of the page
  DecodedStretch stretch{};
  std::u32string after{};
  int gain = 0;
  int cost = 0;
  size_t wide = 0;  // characters of the original that are not ASCII
};

class Decoding {
 public:
  Decoding(std::string_view text, const Tables& tables, const RepairOptions& options)
      : page_(text), language_(tables), options_(options) {
    allowance_.steps = kSteps + kStepsPerCharacter * static_cast<int64_t>(page_.size());
  }

  Repaired Run() {
    for (size_t begin = 0; begin < page_.size();) {
      size_t end = begin;
      while (end < page_.size() && page_[end] != U'\n') ++end;
      TakeLine(begin, end);
      begin = end + 1;
    }
    return std::move(repaired_);
  }

 private:
  void TakeLine(size_t begin, size_t end) {
    const Signs signs = SignsOf(page_, begin, end);
    std::vector<Found> best;
    int best_gain = 0;
    for (const Hypothesis& hypothesis : kHypotheses) {
      if (!signs.Fit(hypothesis)) continue;
      std::vector<Found> found = Try(hypothesis, begin, end);
      int gain = 0;
      for (const Found& one : found) gain += one.gain;
      if (gain <= best_gain) continue;
      best_gain = gain;
      best = std::move(found);
    }
    for (const Found& one : best) Add(one);
  }

  std::vector<Found> Try(const Hypothesis& hypothesis, size_t begin, size_t end) {
    const std::vector<Item> items = hypothesis.twice
                                        ? TwiceDecodedItems(page_, begin, end)
                                        : ItemsOf(page_, begin, end, hypothesis.choice.wrong);
    Trellis trellis(page_, items, language_, hypothesis.choice, allowance_);
    std::vector<Found> found;
    for (DecodedStretch& stretch : trellis.Run()) {
      Trim(items, stretch);
      if (stretch.cells.empty()) continue;
      Found one = Judged(items, std::move(stretch), begin, end);
      if (Convincing(one, hypothesis)) found.push_back(std::move(one));
    }
    return found;
  }

  bool Unchanged(const std::vector<Item>& items, const Cell& cell) const {
    const size_t begin = items[cell.first].begin, end = items[cell.last - 1].end;
    return std::u32string_view(page_.characters).substr(begin, end - begin) == cell.text;
  }

  void Trim(const std::vector<Item>& items, DecodedStretch& stretch) const {
    auto& cells = stretch.cells;
    while (!cells.empty() && Unchanged(items, cells.back())) cells.pop_back();
    const auto first = std::find_if(cells.begin(), cells.end(),
                                    [&](const Cell& cell) { return !Unchanged(items, cell); });
    cells.erase(cells.begin(), first);
    if (cells.empty()) return;
    stretch.first = cells.front().first;
    stretch.last = cells.back().last;
  }

  Context Before(size_t begin, size_t line) const {
    Context context;
    size_t from = begin;
    for (size_t seen = 0; from > line && seen < 2; --from) seen += IsSpace(page_[from - 1]) ? 0 : 1;
    for (size_t i = from; i < begin; ++i) language_.Read(context, page_[i]);
    return context;
  }

  int CostOf(Context context, std::u32string_view text, size_t behind, size_t line_end) const {
    int cost = 0;
    for (const char32_t c : text) cost += language_.Read(context, c);
    for (size_t i = behind; i < std::min(line_end, behind + kAhead); ++i) {
      cost += language_.Read(context, page_[i]);
    }
    return cost;
  }

  Found Judged(const std::vector<Item>& items, DecodedStretch stretch, size_t line,
               size_t line_end) const {
    Found found{.begin = items[stretch.first].begin, .end = items[stretch.last - 1].end};
    for (const Cell& cell : stretch.cells) found.after += cell.text;
    const Context before = Before(found.begin, line);
    const auto standing =
        std::u32string_view(page_.characters).substr(found.begin, found.end - found.begin);
    found.cost = CostOf(before, found.after, found.end, line_end);
    found.gain = CostOf(before, standing, found.end, line_end) - found.cost;
    found.wide = static_cast<size_t>(std::count_if(found.after.begin(), found.after.end(),
                                                   [](char32_t c) { return c >= 0x80; }));
    found.stretch = std::move(stretch);
    return found;
  }

  static bool Convincing(const Found& found, const Hypothesis& hypothesis) {
    const auto wide = static_cast<int>(found.wide);
    if (hypothesis.choice.right == Right::kUtf8) {
      return wide >= 2 && found.gain >= 250 && found.cost <= 160 * wide;
    }
    return wide >= 4 && found.gain >= 60 * wide && found.cost <= 100 * wide;
  }

  void Add(const Found& found) {
    TextEdit edit{.begin = page_.at[found.begin],
                  .end = page_.at[found.end],
                  .after = ToUtf8(found.after),
                  .rule = Rule::kDecode,
                  .confidence = 0.99};
    repaired_.edits.push_back(std::move(edit));
  }

  const Page page_;
  const Language language_;
  const RepairOptions& options_;
  TrellisAllowance allowance_;
  Repaired repaired_;
};

}  // namespace

Repaired RestoreDecodings(std::string_view text, const Tables& tables,
                          const RepairOptions& options) {
  return Decoding(text, tables, options).Run();
}

}  // namespace siku::refine
