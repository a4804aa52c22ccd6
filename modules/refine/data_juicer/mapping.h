// Which operator of ours does what an operator of Data-Juicer does, and what its recipes' keys are
// to us. All of it is data (mapping.cc); docs/data-juicer.md is printed from it.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace siku::refine::data_juicer {

/// Another name for a parameter; those not named here are called alike.
struct Renamed {
  std::string_view theirs;
  std::string_view ours;
  std::string_view values{};  // "space=word": those that are called otherwise, parted by |
};

/// A value for a parameter of ours that theirs do not have, or have with another default.
struct Fixed {
  std::string_view ours;
  std::string_view value;
};

/// A parameter of theirs that we follow where it has one of these values (parted by |) only.
struct OnlyAs {
  std::string_view theirs;
  std::string_view values;
  const char* reason;  // a static sentence, translatable
};

struct Mapping {
  std::string_view theirs;
  std::string_view ours;
  std::vector<Renamed> renamed{};
  std::vector<Fixed> fixed{};
  std::vector<OnlyAs> only{};
  std::vector<Fixed> nulls{};  // what null means where it is not our default; names of theirs
  const char* note = "";       // what is done otherwise; a static sentence, translatable
};
std::span<const Mapping> Mappings();

/// An operator of theirs that we lack: what comes nearest, and why it is not here.
struct Lacking {
  std::string_view theirs;
  std::string_view nearest;  // of theirs that we have, or an operator of ours
  const char* reason;
};
std::span<const Lacking> Lackings();

enum class KeyKind {
  kRead,     // the translation reads it
  kHow,      // says how Data-Juicer runs, or what it draws; changes no row
  kChanges,  // changes the result: accepted where it has no effect only
};
struct Key {
  std::string_view name;
  KeyKind kind;
};
std::span<const Key> Keys();
/// Parameters that each of their operators takes and that change no row.
std::span<const std::string_view> HowParameters();

}  // namespace siku::refine::data_juicer
