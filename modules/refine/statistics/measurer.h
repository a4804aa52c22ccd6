// Measures a set of statistics of a text in one go; what several of them need is made once.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "statistics/statistic.h"

namespace siku::refine::statistics {

class Measurer {
 public:
  explicit Measurer(std::span<const Statistic> statistics);
  ~Measurer();
  Measurer(Measurer&&) noexcept;

  /// The longest text it takes, in bytes.
  static constexpr size_t kLongestText = 0xFFFFFFF0U;

  /// `text`: valid UTF-8. One number a statistic, in their order; NaN where it has no value. Keeps
  /// memory from text to text: one object for one thread.
  void Measure(std::string_view text, std::span<double> values);

 private:
  struct Streams;
  std::vector<Statistic> statistics_;
  std::unique_ptr<Streams> streams_;
};

}  // namespace siku::refine::statistics
