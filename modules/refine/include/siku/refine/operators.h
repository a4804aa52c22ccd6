// The operators of the refine module, for the program to join with those of other modules.
#pragma once

#include <span>

#include "siku/operator.h"

namespace siku::refine {

std::span<const Operator* const> Operators();

}  // namespace siku::refine
