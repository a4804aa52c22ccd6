// The tables of docs/data-juicer.md.
#include <string>

#include "data_juicer/mapping.h"
#include "siku/refine/data_juicer.h"

namespace siku::refine {
namespace {

using namespace data_juicer;  // NOLINT(google-build-using-namespace): its tables are printed here

std::string Code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string Remarks(const Mapping& mapping) {
  std::string text = mapping.note;
  const auto add = [&](const std::string& more) { text += (text.empty() ? "" : "; ") + more; };
  for (const auto& [theirs, ours, names] : mapping.renamed) {
    if (theirs != ours) add(Code(theirs) + " is " + Code(ours));
  }
  for (const auto& [theirs, values, reason] : mapping.only) {
    std::string allowed;
    for (const char c : values) allowed += c == '|' ? std::string(", ") : std::string(1, c);
    add(Code(theirs) + (allowed.empty() ? " must be absent" : ": only " + allowed) + " (" + reason +
        ")");
  }
  return text;
}

std::string KeysOf(KeyKind kind) {
  std::string text;
  for (const Key& key : Keys()) {
    if (key.kind == kind) text += (text.empty() ? "" : ", ") + Code(key.name);
  }
  return text;
}

}  // namespace

std::string DataJuicerTables() {
  std::string text = "| Data-Juicer | here | remarks |\n| --- | --- | --- |\n";
  for (const Mapping& mapping : Mappings()) {
    text += "| " + Code(mapping.theirs) + " | " + Code(mapping.ours) + " | " + Remarks(mapping) +
            " |\n";
  }
  text += "\n| not here | nearest | why |\n| --- | --- | --- |\n";
  for (const auto& [theirs, nearest, reason] : Lackings()) {
    text += "| " + Code(theirs) + " | " + Code(nearest) + " | " + reason + " |\n";
  }
  return text + "\n| keys of a recipe | |\n| --- | --- |\n| read | " + KeysOf(KeyKind::kRead) +
         " |\n| not used: how Data-Juicer runs | " + KeysOf(KeyKind::kHow) +
         " |\n| refused unless empty: they change the result | " + KeysOf(KeyKind::kChanges) +
         " |\n";
}

}  // namespace siku::refine
