// Parts of texts that near-duplicates may differ in: the parameter `ignore_pattern`.
#pragma once

#include "duplicates/signer.h"
#include "siku/operator.h"

namespace siku::refine {

ParameterSpec IgnoreParameter();
/// Empty where no pattern is given. Texts that the pattern takes too long for stay whole.
Result<duplicates::TextFilter> BindIgnore(const Parameters& parameters);

}  // namespace siku::refine
