// Several numbers at once in the compiler's own vectors: it lowers them to whatever the processor
// has, so the same source runs on x86-64 and aarch64, and SIKU_WIDE lets a function be compiled for
// wide registers of x86-64 as well.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#define SIKU_HAS_WIDE 1
#define SIKU_WIDE __attribute__((target("avx512f,avx512dq,avx512vl,avx512bw")))
#define SIKU_MIDDLE __attribute__((target("avx2")))
#endif
#define SIKU_INLINE inline __attribute__((always_inline))

namespace siku::refine::duplicates {

typedef uint64_t Lanes64 __attribute__((vector_size(64)));
typedef uint32_t Lanes32 __attribute__((vector_size(64)));

#if defined(SIKU_HAS_WIDE)
inline bool HasWide() {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw");
}
inline bool HasMiddle() { return __builtin_cpu_supports("avx2"); }
#endif

}  // namespace siku::refine::duplicates
