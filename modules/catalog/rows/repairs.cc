#include "rows/repairs.h"

#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "rows/visible.h"
#include "siku/catalog/rows.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr auto kLongest = std::chrono::seconds(5);
constexpr size_t kMostRepairs = 10'000;  // of a page

/// They write what stands there in another way, or bring back what it was, so whoever reads the
/// text may see what they changed. What others took out may be what nobody was to read.
constexpr std::array kOfForm = {"refine.text.clean_residue",
                                "refine.text.collapse_space",
                                "refine.text.convert_script",
                                "refine.text.punctuation_normalization",
                                "refine.text.repair",
                                "refine.text.repair_shifted_runs",
                                "refine.text.restore_decodings",
                                "refine.text.restore_marks",
                                "refine.text.restore_readings",
                                "refine.text.simplify_converted",
                                "refine.text.strip_annotations",
                                "refine.text.whitespace_normalization"};

std::string_view Between(std::string_view text, int64_t begin, int64_t end) {
  return text.substr(static_cast<size_t>(begin), static_cast<size_t>(end - begin));
}

bool IsOfForm(const std::string& op) {
  return std::find(kOfForm.begin(), kOfForm.end(), op) != kOfForm.end();
}

/// A change whose edits are read, and the map from the text before it to the one after.
struct Undone {
  const StepChange* change;
  std::vector<StoredEdit> edits{};
  SpanMap map{};
};

/// From the first change to the last, as far as they fit; `text` becomes the one before them all.
std::vector<Undone> Undo(const std::vector<StepChange>& changes, std::string& text) {
  std::vector<Undone> undone;
  for (const StepChange& change : changes) {
    if (change.sealed) break;
    auto before = RevertDelta(text, change.delta);
    auto edits = DecodeDelta(change.delta);
    if (!before.has_value() || !edits.has_value()) break;
    text = *std::move(before);
    auto map = SpanMap::FromEdits(*edits, static_cast<int64_t>(text.size()));
    undone.push_back({&change, *std::move(edits), std::move(map)});
  }
  std::reverse(undone.begin(), undone.end());
  return undone;
}

/// Whether an edit of `read`, in the text that the run read, belongs to this change of it.
bool Belongs(const Span& read, const Span& changed) {
  if (read.begin == read.end || changed.begin == changed.end) {
    return changed.begin <= read.end && read.begin <= changed.end;
  }
  return changed.begin < read.end && read.begin < changed.end;
}

/// What is known of one change of the text that was read.
struct Known {
  std::vector<Repaired::Rule> rules{};
  bool of_form = true;  // no step that takes something out had to do with it
};

/// Adds the edits of a step to the changes that they belong to. `so_far`: from the text that was
/// read to the step's.
void Attribute(const Undone& step, const SpanMap& so_far,
               const std::vector<SpanMap::Change>& changed, std::vector<Known>& known) {
  for (const StoredEdit& edit : step.edits) {
    const Span read = so_far.ToInput({edit.begin, edit.end});
    auto at = std::partition_point(changed.begin(), changed.end(), [&](const auto& change) {
      return change.input.end < read.begin;
    });
    for (; at != changed.end() && at->input.begin <= read.end; ++at) {
      if (!Belongs(read, at->input)) continue;
      Known& mine = known[static_cast<size_t>(at - changed.begin())];
      const auto& names = step.change->rules;
      const Repaired::Rule rule{step.change->step, edit.rule < names.size() ? names[edit.rule] : "",
                                edit.confidence};
      if (std::find(mine.rules.begin(), mine.rules.end(), rule) == mine.rules.end()) {
        mine.rules.push_back(rule);
      }
      mine.of_form = mine.of_form && IsOfForm(step.change->op);
    }
  }
}

