// One operator of a shared library.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "siku/operator.h"
#include "siku/plugin.h"

namespace siku::plugin {

/// `entry` stays valid until the process ends. `hash`: name and SHA-256 of the library.
std::unique_ptr<Operator> MakeLibraryOperator(Record record, const siku_operator_v1& entry,
                                              std::pair<std::string, std::string> hash);

}  // namespace siku::plugin
