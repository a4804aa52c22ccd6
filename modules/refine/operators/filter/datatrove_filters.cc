// DataTrove's filters, with its numbers for English and those of FineWeb-2 for Chinese: the rules
// in the order they are tried, under the reasons that its users know.
#include <array>

#include "operators/filter/preset_filter.h"
#include "operators/operators.h"

namespace siku::refine {
namespace {

using statistics::Kind;

constexpr std::array kRepetition = {
    Rule{"dup_para_frac", "dup_para_frac", Kind::kDupParaFrac, Side::kAbove, .3, 0, false, 0,
         "Too many paragraphs stood in the text before.", "重复段落过多。"},
    Rule{"dup_para_char_frac", "dup_para_char_frac", Kind::kDupParaCharFrac, Side::kAbove, .2, 0,
         false, 0, "Repeated paragraphs hold too many characters.", "重复段落所含字符过多。"},
    Rule{"dup_line_frac", "dup_line_frac", Kind::kDupLineFrac, Side::kAbove, .3, .287, false, 0,
         "Too many lines stood in the text before.", "重复行过多。"},
    Rule{"dup_line_char_frac", "dup_line_char_frac", Kind::kDupLineCharFrac, Side::kAbove, .2, 0,
         false, 0, "Repeated lines hold too many characters.", "重复行所含字符过多。"},
    Rule{"top_2_gram", "top_2_gram", Kind::kTopGram, Side::kAbove, .2, .256, false, 2,
         "The most frequent pair of words holds too many characters.",
         "最常见的 2 词组合字符过多。"},
    Rule{"top_3_gram", "top_3_gram", Kind::kTopGram, Side::kAbove, .18, .201, false, 3,
         "The most frequent three words hold too many characters.", "最常见的 3 词组合字符过多。"},
    Rule{"top_4_gram", "top_4_gram", Kind::kTopGram, Side::kAbove, .16, .171, false, 4,
         "The most frequent four words hold too many characters.", "最常见的 4 词组合字符过多。"},
    Rule{"dup_5_n_grams", "duplicated_5_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .15, .198,
         false, 5, "Repeated runs of five words hold too many characters.",
         "重复的 5 词组合字符过多。"},
    Rule{"dup_6_n_grams", "duplicated_6_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .14, .182,
         false, 6, "Repeated runs of six words hold too many characters.",
         "重复的 6 词组合字符过多。"},
    Rule{"dup_7_n_grams", "duplicated_7_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .13, .167,
         false, 7, "Repeated runs of seven words hold too many characters.",
         "重复的 7 词组合字符过多。"},
    Rule{"dup_8_n_grams", "duplicated_8_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .12, .154,
         false, 8, "Repeated runs of eight words hold too many characters.",
         "重复的 8 词组合字符过多。"},
    Rule{"dup_9_n_grams", "duplicated_9_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .11, .14,
         false, 9, "Repeated runs of nine words hold too many characters.",
         "重复的 9 词组合字符过多。"},
    Rule{"dup_10_n_grams", "duplicated_10_n_grams", Kind::kDuplicatedGrams, Side::kAbove, .1, .127,
         false, 10, "Repeated runs of ten words hold too many characters.",
         "重复的 10 词组合字符过多。"},
};

constexpr std::array kGopherQuality = {
    Rule{"min_doc_words", "gopher_short_doc", Kind::kGopherWords, Side::kBelow, 50, 50, true, 0,
         "The text has too few words.", "词数过少。"},
    Rule{"max_doc_words", "gopher_long_doc", Kind::kGopherWords, Side::kAbove, 100000, 100000, true,
         0, "The text has too many words.", "词数过多。"},
    Rule{"min_avg_word_length", "gopher_below_avg_threshold", Kind::kAvgWordLength, Side::kBelow, 3,
         1, false, 0, "Words are too short on average.", "平均词长过短。"},
    Rule{"max_avg_word_length", "gopher_above_avg_threshold", Kind::kAvgWordLength, Side::kAbove,
         10, 5, false, 0, "Words are too long on average.", "平均词长过长。"},
    Rule{"max_symbol_word_ratio", "gopher_too_many_hashes", Kind::kHashWordRatio, Side::kAbove, .1,
         .1, false, 0, "There are too many # for the words.", "# 相对词数过多。"},
    Rule{"max_symbol_word_ratio", "gopher_too_many_ellipsis", Kind::kEllipsisWordRatio,
         Side::kAbove, .1, .1, false, 0, "There are too many ellipses for the words.",
         "省略号相对词数过多。"},
    Rule{"max_bullet_lines_ratio", "gopher_too_many_bullets", Kind::kBulletLineRatio, Side::kAbove,
         .9, .9, false, 0, "Too many lines begin with a bullet.", "以项目符号开头的行过多。"},
    Rule{"max_ellipsis_lines_ratio", "gopher_too_many_end_ellipsis", Kind::kEllipsisLineRatio,
         Side::kAbove, .3, .3, false, 0, "Too many lines end with an ellipsis.",
         "以省略号结尾的行过多。"},
    Rule{"max_non_alpha_words_ratio", "gopher_below_alpha_threshold", Kind::kAlphaWordRatio,
         Side::kBelow, .8, .735, false, 0, "Too few words hold a letter; the name is DataTrove's.",
         "含字母的词过少；参数名沿用 DataTrove。"},
    Rule{"min_stop_words", "gopher_enough_stop_words", Kind::kStopWords, Side::kBelow, 2, 2, true,
         0, "Too few different stop words occur; the name is DataTrove's.",
         "出现的停用词种类过少；原因名沿用 DataTrove。"},
};

constexpr std::array kFineWeb = {
    Rule{"line_punct_thr", "line_punct_ratio", Kind::kLinePunctRatio, Side::kBelow, .12, .106,
         false, 0, "Too few lines end with a terminal mark.", "以句末标点结尾的行过少。"},
    Rule{"short_line_thr", "short_line_ratio", Kind::kShortLineRatio, Side::kAbove, .67, 999, false,
         0, "Too many lines are short.", "短行过多。"},
    Rule{"char_duplicates_ratio", "char_dup_ratio", Kind::kCharDupRatio, Side::kAbove, .01, .1,
         false, 0, "Repeated lines hold too many characters.", "重复行所含字符过多。"},
    Rule{"new_line_ratio", "list_ratio", Kind::kNewlineWordRatio, Side::kAbove, .3, .178, false, 0,
         "There are too many line ends for the words.", "换行相对词数过多。"},
};

}  // namespace

const Operator& GopherRepetitionFilter() {
  static const PresetFilter instance({"gopher_repetition",
                                      "DataTrove 0.10.1, GopherRepetitionFilter; FineWeb-2, "
                                      "configs/cmn_Hani.yml; docs/filters.md.",
                                      "Drop texts that repeat lines, paragraphs or words.",
                                      "丢弃重复行、段落或词语过多的文本。", kRepetition, true, true,
                                      Kind::kTextLen});
  return instance;
}

const Operator& GopherQualityFilter() {
  static const PresetFilter instance(
      {"gopher_quality",
       "DataTrove 0.10.1, GopherQualityFilter; FineWeb-2, configs/cmn_Hani.yml; docs/filters.md.",
       "Drop texts whose words and lines are not those of running text.",
       "丢弃词与行不像正常行文的文本。", kGopherQuality, true, true});
  return instance;
}

const Operator& FinewebQualityFilter() {
  static const PresetFilter instance(
      {"fineweb_quality",
       "DataTrove 0.10.1, FineWebQualityFilter; FineWeb-2, configs/cmn_Hani.yml; docs/filters.md.",
       "Drop lists, menus and texts whose lines do not end as sentences do.",
       "丢弃列表、菜单以及行尾不成句的文本。", kFineWeb, true, false, Kind::kFilledLines});
  return instance;
}

}  // namespace siku::refine
