#include "product.h"

#include <fmt/format.h>

#include "siku/residue.h"

namespace siku::cli {
namespace {

using refine::TextEdit;
using refine::TextFlag;

void AppendPlace(const Place& place, std::string& to) {
  if (!place.file.empty()) to += R"("file":)" + JsonString(place.file) + ",";
  if (place.line > 0) to += fmt::format(R"("line":{},)", place.line);
  if (!place.id.empty()) to += R"("id":)" + place.id + ",";
}

std::string Span(size_t begin, size_t end, size_t out_begin, size_t out_end) {
  return fmt::format(R"("begin":{},"end":{},"out_begin":{},"out_end":{})", begin, end, out_begin,
                     out_end);
}

std::string List(const std::vector<std::string>& texts) {
  std::string list;
  for (const std::string& text : texts) list += (list.empty() ? "" : ",") + JsonString(text);
  return "[" + list + "]";
}

std::string FlagJson(const TextFlag& flag, const Shift& shift) {
  std::string json = R"({"kind":)" + JsonString(KindName(flag.kind)) + ",";
  json +=
      Span(flag.begin, flag.end, shift.ToOutput(flag.begin, false), shift.ToOutput(flag.end, true));
  // The detail of a proposal is its rule.
  if (!flag.detail.empty() && !flag.proposal.has_value())
    json += R"(,"detail":)" + JsonString(flag.detail);
  if (flag.proposal.has_value()) {
    json += R"(,"proposal":)" + JsonString(flag.proposal->after);
    json += R"(,"rule":)" + JsonString(RuleName(flag.proposal->rule));
    json += fmt::format(R"(,"confidence":{:.3f})", flag.proposal->confidence);
  }
  return json + "}";
}

}  // namespace

const std::string& RuleName(refine::Rule rule) {
  return refine::RepairRules()[static_cast<size_t>(rule)].name;
}
const std::string& KindName(refine::FlagKind kind) {
  return refine::RepairFlags()[static_cast<size_t>(kind)].name;
}

void RepairCounts::Add(const RepairCounts& other) {
  texts += other.texts;
  changed += other.changed;
  for (const auto& [rule, count] : other.edits) edits[rule] += count;
  for (const auto& [kind, count] : other.flags) flags[kind] += count;
  undecodable += other.undecodable;
  lost += other.lost;
  not_objects += other.not_objects;
  without_text += other.without_text;
  too_long += other.too_long;
  damage.Add(other.damage);
}

void RepairCounts::Count(const Document& document) {
  ++texts;
  damage.Count(document);
  changed += document.changed();
  undecodable += static_cast<int64_t>(document.broken.size());
  for (const TextEdit& edit : document.repaired.edits) ++edits[RuleName(edit.rule)];
  for (const TextFlag& flag : document.repaired.flags) ++flags[KindName(flag.kind)];
}

void AppendEdits(const Document& document, const Place& place, std::string& to) {
  const auto& edits = document.repaired.edits;
  const Shift shift(edits);
  for (size_t i = 0; i < edits.size(); ++i) {
    const TextEdit& edit = edits[i];
    to += "{";
    AppendPlace(place, to);
    to += Span(edit.begin, edit.end, shift.begin_of(i), shift.end_of(i));
    to += R"(,"before":)" + JsonString(document.text().substr(edit.begin, edit.end - edit.begin));
    to += R"(,"after":)" + JsonString(edit.after);
    to += R"(,"rule":)" + JsonString(RuleName(edit.rule));
    to += fmt::format(R"(,"confidence":{:.3f},"alternatives":{})", edit.confidence,
                      List(edit.alternatives));
    to += "}\n";
  }
}

std::string FlagsJson(const Document& document) {
  const Shift shift(document.repaired.edits);
  std::string json;
  for (const TextFlag& flag : document.repaired.flags) {
    json += (json.empty() ? "" : ",") + FlagJson(flag, shift);
  }
  return "[" + json + "]";
}

}  // namespace siku::cli
