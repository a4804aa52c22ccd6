// A recipe of Data-Juicer in the form of ours.
#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "data_juicer/build.h"
#include "data_juicer/mapping.h"
#include "data_juicer/nearest.h"
#include "data_juicer/statistics.h"
#include "data_juicer/values.h"
#include "siku/operator.h"
#include "siku/refine/data_juicer.h"

namespace siku::refine {
namespace {

using data_juicer::Entry;
using data_juicer::Key;
using data_juicer::KeyKind;
using data_juicer::ListOf;
using data_juicer::MapOf;
using data_juicer::Mapping;
using data_juicer::Word;

class Translation {
 public:
  Translation(const YamlNode& root, const OperatorSet& operators)
      : root_(root), operators_(operators) {}

  TranslatedRecipe Take() {
    CheckKeys();
    const std::string dataset = DatasetName();
    std::vector<Entry> recipe = {Entry("inputs", Inputs())};
    if (const YamlNode* name = root_.Find("project_name"); name != nullptr && IsText(*name)) {
      recipe.push_back(Entry("name", *name));
    }
    column_ = Column();
    YamlNode steps = Steps();
    KeepStatistics(steps);
    const std::string last = steps.map.empty() ? kInput : steps.map.back().first.scalar;
    if (!steps.map.empty()) recipe.push_back(Entry("steps", std::move(steps)));
    recipe.push_back(Entry("outputs", MapOf(root_.mark, {Entry(dataset, Word(last, root_.mark))})));
    if (!discarded_.list.empty()) recipe.push_back(Entry("discard", std::move(discarded_)));
    Export(dataset);
    if (!unused_.empty()) {
      made_.notes.push_back(
          {first_unused_,
           Error{Code::kOk, "these only say how Data-Juicer runs, and are not used", unused_}});
    }
    made_.root = MapOf(root_.mark, std::move(recipe));
    return std::move(made_);
  }

 private:
  static constexpr const char* kInput = "input";

  static bool IsText(const YamlNode& node) {
    return node.kind == YamlNode::Kind::kScalar && !data_juicer::IsNothing(node);
  }
  void Complain(YamlMark mark, const char* message, const std::vector<std::string_view>& parts,
                const char* hint = "") {
    made_.errors.push_back({mark, Error{Code::kInvalid, message, MessageParts(parts), {}, hint}});
  }

  void KeepStatistics(YamlNode& steps) {
    const YamlNode* keep = root_.Find("keep_stats_in_res_ds");
    const bool kept = keep != nullptr && !data_juicer::IsNothing(*keep);
    const auto reader = data_juicer::ReaderOfStatistics(steps);
    if (!kept && !reader) return;
    for (const auto& [name, mark] : data_juicer::KeepStatistics(steps)) {
      Complain(mark, "the numbers of {} cannot be kept in the result", {name});
    }
    if (!kept) {
      Note(*reader, "the column that this reads stays in the result: {}", {"__dj__stats__"});
    }
  }

  void CheckKeys() {
    std::vector<std::string> names;
    for (const Key& key : data_juicer::Keys()) names.emplace_back(key.name);
    for (const auto& member : root_.map) {
      const YamlNode& key = member.first;
      const YamlNode& value = member.second;
      const auto known = std::find_if(data_juicer::Keys().begin(), data_juicer::Keys().end(),
                                      [&](const Key& k) { return k.name == key.scalar; });
      if (known == data_juicer::Keys().end()) {
        ComplainOfKey(key, names);
      } else if (known->kind == KeyKind::kChanges && !data_juicer::IsNothing(value)) {
        Complain(key.mark, "`{}` of Data-Juicer changes the result and is not followed here",
                 {key.scalar});
      } else if (known->kind == KeyKind::kHow) {
        NoteUnused(key);
      }
    }
  }
  // Each name once, at the first place of all.
  void NoteUnused(const YamlNode& key) {
    if (!unused_names_.insert(key.scalar).second) return;
    if (unused_.empty()) first_unused_ = key.mark;
    unused_ += (unused_.empty() ? "" : ", ") + key.scalar;
  }
  void ComplainOfKey(const YamlNode& key, const std::vector<std::string>& names) {
    const auto near = Nearest(key.scalar, names);
    if (near.empty()) {
      Complain(key.mark, "a recipe of Data-Juicer has no key '{}'", {key.scalar});
    } else {
      Complain(key.mark, "a recipe of Data-Juicer has no key '{}'; did you mean '{}'?",
               {key.scalar, near.front()});
    }
  }
  void Note(YamlMark mark, const char* message, const std::vector<std::string_view>& parts) {
    made_.notes.push_back({mark, Error{Code::kOk, message, MessageParts(parts)}});
  }

