// Mappers for LaTeX, by Data-Juicer's definitions.
#pragma once

#include <string_view>

#include "mappers/change.h"
#include "mappers/rewriting.h"

namespace siku::refine::mappers {

/// From \appendix, \begin{references}, \begin{thebibliography} or \bibliography{...} to the end.
void RemoveBibliography(std::string_view text, Changes& changes);
/// All that stands before the first heading. False: there is none.
bool RemoveHeader(std::string_view text, Changes& changes);
/// From % to the end of its line where something else stands before it on the line, and with the
/// character before it, as theirs does.
void RemoveInlineComments(std::string_view text, Changes& changes);
/// Lines that begin with %.
void RemoveCommentLines(std::string_view text, Changes& changes);
/// Puts what \newcommand and \def without arguments stand for in their places.
void ExpandMacros(Rewriting& text);

}  // namespace siku::refine::mappers
