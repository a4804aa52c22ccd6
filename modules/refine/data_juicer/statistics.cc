#include "data_juicer/statistics.h"

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

#include "data_juicer/build.h"

namespace siku::refine::data_juicer {
namespace {

struct Measured {
  std::string_view filter;     // behind refine.filter.
  std::string_view statistic;  // their key; empty: cannot be measured apart from the filter
  bool grams = false;
};
constexpr std::array kMeasured = {
    Measured{"alphanumeric", "alnum_ratio"},
    Measured{"average_line_length", "avg_line_length"},
    Measured{"character_repetition", "char_rep_ratio", true},
    Measured{"flagged_words", ""},
    Measured{"maximum_line_length", "max_line_length"},
    Measured{"special_characters", "special_char_ratio"},
    Measured{"specified_field", ""},
    Measured{"specified_numeric_field", ""},
    Measured{"stopwords", ""},
    Measured{"text_length", "text_len"},
    Measured{"word_repetition", "word_rep_ratio", true},
    Measured{"words_num", "num_words"},
};

using Step = std::pair<YamlNode, YamlNode>;

const Measured* MeasuredBy(const Step& step) {
  const YamlNode* use = step.second.Find("use");
  const auto* found = std::find_if(kMeasured.begin(), kMeasured.end(), [&](const Measured& one) {
    return use->scalar == "refine.filter." + std::string(one.filter);
  });
  return found == kMeasured.end() ? nullptr : found;
}

std::string ParameterOf(const Step& step, std::string_view name, std::string_view usual) {
  const YamlNode* with = step.second.Find("with");
  const YamlNode* given = with == nullptr ? nullptr : with->Find(name);
  return std::string(given == nullptr ? usual : given->scalar);
}

std::string ColumnOf(const Step& step) { return ParameterOf(step, "column", "text"); }

YamlNode Measure(const std::string& column, const std::vector<std::string>& statistics,
                 const YamlNode& from) {
  const YamlMark mark = from.mark;
  YamlNode names = ListOf(mark);
  for (const std::string& name : statistics) names.list.push_back(Word(name, mark));
  YamlNode with =
      MapOf(mark, {Entry("column", Word(column, mark)), Entry("statistics", std::move(names)),
                   Entry("layout", Word("data_juicer", mark))});
  return MapOf(mark, {Entry("use", Word("refine.text.measure", mark)), Entry("from", from),
                      Entry("with", std::move(with))});
}

}  // namespace

std::vector<std::pair<std::string, YamlMark>> KeepStatistics(YamlNode& steps) {
  std::vector<std::pair<std::string, YamlMark>> lost;
  std::vector<std::string> statistics;
  std::set<std::string_view> there;  // what was measured stays, as theirs does
  const auto measured = [](const Step& step) { return MeasuredBy(step) != nullptr; };
  const auto first = std::find_if(steps.map.begin(), steps.map.end(), measured);
  bool changed = false;  // the text, since it was measured
  for (auto step = first; step != steps.map.end(); ++step) {
    const Measured* by = MeasuredBy(*step);
    changed = changed || step->second.Find("use")->scalar.starts_with("refine.text.");
    if (by == nullptr || there.contains(by->statistic)) continue;
    if (by->statistic.empty() || changed || ColumnOf(*step) != ColumnOf(*first)) {
      lost.emplace_back(step->first.scalar, step->first.mark);
      continue;
    }
    there.insert(by->statistic);
    statistics.emplace_back(by->statistic);
    if (by->grams) statistics.back() += "(" + ParameterOf(*step, "rep_len", "10") + ")";
  }
  if (statistics.empty()) return lost;
  const YamlMark mark = first->first.mark;
  YamlNode* from = nullptr;
  for (auto& [key, value] : first->second.map) {
    if (key.scalar == "from") from = &value;
  }
  Step measure{Word("stats", mark), Measure(ColumnOf(*first), statistics, *from)};
  from->scalar = "stats";
  steps.map.insert(first, std::move(measure));
  return lost;
}

std::optional<YamlMark> ReaderOfStatistics(const YamlNode& steps) {
  for (const auto& [name, step] : steps.map) {
    const YamlNode* with = step.Find("with");
    for (const char* parameter : {"field_key", "filter_condition"}) {
      const YamlNode* given = with == nullptr ? nullptr : with->Find(parameter);
      if (given != nullptr && given->scalar.find("__dj__stats__") != std::string::npos) {
        return given->mark;
      }
    }
  }
  return std::nullopt;
}

}  // namespace siku::refine::data_juicer
