// How common each kind of damage is: what `siku repair --count` tells.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "context.h"
#include "repair/document.h"

namespace siku::cli {

struct DamageTally {
  int64_t documents = 0;
  int64_t spans = 0;
  int64_t characters = 0;
};

class DamageCounts {
 public:
  void Count(const Document& document);
  void Add(const DamageCounts& other);
  /// A row a kind: what would be repaired by rule, what is only proposed by rule, what cannot be
  /// repaired by reason; and one of all.
  std::string Table(const Context& context) const;
  /// `{"documents":…,"damaged":{…},"repaired":{"simplify":{…}},"proposed":{…},"flagged":{…}}`
  std::string Json() const;

 private:
  enum class Outcome { kRepaired, kProposed, kFlagged };
  struct Kind {
    Outcome outcome;
    uint16_t number;     // of the rule or kind of flag
    std::string detail;  // why text is destroyed
    auto operator<=>(const Kind&) const = default;
    std::string Name() const;
  };
  static std::map<Kind, DamageTally> Found(const Document& document);

  int64_t documents_ = 0;
  DamageTally damaged_{};
  std::map<Kind, DamageTally> kinds_{};
};

}  // namespace siku::cli
