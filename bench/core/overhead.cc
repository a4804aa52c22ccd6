// What the core costs over its libraries: a run with an operator that does nothing, and beside it
// the same file read by RapidJSON into Arrow builders and written as Parquet, with nothing else
// done.
//
// usage: overhead baseline IN.jsonl OUT.parquet | overhead run IN.jsonl STORE
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include <cstdio>
#include <cstring>
#include <filesystem>
#include <string>

#include "siku/columns.h"
#include "siku/process.h"
#include "siku/run.h"

#if defined(__SSE2__)
#define RAPIDJSON_SSE2
#elif defined(__ARM_NEON)
#define RAPIDJSON_NEON
#endif
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

namespace {

using siku::Batch;
using siku::Result;
using siku::Schema;

// ---- the run
// --------------------------------------------------------------------------------------

class NothingBound final : public siku::RowBound {
 public:
  explicit NothingBound(const Schema& input) : outputs_{input} {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return column_; }
  Result<siku::Outcome> Apply(const Batch& batch, const siku::RowContext&) const override {
    siku::Outcome outcome;
    outcome.outputs.push_back(siku::SameRows(batch));
    return outcome;
  }

 private:
  std::vector<Schema> outputs_;
  std::string column_ = "text";
};

class Nothing final : public siku::Operator {
 public:
  const siku::Record& record() const override {
    static const siku::Record record = {.name = "bench.text.do_nothing",
                                        .summary = "Change nothing.",
                                        .summary_zh = "什么也不做。"};
    return record;
  }
  Result<std::unique_ptr<siku::Bound>> Bind(const Schema& input,
                                            const siku::Parameters&) const override {
    return std::make_unique<NothingBound>(input);
  }
};

int Fails(const siku::Error& error) {
  std::fprintf(stderr, "%s\n", siku::Describe(error).c_str());
  return static_cast<int>(error.code);
}

int Run(const std::string& in, const std::string& path) {
  static const Nothing nothing;
  const siku::Operator* all[] = {&nothing};
  siku::OperatorSet operators;
  operators.Add(all);
  auto store = siku::Store::Open(path);
  if (!store.has_value()) return Fails(store.error());
  const std::string recipe =
      "input: '" + in + "'\nsteps: [bench.text.do_nothing]\noutput: overhead\n";
  const auto summary =
      siku::StartRun(**store, operators, {recipe, "overhead.yaml", ".", {}, {.threads = 1}}, {});
  if (!summary.has_value()) return Fails(summary.error());
  std::printf("%lld rows\n", static_cast<long long>(summary->rows));
  return 0;
}

// ---- the libraries alone
// --------------------------------------------------------------------------

void Check(const arrow::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "%s\n", status.ToString().c_str());
  std::exit(1);
}

// The columns of the corpus that corpus.py makes.
constexpr const char* kTexts[] = {"url", "title", "text"};

class Handler : public rapidjson::BaseReaderHandler<rapidjson::UTF8<>, Handler> {
 public:
  bool Key(const char* text, rapidjson::SizeType length, bool) {
    key_.assign(text, length);
    return true;
  }
  bool RawNumber(const char* text, rapidjson::SizeType length, bool) {
    Check(id.Append(std::stoll(std::string(text, length))));
    return true;
  }
  bool String(const char* text, rapidjson::SizeType length, bool) {
    for (size_t i = 0; i < 3; ++i) {
      if (key_ == kTexts[i]) Check(texts[i].Append(text, length));
    }
    return true;
  }
  arrow::Int64Builder id;
  arrow::LargeStringBuilder texts[3];

 private:
  std::string key_;
};

class Baseline {
 public:
  explicit Baseline(const std::string& out) {
    arrow::FieldVector fields = {arrow::field("id", arrow::int64())};
    for (const char* name : kTexts) fields.push_back(arrow::field(name, arrow::large_utf8()));
    schema_ = arrow::schema(fields);
    file_ = arrow::io::FileOutputStream::Open(out).ValueOrDie();
    const auto properties = parquet::WriterProperties::Builder()
                                .compression(parquet::Compression::ZSTD)
                                ->compression_level(3)
                                ->disable_dictionary()
                                ->build();
    writer_ =
        parquet::arrow::FileWriter::Open(*schema_, arrow::default_memory_pool(), file_, properties)
            .ValueOrDie();
  }
  void Line(char* begin, size_t length) {
    begin[length] = '\0';
    rapidjson::InsituStringStream stream(begin);
    rapidjson::Reader reader;
    constexpr unsigned kFlags = rapidjson::kParseInsituFlag | rapidjson::kParseNumbersAsStringsFlag;
    if (reader.Parse<kFlags>(stream, handler_).IsError()) std::exit(1);
    bytes_ += length;
    if (++rows_ % 1024 == 0) Cut();
    if (bytes_ >= (32U << 20)) Flush();
  }
  long long Finish() {
    Flush();
    Check(writer_->Close());
    Check(file_->Close());
    return rows_;
  }

 private:
  void Cut() {
    arrow::ArrayVector columns = {handler_.id.Finish().ValueOrDie()};
    for (auto& text : handler_.texts) columns.push_back(text.Finish().ValueOrDie());
    const int64_t rows = columns.front()->length();
    if (rows > 0) waiting_.push_back(arrow::RecordBatch::Make(schema_, rows, columns));
  }
  void Flush() {
    Cut();
    bytes_ = 0;
    if (waiting_.empty()) return;
    const auto table = arrow::Table::FromRecordBatches(schema_, waiting_).ValueOrDie();
    Check(writer_->WriteTable(*table, table->num_rows()));
    waiting_.clear();
  }
  Schema schema_;
  Handler handler_;
  std::shared_ptr<arrow::io::FileOutputStream> file_;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
  arrow::RecordBatchVector waiting_;
  long long rows_ = 0;
  size_t bytes_ = 0;
};

int ReadAndWrite(const std::string& in, const std::string& out) {
  std::FILE* file = std::fopen(in.c_str(), "rb");
  if (file == nullptr) return 1;
  Baseline baseline(out);
  std::string buffer(8 << 20, '\0');
  size_t have = 0;
  for (;;) {
    const size_t got = std::fread(buffer.data() + have, 1, buffer.size() - 1 - have, file);
    have += got;
    size_t begin = 0;
    while (void* end = std::memchr(buffer.data() + begin, '\n', have - begin)) {
      const auto at = static_cast<size_t>(static_cast<char*>(end) - buffer.data());
      baseline.Line(buffer.data() + begin, at - begin);
      begin = at + 1;
    }
    std::memmove(buffer.data(), buffer.data() + begin, have - begin);
    have -= begin;
    if (got == 0) break;
  }
  std::fclose(file);
  std::printf("%lld rows\n", baseline.Finish());
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  siku::KeepFreedMemory();
  if (count == 4 && std::strcmp(arguments[1], "baseline") == 0) {
    return ReadAndWrite(arguments[2], arguments[3]);
  }
  if (count == 4 && std::strcmp(arguments[1], "run") == 0) return Run(arguments[2], arguments[3]);
  std::fprintf(stderr,
               "usage: overhead baseline IN.jsonl OUT.parquet | overhead run IN.jsonl STORE\n");
  return 2;
}
