// Works a store without end and says what was acknowledged, for tests that kill it meanwhile.
//   store_driver STORE work NAME SEED   commits, appends, compacts, collects; a line for each
//   store_driver STORE check            verifies all and lists every version and run
//   store_driver STORE gc SECONDS | rebuild | sample
#include <arrow/api.h>
#include <arrow/json/from_string.h>

#include <cstdio>
#include <random>
#include <string>

#include "store/rows_for_tests.h"

namespace siku {
namespace {

// Rows that know which turn they are of: `number` of the first is its square root squared.
Batch RowsOfTurn(int64_t turn, int64_t count) {
  return TextRows(turn, count, "turn " + std::to_string(turn));
}

void Say(const std::string& line) {
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

std::string Shown(const VersionInfo& version) {
  return " " + version.dataset + "@" + std::to_string(version.ordinal) + "=" + version.content;
}

class Worker {
 public:
  Worker(Store& store, std::string name, uint32_t seed)
      : store_(store), name_(std::move(name)), random_(seed) {}

  // One thing a run does, under the lease a run holds.
  void Turn() {
    turn_ = static_cast<int64_t>(random_() % 1'000'000'000);
    const auto lease = Must(store_.Hold("work"));
    switch (random_() % 10) {
      case 0:
        return Compact();
      case 1:
        return Collect();
      case 2:
        return Run();
      case 3:
      case 4:
        return Append(name_ + "-log");
      case 5:
      case 6:
        return Append("shared");
      default:
        return Together();
    }
  }

 private:
  int64_t Count() { return static_cast<int64_t>(random_() % 400); }

  void Together() {
    std::vector<VersionDraft> drafts;
    for (const char* which : {"-a", "-b", "-c"}) {
      drafts.push_back(Draft(store_, name_ + which, RowsOfTurn(turn_, 1 + Count())));
    }
    std::string line = "together";
    for (const VersionInfo& version : Must(store_.Commit(drafts, ""))) line += Shown(version);
    Say(line);
  }
  void Append(const std::string& dataset) {
    for (;;) {
      const auto head = store_.FindVersion(dataset);
      const Manifest parent = head.has_value() ? Must(store_.ReadManifest(*head)) : Manifest();
      const auto draft = Draft(store_, dataset, RowsOfTurn(turn_, 1 + Count()),
                               head.has_value() ? &parent : nullptr);
      const auto done = store_.Commit({draft}, "");
      // Another process appended first: do it again behind its rows.
      if (!done.has_value() && done.error().code == Code::kConflict) continue;
      return Say("append" + Shown(Must(done).front()));
    }
  }
  void Compact() {
    const auto datasets = Must(store_.Datasets());
    if (datasets.empty()) return;
    const VersionInfo& head = datasets[random_() % datasets.size()];
    const auto ordinal = 1 + static_cast<int64_t>(random_() % static_cast<uint64_t>(head.ordinal));
    Say("compact" + Shown(Must(store_.Compact(head.dataset + "@" + std::to_string(ordinal)))));
  }
  void Collect() {
    // Garbage of our own, too, so that there is something to collect.
    Draft(store_, name_ + "-x", RowsOfTurn(turn_, 5));
    Say("gc " + std::to_string(Must(store_.Gc(0, false)).files));
  }
  void Run() {
    const std::string run = Must(store_.CreateRun("recipe"));
    Say("run " + run + " running");
    const auto draft = Draft(store_, name_ + "-run", RowsOfTurn(turn_, 1 + Count()));
    const auto done = Must(store_.Commit({draft}, run));
    Say("append" + Shown(done.front()));
    Must(store_.SetRunState(run, "done"));
    Say("run " + run + " done");
  }

  Store& store_;
  std::string name_;
  std::mt19937 random_;
  int64_t turn_ = 0;
};

int Check(Store& store) {
  for (const VersionInfo& head : Must(store.Datasets())) {
    for (const VersionInfo& version : Must(store.Versions(head.dataset))) {
      const auto reader = Must(VersionReader::Open(store, Must(store.ReadManifest(version))));
      int64_t rows = 0, first = -1;
      while (const auto batch = Must(reader->Next())) {
        rows += batch->num_rows();
        if (first >= 0) continue;
        first = static_cast<const arrow::Int64Array&>(*batch->column(1)).Value(0) / 10;
      }
      if (rows != version.rows) return 1;
      Say("version" + Shown(version) + " " + std::to_string(first));
    }
  }
  for (const RunInfo& run : Must(store.Runs())) Say("run " + run.id + " " + run.state);
  const auto damages = Must(store.Verify(""));
  for (const Damage& damage : damages) Say("damage " + damage.file + ": " + damage.what);
  return damages.empty() ? 0 : 1;
}

// Versions of every shape, for another program to compute their digests.
void Sample(Store& store) {
  CommitRows(store, "texts", TextRows(0, 3000));
  CommitRows(store, "log", TextRows(0, 700));
  AppendRows(store, "log", TextRows(0, 1));
  AppendRows(store, "log", TextRows(0, 900, "later"));
  Must(store.Compact("log@2"));
  CommitRows(store, "none", TextRows(0, 0));
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> columns = {
      {arrow::null(), "[null,null,null]"},
      {arrow::boolean(), "[true,null,false]"},
      {arrow::int8(), "[-128,null,127]"},
      {arrow::int32(), "[-70000,null,1]"},
      {arrow::uint64(), "[18446744073709551615,null,1]"},
      {arrow::float16(), "[1.5,null,-0.0]"},
      {arrow::float32(), "[0.1,NaN,-0.0]"},
      {arrow::float64(), "[0.1,NaN,-0.0]"},
      {arrow::utf8(), R"(["水",null,""])"},
      {arrow::binary(), R"(["a",null,""])"},
      {arrow::fixed_size_binary(3), R"(["abc",null,"xyz"])"},
      {arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["a",null,"a"])"},
      {arrow::date32(), "[-1,null,20000]"},
      {arrow::time32(arrow::TimeUnit::SECOND), "[1,null,86399]"},
      {arrow::time64(arrow::TimeUnit::NANO), "[1,null,2]"},
      {arrow::timestamp(arrow::TimeUnit::SECOND), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO, "Asia/Shanghai"), "[-1,null,1]"},
      {arrow::duration(arrow::TimeUnit::MILLI), "[-1,null,1]"},
      {arrow::decimal128(9, 2), R"(["-1.25",null,"3.00"])"},
      {arrow::decimal256(50, 3), R"(["-1.250",null,"3.000"])"},
      {arrow::list(arrow::utf8()), R"([["a",null],null,[]])"},
      {arrow::fixed_size_list(arrow::float32(), 2), "[[1,2],null,[3,4]]"},
      {arrow::map(arrow::utf8(), arrow::int32()), R"([[["k",1],["l",null]],null,[]])"},
      {arrow::struct_(
           {arrow::field("a", arrow::utf8()), arrow::field("b", arrow::list(arrow::int16()))}),
       R"([{"a":"x","b":[1,null]},null,{"a":null,"b":null}])"}};
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field("c" + std::to_string(i), columns[i].first));
    arrays.push_back(Must(arrow::json::ArrayFromJSONString(columns[i].first, columns[i].second)));
  }
  CommitRows(store, "types",
             WithKeys({{0, 0}, {0, 10, std::string("\0\0\0\7", 4)}, {7, 20}}, fields, arrays));
}

int Main(const std::vector<std::string>& arguments) {
  const std::string &path = arguments.at(0), &what = arguments.at(1);
  if (what == "rebuild") {
    Say(std::to_string(Must(Store::Rebuild(path))));
    return 0;
  }
  auto store = Must(Store::Open(path));
  if (what == "check") return Check(*store);
  if (what == "gc") {
    Say(std::to_string(Must(store->Gc(std::stoll(arguments.at(2)), false)).files));
  } else if (what == "sample") {
    Sample(*store);
  } else {
    Say("open");
    Worker worker(*store, arguments.at(2), static_cast<uint32_t>(std::stoul(arguments.at(3))));
    for (;;) worker.Turn();
  }
  return 0;
}

}  // namespace
}  // namespace siku

int main(int count, char** arguments) {
  return siku::Main(std::vector<std::string>(arguments + 1, arguments + count));
}
