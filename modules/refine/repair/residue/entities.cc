#include "repair/residue/entities.h"

#include <algorithm>
#include <array>
#include <vector>

#include "repair/residue/markup.h"
#include "repair/residue/reference.h"
#include "repair/residue/surroundings.h"

namespace siku::refine {
namespace {

constexpr double kSure = 0.99;
constexpr double kAlone = 0.95;
constexpr double kDoubtful = 0.8;
constexpr double kSpokenOf = 0.6;

// What stands on one side of a reference; other references and blanks are looked through, and a
// line feed stands for the end of the line.
struct Side {
  char32_t nearest = U'\n';
  bool tight = true;  // nothing but references between
};

struct Found {
  const Reference* reference = nullptr;
  Side left{}, right{};
  bool in_text = false;
  bool in_row = false;  // of Chinese characters written as numbers
};

Side LeftOf(std::string_view text, const Reference& reference, const Found* previous) {
  Side side;
  for (size_t at = reference.begin;; side.tight = false) {
    if (previous != nullptr && previous->reference->end == at) {
      return {previous->left.nearest, side.tight && previous->left.tight};
    }
    side.nearest = CharacterBefore(text, at);
    if (at == 0 || !IsSpace(side.nearest)) return side;
    at -= BytesOf(side.nearest);
  }
}

Side RightOf(std::string_view text, const Reference& reference, const Found* next) {
  Side side;
  for (size_t at = reference.end;; side.tight = false) {
    if (next != nullptr && next->reference->begin == at) {
      return {next->right.nearest, side.tight && next->right.tight};
    }
    side.nearest = CharacterAt(text, at);
    if (at >= text.size() || !IsSpace(side.nearest)) return side;
    at += BytesOf(side.nearest);
  }
}

// From one end of the text to the other and back, so that long rows of references cost no more.
std::vector<Found> LookAround(std::string_view text, const std::vector<Reference>& all) {
  std::vector<Found> found(all.size());
  for (size_t i = 0; i < all.size(); ++i) {
    found[i].reference = &all[i];
    found[i].left = LeftOf(text, all[i], i == 0 ? nullptr : &found[i - 1]);
  }
  for (size_t i = all.size(); i-- > 0;) {
    found[i].right = RightOf(text, all[i], i + 1 == all.size() ? nullptr : &found[i + 1]);
  }
  return found;
}

bool OpensQuote(char32_t c) {
  constexpr std::u32string_view kOpening = U"\"'`“‘「『（([【《〈＂＇";
  return kOpening.find(c) != std::u32string_view::npos;
}
bool ClosesQuote(char32_t c) {
  constexpr std::u32string_view kClosing = U"\"'`”’」』）)]】》〉＂＇";
  return kClosing.find(c) != std::u32string_view::npos;
}

template <size_t kCount>
bool EndsWithAny(std::string_view text, const std::array<std::string_view, kCount>& words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.size() >= word.size() && text.substr(text.size() - word.size()) == word;
  });
}
template <size_t kCount>
bool BeginsWithAny(std::string_view text, const std::array<std::string_view, kCount>& words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view word) { return text.substr(0, word.size()) == word; });
}

// 用 &nbsp; 表示空格: words that take the reference itself for what they speak of.
constexpr std::array<std::string_view, 34> kBefore = {
    "用",   "写成", "写作", "写为", "輸入", "输入", "使用", "插入", "替换", "替換", "换成", "換成",
    "转成", "转为", "变成", "变为", "显示", "出现", "加入", "添加", "代码", "符号", "字符", "加上",
    "把",   "将",   "將",   "如",   "和",   "与",   "或",   "、",   "是",   "："};
constexpr std::array<std::string_view, 28> kBehind = {
    "表示", "代表", "代替", "来",   "來", "实现", "符号", "字符",  "标签", "等",
    "转",   "替",   "换",   "显示", "写", "即",   "就是", "是",    "会",   "可",
    "和",   "与",   "或",   "、",   "这", "：",   "=",    "的作用"};

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

