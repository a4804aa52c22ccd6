// What the mappers share: an operator that rewrites each text by itself, every change an edit.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "mappers/change.h"
#include "siku/operator.h"

namespace siku::refine {

/// Finds the changes of a text; false rejects its row. Pure.
using TextMapper = std::function<bool(std::string_view text, mappers::Changes& changes)>;

class MapperOperator final : public Operator {
 public:
  using Make = std::function<Result<TextMapper>(const Parameters&)>;
  /// `record` is given the text column, and what it reads and writes.
  MapperOperator(Record record, Make make);
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override;

 private:
  Record record_;
  Make make_;
};

/// A mapper without parameters.
MapperOperator::Make Always(void (*map)(std::string_view, mappers::Changes&));

/// `pattern` and `repl` of the operators that find their own kind of thing where no pattern is
/// given.
std::vector<ParameterSpec> PatternParameters();
/// `find` gives the spans that are replaced where `pattern` is empty.
Result<TextMapper> ReplaceFound(
    const Parameters& parameters,
    std::function<std::vector<std::pair<size_t, size_t>>(std::string_view)> find);
/// Matches of a pattern replaced one pattern after the other.
Result<TextMapper> ReplacePatterns(const std::vector<std::string>& patterns,
                                   const std::vector<std::string>& replacements);
/// The reason of a row whose match took too long.
Named TooLong();

}  // namespace siku::refine
