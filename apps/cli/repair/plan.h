// What `siku repair` was asked: options, the files to go through, and where each goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "siku/encoding.h"
#include "siku/result.h"

namespace siku::cli {

struct RepairArguments {
  std::vector<std::string> inputs{};
  std::string output{};
  std::string edits{};
  std::string format{};  // text, jsonl; empty: by the name
  std::string text_key = "text";
  std::string encoding{};  // empty: detected
  bool explain = false;
  bool flags = false;
  bool count = false;
  bool json = false;
  bool marks = false;
  int64_t threads = 0;
  int64_t max_record = int64_t{64} << 20;
  double min_confidence = 0.9;
};

struct RepairFile {
  std::string path;          // "-": standard input
  std::string name;          // how it is called in notes and edits
  std::string target{};      // empty: standard output
  bool into_folder = false;  // `target` lies in the folder of --output, which is made
  bool jsonl = false;
  bool found = false;  // by walking a folder: left out, with a note, where it is no text
};

/// kInvalid where the outputs are not clear, kNotFound for what is not there, kConflict where an
/// output would replace an input.
Result<std::vector<RepairFile>> PlanRepair(const RepairArguments& arguments);

}  // namespace siku::cli
