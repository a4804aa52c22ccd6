// What the words just before a number say that it is.
#pragma once

#include <cstddef>
#include <string_view>

#include "identifiers/identifiers.h"

namespace siku::refine {

enum class Announced {
  kNothing,
  kThis,   // a word for the kind of identifier
  kOther,  // a word for another kind of number: order, tracking, version …
};

/// Looks back from `begin` to the last mark that ends a clause, at most 48 bytes; of several words
/// the nearest counts.
Announced AnnouncedAs(std::string_view text, size_t begin, IdentifierKind kind);

bool HasCurrency(std::string_view text, size_t begin);
/// A unit of amounts, shares or counts stands behind.
bool HasUnit(std::string_view text, size_t end);
/// An amount or a share stands here rather than a number that names something.
inline bool IsQuantity(std::string_view text, size_t begin, size_t end) {
  return HasCurrency(text, begin) || HasUnit(text, end);
}

}  // namespace siku::refine
