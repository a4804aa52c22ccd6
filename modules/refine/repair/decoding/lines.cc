#include "repair/decoding/lines.h"

#include <array>

#include "repair/scan.h"

namespace siku::refine {
namespace {

// As in the scan: three rare characters among so many.
constexpr size_t kDense = 16;
constexpr size_t kLongLine = 8192;

// By the first of the options that lives; `whole` counts characters that are not ASCII.
bool TakeAny(const ByteOptions& options, Assembly& assembly, size_t& whole) {
  for (size_t i = 0; i < options.count; ++i) {
    Assembly next = assembly;
    size_t count = 0;
    bool taken = true;
    for (size_t b = 0; b < options.bytes[i].size && taken; ++b) {
      const auto outcome = next.Take(options.bytes[i].byte[b], Right::kUtf8);
      taken = outcome != Assembly::Outcome::kDead;
      if (outcome == Assembly::Outcome::kWhole && next.character >= 0x80) ++count;
    }
    if (!taken) continue;
    assembly = next;
    whole += count;
    return true;
  }
  return false;
}

// A line feed, or where a line is so long that a search would fill the memory: then ASCII, if any.
bool Ends(const Page& page, const Line& line) {
  const char32_t c = page[line.end];
  const size_t length = line.end - line.begin;
  return c == U'\n' || (length >= kLongLine && !Wide(c)) || length >= 2 * kLongLine;
}

}  // namespace

bool Signs::Fit(const Hypothesis& hypothesis, size_t least) const {
  switch (hypothesis.wrong) {
    case Wrong::kLatin:
      return latin >= least;
    case Wrong::kCp874:
      return thai >= least;
    case Wrong::kGbk:
    case Wrong::kGb18030:
    case Wrong::kBig5:
      // Where so much is lost, nothing singles out what was there. The model knows no Japanese.
      return rare >= least && broken * 3 < wide &&
             (hypothesis.right == Right::kUtf8 || kana * 3 < wide);
  }
  return false;
}

std::vector<Line> LinesOf(const Page& page) {
  std::vector<Line> lines;
  for (size_t begin = 0; begin < page.size();) {
    Line line{.begin = begin, .end = begin};
    std::array<size_t, 2> rare{};
    for (; line.end < page.size() && !Ends(page, line); ++line.end) {
      const char32_t c = page[line.end];
      if (!Wide(c)) continue;
      ++line.signs.wide;
      if (c <= 0xFF) ++line.signs.latin;
      if (c >= 0xE00 && c <= 0xE7F) ++line.signs.thai;
      if (c >= 0x3040 && c <= 0x30FF) ++line.signs.kana;
      if (c == 0xFFFD) ++line.signs.broken;
      if (!IsRare(c)) continue;
      if (++line.signs.rare > 2 && line.end - rare[0] < kDense) {
        if (line.dense_end == 0) line.dense_begin = rare[0];
        line.dense_end = line.end + 1;
      }
      rare = {rare[1], line.end};
    }
    begin = page[line.end] == U'\n' ? line.end + 1 : line.end;
    lines.push_back(line);
  }
  return lines;
}

bool HasRunOfLetters(const Page& page, const Line& line) {
  size_t run = 0;
  for (size_t i = line.begin; i < line.end && run < 4; ++i) {
    run = page[i] >= 0xA1 && page[i] <= 0xFF ? run + 1 : 0;
  }
  return run == 4;
}

size_t CountValid(const Page& page, const Line& line, Wrong wrong) {
  size_t most = 0, total = 0;
  for (size_t i = line.begin; i < line.end;) {
    Assembly assembly;
    size_t found = 0, at = i;
    for (bool taken = true; taken && at < line.end; at += taken ? 1 : 0) {
      if (page[at] < 0x80 && assembly.size == 0) break;
      taken = TakeAny(OptionsOf(page[at], wrong), assembly, found);
    }
    most = std::max(most, found);
    total += found;
    if (most >= 3 || (total >= 2 && !InPairs(wrong))) return most + total;
    i = found > 0 ? std::max(at, i + 1) : i + 1;
  }
  return most;
}

std::optional<Found> DecodedStrictly(const std::vector<Item>& items, const Line& line) {
  Assembly assembly;
  Found found;
  size_t begin = line.end, end = 0;
  for (const Item& item : items) {
    bool taken = false;
    const bool changes = item.options.bytes[0].byte[0] >= 0x80 || assembly.size > 0;
    for (size_t i = 0; i < item.options.count && !taken; ++i) {
      Assembly next = assembly;
      std::array<char32_t, 2> out{};
      size_t count = 0;
      taken = true;
      for (size_t b = 0; b < item.options.bytes[i].size && taken; ++b) {
        const auto outcome = next.Take(item.options.bytes[i].byte[b], Right::kUtf8);
        taken = outcome != Assembly::Outcome::kDead;
        if (outcome == Assembly::Outcome::kWhole) out[count++] = next.character;
      }
      if (!taken) continue;
      // An ASCII character that was a full-width one is a choice.
      if (i > 0 && item.options.bytes[0].byte[0] < 0x80 && item.options.bytes[i].size == 2) {
        return std::nullopt;
      }
      assembly = next;
      // Text before the first change is left out.
      if (changes) begin = std::min(begin, item.begin);
      if (begin <= item.begin) found.after.append(out.data(), count);
    }
    if (!taken) return std::nullopt;
    if (changes) end = item.end;
  }
  if (assembly.size > 0 || begin >= end) return std::nullopt;
  // What is behind the last change is as it was.
  found.after.resize(found.after.size() - (line.end - end));
  found.begin = begin;
  found.end = end;
  found.cells.push_back({.begin = begin, .end = end, .text = found.after});
  return found;
}

}  // namespace siku::refine
