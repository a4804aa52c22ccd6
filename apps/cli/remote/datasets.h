// `siku dataset ls`, `show`, `head`, `export`, `diff` of a catalogue server. Names are those of the
// catalogue: NAME, NAME@3, NAME@ with the beginning of a digest.
#pragma once

#include <string>

#include "context.h"
#include "remote/server.h"

namespace siku::cli {

Result<int> ListDatasets(const Server& server, Context& context);
Result<int> ShowDataset(const Server& server, const std::string& name, Context& context);
/// `format`: table or jsonl.
Result<int> PrintHeadOf(const Server& server, const std::string& name, int64_t rows,
                        const std::string& format, Context& context);

struct ExportWish {
  std::string output{};  // empty: standard output
  std::string format{};  // empty: by the name of the output, else jsonl
  bool keys = false;
};
/// kUnsupported: a server writes jsonl, csv and parquet, as they are.
Result<int> ExportDataset(const Server& server, const std::string& name, const ExportWish& wish,
                          Context& context);
/// `after` empty: `before` with the version before it.
Result<int> DiffDatasets(const Server& server, const std::string& before, const std::string& after,
                         int64_t rows, Context& context);

/// Organisation and dataset are there, made where they are not. kConflict: the dataset is another
/// organisation's.
Result<void> MakeSureOf(const Server& server, const nlohmann::json& dataset);

}  // namespace siku::cli
