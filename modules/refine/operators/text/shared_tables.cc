#include "operators/text/shared_tables.h"

#include <mutex>

namespace siku::refine {

Result<std::shared_ptr<const Tables>> SharedTables() {
  static std::mutex mutex;
  static std::shared_ptr<const Tables> shared;
  const std::lock_guard lock(mutex);
  if (shared == nullptr) {
    SIKU_TRY(auto path, Tables::Find());
    SIKU_TRY(shared, Tables::Open(path));
  }
  return shared;
}

std::vector<std::pair<std::string, std::string>> SharedTableHashes() {
  const auto tables = SharedTables();
  if (!tables.has_value()) return {};
  return {{"siku-refine.tables", std::string((*tables)->hash())}};
}

}  // namespace siku::refine
