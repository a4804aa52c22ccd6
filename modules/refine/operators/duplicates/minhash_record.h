// The record of refine.duplicates.minhash, and what its parameters mean to the kernel.
#pragma once

#include "duplicates/signer.h"
#include "siku/operator.h"
#include "siku/result.h"

namespace siku::refine {

const Record& MinhashRecord();
Result<duplicates::SignerOptions> BindSigner(const Parameters& parameters);

}  // namespace siku::refine
