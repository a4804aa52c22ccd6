// The pass over a table for its six dimensions of quality, as a process of its own that its time
// can be taken of (quality.py).
//
// usage: quality_pass FILE.parquet [THREADS]
#include <cstdio>
#include <cstdlib>

#include "quality/pass.h"

int main(int count, char** words) {
  if (count < 2) return 2;
  const int threads = count > 2 ? std::atoi(words[2]) : 2;
  const auto counts = siku::catalog::CountParquet(words[1], {}, threads, 600);
  if (!counts.has_value()) {
    std::fprintf(stderr, "%s\n", siku::Describe(counts.error()).c_str());
    return 1;
  }
  std::printf("{\"rows\": %lld, \"different\": %lld, \"complete\": %lld, \"columns\": [",
              static_cast<long long>(counts->rows),
              static_cast<long long>(counts->different_rows.value_or(-1)),
              static_cast<long long>(counts->complete));
  const char* comma = "";
  for (const auto& column : counts->columns) {
    std::printf("%s{\"filled\": %lld, \"clean\": %lld}", comma,
                static_cast<long long>(column.filled), static_cast<long long>(column.clean));
    comma = ", ";
  }
  std::printf("]}\n");
}
