// Rows as the engine writes them, for the store's tests.
#pragma once

#include <arrow/api.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "siku/store.h"

namespace siku {

/// A folder that is gone at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "siku-test-XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

template <class T>
T Must(Result<T> result) {
  if (!result.has_value()) {
    std::fprintf(stderr, "%s\n", Describe(result.error(), Language::kEnglish).c_str());
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(result).value();
}
template <class T>
T Must(arrow::Result<T> result) {
  return std::move(result).ValueOrDie();
}

struct Keyed {
  int32_t source;
  int64_t position;
  std::string child{};
};

/// User columns behind hidden ones.
inline Batch WithKeys(const std::vector<Keyed>& keys, const arrow::FieldVector& fields,
                      const arrow::ArrayVector& columns) {
  arrow::Int32Builder source;
  arrow::Int64Builder position;
  arrow::BinaryBuilder child;
  arrow::LargeBinaryBuilder residue;
  for (const Keyed& key : keys) {
    (void)source.Append(key.source);
    (void)position.Append(key.position);
    (void)child.Append(key.child);
    (void)(key.position % 3 == 0 ? residue.Append("T0") : residue.AppendNull());
  }
  arrow::FieldVector all = {arrow::field(std::string(kSourceColumn), arrow::int32(), false),
                            arrow::field(std::string(kPositionColumn), arrow::int64(), false),
                            arrow::field(std::string(kChildColumn), arrow::binary(), false),
                            arrow::field(std::string(kResidueColumn), arrow::large_binary())};
  arrow::ArrayVector arrays = {Must(source.Finish()), Must(position.Finish()), Must(child.Finish()),
                               Must(residue.Finish())};
  all.insert(all.end(), fields.begin(), fields.end());
  arrays.insert(arrays.end(), columns.begin(), columns.end());
  return arrow::RecordBatch::Make(arrow::schema(all), static_cast<int64_t>(keys.size()), arrays);
}

/// Rows [first, first + count) of a made-up source: a text, null now and then, and a number.
inline Batch TextRows(int64_t first, int64_t count, const std::string& word = "row",
                      int32_t source = 0) {
  std::vector<Keyed> keys;
  arrow::LargeStringBuilder text;
  arrow::Int64Builder number;
  for (int64_t i = first; i < first + count; ++i) {
    keys.push_back({source, i * 10});
    (void)(i % 7 == 6 ? text.AppendNull() : text.Append(word + " " + std::to_string(i)));
    (void)number.Append(i * i);
  }
  return WithKeys(
      keys, {arrow::field("text", arrow::large_utf8()), arrow::field("number", arrow::int64())},
      {Must(text.Finish()), Must(number.Finish())});
}

/// A draft of these rows: one file; behind `parent`, if there is one.
inline VersionDraft Draft(Store& store, const std::string& dataset, const Batch& rows,
                          const Manifest* parent = nullptr) {
  auto writer = Must(store.NewDataFile(rows->schema()));
  Must(writer->Append(rows));
  const DataFile file = Must(writer->Finish());
  Manifest manifest;
  auto digest = parent == nullptr ? ContentDigest() : ContentDigest::From(parent->digest);
  digest.Add(Must(RowDigests(rows)));
  manifest.schema = Must(CanonicalSchema(rows->schema()));
  manifest.content = digest.Finish(manifest.schema);
  manifest.rows = digest.rows();
  manifest.digest = digest.state();
  if (parent != nullptr) manifest.parent = parent->content;
  Segment segment{rows->num_rows(), {}};
  if (file.rows > 0) segment.files.push_back(file);
  manifest.segments = {segment};
  return {dataset, manifest};
}

inline VersionInfo CommitRows(Store& store, const std::string& dataset, const Batch& rows,
                              const std::string& run = "") {
  return Must(store.Commit({Draft(store, dataset, rows)}, run)).front();
}

inline VersionInfo AppendRows(Store& store, const std::string& dataset, const Batch& rows) {
  const Manifest parent = Must(store.ReadManifest(Must(store.FindVersion(dataset))));
  return Must(store.Commit({Draft(store, dataset, rows, &parent)}, "")).front();
}

/// All rows of a version as one batch.
inline Batch ReadAll(const Store& store, const std::string& name) {
  const Manifest manifest = Must(store.ReadManifest(Must(store.FindVersion(name))));
  auto reader = Must(VersionReader::Open(store, manifest));
  arrow::RecordBatchVector batches;
  while (auto batch = Must(reader->Next())) batches.push_back(batch);
  if (batches.empty()) return Must(arrow::RecordBatch::MakeEmpty(reader->schema()));
  return Must(arrow::ConcatenateRecordBatches(batches));
}

}  // namespace siku
