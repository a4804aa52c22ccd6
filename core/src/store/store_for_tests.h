// A store of a test's own, and what tests look at in its folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "rows_for_tests.h"
#include "siku/store.h"

namespace siku {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  StoreTest() : path_(folder_.path() + "/store") {}
  // tests/scenarios/test_postgres.py has them run over PostgreSQL, too.
  std::unique_ptr<Store> Open() {
    const char* const index = std::getenv("SIKU_TEST_INDEX");
    return Must(Store::Open(path_, true, index == nullptr ? "" : index));
  }

  TemporaryFolder folder_{};
  std::string path_;
};

inline std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void Write(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

inline std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline void Age(const std::string& path, int seconds) {
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    fs::last_write_time(entry.path(),
                        fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
}

inline void ExpectSameRows(const Batch& a, const Batch& b) {
  EXPECT_EQ(Must(RowDigests(a)), Must(RowDigests(b)));
  EXPECT_TRUE(a->schema()->Equals(*b->schema(), true)) << a->schema()->ToString(true) << "\n"
                                                       << b->schema()->ToString(true);
}

// Everything the index says.
inline std::vector<std::string> Said(const Store& store) {
  std::vector<std::string> lines;
  for (const VersionInfo& head : Must(store.Datasets())) {
    for (const VersionInfo& v : Must(store.Versions(head.dataset))) {
      lines.push_back(v.dataset + "@" + std::to_string(v.ordinal) + " " + v.content + " " +
                      v.manifest + " " + std::to_string(v.rows) + " " + std::to_string(v.bytes) +
                      " " + std::to_string(v.created) + " " + v.run);
    }
  }
  for (const RunInfo& run : Must(store.Runs())) {
    lines.push_back(run.id + " " + run.state + " " + run.recipe + " " +
                    std::to_string(run.created));
  }
  return lines;
}

}  // namespace siku
