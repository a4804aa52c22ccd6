// A scalar becomes a value by the parameter's declared type, never by how it looks.
#pragma once

#include <string>

#include "siku/operator.h"
#include "siku/result.h"
#include "yaml_tree.h"

namespace siku::recipe {

/// `owner` is what has the parameter: an operator's name. `place` goes into errors.
Result<ParameterValue> TypedValue(const YamlNode& node, const ParameterSpec& spec,
                                  const std::string& owner, const std::string& place);

}  // namespace siku::recipe
