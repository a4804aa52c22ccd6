// What a piece of work gives: output, the records beside it, and counts for the last line.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "repair/damage_counts.h"
#include "repair/document.h"

namespace siku::cli {

struct RepairCounts {
  int64_t texts = 0;
  int64_t changed = 0;
  std::map<std::string, int64_t> edits{};  // by rule
  std::map<std::string, int64_t> flags{};  // by kind
  int64_t undecodable = 0;                 // pieces kept as they were
  int64_t lost = 0;                        // pieces of another encoding that became U+FFFD
  int64_t not_objects = 0;                 // JSONL: lines passed through
  int64_t without_text = 0;
  int64_t too_long = 0;
  DamageCounts damage{};

  void Add(const RepairCounts& other);
  void Count(const Document& document);
};

struct Product {
  std::string out{};
  std::string edits{};    // JSON lines
  std::string explain{};  // for a person
  RepairCounts counts{};
};

/// What is wanted of each text.
struct Wanted {
  bool out = true;
  bool edits = false;
  bool explain = false;
  bool flags = false;  // JSONL: a member `flags`
  bool color = false;
};

/// Where a text stands, in records: JSON members, each with a comma behind it.
struct Place {
  std::string file;  // empty: standard input
  int64_t line = 0;  // 0: a whole file
  std::string id;    // the line's member `id`, as JSON
};
void AppendEdits(const Document& document, const Place& place, std::string& to);
/// `[{"kind":…,"begin":…,"end":…,"out_begin":…,"out_end":…,…}]`
std::string FlagsJson(const Document& document);

/// As records name them: "shifted_run", "destroyed".
const std::string& RuleName(refine::Rule rule);
const std::string& KindName(refine::FlagKind kind);

}  // namespace siku::cli