  std::string DatasetName() const {
    const YamlNode* name = root_.Find("project_name");
    return data_juicer::DatasetName(name != nullptr && IsText(*name) ? name->scalar
                                                                     : "hello_world");
  }

  YamlNode Inputs() {
    YamlNode paths = ListOf(root_.mark);
    const YamlNode* path = root_.Find("dataset_path");
    const YamlNode* dataset = root_.Find("dataset");
    if (dataset != nullptr && !data_juicer::IsNothing(*dataset)) {
      ReadDataset(*dataset, paths);
    } else if (path != nullptr && IsText(*path)) {
      paths.list.push_back(*path);
    }
    if (paths.list.empty()) {
      Complain(root_.mark, "a recipe of Data-Juicer needs `dataset_path`", {});
      paths.list.push_back(Word("-", root_.mark));
    }
    const YamlMark mark = paths.list.front().mark;
    const std::string format = FormatOf(paths);
    std::vector<Entry> input = {Entry("path", std::move(paths))};
    if (!format.empty()) input.push_back(Entry("format", Word(format, mark)));
    return MapOf(mark, {Entry(kInput, MapOf(mark, std::move(input)))});
  }
  // What our reader would not take by the name.
  std::string FormatOf(const YamlNode& paths) {
    size_t json = 0;
    for (const YamlNode& path : paths.list) {
      const std::string ending = data_juicer::Ending(path.scalar);
      if (ending == "json") ++json;
      if (ending == "csv" || ending == "tsv" || ending == "docx" || ending == "pdf") {
        Complain(path.mark, "files of this kind are not read: .{}", {ending},
                 "bring it into JSON lines or Parquet");
      }
    }
    return json > 0 && json == paths.list.size() ? "jsonl" : "";
  }
  void ReadDataset(const YamlNode& dataset, YamlNode& paths) {
    if (const YamlNode* most = dataset.Find("max_sample_num");
        most != nullptr && !data_juicer::IsNothing(*most)) {
      Complain(most->mark, "`{}` of Data-Juicer changes the result and is not followed here",
               {"max_sample_num"});
    }
    const YamlNode* configs = dataset.Find("configs");
    const YamlNode& list = configs != nullptr ? *configs : dataset;
    for (const YamlNode& one : list.list) {
      const YamlNode* type = one.Find("type");
      const YamlNode* path = one.Find("path");
      const bool local = type == nullptr || type->scalar == "local" || type->scalar == "ondisk";
      if (!local || path == nullptr) {
        Complain(one.mark, "only local files are read: `type: local` and `path`", {});
      } else {
        paths.list.push_back(*path);
      }
    }
  }

  std::string Column() {
    const YamlNode* keys = root_.Find("text_keys");
    if (keys == nullptr || data_juicer::IsNothing(*keys)) return {};
    const bool list = keys->kind == YamlNode::Kind::kList;
    const YamlNode& first = list && !keys->list.empty() ? keys->list.front() : *keys;
    if (list && keys->list.size() > 1) {
      Note(keys->mark, "of several `text_keys`, Data-Juicer and we use the first only: {}",
           {first.scalar});
    }
    return CheckedColumn(first);
  }
  std::string CheckedColumn(const YamlNode& key) {
    if (key.scalar.find('.') != std::string::npos) {
      Complain(key.mark, "a text inside another column is not reached yet: {}", {key.scalar});
    }
    return key.scalar == "text" ? "" : key.scalar;
  }

  YamlNode Steps() {
    YamlNode steps = MapOf(root_.mark, {});
    discarded_ = ListOf(root_.mark);
    const YamlNode* process = root_.Find("process");
    if (process == nullptr || data_juicer::IsNothing(*process)) return steps;
    steps.mark = process->mark;
    if (process->kind != YamlNode::Kind::kList) {
      Complain(process->mark, "`process` is a list of operators", {});
      return steps;
    }
    for (const YamlNode& item : process->list) {
      const bool map = item.kind == YamlNode::Kind::kMap && item.map.size() == 1;
      if (map) {
        AddStep(item.map.front().first, item.map.front().second, steps);
      } else if (IsText(item)) {
        AddStep(item, Word("", item.mark), steps);
      } else {
        Complain(item.mark, "a step of `process` is an operator's name with its parameters", {});
      }
    }
    return steps;
  }

