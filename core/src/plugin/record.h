// An operator's record from the JSON that a plug-in gives: as RecordJson prints it, read strictly.
#pragma once

#include <string>
#include <string_view>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::plugin {

inline constexpr size_t kLongestRecord = 1 << 20;  // bytes

/// `place`: the plug-in, as the recipe names it. Errors name the operator and the member at fault.
Result<Record> ReadRecord(std::string_view json, const std::string& place);

/// What a run calls a plug-in, beside its hash: the name of its file, whose path may differ from
/// machine to machine, and some of the hash, for several may have that name.
std::string TableName(const std::string& name, const std::string& sha256);

}  // namespace siku::plugin
