// Errors of core as Python exceptions: the only place that makes one of the other.
#pragma once

#include <nanobind/nanobind.h>

#include <utility>

#include "siku/result.h"

namespace siku::python {

/// The instance of siku.Error's subclass for the code.
nanobind::object ErrorObject(const Error& error);
/// `run`: what siku.resume takes, where the error ended a run.
[[noreturn]] void Raise(const Error& error, const std::string& run = {});

void BindErrors(nanobind::module_& module);

/// The value, or the exception. Needs the GIL.
template <class T>
T OrRaise(Result<T> result) {
  if (!result.has_value()) Raise(result.error());
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}

}  // namespace siku::python
