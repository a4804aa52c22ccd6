// A store that files are imported into, for tests.
#pragma once

#include <arrow/api.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "siku/catalog/import.h"
#include "siku/writer.h"

namespace siku::catalog {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

template <class T>
T Must(Result<T> result) {
  EXPECT_TRUE(result.has_value()) << Describe(result.error());
  if (!result.has_value()) std::abort();
  return *std::move(result);
}

class Importing : public testing::Test {
 protected:
  Importing() {
    std::string pattern = (std::filesystem::temp_directory_path() / "siku-import-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    store_ = Must(Store::Open(folder_ + "/store"));
  }
  ~Importing() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  std::string Write(std::string_view bytes) {
    const std::string path = folder_ + "/" + std::to_string(++files_) + ".csv";
    std::ofstream(path, std::ios::binary) << bytes;
    return path;
  }
  std::string Gbk(std::string_view text) { return Encode(text, Encoding::kGb18030).value(); }
  json Guess(std::string_view bytes, const json& given = json::object()) {
    return Must(GuessImport(Write(bytes), "表.csv", given));
  }
  /// "name type why" of each column.
  static std::vector<std::string> Columns(const json& guess) {
    std::vector<std::string> columns;
    for (const json& one : guess["columns"]) {
      columns.push_back(one["name"].get<std::string>() + " " + one["type"].get<std::string>() +
                        " " + one["why"].get<std::string>());
    }
    return columns;
  }
  static std::vector<std::string> Notes(const json& of) {
    std::vector<std::string> notes;
    for (const json& one : of["notes"]) {
      notes.push_back(one["what"].get<std::string>() + " " + std::to_string(one.value("line", 0)) +
                      " " + std::to_string(one.value("count", 0)));
    }
    return notes;
  }
  Result<Imported> Import(std::string_view bytes, const json& change = json::object()) {
    const std::string path = Write(bytes);
    SIKU_TRY(auto guess, GuessImport(path, "表.csv", json::object()));
    guess.merge_patch(change);
    SIKU_TRY(const auto plan, ParsePlan(guess));
    return ImportFile(*store_, path, plan, {.dataset = "table", .name = "表.csv"});
  }
  std::string Rows(const VersionInfo& version) {
    const auto reader = Must(VersionReader::Open(*store_, Must(store_->ReadManifest(version))));
    std::string lines;
    for (;;) {
      const auto batch = Must(reader->Next());
      if (batch == nullptr) return lines;
      for (int64_t row = 0; row < batch->num_rows(); ++row) {
        lines += Must(RowJson(batch, row)) + "\n";
      }
    }
  }

  std::string folder_;
  std::unique_ptr<Store> store_{};
  int files_ = 0;
};

}  // namespace siku::catalog
