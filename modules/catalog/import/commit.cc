#include "import/commit.h"

#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "durable.h"
#include "import/plan.h"
#include "siku/sha256.h"

namespace siku::catalog {

using nlohmann::json;

Result<HashedFile> HashFile(const std::string& path, const ImportOptions& options) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) return Errno("cannot read", path);
  HashedFile hashed;
  Sha256 hash;
  std::string piece(1 << 20, '\0');
  for (;;) {
    const size_t got = std::fread(piece.data(), 1, piece.size(), file.get());
    hash.Update(std::string_view(piece).substr(0, got));
    hashed.bytes += static_cast<int64_t>(got);
    if (got < piece.size()) break;
    if (options.progress && !options.progress(0)) {
      return Fail(Code::kInterrupted, "the import was ended", options.name);
    }
  }
  if (std::ferror(file.get()) != 0) return Errno("cannot read", path);
  hashed.sha256 = Hex(hash.Finish());
  if (options.sha256.empty() || options.sha256 == hashed.sha256) return hashed;
  return Fail(Code::kUnbalanced, "the file is not the one that was meant", hashed.sha256,
              options.name, "send it again");
}

Result<Imported> CommitImport(Store& store, const ImportPlan& plan, const ImportOptions& options,
                              const HashedFile& file, Imported done, VersionWriter& rows,
                              VersionWriter& rejected) {
  json lineage = {
      {"file", {{"name", options.name}, {"bytes", file.bytes}, {"sha256", file.sha256}}},
      {"plan", PlanJson(plan)},
      {"rows", done.rows},
      {"rejected_rows", done.rejected_rows},
      {"rejected_values", done.rejected_values},
      {"blank_rows", done.blank_rows},
      {"emptied", done.emptied}};
  std::vector<VersionDraft> drafts;
  if (done.rejected_rows + done.rejected_values > 0) {
    const json of = {{"import", {{"rejects_of", lineage["file"]}}}};
    SIKU_TRY(auto manifest, rejected.Finish(of.dump()));
    lineage["rejects"] = manifest.content;
    drafts.push_back({options.dataset + ".rejects", std::move(manifest)});
  }
  SIKU_TRY(auto manifest, rows.Finish(json{{"import", std::move(lineage)}}.dump()));
  drafts.push_back({options.dataset, std::move(manifest)});
  SIKU_TRY(const auto committed, store.Commit(drafts, {}));
  done.version = committed.back();
  if (committed.size() > 1) done.rejects = committed.front();
  return done;
}

json ImportedJson(const Imported& imported) {
  const auto name = [](const VersionInfo& version) {
    return version.dataset.empty() ? json()
                                   : json(version.dataset + "@" + std::to_string(version.ordinal));
  };
  return {{"version", name(imported.version)},
          {"content", imported.version.content},
          {"rows", imported.rows},
          {"rejected_rows", imported.rejected_rows},
          {"rejected_values", imported.rejected_values},
          {"blank_rows", imported.blank_rows},
          {"emptied", imported.emptied},
          {"rejects", name(imported.rejects)}};
}

}  // namespace siku::catalog
