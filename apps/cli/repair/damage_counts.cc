#include "repair/damage_counts.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "amount.h"
#include "repair/product.h"
#include "siku/utf8.h"
#include "table.h"

namespace siku::cli {
namespace {

void AddTo(DamageTally& to, const DamageTally& from) {
  to.documents += from.documents;
  to.spans += from.spans;
  to.characters += from.characters;
}

double Share(int64_t part, int64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

nlohmann::ordered_json TallyJson(const DamageTally& tally, int64_t documents) {
  return {{"documents", tally.documents},
          {"spans", tally.spans},
          {"characters", tally.characters},
          {"share", Share(tally.documents, documents)}};
}

}  // namespace

std::string DamageCounts::Kind::Name() const {
  if (outcome != Outcome::kFlagged) return RuleName(static_cast<refine::Rule>(number));
  const std::string& name = KindName(static_cast<refine::FlagKind>(number));
  return detail.empty() ? name : name + ": " + detail;
}

std::map<DamageCounts::Kind, DamageTally> DamageCounts::Found(const Document& document) {
  std::map<Kind, DamageTally> found;
  const auto add = [&](Kind kind, size_t begin, size_t end) {
    DamageTally& tally = found[std::move(kind)];
    ++tally.spans;
    tally.characters +=
        static_cast<int64_t>(utf8::Length(document.text().substr(begin, end - begin)));
  };
  for (const refine::TextEdit& edit : document.repaired.edits) {
    add({Outcome::kRepaired, static_cast<uint16_t>(edit.rule), {}}, edit.begin, edit.end);
  }
  for (const refine::TextFlag& flag : document.repaired.flags) {
    if (flag.kind == refine::FlagKind::kProposed && flag.proposal.has_value()) {
      add({Outcome::kProposed, static_cast<uint16_t>(flag.proposal->rule), {}}, flag.begin,
          flag.end);
    } else {
      const bool reason = flag.kind == refine::FlagKind::kDestroyed;
      add({Outcome::kFlagged, static_cast<uint16_t>(flag.kind), reason ? flag.detail : ""},
          flag.begin, flag.end);
    }
  }
  return found;
}

void DamageCounts::Count(const Document& document) {
  ++documents_;
  if (document.repaired.edits.empty() && document.repaired.flags.empty()) return;
  ++damaged_.documents;
  for (auto& [kind, tally] : Found(document)) {
    tally.documents = 1;
    AddTo(kinds_[kind], tally);
    damaged_.spans += tally.spans;
    damaged_.characters += tally.characters;
  }
}

void DamageCounts::Add(const DamageCounts& other) {
  documents_ += other.documents_;
  AddTo(damaged_, other.damaged_);
  for (const auto& [kind, tally] : other.kinds_) AddTo(kinds_[kind], tally);
}

std::string DamageCounts::Table(const Context& context) const {
  const auto say = [&](const Text& text) { return std::string(context.Say(text)); };
  cli::Table table({say({"kind", "类型"}), say({"documents", "文档"}), say({"spans", "处"}),
                    say({"characters", "字符"}), say({"share of documents", "占文档"})});
  for (size_t i = 1; i <= 4; ++i) table.Right(i);
  const auto add = [&](const std::string& name, const DamageTally& tally) {
    table.Add({name, CountText(tally.documents), CountText(tally.spans),
               CountText(tally.characters),
               fmt::format("{:.3f} %", 100 * Share(tally.documents, documents_))});
  };
  for (const auto& [kind, tally] : kinds_) {
    const bool proposed = kind.outcome == Outcome::kProposed;
    add(kind.Name() + (proposed ? say({" (proposed)", "（建议）"}) : ""), tally);
  }
  add(say({"any of these", "以上任一"}), damaged_);
  return table.Print(static_cast<size_t>(context.columns()), context.paint().on()) +
         fmt::format(fmt::runtime(say({"{} in all\n", "共 {}\n"})),
                     cli::Count(context, documents_, "document", "documents", "篇文档"));
}

std::string DamageCounts::Json() const {
  nlohmann::ordered_json by_outcome[3] = {nlohmann::ordered_json::object(),
                                          nlohmann::ordered_json::object(),
                                          nlohmann::ordered_json::object()};
  for (const auto& [kind, tally] : kinds_) {
    by_outcome[static_cast<size_t>(kind.outcome)][kind.Name()] = TallyJson(tally, documents_);
  }
  const nlohmann::ordered_json all = {{"documents", documents_},
                                      {"damaged", TallyJson(damaged_, documents_)},
                                      {"repaired", by_outcome[0]},
                                      {"proposed", by_outcome[1]},
                                      {"flagged", by_outcome[2]}};
  return all.dump() + "\n";
}

}  // namespace siku::cli
