#include "error.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <string>

namespace nb = nanobind;

namespace siku::python {

nb::object ErrorObject(const Error& error) {
  // Without place and hint: the message with its gaps filled, or with the value behind it.
  const bool has_gaps = std::string_view(error.message).find("{}") != std::string_view::npos;
  const Error bare{error.code, error.message, has_gaps ? error.value : std::string()};
  // Some messages begin with their place; it stands there once.
  Error shown = error;
  if (has_gaps && !error.place.empty() && Describe(bare).starts_with(error.place + ":")) {
    shown.place.clear();
  }
  std::string value = error.value;
  for (size_t at = value.find('\x1F'); at != std::string::npos; at = value.find('\x1F', at)) {
    value.replace(at, 1, ", ");
  }
  const auto text = [](const std::string& bytes) {
    PyObject* const made =
        PyUnicode_DecodeUTF8(bytes.data(), static_cast<Py_ssize_t>(bytes.size()), "replace");
    if (made == nullptr) throw nb::python_error();
    return nb::steal(made);
  };
  return nb::module_::import_("siku._errors")
      .attr("error_of")(CodeName(error.code).data(), text(Describe(bare, Language::kEnglish)),
                        text(value), text(error.place), error.hint, text(Describe(shown)));
}

void BindErrors(nb::module_& module) {
  module.def(
      "describe",
      [](const std::string& message, const std::string& value, const std::string& place,
         const std::string& hint) {
        return Describe({.code = Code::kInternal,
                         .message = message.c_str(),
                         .value = value,
                         .place = place,
                         .hint = hint.c_str()});
      },
      nb::arg("message"), nb::arg("value"), nb::arg("place"), nb::arg("hint"),
      "What str() of an error says, in the user's language.");
}

void Raise(const Error& error, const std::string& run) {
  const nb::object made = ErrorObject(error);
  made.attr("run") = run.empty() ? nb::object(nb::none()) : nb::object(nb::str(run.c_str()));
  PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(made.ptr())), made.ptr());
  throw nb::python_error();
}

}  // namespace siku::python
