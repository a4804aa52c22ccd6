#include "scratch.h"

#include <arrow/api.h>
#include <utime.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "arrow_internal.h"
#include "durable.h"
#include "siku/writer.h"

namespace siku::python {
namespace {

namespace fs = std::filesystem;

// No run has such a name, so the collector knows the folder for nobody's.
constexpr std::string_view kPrefix = "frames-";

Result<void> CheckNames(const arrow::Schema& schema) {
  for (const auto& field : schema.fields()) {
    if (!field->name().starts_with(kHiddenPrefix)) continue;
    return Fail(Code::kInvalid, "column names that begin so are the engine's own", field->name());
  }
  return {};
}

}  // namespace

Scratch::~Scratch() {
  std::error_code ignored;
  if (!folder_.empty() && !keep_) fs::remove_all(folder_, ignored);
}

Result<std::string> Scratch::Write(const std::string& input, arrow::RecordBatchReader& rows,
                                   Signals& signals) {
  SIKU_TRY(CheckNames(*rows.schema()));
  if (folder_.empty()) {
    folder_ = runs_ + "/" + std::string(kPrefix) + UniqueName();
    std::error_code error;
    fs::create_directory(folder_, error);
    if (error) return Fail(Code::kIo, "cannot make the folder", error.message(), folder_);
  }
  std::string path = folder_ + "/" + input + ".arrow";
  SIKU_TRY(auto writer, RowWriter::Open(path, rows.schema(), {.format = Format::kArrow}));
  for (;;) {
    Batch batch;
    SIKU_TRY(FromArrow(rows.ReadNext(&batch)));
    if (batch == nullptr) break;
    SIKU_TRY(writer->Write(batch));
    if (signals.Poll()) return Fail(Code::kInterrupted, "the run was asked to stop");
  }
  SIKU_TRY(writer->Close());
  return path;
}

void Scratch::Keep() {
  keep_ = true;
  if (!folder_.empty()) (void)::utime(folder_.c_str(), nullptr);
}

void RemoveScratchOf(const Store& store, const std::string& run) {
  std::ifstream file(store.RunFolder(run) + "/run.json");
  const auto json = nlohmann::json::parse(file, nullptr, false);
  if (!json.is_object() || !json.contains("sources") || !json["sources"].is_array()) return;
  const fs::path runs = fs::path(store.path()) / "runs";
  std::error_code ignored;
  for (const auto& source : json["sources"]) {
    if (!source.is_object() || !source.contains("path") || !source["path"].is_string()) continue;
    const fs::path folder = fs::path(source["path"].get<std::string>()).parent_path();
    if (!folder.filename().string().starts_with(kPrefix)) continue;
    if (fs::equivalent(folder.parent_path(), runs, ignored)) fs::remove_all(folder, ignored);
  }
}

}  // namespace siku::python
