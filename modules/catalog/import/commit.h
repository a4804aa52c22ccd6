// What all imports do: the file is the one that was meant, and all that came of it is one commit.
#pragma once

#include <string>

#include "import/version_writer.h"
#include "siku/catalog/import.h"

namespace siku::catalog {

struct HashedFile {
  int64_t bytes = 0;
  std::string sha256{};
};

/// kUnbalanced: it is not the one that was meant. kInterrupted.
Result<HashedFile> HashFile(const std::string& path, const ImportOptions& options);

/// Version and rejects with their lineage; `done` has the counts, and gets the versions.
Result<Imported> CommitImport(Store& store, const ImportPlan& plan, const ImportOptions& options,
                              const HashedFile& file, Imported done, VersionWriter& rows,
                              VersionWriter& rejected);

}  // namespace siku::catalog