// The reference is what the sentence speaks of.
bool Mentioned(std::string_view text, const std::vector<Reference>& all, const Found& found) {
  const Reference& reference = *found.reference;
  const char32_t before = CharacterBefore(text, reference.begin);
  const char32_t behind = CharacterAt(text, reference.end);
  // Several in a row are not named but used.
  const size_t index = static_cast<size_t>(&reference - all.data());
  const bool alone = (index == 0 || all[index - 1].end != reference.begin) &&
                     (index + 1 == all.size() || all[index + 1].begin != reference.end);
  if (!alone) return false;
  if (OpensQuote(before) && ClosesQuote(behind)) return true;
  return EndsWithAny(Trimmed(text.substr(0, reference.begin)), kBefore) &&
         BeginsWithAny(Trimmed(text.substr(reference.end, 64)), kBehind);
}

// One that lost its "&" needs East Asian text, a line end or another reference on both sides, or
// East Asian text right at it and a name that says enough.
bool StandsInText(const Found& found) {
  const Reference& reference = *found.reference;
  const bool left = IsEastAsian(found.left.nearest), right = IsEastAsian(found.right.nearest);
  if (reference.ampersand) return left || right;
  if (!reference.ambiguous && ((left && found.left.tight) || (right && found.right.tight))) {
    return true;
  }
  const auto open = [](char32_t c, bool east_asian) {
    return east_asian || IsLineEnd(c) || (c >= '0' && c <= '9');
  };
  return (left || right) && open(found.left.nearest, left) && open(found.right.nearest, right);
}

// A Chinese character that some program wrote as its number, in the midst of others.
bool IsSpelled(const Found& found) {
  return IsHan(CharacterAt(found.reference->text, 0)) && found.left.tight && found.right.tight &&
         IsEastAsian(found.left.nearest) && IsEastAsian(found.right.nearest);
}

// Of three or more in a row that are Chinese characters as numbers, whatever stands around.
void MarkRows(std::string_view text, std::vector<Found>& found) {
  constexpr size_t kLeast = 3;
  const auto numbered = [&](const Found& one) {
    return one.reference->ampersand && text.substr(one.reference->begin, 2) == "&#";
  };
  for (size_t first = 0, end; first < found.size(); first = end) {
    end = first + 1;
    if (!numbered(found[first])) continue;
    while (end < found.size() && numbered(found[end]) &&
           found[end].reference->begin == found[end - 1].reference->end) {
      ++end;
    }
    size_t han = 0;
    for (size_t i = first; i < end; ++i) han += IsHan(CharacterAt(found[i].reference->text, 0));
    const char32_t before = CharacterBefore(text, found[first].reference->begin);
    if (han < kLeast || before == U'`') continue;
    for (size_t i = first; i < end; ++i) found[i].in_row = true;
  }
}

// Words of sentences that speak of references.
constexpr std::array<std::string_view, 9> kSpeaking = {"转义", "轉義", "实体", "空格", "引号",
                                                       "模板", "符号", "HTML", "html"};

// What stands around it in its sentence.
bool SentenceSpeaks(std::string_view text, const Reference& reference) {
  constexpr size_t kFar = 200;
  constexpr std::array<std::string_view, 4> kEnds = {"。", "！", "？", "\n"};
  size_t begin = reference.begin - std::min(reference.begin, kFar);
  size_t end = std::min(text.size(), reference.end + kFar);
  const std::string_view left = text.substr(begin, reference.begin - begin);
  const std::string_view right = text.substr(reference.end, end - reference.end);
  for (const std::string_view mark : kEnds) {
    const size_t last = left.rfind(mark), first = right.find(mark);
    if (last != left.npos) begin = std::max(begin, reference.begin - left.size() + last);
    if (first != right.npos) end = std::min(end, reference.end + first);
  }
  const std::string_view sentence = text.substr(begin, end - begin);
  return right.starts_with("表示") ||
         std::any_of(kSpeaking.begin(), kSpeaking.end(),
                     [&](std::string_view word) { return sentence.find(word) != sentence.npos; });
}

