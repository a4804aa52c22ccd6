#include "script/script_tables.h"

#include <algorithm>
#include <mutex>

#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr char32_t kPlane = 0x10000;  // filters go so far
constexpr char32_t kFirstDescription = 0x2FF0, kLastDescription = 0x2FFF;

std::string_view TakeUntil(std::string_view& text, char end) {
  const size_t at = std::min(text.find(end), text.size());
  const std::string_view part = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return part;
}

std::vector<size_t> Numbers(std::string_view text) {
  std::vector<size_t> numbers;
  while (!text.empty()) {
    size_t number = 0;
    for (const char digit : TakeUntil(text, ' '))
      number = number * 10 + static_cast<size_t>(digit - '0');
    numbers.push_back(number);
  }
  return numbers;
}

uint64_t PlaceOf(uint64_t value) { return value & 0xFFFFFFFF; }
uint64_t LengthOf(uint64_t value) { return value >> 32 & 0xFFFFFF; }
uint64_t RankOf(uint64_t value) { return value >> 56; }

}  // namespace

Result<std::shared_ptr<const ScriptTables>> ScriptTables::Shared() {
  static std::mutex mutex;
  static std::shared_ptr<const ScriptTables> shared;
  const std::lock_guard lock(mutex);
  if (shared == nullptr) {
    auto tables = std::make_shared<ScriptTables>();
    SIKU_TRY(tables->file_, TableFile::Open("siku-scripts.tables", "SIKUSCRP", 1));
    SIKU_TRY(tables->Bind());
    shared = std::move(tables);
  }
  return shared;
}

bool ScriptTables::BindDictionary(size_t number) {
  Dictionary found;
  if (!file_->Section("units." + std::to_string(number), found.units) ||
      !file_->Section("values." + std::to_string(number), found.values)) {
    return false;
  }
  // Every step stays inside the array, whatever the codes, and every value inside the texts.
  const size_t most = *std::max_element(codes_.begin(), codes_.end());
  const bool whole =
      found.units.size() > most && !found.values.empty() &&
      std::all_of(found.units.begin(), found.units.end(),
                  [&](const Unit& u) {
                    return u.base + most < found.units.size() && u.value < found.values.size();
                  }) &&
      std::all_of(found.values.begin(), found.values.end(), [&](uint64_t value) {
        return PlaceOf(value) + LengthOf(value) <= texts_.size();
      });
  if (whole) {
    FillFilters(found);
    dictionaries_.push_back(std::move(found));
  }
  return whole;
}

bool ScriptTables::BindConfigurations(std::string_view lines) {
  while (!lines.empty()) {
    std::string_view line = TakeUntil(lines, '\n');
    Configuration found{.name = std::string(TakeUntil(line, '\t'))};
    found.normalization = Numbers(TakeUntil(line, '\t'));
    found.segmentation = Numbers(TakeUntil(line, '\t'));
    found.chain = Numbers(line);
    for (const auto* part : {&found.normalization, &found.segmentation, &found.chain}) {
      for (const size_t number : *part) {
        while (dictionaries_.size() <= number) {
          if (!BindDictionary(dictionaries_.size())) return false;
        }
      }
    }
    configurations_.push_back(std::move(found));
  }
  return true;
}

Result<void> ScriptTables::Bind() {
  std::span<const char> lines;
  if (!file_->Section("codes", codes_) || !file_->Section("texts", texts_) ||
      !file_->Section("configurations", lines) || codes_.empty() ||
      !BindConfigurations({lines.data(), lines.size()})) {
    return tl::unexpected(file_->Damaged());
  }
  return {};
}

void ScriptTables::FillFilters(Dictionary& dictionary) const {
  dictionary.begins.resize(kPlane / 64);
  const auto mark = [&](char32_t c) {
    std::string bytes;
    utf8::Append(c, bytes);
    dictionary.leads[static_cast<uint8_t>(bytes[0])] = true;
    if (c < kPlane) dictionary.begins[c / 64] |= uint64_t{1} << c % 64;
  };
  for (char32_t c = 0; c < codes_.size(); ++c) {
    if (codes_[c] != 0 && dictionary.units[codes_[c]].label == codes_[c]) mark(c);
  }
  for (char32_t c = kFirstDescription; c <= kLastDescription; ++c) mark(c);
  // No two units share a base: where a unit lies and its label say whose child it is.
  const auto& units = dictionary.units;
  dictionary.seconds.resize(size_t{*std::max_element(codes_.begin(), codes_.end())} + 1);
  std::vector<uint16_t> root_child_of(units.size());
  for (size_t code = 1; code < dictionary.seconds.size(); ++code) {
    if (units[code].label == code) root_child_of[units[code].base] = units[code].label;
  }
  for (size_t at = 0; at < units.size(); ++at) {
    const size_t label = units[at].label;
    if (label == 0 || label >= dictionary.seconds.size() || label >= at) continue;
    const uint16_t first = root_child_of[at - label];
    if (first != 0) dictionary.seconds[first] |= uint64_t{1} << label % 64;
  }
}

ScriptTables::Match ScriptTables::Longest(const Dictionary& dictionary, std::string_view text,
                                          size_t begin, size_t at, Unit unit) const {
  uint64_t best = UINT64_MAX;  // the rank of the list that the match is from
  Match match;
  for (bool first = true;; first = false) {
    if (unit.value != 0) {
      const uint64_t value = dictionary.values[unit.value];
      if (RankOf(value) <= best) {
        best = RankOf(value);
        match = {at - begin, {texts_.data() + PlaceOf(value), LengthOf(value)}};
      }
    }
    if (unit.base == 0 || at >= text.size()) return match;
    const uint16_t code = CodeOf(utf8::Next(text, at));
    if (code == 0) return match;
    if (first && (dictionary.seconds[unit.label] >> code % 64 & 1) == 0) return match;
    unit = dictionary.units[unit.base + code];
    if (unit.label != code) return match;
  }
}

ScriptTables::Match ScriptTables::Next(size_t number, std::string_view text, size_t& at) const {
  const Dictionary& dictionary = dictionaries_[number];
  while (at < text.size()) {
    if (!dictionary.leads[static_cast<uint8_t>(text[at])]) {
      ++at;  // and over what follows the first byte: that leads nothing
      continue;
    }
    size_t behind = at;
    const char32_t c = utf8::Next(text, behind);
    const bool looked = c >= kPlane || (dictionary.begins[c / 64] >> c % 64 & 1) != 0;
    if (looked) {
      const uint16_t code = CodeOf(c);
      const Unit unit = code == 0 ? Unit{} : dictionary.units[code];
      if (code != 0 && unit.label == code) {
        const Match match = Longest(dictionary, text, at, behind, unit);
        if (match.length != 0) return match;
      }
      if (c >= kFirstDescription && c <= kLastDescription) return {};
    }
    at = behind;
  }
  return {};
}

}  // namespace siku::refine