  void AddStep(const YamlNode& use, const YamlNode& given, YamlNode& steps) {
    const auto mappings = data_juicer::Mappings();
    const auto mapping = std::find_if(mappings.begin(), mappings.end(),
                                      [&](const Mapping& m) { return m.theirs == use.scalar; });
    if (mapping == mappings.end()) return ComplainOfOperator(use);
    const auto found = operators_.Find(mapping->ours);
    if (!found.has_value()) {
      return Complain(use.mark, "{} of Data-Juicer is {} here, which this program lacks",
                      {use.scalar, mapping->ours});
    }
    if (*mapping->note != '\0') Note(use.mark, mapping->note, {});
    const Record& record = (*found)->record();
    std::vector<Entry> with = Parameters(use, given, *mapping, record);
    const std::string from = steps.map.empty() ? kInput : steps.map.back().first.scalar;
    std::vector<Entry> step = {Entry("use", Word(record.name, use.mark)),
                               Entry("from", Word(from, use.mark))};
    if (!with.empty()) step.push_back(Entry("with", MapOf(use.mark, std::move(with))));
    const std::string name = StepName(use.scalar);
    for (size_t port = 1; port < record.outputs.size(); ++port) {
      discarded_.list.push_back(Word(name + "." + record.outputs[port], use.mark));
    }
    steps.map.emplace_back(Word(name, use.mark), MapOf(use.mark, std::move(step)));
  }
  // As they call it, numbered from the second of its kind.
  std::string StepName(const std::string& theirs) {
    const int count = ++numbers_[theirs];
    return count == 1 ? theirs : theirs + "-" + std::to_string(count);
  }
  void ComplainOfOperator(const YamlNode& use) {
    const auto nearest = data_juicer::NearestTo(use.scalar);
    if (*nearest.reason != '\0') {
      return Complain(use.mark, "Data-Juicer's '{}' is not here; the nearest there is: {}",
                      {use.scalar, nearest.name}, nearest.reason);
    }
    std::vector<std::string> names;
    for (const Mapping& mapping : data_juicer::Mappings()) names.emplace_back(mapping.theirs);
    const auto near = Nearest(use.scalar, names);
    if (near.empty()) {
      Complain(use.mark, "no operator here does what '{}' is to do; the nearest there is: {}",
               {use.scalar, nearest.name},
               "`siku ops` lists what there is; docs/data-juicer.md says what stands for what");
    } else {
      Complain(use.mark, "there is no operator '{}'; did you mean '{}'?",
               {use.scalar, near.front()});
    }
  }

