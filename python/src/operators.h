// The operators of every module, as the program joins them; and one of them with its parameters.
#pragma once

#include <nanobind/nanobind.h>

#include <string>

#include "siku/operator.h"
#include "siku/result.h"

namespace siku::python {

const OperatorSet& AllOperators();

/// Reads `parameters` (a JSON object) as the recipe's reader would, with its defaults and messages;
/// errors have the operator's name as their place.
Result<Parameters> ReadParameters(const Operator& op, const std::string& parameters);

void BindOperators(nanobind::module_& module);

}  // namespace siku::python
