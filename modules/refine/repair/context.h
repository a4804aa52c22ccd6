// The context of the language model behind characters whose cost nobody asks
// for.
#pragma once

#include "repair/language.h"

namespace siku::refine {

/// Moves the context as Language::Read does; only where a character may be one
/// of several simplified ones are their costs looked up.
inline void Pass(const Language& language, Context& context, char32_t character) {
  const Tables& tables = language.tables();
  const auto forms = tables.ToSimple(character);
  if (forms.size() > 1) {
    language.Read(context, character);
  } else if (!IsSpace(character)) {
    context.Push(tables.Id(forms.empty() ? character : char32_t{forms.front()}));
  }
}

}  // namespace siku::refine
