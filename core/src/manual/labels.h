// Words for what a record says in numbers and names: ranges, defaults, columns, traits.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::manual {

/// The part of a record's pair of texts that fits the language; English where Chinese is missing.
const std::string& In(Language language, const std::string& english, const std::string& chinese);

std::string_view TypeName(ParameterType type);
/// `0.9`, `'text'`, `true`, `['a', 'b']`: as a recipe has it.
std::string ValueText(const ParameterValue& value);
/// "number from 0 to 1, unit ratio, default 0.9".
std::string ParameterText(const ParameterSpec& spec, Language language);
/// Columns by name; `$p` is "the one that `p` names".
std::string ColumnsText(const std::vector<std::string>& columns, Language language);
/// What the operator does with rows, a sentence for each trait.
std::vector<std::string> TraitTexts(const Traits& traits, Language language);

/// A text of the table, with its gaps filled.
std::string Say(const char* english, Language language,
                const std::vector<std::string>& values = {});

}  // namespace siku::manual
