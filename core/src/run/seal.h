// What of a run is sealed, and the key it is sealed with.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "plan.h"
#include "sealed_file.h"
#include "siku/seal_key.h"

namespace siku::run {

/// In `run.json`: the run's own random key, readable with the owner's. Empty: nothing is sealed.
struct Seal {
  std::string key_id{};   // of the owner's key
  std::string run_key{};  // hexadecimal
  bool empty() const { return run_key.empty(); }
};

/// Names of what holds texts that are not concealed yet, in a plan that conceals any: steps whose
/// ledger, and ports (`input`, `step.port`) whose rows must be sealed; "" is the reader's ledger.
std::set<std::string> SealedNames(const Plan& plan);
/// kUnsupported where a step that sees all texts at once, and may spill them, stands before one
/// that conceals.
Result<void> CheckOrder(const Recipe& recipe, const Plan& plan);

/// A new random key, and how it is kept.
std::pair<RunKey, Seal> NewRunKey(const SealKey& owner);
/// Null for a run that sealed nothing. kDenied without the owner's key or with another one.
Result<RunKey> OpenRunKey(const Seal& seal, const std::optional<SealKey>& owner);

/// Gives operators that ask for it the secret of their pseudonyms; true: one did.
bool GiveSecrets(Plan& plan, const SealKey& owner);

}  // namespace siku::run
