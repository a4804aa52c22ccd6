#include "data_juicer/nearest.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "data_juicer/mapping.h"

namespace siku::refine::data_juicer {
namespace {

using std::string_view_literals::operator""sv;

std::vector<std::string_view> WordsOf(std::string_view name) {
  std::vector<std::string_view> words;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('_', begin), name.size());
    words.push_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

constexpr std::array kMedia = {"image"sv, "images"sv, "video"sv, "audio"sv, "imgdiff"sv, "vggt"sv};
constexpr std::array kModels = {
    "llm"sv,        "mllm"sv,       "vlm"sv,       "vllm"sv,         "agent"sv,     "dialog"sv,
    "query"sv,      "qa"sv,         "prompt"sv,    "response"sv,     "sentiment"sv, "intent"sv,
    "entity"sv,     "relation"sv,   "extract"sv,   "generate"sv,     "optimize"sv,  "calibrate"sv,
    "detect"sv,     "preference"sv, "sdxl"sv,      "embd"sv,         "influence"sv, "difficulty"sv,
    "annotation"sv, "tagging"sv,    "grounding"sv, "augmentation"sv, "attribute"sv, "tags"sv};

template <size_t kCount>
bool HasAny(const std::vector<std::string_view>& words,
            const std::array<std::string_view, kCount>& wanted) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return std::find(wanted.begin(), wanted.end(), word) != wanted.end();
  });
}

const char* ReasonOf(const std::vector<std::string_view>& words) {
  if (HasAny(words, kMedia)) return "it works on images, sound or video, which are not read here";
  if (HasAny(words, kModels)) {
    return "it asks a model; what a model says can come in as a column, or from a function of your "
           "own (docs/own-operators.md)";
  }
  return "";
}

// What decides by a number or a place that came from elsewhere, or changes texts by given rules.
std::string_view OfKind(std::string_view kind) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kKinds = {
      {{"filter", "specified_numeric_field_filter"},
       {"selector", "topk_specified_field_selector"},
       {"deduplicator", "document_deduplicator"},
       {"mapper", "replace_content_mapper"},
       {"pipeline", "replace_content_mapper"},
       {"grouper", "frequency_specified_field_selector"},
       {"aggregator", "frequency_specified_field_selector"}}};
  for (const auto& [name, nearest] : kKinds) {
    if (name == kind) return nearest;
  }
  return {};
}

std::set<std::string_view> PairsOf(std::string_view name) {
  std::set<std::string_view> pairs;
  for (size_t i = 0; i + 2 <= name.size(); ++i) pairs.insert(name.substr(i, 2));
  return pairs;
}

// The name that shares the most pairs of letters (Dice); of equal ones the first.
std::string_view ByLetters(std::string_view name) {
  const auto own = PairsOf(name);
  std::string_view best;
  double most = -1;
  for (const Mapping& mapping : Mappings()) {
    const auto pairs = PairsOf(mapping.theirs);
    const auto shared = std::count_if(pairs.begin(), pairs.end(),
                                      [&](std::string_view pair) { return own.contains(pair); });
    const double likeness =
        static_cast<double>(shared) / static_cast<double>(pairs.size() + own.size());
    if (likeness <= most) continue;
    most = likeness;
    best = mapping.theirs;
  }
  return best;
}

}  // namespace

NearestOperator NearestTo(std::string_view theirs) {
  for (const Lacking& lacking : Lackings()) {
    if (lacking.theirs == theirs) return {std::string(lacking.nearest), lacking.reason};
  }
  const auto words = WordsOf(theirs);
  const char* reason = ReasonOf(words);
  const std::string_view of_kind = *reason == '\0' ? std::string_view() : OfKind(words.back());
  return {std::string(of_kind.empty() ? ByLetters(theirs) : of_kind), reason};
}

}  // namespace siku::refine::data_juicer
