#include "python.h"

#include <arrow/api.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/api.h>

#include <filesystem>
#include <mutex>

#include "../base/arrow_internal.h"
#include "foreign.h"
#include "record.h"
#include "worker.h"

namespace siku::plugin {
namespace {

using nlohmann::json;

constexpr double kLoadSeconds = 300;

tl::unexpected<Error> Said(const json& reply, const std::string& fallback) {
  const std::string kind = reply.value("kind", ""), place = reply.value("place", "");
  // What _own.py says needs no line of Python.
  if (kind == "OperatorError") {
    return Fail(Code::kInvalid, "a Python plug-in does not keep its word",
                reply.value("message", ""), fallback);
  }
  std::string text = reply.value("traceback", "");
  while (text.ends_with('\n')) text.pop_back();
  return Fail(Code::kInvalid, "a Python plug-in raised an exception",
              kind + ": " + reply.value("message", "") + "\n" + text,
              place.empty() ? fallback : place + " (" + fallback + ")");
}

// A function that raised failed on its rows; one that breaks its word, or finds no memory, on any.
bool IsOfRows(const json& reply) {
  const std::string kind = reply.value("kind", "");
  return kind != "OperatorError" && kind != "MemoryError";
}

// The processes of one plug-in: one a thread that is at work, kept for the next batch.
class Workers {
 public:
  Workers(std::string name, std::string base) : name_(std::move(name)), base_(std::move(base)) {}

  Result<json> Load() {
    SIKU_TRY(auto worker, Worker::Start());
    SIKU_TRY(auto loaded, LoadInto(*worker));
    sha256_ = loaded.value("sha256", "");
    Keep(std::move(worker));
    return loaded;
  }
  const std::string& sha256() const { return sha256_; }
  const std::string& name() const { return name_; }

  Result<Worker::Reply> Ask(const json& head, const arrow::Buffer& body, double seconds,
                            const RowContext& context) {
    SIKU_TRY(auto worker, Take());
    SIKU_TRY(auto reply, worker->Ask(head, &body, seconds, &context));
    Keep(std::move(worker));
    return reply;
  }

 private:
  Result<json> LoadInto(Worker& worker) const {
    SIKU_TRY(auto reply, worker.Ask({{"do", "load"}, {"plugin", name_}, {"base", base_}}, nullptr,
                                    kLoadSeconds, nullptr));
    if (!reply.head.value("ok", false)) return Said(reply.head, name_);
    return std::move(reply.head);
  }
  Result<std::unique_ptr<Worker>> Take() {
    {
      const std::lock_guard locked(mutex_);
      if (!idle_.empty()) {
        auto worker = std::move(idle_.back());
        idle_.pop_back();
        return worker;
      }
    }
    SIKU_TRY(auto worker, Worker::Start());
    SIKU_TRY(const auto loaded, LoadInto(*worker));
    if (loaded.value("sha256", "") != sha256_) {
      return Fail(Code::kConflict, "a plug-in changed while it was used", {}, name_,
                  "start a new run");
    }
    return worker;
  }
  void Keep(std::unique_ptr<Worker> worker) {
    const std::lock_guard locked(mutex_);
    idle_.push_back(std::move(worker));
  }

  std::string name_;
  std::string base_;
  std::string sha256_{};
  std::mutex mutex_{};
  std::vector<std::unique_ptr<Worker>> idle_{};
};

struct Function {
  Record record{};
  std::vector<std::pair<std::string, std::shared_ptr<arrow::DataType>>> writes{};
  double seconds = 0;
};

Result<std::shared_ptr<arrow::DataType>> TypeNamed(const std::string& name, const Record& record,
                                                   const std::string& place) {
  if (name == "text") return arrow::large_utf8();
  if (name == "int") return arrow::int64();
  if (name == "real") return arrow::float64();
  if (name == "bool") return arrow::boolean();
  return Fail(Code::kInvalid, "a column that is written is text, int, real or bool",
              record.name + ": " + name, place);
}

Result<std::shared_ptr<arrow::Buffer>> Serialized(const Batch& batch) {
  SIKU_TRY(auto sink, FromArrow(arrow::io::BufferOutputStream::Create()));
  SIKU_TRY(auto writer, FromArrow(arrow::ipc::MakeStreamWriter(sink, batch->schema())));
  SIKU_TRY(FromArrow(writer->WriteRecordBatch(*batch)));
  SIKU_TRY(FromArrow(writer->Close()));
  return FromArrow(sink->Finish());
}

Result<Batch> Deserialized(const std::shared_ptr<arrow::Buffer>& body) {
  SIKU_TRY(auto reader, FromArrow(arrow::ipc::RecordBatchStreamReader::Open(
                            std::make_shared<arrow::io::BufferReader>(body))));
  Batch batch;
  SIKU_TRY(FromArrow(reader->ReadNext(&batch)));
  return batch;
}

class PythonBound final : public ForeignBound {
 public:
  PythonBound(const Function& function, Workers& workers, Footing footing,
              const Parameters& parameters)
      : ForeignBound(function.record, std::move(footing)),
        function_(function),
        workers_(workers),
        request_({{"do", "apply"},
                  {"operator", function.record.name},
                  {"parameters", json::parse(ParametersJson(parameters))}}) {}

