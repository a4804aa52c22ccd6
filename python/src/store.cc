#include "store.h"

#include <arrow/api.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <optional>
#include <vector>

#include "arrow_internal.h"
#include "capsule.h"
#include "error.h"
#include "frame.h"
#include "objects/objects.h"
#include "signals.h"
#include "siku/run.h"

namespace nb = nanobind;

namespace siku::python {

std::shared_ptr<Store> OpenStore::get() const {
  if (store_ == nullptr) Raise({Code::kInvalid, "the store was closed", path_});
  return store_;
}

namespace {

// The fields that people see, as long as they are not asked for all.
Schema Shown(const Schema& schema, bool hidden) {
  arrow::FieldVector fields;
  for (const auto& field : schema->fields()) {
    if (hidden || !field->name().starts_with(kHiddenPrefix)) fields.push_back(field);
  }
  return arrow::schema(std::move(fields));
}

// A version's rows, as Arrow reads them. Holds the store open.
class VersionBatches final : public arrow::RecordBatchReader {
 public:
  VersionBatches(std::shared_ptr<Store> store, std::unique_ptr<VersionReader> reader, bool hidden)
      : store_(std::move(store)), reader_(std::move(reader)) {
    schema_ = Shown(reader_->schema(), hidden);
  }
  Schema schema() const override { return schema_; }
  arrow::Status ReadNext(Batch* batch) override {
    auto read = Next();
    if (!read.has_value()) {
      const std::string text = Describe(read.error());
      return read.error().code == Code::kData ? arrow::Status::Invalid(text)
                                              : arrow::Status::IOError(text);
    }
    *batch = *std::move(read);
    return arrow::Status::OK();
  }
  /// The same with an error of ours; null at the end.
  Result<Batch> Next() {
    SIKU_TRY(auto all, reader_->Next());
    if (all == nullptr) return all;
    arrow::ArrayVector columns;
    for (const auto& field : schema_->fields()) {
      columns.push_back(all->GetColumnByName(field->name()));
    }
    return arrow::RecordBatch::Make(schema_, all->num_rows(), std::move(columns));
  }

 private:
  std::shared_ptr<Store> store_;
  std::unique_ptr<VersionReader> reader_;
  Schema schema_;
};

struct Dataset {
  std::shared_ptr<Store> store;
  VersionInfo info{};
  Manifest manifest{};

  Result<std::shared_ptr<VersionBatches>> Read(int64_t batch_rows, bool hidden) const {
    SIKU_TRY(auto reader, VersionReader::Open(*store, manifest, 0, batch_rows));
    return std::make_shared<VersionBatches>(store, std::move(reader), hidden);
  }
};

constexpr int64_t kBatchRows = 1024;
constexpr int64_t kGraceSeconds = 24 * 60 * 60;

template <class F>
auto Released(F work) {
  auto result = [&] {
    const nb::gil_scoped_release unlocked;
    return work();
  }();
  return OrRaise(std::move(result));
}

// One batch after another: an iterator.
struct Batches {
  std::shared_ptr<VersionBatches> reader;

