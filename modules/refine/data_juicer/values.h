// Values as Data-Juicer's YAML reader takes them, for ours, which guesses nothing.
#pragma once

#include <string>
#include <string_view>

#include "siku/operator.h"
#include "siku/recipe_dialect.h"

namespace siku::refine::data_juicer {

bool IsNull(const YamlNode& node);
/// Null, false, zero, or an empty text, list or map: what asks for nothing.
bool IsNothing(const YamlNode& node);
/// `values`: parted by |, where '' is the empty text; a null is always one of them.
bool IsOneOf(const YamlNode& node, std::string_view values);
/// The value by another name, as `names` ("space=word|…") has it.
YamlNode Named(const YamlNode& node, std::string_view names);
/// The value written as our reader wants it for this parameter; anything doubtful is left for that
/// reader to refuse.
YamlNode AsOurs(const YamlNode& node, const ParameterSpec& spec);
/// The ending of a path without its dot, in lower case, one of compression taken off: `jsonl`.
std::string Ending(std::string_view path);
/// The name of the dataset that a project of theirs makes.
std::string DatasetName(std::string_view project);

}  // namespace siku::refine::data_juicer