  std::vector<Entry> Parameters(const YamlNode& use, const YamlNode& given, const Mapping& mapping,
                                const Record& record) {
    std::vector<Entry> with;
    bool column_given = false;
    if (given.kind == YamlNode::Kind::kMap) {
      for (const auto& [key, value] : given.map) {
        if (key.scalar == "text_key") {
          column_given = true;
          if (const std::string column = CheckedColumn(value); !column.empty()) {
            with.push_back(Entry("column", Word(column, value.mark)));
          }
        } else {
          AddParameter(key, value, mapping, record, with);
        }
      }
    } else if (!data_juicer::IsNothing(given)) {
      Complain(given.mark, "the parameters of {} are a map from name to value", {use.scalar});
    }
    if (!column_given && !column_.empty() && ReadsText(record)) {
      with.push_back(Entry("column", Word(column_, use.mark)));
    }
    for (const auto& fixed : mapping.fixed) {
      const auto& ours = fixed.ours;
      const auto& value = fixed.value;
      const bool given_too = std::any_of(
          with.begin(), with.end(), [&](const Entry& entry) { return entry.first.scalar == ours; });
      if (!given_too) with.push_back(Entry(ours, Word(value, use.mark)));
    }
    return with;
  }
  // Filters by fields read no text, and that by suffixes has its own column.
  static bool ReadsText(const Record& record) {
    return std::any_of(
        record.parameters.begin(), record.parameters.end(), [](const ParameterSpec& spec) {
          return spec.name == "column" && spec.default_value == ParameterValue(std::string("text"));
        });
  }
  void AddParameter(const YamlNode& key, const YamlNode& value, const Mapping& mapping,
                    const Record& record, std::vector<Entry>& with) {
    const std::string& name = key.scalar;
    for (const auto& only : mapping.only) {
      if (only.theirs != name) continue;
      if (data_juicer::IsOneOf(value, only.values)) return;
      return Complain(key.mark, "{} cannot follow `{}: {}`", {mapping.theirs, name, value.scalar},
                      only.reason);
    }
    const auto how = data_juicer::HowParameters();
    if (std::find(how.begin(), how.end(), name) != how.end()) return NoteUnused(key);
    std::string ours = name;
    std::string_view values;
    for (const auto& renamed : mapping.renamed) {
      if (renamed.theirs != name) continue;
      ours = renamed.ours;
      values = renamed.values;
    }
    const auto spec = std::find_if(record.parameters.begin(), record.parameters.end(),
                                   [&](const ParameterSpec& s) { return s.name == ours; });
    if (spec == record.parameters.end()) return ComplainOfParameter(key, mapping, record);
    YamlNode named = key;
    named.scalar = ours;
    if (value.kind == YamlNode::Kind::kScalar && data_juicer::IsNull(value)) {
      // Mostly what theirs call the default.
      for (const auto& [theirs, meant] : mapping.nulls) {
        if (theirs == name) with.emplace_back(named, data_juicer::Quoted(meant, value.mark));
      }
      return;
    }
    with.emplace_back(std::move(named),
                      data_juicer::AsOurs(data_juicer::Named(value, values), *spec));
  }
  void ComplainOfParameter(const YamlNode& key, const Mapping& mapping, const Record& record) {
    std::vector<std::string> names;
    for (const ParameterSpec& spec : record.parameters) names.push_back(spec.name);
    const auto near = Nearest(key.scalar, names);
    if (near.empty()) {
      Complain(key.mark, "{} has no parameter '{}'", {mapping.theirs, key.scalar});
    } else {
      Complain(key.mark, "{} has no parameter '{}'; did you mean '{}'?",
               {mapping.theirs, key.scalar, near.front()});
    }
  }

  void Export(const std::string& dataset) {
    const YamlNode* path = root_.Find("export_path");
    if (path == nullptr || !IsText(*path)) return;
    const YamlNode* type = root_.Find("export_type");
    const std::string ending =
        type != nullptr && IsText(*type) ? type->scalar : data_juicer::Ending(path->scalar);
    if (ending != "jsonl" && ending != "json" && ending != "parquet") {
      return Complain(path->mark, "Data-Juicer writes .jsonl, .json and .parquet, not '{}'",
                      {path->scalar});
    }
    const YamlNode* input = root_.Find("dataset_path");
    if (input != nullptr && IsText(*input) &&
        std::filesystem::path(input->scalar).lexically_normal() ==
            std::filesystem::path(path->scalar).lexically_normal()) {
      return Complain(path->mark, "the result would be written over the input '{}'",
                      {input->scalar});
    }
    made_.exports.push_back({dataset, path->scalar, ending == "parquet" ? "parquet" : "jsonl"});
  }

  const YamlNode& root_;
  const OperatorSet& operators_;
  TranslatedRecipe made_{};
  YamlNode discarded_{};
  std::string column_{};  // of all steps that name none; empty: `text`
  std::map<std::string, int> numbers_{};
  std::string unused_{};  // names of what only says how Data-Juicer runs
  std::set<std::string> unused_names_{};
  YamlMark first_unused_{};
};

class DataJuicer final : public RecipeDialect {
 public:
  // Ours have `steps` and `input` or `inputs`; theirs none of these.
  bool Recognises(const YamlNode& root) const override {
    if (root.kind != YamlNode::Kind::kMap) return false;
    for (const char* ours : {"input", "inputs", "steps", "output", "outputs", "siku"}) {
      if (root.Find(ours) != nullptr) return false;
    }
    for (const char* theirs : {"process", "dataset_path", "export_path", "project_name"}) {
      if (root.Find(theirs) != nullptr) return true;
    }
    return false;
  }
  TranslatedRecipe Translate(const YamlNode& root, const OperatorSet& operators) const override {
    return Translation(root, operators).Take();
  }
};

}  // namespace

const RecipeDialect& DataJuicerRecipes() {
  static const DataJuicer instance;
  return instance;
}

}  // namespace siku::refine
