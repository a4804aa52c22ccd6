// Operators that conceal: what the engine does for them, and what they may ask of it.
#pragma once

#include "siku/operator.h"
#include "siku/sha256.h"

namespace siku {

/// A RowBound that gives other bytes for other secrets. Its operator has the trait `conceals`: the
/// engine seals what the run keeps of the texts before it (docs/format.md, "Sealed files") and
/// takes the residues, which may spell them, off the rows behind it.
class ConcealingBound : public RowBound {
 public:
  /// Whether `Apply` needs the secret at all.
  virtual bool keyed() const = 0;
  /// Called once before the first Apply where `keyed()`. Derived from the owner's key: the same for
  /// every run with that key, and of no use without it.
  virtual void UseSecret(const Digest& secret) = 0;
};

}  // namespace siku