// One without "&" that somebody may have written so.
bool MayBeMeant(std::string_view text, const Found& found) {
  const Reference& reference = *found.reference;
  if (reference.ampersand) return false;
  const auto apart = [](const Side& side) {
    return IsAsciiWord(side.nearest) || (!side.tight && !IsLineEnd(side.nearest));
  };
  const bool numbered = text[reference.begin] == '#';
  // A blank between two references is no blank of a sentence.
  const bool lone = IsSpace(CharacterBefore(text, reference.begin)) ||
                    IsSpace(CharacterAt(text, reference.end)) || reference.attached;
  if (!numbered && lone && (apart(found.left) || apart(found.right))) return true;
  return SentenceSpeaks(text, reference);
}

// A text in which many lost their "&" means none of them.
bool FewAreBare(const std::vector<Reference>& all) {
  constexpr auto kMany = 4;
  const auto bare = [](const Reference& one) { return !one.ampersand; };
  return std::count_if(all.begin(), all.end(), bare) < kMany;
}

// Nothing around it is ASCII code: each side is East Asian text or the end of the line.
bool Surrounded(const Found& found) {
  const auto clear = [](const Side& side) {
    return (IsEastAsian(side.nearest) && side.tight) || IsLineEnd(side.nearest);
  };
  return clear(found.left) && clear(found.right);
}

// What the references of a document say together.
struct Evidence {
  size_t in_text = 0;    // stand in East Asian text
  size_t sure = 0;       // of these, with nothing else around
  size_t whole = 0;      // with "&" and ";"
  size_t spelled = 0;    // Chinese characters as numbers
  size_t mentioned = 0;  // what a sentence speaks of
  size_t bare = 0;       // without "&": nobody speaks of them so
};

Evidence Weigh(std::string_view text, const std::vector<Reference>& all,
               std::vector<Found>& found) {
  Evidence evidence;
  MarkRows(text, found);
  const bool few = FewAreBare(all);
  for (Found& one : found) {
    one.in_text = one.in_row || (StandsInText(one) && !(few && MayBeMeant(text, one)));
    if (!one.in_text) continue;
    const Reference& reference = *one.reference;
    const bool clear = reference.common && reference.semicolon && !reference.ambiguous;
    ++evidence.in_text;
    evidence.sure += clear && Surrounded(one);
    evidence.whole += clear && reference.ampersand;
    evidence.spelled += IsSpelled(one);
    evidence.bare += !reference.ampersand && !reference.ambiguous;
    evidence.mentioned += !IsSpelled(one) && Mentioned(text, all, one);
  }
  return evidence;
}

double Confidence(std::string_view text, const Evidence& evidence) {
  const bool broken = evidence.spelled >= 2 || evidence.bare >= 3;
  if (!broken && (evidence.mentioned * 4 >= evidence.in_text + 1 || SpeaksOfMarkup(text))) {
    return kSpokenOf;
  }
  if (evidence.sure >= 2) return kSure;
  if (evidence.sure == 1 || evidence.whole >= 2 || evidence.in_text >= 2) return kAlone;
  return kDoubtful;
}

}  // namespace

void DecodeEntities(std::string_view text, Findings& findings) {
  const std::vector<Reference> all = FindReferences(text);
  if (all.empty()) return;
  std::vector<Found> found = LookAround(text, all);
  const Evidence evidence = Weigh(text, all, found);
  const bool few = FewAreBare(all);
  if (evidence.in_text == 0 || HasMarkup(text)) return;
  const double confidence = Confidence(text, evidence);
  const bool proven = confidence >= kAlone && all.size() >= 2;
  for (const Found& one : found) {
    const Reference& reference = *one.reference;
    const bool numbered = text[reference.begin] == '#' && evidence.bare >= 2;
    const bool ambiguous = reference.ambiguous && !numbered;
    if (!one.in_text && few && MayBeMeant(text, one)) continue;
    if (!one.in_text && (!proven || ambiguous || !reference.semicolon)) continue;
    double here = one.in_row && confidence > kSpokenOf ? kSure : confidence;
    if (ambiguous || !reference.semicolon || !reference.common) {
      here = proven ? std::min(here, kAlone) : std::min(here, kSpokenOf);
    }
    findings.Edit(reference.begin, reference.end, reference.text, Rule::kEntity, here);
  }
}

}  // namespace siku::refine
