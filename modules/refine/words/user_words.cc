#include "words/user_words.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "siku/utf8.h"
#include "words/cutter.h"

namespace siku::refine {
namespace {

// Sums of such frequencies stay exact in a double, as long as there are fewer than nine of them.
constexpr uint64_t kMostFrequency = 1'000'000'000'000'000;
// A word may not be longer, in bytes: steps of the best path are kept in 16 bits.
constexpr size_t kLongestWord = 60'000;

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string_view Stripped(std::string_view line) {
  while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
  while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
  while (line.starts_with("\xEF\xBB\xBF")) line.remove_prefix(3);
  return line;
}

// Takes ` abc` from the end, all of its characters in [first, last]; false where there is none. One
// character at least is left.
bool TakeField(std::string_view& line, char first, char last, std::string_view& field) {
  const size_t space = line.rfind(' ');
  if (space == std::string_view::npos || space == 0 || space + 1 == line.size()) return false;
  const std::string_view found = line.substr(space + 1);
  if (!std::all_of(found.begin(), found.end(), [&](char c) { return c >= first && c <= last; })) {
    return false;
  }
  field = found;
  line = line.substr(0, space);
  return true;
}

struct Entry {
  std::string_view word;
  std::string_view frequency{};  // empty: none given
};

// jieba's `^(.+?)( [0-9]+)?( [a-z]+)?$`: the shortest word that leaves fields of this form.
Entry Parsed(std::string_view line) {
  Entry entry{.word = line};
  std::string_view tag;
  (void)TakeField(entry.word, 'a', 'z', tag);
  (void)TakeField(entry.word, '0', '9', entry.frequency);
  return entry;
}

// Where `-5` stands that was meant for a frequency: behind a word, last but for a tag. npos:
// nowhere.
size_t NegativeFrequency(std::string_view word) {
  const size_t space = word.rfind(' ');
  if (space == std::string_view::npos || space == 0) return std::string_view::npos;
  const std::string_view last = word.substr(space + 1);
  const bool negative =
      last.size() > 1 && last.front() == '-' &&
      std::all_of(last.begin() + 1, last.end(), [](char c) { return c >= '0' && c <= '9'; });
  return negative ? space + 1 : std::string_view::npos;
}

uint64_t KeyOf(uint32_t parent, char32_t label) {
  return (static_cast<uint64_t>(parent) << 21 | label) + 1;
}
size_t PlaceOf(uint64_t key, size_t size) {
  return (key * 0x9E3779B97F4A7C15ULL >> 20) & (size - 1);
}

}  // namespace

UserWords::UserWords(const WordTables& tables)
    : tables_(tables),
      edges_(1024),
      begins_(0x1000),
      weights_(tables.logarithms().size()),
      total_(tables.total()),
      longest_(tables.longest()) {
  Weigh();
}

void UserWords::Weigh() {
  // Of more digits than a double, so that rounding it is right on every machine.
  log_total_ = static_cast<double>(std::log(static_cast<long double>(total_)));
  for (size_t i = 0; i < weights_.size(); ++i) weights_[i] = tables_.logarithms()[i] - log_total_;
}

uint32_t UserWords::Child(uint32_t parent, char32_t label) const {
  const uint64_t key = KeyOf(parent, label);
  for (size_t at = PlaceOf(key, edges_.size());; at = (at + 1) & (edges_.size() - 1)) {
    if (edges_[at].key == key) return edges_[at].child;
    if (edges_[at].key == 0) return 0;
  }
}

void UserWords::Grow() {
  std::vector<Edge> old(edges_.size() * 2);
  old.swap(edges_);
  for (const Edge& edge : old) {
    if (edge.key == 0) continue;
    size_t at = PlaceOf(edge.key, edges_.size());
    while (edges_[at].key != 0) at = (at + 1) & (edges_.size() - 1);
    edges_[at] = edge;
  }
}

uint32_t UserWords::Made(uint32_t parent, char32_t label) {
  if (const uint32_t child = Child(parent, label); child != 0) return child;
  if (nodes_.size() * 2 > edges_.size()) Grow();
  const uint64_t key = KeyOf(parent, label);
  size_t at = PlaceOf(key, edges_.size());
  while (edges_[at].key != 0) at = (at + 1) & (edges_.size() - 1);
  edges_[at] = {.key = key, .child = static_cast<uint32_t>(nodes_.size())};
  nodes_.emplace_back();
  return edges_[at].child;
}

void UserWords::Add(std::string_view word, uint64_t frequency) {
  uint32_t node = 0;
  size_t characters = 0;
  for (size_t at = 0; at < word.size(); ++characters) {
    const char32_t c = utf8::Next(word, at);
    if (node == 0) begins_[c & 0xFFF] = true;
    node = Made(node, c);
  }
  // A word of frequency 0 leads on to longer ones, and counts as if it had been seen once.
  const auto seen = static_cast<long double>(std::max<uint64_t>(frequency, 1));
  nodes_[node] = {
      .word = true, .frequency = frequency, .logarithm = static_cast<double>(std::log(seen))};
  longest_ = std::max(longest_, characters);
  total_ += frequency;
  if (frequency == 0) split_.emplace(word);
}

uint64_t UserWords::SuggestedFrequency(std::string_view word) {
  Weigh();
  const Cutter cutter(tables_, this);
  std::vector<uint32_t> ends;
  cutter.Cut(word, /*hmm=*/false, ends);
  const auto total = static_cast<double>(total_);
  double chance = 1;
  size_t begin = 0;
  for (const uint32_t end : ends) {
    const auto seen = cutter.Frequency(word.substr(begin, end - begin)).value_or(1);
    chance *= static_cast<double>(seen) / total;
    begin = end;
  }
  return std::max(static_cast<uint64_t>(chance * total) + 1, cutter.Frequency(word).value_or(1));
}

Result<void> UserWords::AddDictionary(std::string_view contents, const std::string& path) {
  for (size_t number = 1; !contents.empty(); ++number) {
    const size_t end = std::min(contents.find('\n'), contents.size());
    const std::string_view whole = contents.substr(0, end);
    const std::string_view line = Stripped(whole);
    contents.remove_prefix(std::min(end + 1, contents.size()));
    const auto place = [&] { return path + ":" + std::to_string(number); };
    const auto column = [&](size_t at) {
      const std::string_view before =
          whole.substr(0, static_cast<size_t>(line.data() - whole.data()) + at);
      return place() + ":" + std::to_string(utf8::Length(before) + 1);
    };
    if (!utf8::Valid(line)) {
      return Fail(Code::kInvalid, "a line of the dictionary is not UTF-8", {}, place());
    }
    if (line.empty()) continue;
    if (const size_t nul = line.find('\0'); nul != std::string_view::npos) {
      return Fail(Code::kInvalid, "a line of the dictionary has a NUL byte", {}, column(nul));
    }
    if (line.find('\t') != std::string_view::npos) {
      return Fail(Code::kInvalid, "a line of the dictionary has tabs where spaces belong",
                  std::string(utf8::Prefix(line, 40)), place());
    }
    const Entry entry = Parsed(line);
    if (entry.word.size() > kLongestWord) {
      return Fail(Code::kLimit, "a word of the dictionary is too long, in bytes",
                  std::to_string(entry.word.size()), place());
    }
    uint64_t frequency = 0;
    if (const size_t at = NegativeFrequency(entry.word); at != std::string_view::npos) {
      return Fail(Code::kInvalid, "a frequency of the dictionary is negative",
                  std::string(entry.word.substr(at, 40)), column(at));
    }
    if (entry.frequency.empty()) {
      frequency = SuggestedFrequency(entry.word);
    } else if (const auto read =
                   std::from_chars(entry.frequency.data(),
                                   entry.frequency.data() + entry.frequency.size(), frequency);
               read.ec != std::errc() || frequency > kMostFrequency) {
      return Fail(Code::kInvalid, "a frequency of the dictionary is too large",
                  std::string(entry.frequency.substr(0, 40)), place());
    }
    Add(entry.word, frequency);
  }
  Weigh();
  return {};
}

}  // namespace siku::refine
