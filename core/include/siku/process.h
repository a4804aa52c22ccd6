// What concerns a process as a whole.
#pragma once

#include <cstdint>

namespace siku {

/// Makes the allocators keep what a batch freed for the next one: giving it back and taking it
/// again costs a tenth of a run in cleared pages. For `main`, never for a library: call before the
/// first thread and the first batch.
void KeepFreedMemory();
/// Gives what was freed and kept back to the system, some milliseconds a hundred megabytes: for a
/// server, whose busiest moment would else be its size for ever.
void ReleaseFreedMemory();

/// Bytes of mapped files in memory, the program's own included. Faults bring in what the page cache
/// holds around them, so what was read is no measure of it.
int64_t MappedBytes();
/// What reading a place of a mapped file here and there costs: fault_around_bytes of Linux.
inline constexpr int64_t kFaultAround = 64 << 10;
/// After how many bytes read MappedBytes is worth asking.
inline constexpr int64_t kBetweenLooks = 8 << 20;

}  // namespace siku
