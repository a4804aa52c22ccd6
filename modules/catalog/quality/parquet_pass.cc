// The pass over a Parquet file, by several threads.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/reader.h>
#include <parquet/exception.h>
#include <parquet/file_reader.h>
#include <parquet/metadata.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "arrow_internal.h"
#include "quality/pass.h"

namespace siku::catalog {
namespace {

constexpr int64_t kBatchRows = 1 << 14;  // whose columns' memory is used again and again
// Compressed bytes. A dictionary is read and looked at once a batch: a large one is no gain.
constexpr int64_t kLargestDictionary = 1 << 15;

/// Whether all pages of the column have places in a dictionary.
bool IsDictionary(const parquet::FileMetaData& metadata, int column) {
  for (int group = 0; group < metadata.num_row_groups(); ++group) {
    const auto chunk = metadata.RowGroup(group)->ColumnChunk(column);
    if (!chunk->has_dictionary_page() || chunk->encoding_stats().empty()) return false;
    if (chunk->data_page_offset() - chunk->dictionary_page_offset() > kLargestDictionary) {
      return false;
    }
    for (const auto& page : chunk->encoding_stats()) {
      const bool data = page.page_type != parquet::PageType::DICTIONARY_PAGE;
      const bool places = page.encoding == parquet::Encoding::RLE_DICTIONARY ||
                          page.encoding == parquet::Encoding::PLAIN_DICTIONARY;
      if (data && !places) return false;
    }
  }
  return metadata.num_row_groups() > 0;
}

Result<std::unique_ptr<parquet::arrow::FileReader>> OpenReader(const std::string& path) {
  try {
    auto file = parquet::ParquetFileReader::OpenFile(path, false);
    const auto metadata = file->metadata();
    parquet::ArrowReaderProperties properties(false);
    properties.set_batch_size(kBatchRows);
    properties.set_pre_buffer(false);
    for (int column = 0; column < metadata->num_columns(); ++column) {
      const auto* leaf = metadata->schema()->Column(column);
      const bool text = leaf->physical_type() == parquet::Type::BYTE_ARRAY &&
                        leaf->logical_type()->is_string() &&
                        leaf->path()->ToDotVector().size() == 1;
      if (text && IsDictionary(*metadata, column)) properties.set_read_dictionary(column, true);
    }
    std::unique_ptr<parquet::arrow::FileReader> reader;
    SIKU_TRY(reader, FromArrow(parquet::arrow::FileReader::Make(arrow::default_memory_pool(),
                                                                std::move(file), properties)));
    return reader;
  } catch (const parquet::ParquetException& e) {
    return Fail(Code::kData, "a data file cannot be read", e.what());
  }
}

/// Leaves of the file that make the columns.
std::vector<int> LeavesOf(const parquet::FileMetaData& metadata, const std::vector<int>& columns) {
  std::vector<int> leaves;
  const auto* root = metadata.schema()->group_node();
  for (int leaf = 0; leaf < metadata.num_columns(); ++leaf) {
    const int column = root->FieldIndex(*metadata.schema()->GetColumnRoot(leaf));
    const bool wanted =
        columns.empty() || std::find(columns.begin(), columns.end(), column) != columns.end();
    if (wanted) leaves.push_back(leaf);
  }
  return leaves;
}

}  // namespace

Result<Schema> ParquetSchema(const std::string& path) {
  SIKU_TRY(const auto reader, OpenReader(path));
  Schema schema;
  SIKU_TRY(FromArrow(reader->GetSchema(&schema)));
  return schema;
}

Result<NextBatch> ReadParquet(const std::string& path, const std::vector<int>& columns, int from,
                              int step) {
  SIKU_TRY(auto opened, OpenReader(path));
  const std::shared_ptr<parquet::arrow::FileReader> reader = std::move(opened);
  const auto metadata = reader->parquet_reader()->metadata();
  std::vector<int> groups;
  for (int group = from; group < metadata->num_row_groups(); group += step) {
    groups.push_back(group);
  }
  SIKU_TRY(auto made,
           FromArrow(reader->GetRecordBatchReader(groups, LeavesOf(*metadata, columns))));
  const std::shared_ptr<arrow::RecordBatchReader> stream = std::move(made);
  return NextBatch([reader, stream]() -> Result<Batch> {
    Batch batch;
    SIKU_TRY(FromArrow(stream->ReadNext(&batch)));
    return batch;
  });
}

Result<PassCounts> CountParquet(const std::string& path, const PassPlan& plan, int threads,
                                int seconds) {
  SIKU_TRY(const auto schema, ParquetSchema(path));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  const auto columns = static_cast<size_t>(schema->num_fields());
  const auto see = [&](Pass& pass, int from) -> Result<void> {
    SIKU_TRY(const auto next, ReadParquet(path, {}, from, threads));
    for (;;) {
      SIKU_TRY(const auto batch, next());
      if (batch == nullptr) return {};
      pass.See(batch);
      if (std::chrono::steady_clock::now() > end) {
        return Fail(Code::kLimit, "the query took longer than it may, in seconds",
                    std::to_string(seconds));
      }
    }
  };
  std::vector<Pass> passes;
  for (int i = 0; i < threads; ++i) passes.emplace_back(plan, columns);
  std::vector<Result<void>> done(static_cast<size_t>(threads));
  std::vector<std::thread> running;
  for (int i = 1; i < threads; ++i) {
    const auto place = static_cast<size_t>(i);
    running.emplace_back([&, i, place] { done[place] = see(passes[place], i); });
  }
  done[0] = see(passes[0], 0);
  for (std::thread& one : running) one.join();
  for (const auto& one : done) SIKU_TRY(Result<void>(one));
  for (size_t i = 1; i < passes.size(); ++i) passes[0].Merge(std::move(passes[i]));
  return passes[0].Counts();
}

}  // namespace siku::catalog
