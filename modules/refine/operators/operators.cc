#include "operators/operators.h"

#include <array>

#include "siku/refine/operators.h"

namespace siku::refine {

std::span<const Operator* const> Operators() {
  static const std::array kOperators = {
      &DropDuplicatesOperator(),
      &SplitParagraphsOperator(),
      &CleanResidueOperator(),
      &CollapseSpaceOperator(),
      &ConvertScriptOperator(),
      &CountDamageOperator(),
      &RepairOperator(),
      &RepairShiftedRunsOperator(),
      &RestoreDecodingsOperator(),
      &RestoreMarksOperator(),
      &RestoreReadingsOperator(),
      &SegmentWordsOperator(),
      &SimplifyConvertedOperator(),
      &StripAnnotationsOperator(),
      &MaskIdentifiersOperator(),
      &MatchWordsOperator(),
      &AlphanumericFilter(),
      &AverageLineLengthFilter(),
      &C4QualityFilter(),
      &CharacterRepetitionFilter(),
      &CtLlmFilter(),
      &DecideFilter(),
      &EvalwebFilter(),
      &FinewebQualityFilter(),
      &GopherQualityFilter(),
      &GopherRepetitionFilter(),
      &MeasureOperator(),
      &FlaggedWordsFilter(),
      &MaximumLineLengthFilter(),
      &SpecialCharactersFilter(),
      &SpecifiedFieldFilter(),
      &SpecifiedNumericFieldFilter(),
      &StopwordsFilter(),
      &SuffixFilter(),
      &TextLengthFilter(),
      &WordRepetitionFilter(),
      &WordsNumFilter(),
      &CleanCopyrightOperator(),
      &CleanEmailOperator(),
      &CleanLinksOperator(),
      &CleanIpOperator(),
      &ExpandMacroOperator(),
      &PunctuationNormalizationOperator(),
      &WhitespaceNormalizationOperator(),
      &RemoveBibliographyOperator(),
      &RemoveCommentsOperator(),
      &RemoveHeaderOperator(),
      &RemoveLongWordsOperator(),
      &RemoveWordsWithIncorrectSubstringsOperator(),
      &RemoveNonChineseCharacterOperator(),
      &RemoveRepeatSentencesOperator(),
      &RemoveSpecificCharsOperator(),
      &RemoveTableTextOperator(),
      &ReplaceContentOperator(),
      &DuplicateLinesOperator(),
      &DuplicateSentencesOperator(),
      &MinhashOperator(),
      &SimhashOperator(),
      &SubstringsOperator(),
  };
  return kOperators;
}

}  // namespace siku::refine
