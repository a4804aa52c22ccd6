#include "siku/refine/repair.h"

#include <algorithm>
#include <array>
#include <utility>

#include "repair/page.h"
#include "repair/scan.h"
#include "repair/walk.h"

namespace siku::refine {

std::span<const Named> RepairRules() {
  static const std::array<Named, 4> kRules = {{
      {"shifted_run", "Characters whose bytes had slipped by one are put back.",
       "还原错位一个字节的字符。"},
      {"strip_annotation", "A reading that a converter put behind a character is taken out.",
       "去掉转换器加在字后的拼音。"},
      {"restore_reading", "A character of which only the reading was left is put back.",
       "还原只剩下读音的字。"},
      {"simplify", "A traditional character that a converter wrote becomes simplified again.",
       "把转换器写成的繁体字改回简体。"},
  }};
  return kRules;
}

std::span<const Named> RepairFlags() {
  static const std::array<Named, 3> kFlags = {{
      {"proposed", "A repair that is likely, yet not sure enough to be applied.",
       "可能的修复，把握不足，未予应用。"},
      {"undecided", "Damage with several originals that fit about equally well.",
       "有损坏，但有几种原文同样说得通。"},
      {"destroyed", "Text whose information is lost; it is left as it stands.",
       "信息已经丢失的文字，保持原样。"},
  }};
  return kFlags;
}

std::string ApplyEdits(std::string_view text, std::span<const TextEdit> edits) {
  std::string out;
  out.reserve(text.size());
  size_t at = 0;
  for (const TextEdit& edit : edits) {
    out.append(text.substr(at, edit.begin - at));
    out.append(edit.after);
    at = edit.end;
  }
  out.append(text.substr(at));
  return out;
}

Repairer::Repairer(std::shared_ptr<const Tables> tables, RepairOptions options)
    : tables_(std::move(tables)), options_(options) {}

Repaired Repairer::Repair(std::string_view text) const {
  if (!NeedsLook(text)) return {};
  const Page page(text);
  return Walk(page, *tables_, options_).Run();
}

}  // namespace siku::refine