  Frame Next() const {
    auto table = Released([&]() -> Result<std::shared_ptr<arrow::Table>> {
      SIKU_TRY(const auto batch, reader->Next());
      if (batch == nullptr) return nullptr;
      return FromArrow(arrow::Table::FromRecordBatches({batch}));
    });
    if (table == nullptr) throw nb::stop_iteration();
    return {std::move(table)};
  }
};

Result<Frame> ReadAll(VersionBatches& reader) {
  std::vector<Batch> batches;
  for (;;) {
    SIKU_TRY(auto batch, reader.Next());
    if (batch == nullptr) break;
    batches.push_back(std::move(batch));
  }
  SIKU_TRY(auto table,
           FromArrow(arrow::Table::FromRecordBatches(reader.schema(), std::move(batches))));
  return Frame{std::move(table)};
}

Dataset OpenDataset(const OpenStore& open, const std::string& name) {
  const auto store = open.get();
  return Released([&]() -> Result<Dataset> {
    SIKU_TRY(auto info, store->FindVersion(name));
    SIKU_TRY(auto manifest, store->ReadManifest(info));
    return Dataset{store, std::move(info), std::move(manifest)};
  });
}

std::shared_ptr<VersionBatches> ReaderOf(const Dataset& dataset, int64_t batch_rows, bool hidden) {
  return Released([&] { return dataset.Read(batch_rows, hidden); });
}

nb::dict VersionDict(const VersionInfo& info) {
  nb::dict dict;
  dict["dataset"] = info.dataset;
  dict["version"] = info.ordinal;
  dict["content"] = info.content;
  dict["rows"] = info.rows;
  dict["bytes"] = info.bytes;
  dict["created"] = info.created;
  dict["run"] = info.run;
  return dict;
}

nb::list VersionList(const std::vector<VersionInfo>& versions) {
  nb::list list;
  for (const VersionInfo& info : versions) list.append(VersionDict(info));
  return list;
}

nb::list RunList(const std::vector<RunInfo>& runs) {
  nb::list list;
  for (const RunInfo& run : runs) {
    nb::dict dict;
    dict["run"] = run.id;
    dict["state"] = run.state;
    dict["recipe"] = run.recipe;
    dict["created"] = run.created;
    list.append(dict);
  }
  return list;
}

void BindDataset(nb::module_& module) {
  nb::class_<Batches>(module, "Batches", "Frames of a dataset, one after another.")
      .def(
          "__iter__", [](nb::handle self) { return nb::borrow(self); },
          nb::sig("def __iter__(self) -> Batches"))
      .def("__next__", &Batches::Next);
  nb::class_<Dataset>(module, "Dataset",
                      "A version of a dataset. Arrow libraries read it as a stream, batch after "
                      "batch: pyarrow.table(dataset), polars.DataFrame(dataset), "
                      "duckdb.from_arrow(dataset.to_arrow()).")
      .def_prop_ro("name", [](const Dataset& d) { return d.info.dataset; })
      .def_prop_ro("version", [](const Dataset& d) { return d.info.ordinal; })
      .def_prop_ro(
          "content", [](const Dataset& d) { return d.info.content; },
          "The digest that is the version's identity.")
      .def_prop_ro("num_rows", [](const Dataset& d) { return d.manifest.rows; })
      .def_prop_ro(
          "run", [](const Dataset& d) { return d.info.run; },
          "The run that made it; empty where none did.")
      .def_prop_ro(
          "lineage", [](const Dataset& d) { return d.manifest.lineage; },
          "Recipe, operators, tables and inputs as JSON.")
      .def("__len__", [](const Dataset& d) { return d.manifest.rows; })
      .def("__bool__", [](const Dataset&) { return true; })
      .def("__repr__",
           [](const Dataset& d) {
             return "<siku.Dataset " + d.info.dataset + "@" + std::to_string(d.info.ordinal) +
                    " of " + std::to_string(d.manifest.rows) + " rows>";
           })
      .def(
          "batches",
          [](const Dataset& d, int64_t rows, bool hidden) {
            return Batches{ReaderOf(d, rows, hidden)};
          },
          nb::kw_only(), nb::arg("rows") = kBatchRows, nb::arg("hidden") = false,
          "Frames of at most `rows` rows. `hidden`: with the engine's key columns.")
      .def("__iter__", [](const Dataset& d) { return Batches{ReaderOf(d, kBatchRows, false)}; })
      .def(
          "to_frame",
          [](const Dataset& d) {
            const auto reader = ReaderOf(d, kBatchRows, false);
            return Released([&] { return ReadAll(*reader); });
          },
          "All rows in memory.")
      .def(
          "to_arrow", [](nb::handle self) { return self.attr("to_frame")().attr("to_arrow")(); },
          nb::sig("def to_arrow(self) -> typing.Any"), "All rows as a pyarrow.Table.")
      .def(
          "__arrow_c_schema__",
          [](const Dataset& d) { return SchemaCapsule(*ReaderOf(d, kBatchRows, false)->schema()); })
      .def(
          "__arrow_c_stream__",
          [](const Dataset& d, nb::object requested) {
            return StreamCapsule(ReaderOf(d, kBatchRows, false), requested);
          },
          nb::arg("requested_schema") = nb::none());
}

}  // namespace

void BindStores(nb::module_& module) {
  BindDataset(module);
  nb::class_<OpenStore>(module, "Store", "A folder of datasets and runs.")
      .def_prop_ro("path", &OpenStore::path)
      .def_prop_ro("index", &OpenStore::index,
                   "URL of the PostgreSQL database that has the index, a password in it as it was "
                   "given; empty: SQLite.")
      .def_prop_ro("s3_endpoint", &OpenStore::endpoint,
                   "URL of the S3 server it was opened by; empty: the one of AWS_ENDPOINT_URL or "
                   "Amazon's, or it is in a folder.")
      .def_prop_ro("closed", &OpenStore::closed)
      .def("close", &OpenStore::Close,
           "Lets the folder go once nothing read from it is in use; closing twice is harmless.")
      .def(
          "__enter__", [](nb::handle self) { return nb::borrow(self); },
          nb::sig("def __enter__(self) -> Store"))
      .def(
          "__exit__", [](OpenStore& store, const nb::args&) { store.Close(); },
          nb::sig("def __exit__(self, *error: object) -> None"))
      .def("__repr__", [](const OpenStore& store) { return "<siku.Store " + store.path() + ">"; })
      .def(
          "datasets",
          [](const OpenStore& open) {
            const auto store = open.get();
            return VersionList(Released([&] { return store->Datasets(); }));
          },
          nb::sig("def datasets(self) -> list[dict[str, typing.Any]]"),
          "The newest version of each dataset, by name.")
      .def(
          "versions",
          [](const OpenStore& open, const std::string& dataset) {
            const auto store = open.get();
            return VersionList(Released([&] { return store->Versions(dataset); }));
          },
          nb::arg("dataset"),
          nb::sig("def versions(self, dataset: str) -> list[dict[str, typing.Any]]"))
      .def(
          "runs",
          [](const OpenStore& open) {
            const auto store = open.get();
            return RunList(Released([&] { return store->Runs(); }));
          },
          nb::sig("def runs(self) -> list[dict[str, typing.Any]]"), "Oldest first.")
      .def(
          "gc",
          [](const OpenStore& open, int64_t grace_seconds, bool dry_run) {
            const auto store = open.get();
            const auto report = Released([&] { return store->Gc(grace_seconds, dry_run); });
            return nb::make_tuple(report.files, report.bytes);
          },
          nb::kw_only(), nb::arg("grace_seconds") = kGraceSeconds, nb::arg("dry_run") = false,
          nb::sig("def gc(self, *, grace_seconds: int = ..., dry_run: bool = False) -> "
                  "tuple[int, int]"),
          "Deletes what no version refers to, no run needs and is older than the grace (a day); "
          "gives files and bytes.")
      .def("dataset", &OpenDataset, nb::arg("name"),
           "`name`, `name@3` or `name@` with the beginning of a content digest.");
  module.def(
      "open_store",
      [](const std::string& path, bool create, const std::string& index, std::string endpoint) {
        return OpenStore(Released([&]() -> Result<std::shared_ptr<Store>> {
                           SIKU_TRY(auto store, Store::Open(path, create, index));
                           return std::shared_ptr<Store>(std::move(store));
                         }),
                         index, objects::IsObject(path) ? std::move(endpoint) : std::string());
      },
      nb::arg("path"), nb::arg("create"), nb::arg("index") = "", nb::arg("endpoint") = "");
  module.def(
      "check_endpoint",
      [](const std::string& url) { OrRaise(objects::CheckEndpoint(url, "s3_endpoint")); },
      nb::arg("url"));
}

}  // namespace siku::python
