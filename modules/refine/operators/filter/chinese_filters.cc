// Heuristics that projects of Chinese corpora publish, as far as they need no model and no list.
#include <array>

#include "operators/filter/preset_filter.h"
#include "operators/operators.h"

namespace siku::refine {
namespace {

using statistics::Kind;

// Chinese-Tiny-LLM, filter/filter.py, in its order.
constexpr std::array kCtLlm = {
    Rule{"min_len", "too_short", Kind::kTextLen, Side::kBelow, 50, 50, true, 0,
         "The text has too few characters.", "字符过少。"},
    Rule{"max_len", "too_long", Kind::kTextLen, Side::kAbove, 10000, 10000, true, 0,
         "The text has too many characters.", "字符过多。"},
    Rule{"min_word_length", "short_words", Kind::kAvgWordLength, Side::kBelow, 1.3, 1.3, false, 0,
         "Words are too short on average.", "平均词长过短。"},
    Rule{"max_word_length", "long_words", Kind::kAvgWordLength, Side::kAbove, 10, 10, false, 0,
         "Words are too long on average.", "平均词长过长。"},
    Rule{"max_digit_ratio", "digits", Kind::kDigitRatio, Side::kAbove, 0.3, 0.3, false, 0,
         "Too many characters are digits.", "数字过多。"},
    Rule{"min_distinct_char_ratio", "few_characters", Kind::kDistinctCharRatio, Side::kUpTo, 0.1,
         0.1, false, 0, "Too few different characters occur.", "不同字符过少。"},
    Rule{"min_entropy", "low_entropy", Kind::kCharEntropy, Side::kBelow, 3, 3, false, 0,
         "The characters are too predictable.", "字符分布的熵过低。"},
    Rule{"top_2_gram", "top_2_gram", Kind::kTopCharGram, Side::kAbove, 0.2, 0.2, false, 2,
         "The most frequent two characters come too often.", "最常见的 2 字组合过多。"},
    Rule{"top_3_gram", "top_3_gram", Kind::kTopCharGram, Side::kAbove, 0.18, 0.18, false, 3,
         "The most frequent three characters come too often.", "最常见的 3 字组合过多。"},
    Rule{"top_4_gram", "top_4_gram", Kind::kTopCharGram, Side::kAbove, 0.16, 0.16, false, 4,
         "The most frequent four characters come too often.", "最常见的 4 字组合过多。"},
    Rule{"dup_5_grams", "dup_5_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false, 5,
         "Repeated runs of five characters hold too many different ones.",
         "重复的 5 字组合涉及的字符过多。"},
    Rule{"dup_6_grams", "dup_6_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false, 6,
         "Repeated runs of six characters hold too many different ones.",
         "重复的 6 字组合涉及的字符过多。"},
    Rule{"dup_7_grams", "dup_7_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false, 7,
         "Repeated runs of seven characters hold too many different ones.",
         "重复的 7 字组合涉及的字符过多。"},
    Rule{"dup_8_grams", "dup_8_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false, 8,
         "Repeated runs of eight characters hold too many different ones.",
         "重复的 8 字组合涉及的字符过多。"},
    Rule{"dup_9_grams", "dup_9_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false, 9,
         "Repeated runs of nine characters hold too many different ones.",
         "重复的 9 字组合涉及的字符过多。"},
    Rule{"dup_10_grams", "dup_10_grams", Kind::kDuplicatedCharGrams, Side::kAbove, 0.6, 0.6, false,
         10, "Repeated runs of ten characters hold too many different ones.",
         "重复的 10 字组合涉及的字符过多。"},
};

// ChineseWebText (EvalWeb), preprocess.py, in its order.
constexpr std::array kEvalWeb = {
    Rule{"min_len", "too_short", Kind::kTextLen, Side::kUpTo, 200, 200, true, 0,
         "The text has too few characters.", "字符过少。"},
    Rule{"min_line_len", "short_lines", Kind::kMeanLineLength, Side::kBelow, 10, 10, false, 0,
         "Lines are too short on average.", "平均行长过短。"},
    Rule{"min_zh_percent", "few_han", Kind::kHanRatio, Side::kBelow, 0.3, 0.3, false, 0,
         "Too few characters are Chinese.", "汉字比例过低。"},
    Rule{"max_repeat", "repeated_grams", Kind::kRepeatedGramRatio, Side::kAbove, 0.5, 0.5, false,
         13, "Too many runs of thirteen characters come again.", "重复的 13 字组合过多。"},
};

}  // namespace

const Operator& CtLlmFilter() {
  static const PresetFilter instance({"ct_llm",
                                      "Chinese-Tiny-LLM, filter/filter.py; docs/filters.md.",
                                      "Drop texts by the heuristics of Chinese-Tiny-LLM.",
                                      "按 Chinese-Tiny-LLM 的启发式规则丢弃文本。", kCtLlm});
  return instance;
}

const Operator& EvalwebFilter() {
  static const PresetFilter instance({"evalweb", "ChineseWebText, preprocess.py; docs/filters.md.",
                                      "Drop texts by the heuristics of EvalWeb.",
                                      "按 EvalWeb 的启发式规则丢弃文本。", kEvalWeb});
  return instance;
}

}  // namespace siku::refine
