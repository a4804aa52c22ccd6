#include "recipe_exports.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "amount.h"
#include "operators.h"
#include "run/run_file.h"
#include "siku/recipe_dialect.h"
#include "siku/writer.h"

namespace siku::cli {
namespace {

Result<void> WriteOne(const Store& store, const OutputSummary& output, const RecipeExport& file,
                      const Context& context) {
  std::error_code failed;
  const auto folder = std::filesystem::path(file.path).parent_path();
  if (!folder.empty()) std::filesystem::create_directories(folder, failed);
  if (failed) return Fail(Code::kIo, "the folder cannot be made", folder.string());
  SIKU_TRY(const auto version, store.FindVersion(output.dataset + "@" + output.content));
  SIKU_TRY(const auto manifest, store.ReadManifest(version));
  SIKU_TRY(auto reader, VersionReader::Open(store, manifest));
  const Format format = file.format == "parquet" ? Format::kParquet : Format::kJsonl;
  const WriteOptions options{
      .format = format,
      .compression = format == Format::kJsonl ? CompressionOfFile(file.path) : Compression::kNone};
  SIKU_TRY(auto writer, RowWriter::Open(file.path, reader->schema(), options));
  for (;;) {
    SIKU_TRY(const auto batch, reader->Next());
    if (batch == nullptr) break;
    SIKU_TRY(writer->Write(batch));
  }
  SIKU_TRY(const int64_t bytes, writer->Close());
  context.Note(fmt::format("{}: {}, {}", file.path,
                           Count(context, output.rows, "row", "rows", "行"),
                           SizeText(bytes, context.language())));
  return {};
}

}  // namespace

void SayNotes(const RecipeFile& file, const Context& context) {
  const auto besides = ReadBesides(file.yaml, file.name, AllOperators());
  if (!besides.has_value()) return;
  for (const Error& note : besides->notes) {
    context.Note(std::string(context.Say({"note: ", "提示："})) +
                 Describe(note, context.language()));
  }
}

Result<void> WriteExports(const Store& store, const RunSummary& summary, const Context& context) {
  SIKU_TRY(const auto file, run::ReadRunFile(store.RunFolder(summary.run)));
  const auto besides = ReadBesides(file.recipe, file.recipe_file, AllOperators());
  if (!besides.has_value()) return {};
  for (const RecipeExport& one : besides->exports) {
    const auto output =
        std::find_if(summary.outputs.begin(), summary.outputs.end(),
                     [&](const OutputSummary& o) { return o.dataset == one.dataset; });
    if (output != summary.outputs.end()) SIKU_TRY(WriteOne(store, *output, one, context));
  }
  return {};
}

}  // namespace siku::cli
