// A scalar becomes a value by the parameter's declared type, never by how it looks.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "complaints.h"
#include "siku/operator.h"
#include "yaml_tree.h"

namespace siku::recipe {

/// `owner` is what has the parameter: an operator's name. Complaints stand at the node at fault,
/// unless `where` is a --set.
tl::expected<ParameterValue, Complaint> TypedValue(const YamlNode& node, const ParameterSpec& spec,
                                                   const std::string& owner, const Where& where);

}  // namespace siku::recipe
