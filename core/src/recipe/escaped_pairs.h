// Escapes of characters beyond U+FFFF as JSON writes them, "\ud83d\ude00", which the YAML library
// refuses: they are moved out of its way, to as many bytes, and back in what it has read.
#pragma once

#include <string>

namespace siku::recipe {

/// Pairs of \ud800..\udfff become pairs of \ue800..\uefff, private characters. Does nothing and
/// gives false where there are none, or where the text has such private characters itself.
bool MovePairs(std::string& text);
/// In a scalar of a text that MovePairs changed. False where half of a pair is left.
bool MovePairsBack(std::string& scalar);

}  // namespace siku::recipe
