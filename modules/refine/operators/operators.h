// Every operator of the module, one line each.
#pragma once

#include "siku/operator.h"

namespace siku::refine {

const Operator& ChunkTextOperator();
const Operator& DropDuplicatesOperator();
const Operator& DuplicateLinesOperator();
const Operator& FrequentLinesOperator();
const Operator& DuplicateSentencesOperator();
const Operator& MinhashOperator();
const Operator& SimhashOperator();
const Operator& SubstringsOperator();
const Operator& SplitParagraphsOperator();
const Operator& RepairOperator();
const Operator& RepairShiftedRunsOperator();
const Operator& StripAnnotationsOperator();
const Operator& RestoreReadingsOperator();
const Operator& SimplifyConvertedOperator();
const Operator& RestoreDecodingsOperator();
const Operator& CleanResidueOperator();
const Operator& RestoreMarksOperator();
const Operator& CountDamageOperator();
const Operator& CollapseSpaceOperator();
const Operator& ConvertScriptOperator();
const Operator& SegmentWordsOperator();
const Operator& MaskIdentifiersOperator();
const Operator& MatchWordsOperator();
const Operator& MeasureOperator();
const Operator& AlphanumericFilter();
const Operator& AverageLineLengthFilter();
const Operator& C4QualityFilter();
const Operator& CharacterRepetitionFilter();
const Operator& CtLlmFilter();
const Operator& DecideFilter();
const Operator& EvalwebFilter();
const Operator& FinewebQualityFilter();
const Operator& FlaggedWordsFilter();
const Operator& GeneralFieldFilter();
const Operator& GopherQualityFilter();
const Operator& GopherRepetitionFilter();
const Operator& MaximumLineLengthFilter();
const Operator& SpecialCharactersFilter();
const Operator& SpecifiedFieldFilter();
const Operator& SpecifiedNumericFieldFilter();
const Operator& StopwordsFilter();
const Operator& SuffixFilter();
const Operator& TextLengthFilter();
const Operator& WordRepetitionFilter();
const Operator& WordsNumFilter();
const Operator& CleanCopyrightOperator();
const Operator& CleanEmailOperator();
const Operator& CleanLinksOperator();
const Operator& CleanIpOperator();
const Operator& ExpandMacroOperator();
const Operator& PunctuationNormalizationOperator();
const Operator& WhitespaceNormalizationOperator();
const Operator& RemoveBibliographyOperator();
const Operator& RemoveCommentsOperator();
const Operator& RemoveHeaderOperator();
const Operator& RemoveLongWordsOperator();
const Operator& RemoveWordsWithIncorrectSubstringsOperator();
const Operator& RemoveNonChineseCharacterOperator();
const Operator& RemoveRepeatSentencesOperator();
const Operator& RemoveSpecificCharsOperator();
const Operator& RemoveTableTextOperator();
const Operator& ReplaceContentOperator();
const Operator& FrequencySelectorOperator();
const Operator& RandomSelectorOperator();
const Operator& RangeSelectorOperator();
const Operator& TopkSelector();

}  // namespace siku::refine
