// The mistakes of one recipe: in file order and at most 20, so that a broken file stays readable.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/result.h"
#include "yaml_tree.h"

namespace siku::recipe {

inline constexpr size_t kMostErrors = 20;

/// Where a mistake stands: in the file, or in a --set.
struct Where {
  Mark mark{};        // of a --set: behind every line, column = its ordinal
  std::string set{};  // the key of the --set
};
Where InOverride(size_t ordinal, const std::string& key);

struct Complaint {
  Where where;
  Error error;
};

/// The value of a message with several gaps. What people wrote is cut and made printable.
std::string Parts(std::initializer_list<std::string_view> parts);

/// What to say of a name that nobody knows. The last gap of `near` is for the nearest known name.
struct Unknown {
  Error alone;
  Error near;
};

class Complaints {
 public:
  explicit Complaints(std::string file) : file_(std::move(file)) {}
  void Add(const Where& where, Error error);
  void Add(Mark mark, Error error) { Add(Where{mark}, std::move(error)); }
  /// `owner` fills the first gap unless it is empty, `typed` the next.
  void AddUnknown(const Where& where, const Unknown& messages, const std::string& owner,
                  const std::string& typed, const std::vector<std::string>& names);
  void AddUnknown(Mark mark, const Unknown& messages, const std::string& typed,
                  const std::vector<std::string>& names) {
    AddUnknown(Where{mark}, messages, {}, typed, names);
  }

  bool empty() const { return sorted_.empty(); }
  std::vector<Error> Take();

 private:
  using Order = std::pair<int, int>;
  bool Keeps(const Where& where) const;

  std::string file_;
  std::multimap<Order, Error> sorted_{};
  int suggestions_ = 0;
};

}  // namespace siku::recipe