  Result<void> Bind(const Schema& input, const Parameters& parameters) {
    arrow::FieldVector fields;
    for (const auto& [name, type] : function_.writes) {
      const std::string column = name.starts_with("$") ? parameters.text(name.substr(1)) : name;
      fields.push_back(arrow::field(column, type));
    }
    return Announce(input, arrow::schema(std::move(fields)));
  }

 private:
  Result<Written> Call(const Batch& batch, const RowContext& context) const override {
    SIKU_TRY(const auto body, Serialized(batch));
    SIKU_TRY(auto reply, workers_.Ask(request_, *body, function_.seconds, context));
    Written made;
    if (!reply.head.value("ok", false)) {
      auto said = Said(reply.head, workers_.name() + ", " + function_.record.name);
      if (!IsOfRows(reply.head)) return said;
      made.failure = std::move(said.value());
      return made;
    }
    for (const json& reject : reply.head.at("rejects")) {
      made.rejects.push_back({.row = reject.at(0), .reason = reject.at(1)});
    }
    if (written()->num_fields() > 0) {
      SIKU_TRY(made.columns, Deserialized(reply.body));
    }
    return made;
  }

  const Function& function_;
  Workers& workers_;
  json request_;
};

class PythonOperator final : public Operator {
 public:
  PythonOperator(Function function, std::shared_ptr<Workers> workers)
      : function_(std::move(function)), workers_(std::move(workers)) {}
  const Record& record() const override { return function_.record; }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override {
    return {{TableName(workers_->name(), workers_->sha256()), workers_->sha256()}};
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(auto footing, FindFooting(function_.record, input, parameters));
    auto bound =
        std::make_unique<PythonBound>(function_, *workers_, std::move(footing), parameters);
    SIKU_TRY(bound->Bind(input, parameters));
    return bound;
  }

 private:
  Function function_;
  std::shared_ptr<Workers> workers_;
};

Result<Function> FunctionOf(const json& told, const std::string& place) {
  Function function;
  SIKU_TRY(function.record, ReadRecord(told.at("record").dump(), place));
  for (const std::string& column : function.record.writes) {
    const json& type = told.at("writes").at(column);
    SIKU_TRY(auto known, TypeNamed(type.is_string() ? type.get<std::string>() : type.dump(),
                                   function.record, place));
    function.writes.emplace_back(column, std::move(known));
  }
  if (!told.at("seconds").is_number() || told.at("seconds") <= 0) {
    return Fail(Code::kInvalid, "the seconds that a batch may take are more than none",
                function.record.name, place);
  }
  function.seconds = told.at("seconds");
  return function;
}

}  // namespace

Result<PythonPlugin> LoadPython(const std::string& name, const std::string& base) {
  std::error_code ignored;
  const auto folder = std::filesystem::absolute(base.empty() ? "." : base, ignored).string();
  auto workers = std::make_shared<Workers>(name, folder);
  SIKU_TRY(const auto loaded, workers->Load());
  PythonPlugin plugin{.sha256 = workers->sha256()};
  try {
    for (const json& told : loaded.at("operators")) {
      SIKU_TRY(auto function, FunctionOf(told, name));
      plugin.operators.push_back(std::make_unique<PythonOperator>(std::move(function), workers));
    }
  } catch (const json::exception& e) {
    return Fail(Code::kInternal, "a Python plug-in wrote into the messages of its process",
                e.what(), name);
  }
  return plugin;
}

}  // namespace siku::plugin
