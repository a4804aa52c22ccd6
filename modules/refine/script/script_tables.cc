#include "script/script_tables.h"

#include <algorithm>
#include <mutex>

namespace siku::refine {
namespace {

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
  ScriptDictionary::Parts found;
  found.codes = codes_;
  found.texts = texts_;
  if (!file_->Section("units." + std::to_string(number), found.units) ||
      !file_->Section("values." + std::to_string(number), found.values)) {
    return false;
  }
  // Every step stays inside the array, whatever the codes, and every value inside the texts.
  const size_t most = *std::max_element(codes_.begin(), codes_.end());
  const bool whole =
      found.units.size() > most && !found.values.empty() &&
      std::all_of(found.units.begin(), found.units.end(),
                  [&](const ScriptDictionary::Unit& u) {
                    return u.base + most < found.units.size() && u.value < found.values.size();
                  }) &&
      std::all_of(found.values.begin(), found.values.end(), [&](uint64_t value) {
        return PlaceOf(value) + LengthOf(value) <= texts_.size();
      });
  if (whole) dictionaries_.push_back(found);
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

}  // namespace siku::refine
