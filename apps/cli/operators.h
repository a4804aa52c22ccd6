// The operators of all modules, joined: only the program sees several modules.
#pragma once

#include "siku/operator.h"

namespace siku::cli {

const OperatorSet& AllOperators();

}  // namespace siku::cli
