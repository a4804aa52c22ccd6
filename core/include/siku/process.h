// Settings of a whole process: for `main`, never for a library.
#pragma once

namespace siku {

/// Makes the allocators keep what a batch freed for the next one: giving it back and taking it
/// again costs a tenth of a run in cleared pages. Call before the first thread and the first batch.
void KeepFreedMemory();

}  // namespace siku
