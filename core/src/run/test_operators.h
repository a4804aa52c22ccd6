// Small honest operators for the engine's tests: one of each shape the engine must carry.
#pragma once

#include "siku/operator.h"

namespace siku::run {

/// test.text.shout (map, edits), test.rows.drop_short (filter), test.rows.split_words (expand, two
/// outputs), test.rows.unique (keyed), test.text.wait (map that waits for `stopping`),
/// test.rows.two_bytes and test.rows.two_spaces (measured), test.rows.echoes (global, two outputs).
const OperatorSet& TestOperators();
/// How often the measured test operators measured a batch since this was asked last.
int BatchesMeasured();

}  // namespace siku::run