json RepairsJson(std::string_view text, const std::vector<Repaired>& repairs) {
  json list = json::array();
  size_t begin = 0;      // code points
  int64_t end_byte = 0;  // of the one before
  for (const Repaired& one : repairs) {
    json rules = json::array();
    for (const auto& rule : one.rules) {
      rules.push_back(
          {{"step", rule.step}, {"rule", rule.rule}, {"confidence", rule.confidence / 1000.0}});
    }
    begin += utf8::Length(Between(text, end_byte, one.span.begin));
    const size_t end = begin + utf8::Length(Between(text, one.span.begin, one.span.end));
    list.push_back(
        {{"begin", begin}, {"end", end}, {"before", one.before}, {"rules", std::move(rules)}});
    begin = end;
    end_byte = one.span.end;
  }
  return list;
}

const arrow::LargeStringArray* TextsOf(const Batch& batch, const std::string& column) {
  const auto found = batch->GetColumnByName(column);
  if (found == nullptr || found->type_id() != arrow::Type::LARGE_STRING) return nullptr;
  return static_cast<const arrow::LargeStringArray*>(found.get());
}

/// {"column", "repairs"} of each text of the row that has any.
json TextsOfRow(const Batch& batch, int64_t row, const std::vector<StepChange>& history, bool whole,
                size_t& left) {
  json texts = json::array();
  for (const auto& field : batch->schema()->fields()) {
    std::vector<StepChange> changes;
    std::copy_if(history.begin(), history.end(), std::back_inserter(changes),
                 [&](const StepChange& change) { return change.column == field->name(); });
    const auto* column = changes.empty() ? nullptr : TextsOf(batch, field->name());
    if (column == nullptr || column->IsNull(row)) continue;
    const std::string_view text = column->GetView(row);
    auto repairs = RepairsOf(text, changes, whole);
    if (repairs.size() > left) repairs.resize(left);
    left -= repairs.size();
    if (repairs.empty()) continue;
    texts.push_back({{"column", field->name()}, {"repairs", RepairsJson(text, repairs)}});
  }
  return texts;
}

}  // namespace

std::vector<Repaired> RepairsOf(std::string_view text, const std::vector<StepChange>& changes,
                                bool whole) {
  std::string read(text);
  const auto undone = Undo(changes, read);
  const SpanMap nothing(static_cast<int64_t>(read.size()));
  SpanMap map = nothing;
  for (const Undone& step : undone) map = map.Then(step.map);
  const auto changed = map.Changes();
  std::vector<Known> known(changed.size());
  map = nothing;
  for (const Undone& step : undone) {
    Attribute(step, map, changed, known);
    map = map.Then(step.map);
  }
  std::vector<Repaired> repairs;
  for (size_t i = 0; i < changed.size(); ++i) {
    if (!whole && !known[i].of_form) continue;
    const auto& [before, after] = changed[i];
    repairs.push_back(
        {after, std::string(Between(read, before.begin, before.end)), std::move(known[i].rules)});
  }
  return repairs;
}

Result<json> RowRepairs(Store& store, const Readable& readable, int64_t offset, int64_t limit,
                        bool whole) {
  if (!readable.conditions.empty()) {
    return Fail(Code::kDenied, "a rule of the dataset keeps rows from you, and so its repairs");
  }
  SIKU_TRY(const auto info, store.FindVersion(readable.version.source));
  SIKU_TRY(const auto histories,
           RowHistories(store, info, offset, limit, std::chrono::steady_clock::now() + kLongest));
  json rows = json::array();
  size_t left = kMostRepairs;
  if (!histories.empty()) {
    SIKU_TRY(const auto reader, VersionReader::Open(store, readable.manifest, offset,
                                                    static_cast<int64_t>(histories.size())));
    const auto columns = VisibleColumns(reader->schema(), readable.withheld);
    for (size_t done = 0; done < histories.size();) {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) break;
      SIKU_TRY(const auto visible, Visible(batch, columns));
      for (int64_t row = 0; row < visible->num_rows() && done < histories.size(); ++row, ++done) {
        json texts = TextsOfRow(visible, row, histories[done], whole, left);
        if (texts.empty()) continue;
        rows.push_back({{"row", offset + static_cast<int64_t>(done)}, {"texts", std::move(texts)}});
      }
    }
  }
  return json{{"rows", std::move(rows)}, {"complete", left > 0}};
}

}  // namespace siku::catalog
