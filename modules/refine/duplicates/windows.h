// Exact substrings: a code point is a duplicate if it lies in a window of N code points that begins
// somewhere earlier in row order as well. Windows do not cross rows.
//
// Windows are hashed and the equal ones compared byte by byte. Hashes are taken in ranges, as many
// as memory asks for, so texts of any size fit; places are of 64 bits.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "duplicates/texts.h"

namespace siku::refine::duplicates {

struct WindowOptions {
  int length = 50;  // code points
  int threads = 1;
  /// Bytes, beside one bit for each code point; where those are more, less is taken for the rest.
  int64_t memory = int64_t{256} << 20;
  std::function<bool()> stopping = [] { return false; };
};

/// Which windows of the texts were seen before.
class SeenWindows {
 public:
  /// Looks at all texts; `texts` must outlive it.
  SeenWindows(const Texts& texts, const WindowOptions& options);
  ~SeenWindows();

  /// The duplicate bytes of each row of a piece, sorted and apart from each other. Thread-safe.
  std::vector<std::vector<Span>> SpansOf(int piece) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace siku::refine::duplicates
