#include "siku/refine/repair.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "repair/decoding/decoding.h"
#include "repair/destroyed.h"
#include "repair/misspelt.h"
#include "repair/page.h"
#include "repair/residue/residue.h"
#include "repair/scan.h"
#include "repair/walk.h"
#include "repair/worth_walking.h"

namespace siku::refine {

std::span<const Named> RepairRules() {
  static const std::array<Named, 12> kRules = {{
      {"shifted_run", "Characters whose bytes had slipped by one are put back.",
       "还原错位一个字节的字符。"},
      {"strip_annotation", "A reading that a converter put behind a character is taken out.",
       "去掉转换器加在字后的拼音。"},
      {"restore_reading", "A character of which only the reading was left is put back.",
       "还原只剩下读音的字。"},
      {"simplify", "A traditional character that a converter wrote becomes simplified again.",
       "把转换器写成的繁体字改回简体。"},
      {"restore_decoding",
       "Text that was decoded by the wrong character set is decoded by its own.",
       "用错误的字符集解码的文字按原字符集重新解码。"},
      {"decode_entity", "An HTML entity becomes the character it stands for.",
       "把 HTML 实体还原为它代表的字符。"},
      {"remove_comma", "A comma that was put into a word is taken out.", "去掉插进词中的逗号。"},
      {"remove_invisible", "A character without width that means nothing there is taken out.",
       "去掉没有意义的零宽字符。"},
      {"remove_control", "A control character is taken out.", "去掉控制字符。"},
      {"unify_line_end", "Line ends become those that most of the text has.",
       "把混用的换行符统一为文中最多的一种。"},
      {"restore_private_use", "A private-use character becomes the one it stood for in GBK.",
       "把私用区字符还原为它在 GBK 中代表的字符。"},
      {"restore_mark", "A narrowed mark between Chinese characters becomes full-width.",
       "把汉字间的半角标点恢复为全角。"},
  }};
  return kRules;
}

std::span<const Named> RepairFlags() {
  static const std::array<Named, 4> kFlags = {{
      {"proposed", "A repair that is likely, yet not sure enough to be applied.",
       "可能的修复，把握不足，未予应用。"},
      {"undecided", "Damage with several originals that fit about equally well.",
       "有损坏，但有几种原文同样说得通。"},
      {"destroyed", "Text whose information is lost; it is left as it stands.",
       "信息已经丢失的文字，保持原样。"},
      {"private_use", "A private-use character that only a font of its own can show; it stays.",
       "只有专用字体才能显示的私用区字符，保持原样。"},
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
    : tables_(std::move(tables)),
      misspelt_(std::make_shared<MisspeltWords>(*tables_)),
      options_(options) {}

namespace {

// Bytes that a flag stands on.
struct Span {
  size_t begin, end;
};

// `spans` are sorted and disjoint.
bool Meets(std::span<const Span> spans, size_t begin, size_t end) {
  const auto next = std::partition_point(spans.begin(), spans.end(),
                                         [&](const Span& span) { return span.end <= begin; });
  return next != spans.end() && next->begin < std::max(end, begin + 1);
}

// Adds the proposals among sorted flags that meet neither what is there nor each other.
void AddProposals(std::span<const TextFlag> flags, std::vector<Span>& spans) {
  const auto held = static_cast<ptrdiff_t>(spans.size());
  size_t at = 0;
  for (const TextFlag& flag : flags) {
    if (!flag.proposal || flag.begin == flag.end || flag.begin < at) continue;
    if (Meets(std::span(spans).first(static_cast<size_t>(held)), flag.begin, flag.end)) continue;
    spans.push_back({flag.begin, flag.end});
    at = flag.end;
  }
  std::inplace_merge(spans.begin(), spans.begin() + held, spans.end(),
                     [](const Span& a, const Span& b) { return a.begin < b.begin; });
}

// Leaves one flag where several meet: a proposal before others, the first before what follows.
void KeepApart(std::vector<TextFlag>& flags) {
  std::vector<Span> proposed;
  AddProposals(flags, proposed);
  size_t proposed_to = 0, other_to = 0;
  std::erase_if(flags, [&](const TextFlag& flag) {
    const bool clear = flag.begin >= (flag.proposal ? proposed_to : other_to);
    if (!clear || (!flag.proposal && Meets(proposed, flag.begin, flag.end))) return true;
    (flag.proposal ? proposed_to : other_to) = flag.end;
    return false;
  });
}

// What proposals hold: no later edit may be applied there, or they fit no more.
class Held {
 public:
  /// Takes out of `found` what meets a proposal of before, and edits that meet one of its own.
  void Clear(Repaired& found) {
    std::erase_if(found.flags,
                  [&](const TextFlag& flag) { return Meets(spans_, flag.begin, flag.end); });
    AddProposals(found.flags, spans_);
    std::erase_if(found.edits,
                  [&](const TextEdit& edit) { return Meets(spans_, edit.begin, edit.end); });
  }

  /// Moves on to the text that the edits give; none of them meets a span.
  void Follow(std::span<const TextEdit> edits) {
    size_t made = 0, taken = 0;
    auto edit = edits.begin();
    for (Span& span : spans_) {
      for (; edit != edits.end() && edit->begin < span.begin; ++edit) {
        made += edit->after.size();
        taken += edit->end - edit->begin;
      }
      span = {span.begin + made - taken, span.end + made - taken};
    }
  }

 private:
  std::vector<Span> spans_;
};

// What converters did last is undone first: each stage sees what the one before gave.
class Stages {
 public:
  explicit Stages(std::string_view text) : text_(text), look_(LookAt(text)) {}

  template <class Stage>
  void Then(const Stage& stage) {
    Repaired found = stage(std::string_view(done_.edits.empty() ? text_ : middle_));
    held_.Clear(found);
    if (found.edits.empty() && found.flags.empty()) return;
    const bool edited = !found.edits.empty();
    held_.Follow(found.edits);
    done_ = Compose(text_, std::move(done_), std::move(found));
    if (!edited) return;
    middle_ = ApplyEdits(text_, done_.edits);
    look_ = LookAt(middle_);
  }
  /// Of the text as it is now.
  const Look& look() const { return look_; }
  Repaired Take() {
    KeepApart(done_.flags);
    return std::move(done_);
  }

 private:
  std::string_view text_;
  std::string middle_;
  Look look_;
  Held held_;
  Repaired done_;
};

}  // namespace

Repaired Repairer::Repair(std::string_view text) const {
  Stages stages(text);
  if (options_.decoding && stages.look().decoding) {
    stages.Then(
        [&](std::string_view found) { return RestoreDecodings(found, *tables_, options_); });
  }
  if (options_.residue && stages.look().reference) {
    stages.Then([&](std::string_view found) { return DecodeReferences(found, options_); });
  }
  if (options_.residue && stages.look().residue) {
    stages.Then([&](std::string_view found) { return CleanResidue(found, options_); });
  }
  if (options_.residue) {
    stages.Then(
        [&](std::string_view found) { return RemoveCommasInWords(found, *tables_, options_); });
  }
  const bool walks =
      options_.shifted || options_.annotated || options_.readings || options_.simplify;
  if (walks) {
    stages.Then([&](std::string_view found) -> Repaired {
      const Look& look = stages.look();
      if (!look.page && !(look.traditional && misspelt_->In(found))) return {};
      const Page page(found);
      auto evidence = WorthWalking(page, *tables_, *misspelt_);
      if (!evidence) return {};
      return Walk(page, *std::move(evidence), *tables_, options_).Run();
    });
  }
  if (walks && stages.look().rare) {
    stages.Then([&](std::string_view found) { return FlagStrays(found, *tables_); });
  }
  if (options_.marks) {
    stages.Then([&](std::string_view found) { return RestoreMarks(found, options_); });
  }
  return stages.Take();
}

}  // namespace siku::refine
