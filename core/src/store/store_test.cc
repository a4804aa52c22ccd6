#include "siku/store.h"

#include <arrow/compute/api.h>
#include <arrow/json/from_string.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <thread>

#include "folder.h"
#include "metadata.h"
#include "rows_for_tests.h"

namespace siku {
namespace {

namespace fs = std::filesystem;

class StoreTest : public testing::Test {
 protected:
  StoreTest() : path_(folder_.path() + "/store") {}
  std::unique_ptr<Store> Open() { return Must(Store::Open(path_)); }

  TemporaryFolder folder_{};
  std::string path_;
};

std::string Slurp(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void Write(const std::string& path, const std::string& bytes) {
  fs::create_directories(fs::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<std::string> FilesIn(const std::string& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

void Age(const std::string& path, int seconds) {
  for (const auto& entry : fs::recursive_directory_iterator(path)) {
    fs::last_write_time(entry.path(),
                        fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
  }
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::seconds(seconds));
}

void ExpectSameRows(const Batch& a, const Batch& b) {
  EXPECT_EQ(Must(RowDigests(a)), Must(RowDigests(b)));
  EXPECT_TRUE(a->schema()->Equals(*b->schema(), true)) << a->schema()->ToString(true) << "\n"
                                                       << b->schema()->ToString(true);
}

// Everything the index says.
std::vector<std::string> Said(const Store& store) {
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

// ---- the folder ---------------------------------------------------------------------------------

using OpenStore = StoreTest;

TEST_F(OpenStore, MakesAStoreAndFindsItAgain) {
  Open();
  EXPECT_EQ(Slurp(path_ + "/FORMAT"), "siku store 1\n");
  EXPECT_TRUE(Store::Open(path_, false).has_value());
}

TEST_F(OpenStore, ReadingMakesNothing) {
  EXPECT_EQ(Store::Open(path_, false).error().code, Code::kNotFound);
  EXPECT_FALSE(fs::exists(path_));
  fs::create_directory(path_);
  EXPECT_EQ(Store::Open(path_, false).error().code, Code::kNotFound);
  EXPECT_TRUE(fs::is_empty(path_));
}

TEST_F(OpenStore, RefusesAFolderOfSomethingElseAndLeavesIt) {
  Write(path_ + "/thesis.doc", "mine");
  EXPECT_EQ(Store::Open(path_).error().code, Code::kInvalid);
  EXPECT_EQ(Store::Rebuild(path_).error().code, Code::kInvalid);
  EXPECT_EQ(FilesIn(path_), std::vector<std::string>{path_ + "/thesis.doc"});
  const std::string other = folder_.path() + "/other";
  Write(other + "/FORMAT", "PDF-1.7");
  EXPECT_EQ(Store::Open(other).error().code, Code::kInvalid);
  EXPECT_EQ(Store::Open(folder_.path() + "/other/FORMAT").error().code, Code::kNotFound)
      << "a file is no folder";
}

TEST_F(OpenStore, RefusesWhatItCannotServe) {
  EXPECT_EQ(Store::Open("postgres://host/db").error().code, Code::kUnsupported);
  EXPECT_EQ(Store::Open("s3://bucket").error().code, Code::kUnsupported);
  Open();
  Write(path_ + "/FORMAT", "siku store 2\n");
  EXPECT_EQ(Store::Open(path_).error().code, Code::kUnsupported);
  EXPECT_EQ(Store::Rebuild(path_).error().code, Code::kUnsupported);
}

TEST_F(OpenStore, WhatADyingProcessLeftIsNoObstacle) {
  // At every step of making a store.
  for (const std::string format : {"", "siku", "siku store 1"}) {
    const std::string path = folder_.path() + "/of " + std::to_string(format.size());
    Write(path + "/FORMAT", format);
    Write(path + "/FORMAT.1-2-3.new", "sik");
    Write(path + "/lock", "");
    EXPECT_TRUE(Store::Open(path).has_value()) << format;
  }
  Write(path_ + "/FORMAT", "siku store 1\n");
  fs::create_directory(path_ + "/data");
  Write(path_ + "/index.new.sqlite", "half of an ind");
  Write(path_ + "/index.new.sqlite-wal", "and of its log");
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3));
  EXPECT_EQ(ReadAll(*store, "a")->num_rows(), 3);
}

TEST_F(OpenStore, ALostFormatFileIsWrittenAgain) {
  CommitRows(*Open(), "a", TextRows(0, 3));
  fs::resize_file(path_ + "/FORMAT", 0);
  EXPECT_EQ(ReadAll(*Open(), "a")->num_rows(), 3);
  EXPECT_EQ(Slurp(path_ + "/FORMAT"), "siku store 1\n");
}

TEST_F(OpenStore, ALostIndexIsNotTakenForAnEmptyStore) {
  CommitRows(*Open(), "a", TextRows(0, 3));
  fs::remove(path_ + "/index.sqlite");
  const auto opened = Store::Open(path_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kData);
  EXPECT_THAT(opened.error().hint, testing::HasSubstr("rebuild"));
  EXPECT_EQ(Must(Store::Rebuild(path_)), 1);
  EXPECT_EQ(ReadAll(*Open(), "a")->num_rows(), 3);
}

TEST_F(OpenStore, ADamagedIndexIsSaidToBe) {
  CommitRows(*Open(), "a", TextRows(0, 3));
  Write(path_ + "/index.sqlite", std::string(100'000, 'x'));
  const auto opened = Store::Open(path_);
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, Code::kData);
  EXPECT_THAT(opened.error().hint, testing::HasSubstr("rebuild"));
  Must(Store::Rebuild(path_));
  EXPECT_EQ(ReadAll(*Open(), "a")->num_rows(), 3);
}

TEST_F(OpenStore, ManyProcessesMayMakeItAtOnce) {
  std::vector<pid_t> children;
  for (int i = 0; i < 8; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      auto store = Store::Open(path_);
      const bool fine = store.has_value() &&
                        (*store)
                            ->Commit({Draft(**store, "d" + std::to_string(i), TextRows(0, 5))}, "")
                            .has_value();
      std::_Exit(fine ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(Must(Open()->Datasets()).size(), 8U);
}

// Whether the process has the file open.
bool HasOpen(pid_t process, const std::string& path) {
  std::error_code error;
  for (const auto& entry :
       fs::directory_iterator("/proc/" + std::to_string(process) + "/fd", error)) {
    if (fs::read_symlink(entry.path(), error) == path) return true;
  }
  return false;
}

TEST_F(OpenStore, DoesNotWaitForTheLifeOfTheProcessThatMadeIt) {
  fs::create_directories(path_);
  auto held = Must(FolderLock::Take(path_, FolderLock::Kind::kExclusive, 0));
  const pid_t child = ::fork();
  if (child == 0) {
    held.reset();
    std::_Exit(Store::Open(path_).has_value() ? 0 : 1);
  }
  // It has seen that there is no store, and waits to be alone.
  const std::string lock = fs::canonical(path_ + "/lock");
  while (!HasOpen(child, lock)) std::this_thread::yield();
  Must(MakeFolder(path_));
  Must(WriteIndex(path_, {}, {}));
  held.reset();
  const auto working = Must(Store::Open(path_));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

// ---- commit -------------------------------------------------------------------------------------

using CommitTest = StoreTest;

TEST_F(CommitTest, GivesBackWhatWasPutIn) {
  auto store = Open();
  const Batch rows = TextRows(0, 100);
  const VersionInfo version = CommitRows(*store, "news", rows, "run-1");
  EXPECT_EQ(version.ordinal, 1);
  EXPECT_EQ(version.rows, 100);
  EXPECT_EQ(version.run, "run-1");
  ExpectSameRows(ReadAll(*store, "news"), rows);
  const VersionInfo found = Must(store->FindVersion("news@1"));
  EXPECT_EQ(found.content, version.content);
  EXPECT_EQ(found.bytes, version.bytes);
  EXPECT_EQ(found.created, version.created);
  EXPECT_EQ(found.manifest, version.manifest);
}

TEST_F(CommitTest, IsAllOrNothing) {
  auto store = Open();
  const Manifest first = Draft(*store, "b", TextRows(0, 2)).manifest;
  auto good = Draft(*store, "a", TextRows(0, 3));
  auto bad = Draft(*store, "b", TextRows(0, 3), &first);  // its parent is in no dataset
  const auto done = store->Commit({good, bad}, "");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, Code::kConflict);
  EXPECT_TRUE(Must(store->Datasets()).empty());
  EXPECT_TRUE(FilesIn(path_ + "/commits").empty());
  Must(store->Commit({good, Draft(*store, "b", TextRows(5, 3))}, ""));
  EXPECT_EQ(Must(store->Datasets()).size(), 2U);
  EXPECT_EQ(FilesIn(path_ + "/commits").size(), 1U);
}

TEST_F(CommitTest, OfTheSameContentIsTheSameVersion) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3), "run-1");
  EXPECT_EQ(CommitRows(*store, "a", TextRows(0, 3), "run-2").ordinal, 1);
  CommitRows(*store, "a", TextRows(0, 4), "run-3");
  EXPECT_EQ(CommitRows(*store, "a", TextRows(0, 3), "run-4").ordinal, 3) << "it changed back";
}

TEST_F(CommitTest, OfAResumedRunIsNotDoneTwice) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3), "run-1");
  CommitRows(*store, "a", TextRows(0, 4), "run-2");
  EXPECT_EQ(CommitRows(*store, "a", TextRows(0, 3), "run-1").ordinal, 1);
  EXPECT_EQ(Must(store->Versions("a")).size(), 2U);
}

TEST_F(CommitTest, KeepsTheLineageOfEachDatasetApart) {
  auto store = Open();
  auto draft = Draft(*store, "a", TextRows(0, 3));
  draft.manifest.lineage = R"({"recipe":"one"})";
  Must(store->Commit({draft}, ""));
  draft.dataset = "b";
  draft.manifest.lineage = R"({"recipe":"two"})";
  Must(store->Commit({draft}, ""));
  const auto lineage = [&](const char* name) {
    return Must(store->ReadManifest(Must(store->FindVersion(name)))).lineage;
  };
  EXPECT_EQ(lineage("a"), R"({"recipe":"one"})");
  EXPECT_EQ(lineage("b"), R"({"recipe":"two"})");
}

TEST_F(CommitTest, RefusesWhatCannotBeAVersion) {
  auto store = Open();
  const auto code = [&](const VersionDraft& draft) {
    const auto done = store->Commit({draft}, "");
    return done.has_value() ? Code::kOk : done.error().code;
  };
  auto draft = Draft(*store, "a", TextRows(0, 3));
  auto other = draft;
  other.dataset = "Ä";
  EXPECT_EQ(code(other), Code::kInvalid);
  other = draft;
  other.manifest.lineage = "{";
  EXPECT_EQ(code(other), Code::kData);
  other = draft;
  other.manifest.rows = 4;
  EXPECT_EQ(code(other), Code::kInternal);
  other = draft;
  other.manifest.content[0] = other.manifest.content[0] == '0' ? '1' : '0';
  EXPECT_EQ(code(other), Code::kInternal);
  other = draft;
  other.manifest.segments[0].files[0].sha256 = "../../../etc/passwd";
  EXPECT_EQ(code(other), Code::kInternal);
  other = draft;
  other.manifest.segments[0].files[0].sha256 = std::string(64, '0');
  EXPECT_EQ(code(other), Code::kConflict) << "the file is not there";
  EXPECT_EQ(store->Commit({draft, draft}, "").error().code, Code::kInvalid);
  EXPECT_TRUE(Must(store->Datasets()).empty());
}

TEST_F(CommitTest, ThreadsOfOneStoreDoNotDisturbEachOther) {
  auto store = Open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      const auto lease = Must(store->Hold("test"));
      for (int i = 0; i < 10; ++i) {
        CommitRows(*store, "d" + std::to_string(t), TextRows(0, i + 1));
        Must(store->Datasets());
        Must(store->Runs());
        Must(store->Gc(0, false));
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (int t = 0; t < 4; ++t) {
    EXPECT_EQ(Must(store->Versions("d" + std::to_string(t))).size(), 10U);
  }
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

TEST_F(CommitTest, AFailedWriteLeavesNoTrace) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3));
  const Batch rows = TextRows(0, 50'000);
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ::getrlimit(RLIMIT_FSIZE, &before);
  // Larger than the index and its log, smaller than the data.
  const rlimit small{.rlim_cur = 100'000, .rlim_max = before.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  auto writer = Must(store->NewDataFile(rows->schema()));
  auto wrote = writer->Append(rows);
  const auto file = wrote.has_value() ? writer->Finish() : Result<DataFile>(DataFile{});
  writer.reset();
  ::setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_FALSE(wrote.has_value() && file.has_value());
  EXPECT_EQ(FilesIn(path_ + "/data").size(), 1U);
  CommitRows(*store, "a", rows);
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

// ---- appending ----------------------------------------------------------------------------------

using Append = StoreTest;

TEST_F(Append, IsTheVersionOfAllRowsTogether) {
  auto store = Open();
  const Batch rows = TextRows(0, 1000);
  CommitRows(*store, "a", rows->Slice(0, 300));
  AppendRows(*store, "a", rows->Slice(300, 1));
  const VersionInfo last = AppendRows(*store, "a", rows->Slice(301));
  EXPECT_EQ(last.ordinal, 3);
  EXPECT_EQ(last.rows, 1000);
  EXPECT_EQ(last.content, CommitRows(*store, "b", rows).content);
  EXPECT_EQ(Must(store->ReadManifest(last)).segments.size(), 3U);
  ExpectSameRows(ReadAll(*store, "a"), rows);
  EXPECT_EQ(ReadAll(*store, "a@1")->num_rows(), 300);
}

TEST_F(Append, StandsOnTheNewestVersionOnly) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3));
  const Manifest old = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  auto first = Draft(*store, "a", TextRows(3, 3), &old);
  auto second = Draft(*store, "a", TextRows(6, 3), &old);
  Must(store->Commit({first}, ""));
  EXPECT_EQ(store->Commit({second}, "").error().code, Code::kConflict);
}

TEST_F(Append, TakesTheSameColumnsOnly) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3));
  const Manifest old = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  const Batch rows = TextRows(3, 3);
  const auto other = Must(rows->RemoveColumn(5));
  EXPECT_EQ(store->Commit({Draft(*store, "a", other, &old)}, "").error().code, Code::kInvalid);
}

TEST_F(Append, OfNothingIsNoNewVersion) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 3));
  EXPECT_EQ(AppendRows(*store, "a", TextRows(3, 0)).ordinal, 1);
}

TEST_F(Append, ALongChainReads) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 2));
  for (int i = 1; i < 25; ++i) AppendRows(*store, "a", TextRows(2 * i, 2));
  ExpectSameRows(ReadAll(*store, "a"), TextRows(0, 50));
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

// ---- reading ------------------------------------------------------------------------------------

using Read = StoreTest;

TEST_F(Read, BeginsAtAnyRow) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 10));
  AppendRows(*store, "a", TextRows(10, 10));
  AppendRows(*store, "a", TextRows(20, 10));
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  for (int64_t first = 0; first <= 31; ++first) {
    auto reader = Must(VersionReader::Open(*store, manifest, first, 4));
    int64_t next = first;
    while (const auto batch = Must(reader->Next())) {
      EXPECT_LE(batch->num_rows(), 4);
      EXPECT_EQ(Must(RowDigests(batch)), Must(RowDigests(TextRows(next, batch->num_rows()))));
      next += batch->num_rows();
    }
    EXPECT_EQ(next, std::max<int64_t>(first, 30));
  }
}

TEST_F(Read, AnEmptyVersionHasItsColumns) {
  auto store = Open();
  const Batch none = TextRows(0, 0);
  const VersionInfo version = CommitRows(*store, "none", none);
  EXPECT_EQ(version.rows, 0);
  ExpectSameRows(ReadAll(*store, "none"), none);
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
  EXPECT_EQ(Must(store->Compact("none")).content, version.content);
  AppendRows(*store, "none", TextRows(0, 5));
  ExpectSameRows(ReadAll(*store, "none"), TextRows(0, 5));
}

TEST_F(Read, EveryTypeComesBackWithItsValues) {
  auto store = Open();
  const auto list_of = [](std::shared_ptr<arrow::DataType> type) {
    return arrow::list(arrow::field("item", std::move(type)));
  };
  const std::vector<std::pair<std::shared_ptr<arrow::DataType>, std::string>> columns = {
      {arrow::null(), "[null,null,null]"},
      {arrow::boolean(), "[true,null,false]"},
      {arrow::int8(), "[-128,null,127]"},
      {arrow::int16(), "[-1,null,1]"},
      {arrow::int32(), "[-1,null,1]"},
      {arrow::int64(), "[-9223372036854775808,null,1]"},
      {arrow::uint8(), "[255,null,1]"},
      {arrow::uint16(), "[65535,null,1]"},
      {arrow::uint32(), "[4294967295,null,1]"},
      {arrow::uint64(), "[18446744073709551615,null,1]"},
      {arrow::float16(), "[1.5,null,-2]"},
      {arrow::float32(), "[1.5,null,-0.0]"},
      {arrow::float64(), "[0.1,null,-0.0]"},
      {arrow::utf8(), R"(["a",null,""])"},
      {arrow::large_utf8(), R"(["水",null,""])"},
      {arrow::utf8_view(), R"(["水火木金土水火木金土",null,""])"},
      {arrow::binary(), R"(["a",null,""])"},
      {arrow::fixed_size_binary(3), R"(["abc",null,"xyz"])"},
      {arrow::dictionary(arrow::int8(), arrow::utf8()), R"(["a",null,"a"])"},
      {arrow::date32(), "[-1,null,20000]"},
      {arrow::date64(), "[-86400000,null,86400000]"},
      {arrow::time32(arrow::TimeUnit::SECOND), "[1,null,86399]"},
      {arrow::time32(arrow::TimeUnit::MILLI), "[1,null,86399999]"},
      {arrow::time64(arrow::TimeUnit::MICRO), "[1,null,2]"},
      {arrow::time64(arrow::TimeUnit::NANO), "[1,null,2]"},
      {arrow::timestamp(arrow::TimeUnit::SECOND), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::MILLI, "Asia/Shanghai"), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::MICRO), "[-1,null,1]"},
      {arrow::timestamp(arrow::TimeUnit::NANO, "UTC"), "[-1,null,1]"},
      {arrow::duration(arrow::TimeUnit::SECOND), "[-1,null,1]"},
      {arrow::duration(arrow::TimeUnit::NANO), "[-1,null,1]"},
      {arrow::decimal128(9, 2), R"(["-1.25",null,"3.00"])"},
      {arrow::decimal128(38, 10), R"(["-1.2500000000",null,"3.0000000000"])"},
      {arrow::decimal256(50, 3), R"(["-1.250",null,"3.000"])"},
      {list_of(arrow::utf8()), R"([["a",null],null,[]])"},
      {arrow::large_list(arrow::int16()), "[[1,2],null,[]]"},
      {arrow::fixed_size_list(arrow::float32(), 2), "[[1,2],null,[3,4]]"},
      {arrow::map(arrow::utf8(), arrow::int32()), R"([[["k",1],["l",null]],null,[]])"},
      {arrow::struct_({arrow::field("a", arrow::utf8()),
                       arrow::field("b", list_of(arrow::timestamp(arrow::TimeUnit::SECOND)))}),
       R"([{"a":"x","b":[1,null]},null,{"a":null,"b":null}])"},
      {list_of(arrow::struct_({arrow::field("a", list_of(arrow::utf8()))})),
       R"([[{"a":["x"]},null],null,[{"a":null}]])"}};
  arrow::FieldVector fields;
  arrow::ArrayVector arrays;
  for (size_t i = 0; i < columns.size(); ++i) {
    fields.push_back(arrow::field("c" + std::to_string(i), columns[i].first));
    arrays.push_back(Must(arrow::json::ArrayFromJSONString(columns[i].first, columns[i].second)));
  }
  const Batch rows = WithKeys({{0, 0}, {0, 10}, {0, 20}}, fields, arrays);
  CommitRows(*store, "all", rows);
  const Batch back = ReadAll(*store, "all");
  ASSERT_TRUE(back->ValidateFull().ok());
  for (int i = 0; i < rows->num_columns(); ++i) {
    const auto stored = rows->schema()->field(i)->type();
    const auto one = [&](const Batch& batch) {
      std::vector<int> which = {0, 1, 2, 3};
      if (i > 3) which.push_back(i);
      return Must(RowDigests(Must(batch->SelectColumns(which))));
    };
    EXPECT_EQ(one(back), one(rows)) << stored->ToString();
  }
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
  // And again, from what was read.
  EXPECT_EQ(CommitRows(*store, "again", back).content, Must(store->FindVersion("all")).content);
}

TEST_F(Read, TextsComeAsLargeStringsAndKeepTheirJsonMark) {
  auto store = Open();
  const auto mark = arrow::key_value_metadata({{"siku.json", "1"}});
  const auto text = Must(arrow::json::ArrayFromJSONString(arrow::utf8(), R"(["{}"])"));
  CommitRows(
      *store, "a",
      WithKeys({{0, 0}},
               {arrow::field("t", arrow::utf8()), arrow::field("j", arrow::utf8(), true, mark)},
               {text, text}));
  const Batch back = ReadAll(*store, "a");
  EXPECT_EQ(back->column(4)->type_id(), arrow::Type::LARGE_STRING);
  EXPECT_FALSE(back->schema()->field(4)->HasMetadata());
  EXPECT_TRUE(back->schema()->field(5)->metadata()->Contains("siku.json"));
}

TEST_F(Read, TheSameRowsMakeTheSameFileHoweverTheyCome) {
  auto store = Open();
  const Batch rows = TextRows(0, 70'000);
  std::vector<std::string> names;
  for (const int64_t step : {70'000, 1024, 65'536, 999}) {
    auto writer = Must(store->NewDataFile(rows->schema()));
    for (int64_t at = 0; at < rows->num_rows(); at += step)
      Must(writer->Append(rows->Slice(at, step)));
    names.push_back(Must(writer->Finish()).sha256);
  }
  EXPECT_THAT(names, testing::Each(names.front()));
}

TEST_F(Read, SaysWhichFileIsGoneOrDamaged) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 10));
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  const std::string file = store->DataPath(manifest.segments[0].files[0].sha256);
  const std::string bytes = Slurp(file);
  const auto error = [&] {
    auto reader = Must(VersionReader::Open(*store, manifest));
    for (;;) {
      const auto batch = reader->Next();
      if (!batch.has_value()) return batch.error();
      if (*batch == nullptr) return Error{Code::kOk};
    }
  };
  fs::remove(file);
  EXPECT_EQ(error().code, Code::kData);
  EXPECT_EQ(error().place, file);
  for (const size_t length : {size_t{0}, size_t{3}, bytes.size() / 2, bytes.size() - 1}) {
    Write(file, bytes.substr(0, length));
    EXPECT_EQ(error().code, Code::kData) << length;
    EXPECT_EQ(error().place, file);
  }
  const auto more = CommitRows(*store, "b", TextRows(0, 11));
  const Manifest other = Must(store->ReadManifest(more));
  Write(file, Slurp(store->DataPath(other.segments[0].files[0].sha256)));
  EXPECT_EQ(error().code, Code::kData) << "other rows";
}

TEST_F(Read, FindsVersionsByNameOrdinalAndDigest) {
  auto store = Open();
  const VersionInfo first = CommitRows(*store, "news", TextRows(0, 1));
  const VersionInfo second = CommitRows(*store, "news", TextRows(0, 2));
  EXPECT_EQ(Must(store->FindVersion("news")).ordinal, 2);
  EXPECT_EQ(Must(store->FindVersion("news@1")).ordinal, 1);
  EXPECT_EQ(Must(store->FindVersion("news@" + first.content.substr(0, 12))).ordinal, 1);
  EXPECT_EQ(Must(store->FindVersion("news@" + second.content)).ordinal, 2);
  EXPECT_EQ(store->FindVersion("news@3").error().code, Code::kNotFound);
  EXPECT_EQ(store->FindVersion("news@").error().code, Code::kNotFound);
  const auto missing = store->FindVersion("nows");
  EXPECT_EQ(missing.error().code, Code::kNotFound);
  EXPECT_THAT(missing.error().value, testing::HasSubstr("news"));
}

// ---- manifests ----------------------------------------------------------------------------------

using ManifestTest = StoreTest;

TEST_F(ManifestTest, SaysTheSameAfterReading) {
  auto store = Open();
  auto draft = Draft(*store, "a", TextRows(0, 600));
  draft.manifest.lineage = R"({"z": 1.0, "a": ["水", "\u0001"]})";
  const std::string json = Must(ManifestJson(draft.manifest));
  const Manifest again = Must(ManifestFromJson(json, ""));
  EXPECT_EQ(Must(ManifestJson(again)), json);
  EXPECT_EQ(again.digest.peaks, draft.manifest.digest.peaks);
  EXPECT_EQ(again.digest.tail, draft.manifest.digest.tail);
  EXPECT_EQ(again.schema, draft.manifest.schema);
  EXPECT_EQ(again.lineage, "{\"a\":[\"水\",\"\\u0001\"],\"z\":1}");
}

TEST_F(ManifestTest, AnyTruncationOrOddByteIsRefusedOrRead) {
  auto store = Open();
  const std::string json = Must(ManifestJson(Draft(*store, "a", TextRows(0, 300)).manifest));
  for (size_t n = 0; n < json.size(); n += n < 2000 ? 1 : 97) {
    EXPECT_EQ(ManifestFromJson(json.substr(0, n), "m").error().code, Code::kData) << n;
  }
  for (size_t n = 0; n < json.size(); n += 3) {
    std::string odd = json;
    odd[n] = static_cast<char>(odd[n] ^ 0x15);
    (void)ManifestFromJson(odd, "m").has_value();
  }
}

TEST_F(ManifestTest, RefusesNumbersThatDoNotAddUpAndDigestsThatAreNone) {
  auto store = Open();
  const std::string json = Must(ManifestJson(Draft(*store, "a", TextRows(0, 300)).manifest));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = json;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    changed.replace(at, from.size(), to);
    const auto read = ManifestFromJson(changed, "m.json");
    return read.has_value() ? Code::kOk : read.error().code;
  };
  EXPECT_EQ(with("{", "{"), Code::kOk);
  EXPECT_EQ(with("\"format\":1", "\"format\":2"), Code::kUnsupported);
  EXPECT_EQ(with("\"format\":1", "\"format\":0"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":301"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":-300"), Code::kData);
  EXPECT_EQ(with("\"rows\":300", "\"rows\":3e2"), Code::kData);
  EXPECT_EQ(with("\"tail\":[\"", "\"tail\":[\"zz"), Code::kData);
  EXPECT_EQ(with("\"sha256\":\"", "\"sha256\":\"../"), Code::kData);
  EXPECT_EQ(with("\"content\":\"", "\"content\":\"A"), Code::kData);
  EXPECT_EQ(with("\"peaks\":[", "\"peaks\":[1,"), Code::kData);
  EXPECT_EQ(ManifestFromJson("[]", "").error().code, Code::kData);
  EXPECT_EQ(ManifestFromJson("null", "").error().code, Code::kData);
}

// ---- compacting ---------------------------------------------------------------------------------

using Compact = StoreTest;

TEST_F(Compact, KeepsIdentityOrderAndRows) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 40), "run-1");
  AppendRows(*store, "a", TextRows(0, 30, "later"));
  const VersionInfo before = AppendRows(*store, "a", TextRows(0, 20, "last"));
  AppendRows(*store, "a", TextRows(0, 10, "after"));
  const Batch rows = ReadAll(*store, "a@3");
  const Batch newest = ReadAll(*store, "a");
  const VersionInfo after = Must(store->Compact("a@3"));
  EXPECT_EQ(after.content, before.content);
  EXPECT_EQ(after.ordinal, 3);
  EXPECT_EQ(after.created, before.created);
  const Manifest manifest = Must(store->ReadManifest(after));
  EXPECT_EQ(manifest.segments.size(), 1U);
  EXPECT_EQ(manifest.segments[0].files.size(), 1U);
  ExpectSameRows(ReadAll(*store, "a@3"), rows);
  ExpectSameRows(ReadAll(*store, "a"), newest);
  EXPECT_EQ(Must(store->Versions("a")).size(), 4U);
  EXPECT_EQ(Must(store->Compact("a@3")).manifest, after.manifest) << "nothing to do";
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

TEST_F(Compact, RefusesRowsThatAreNotTheVersions) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 4));
  AppendRows(*store, "a", TextRows(4, 4));
  const auto files = FilesIn(path_ + "/data");
  const std::string one = Slurp(files[0]), two = Slurp(files[1]);
  Write(files[0], two);
  Write(files[1], one);
  EXPECT_EQ(store->Compact("a").error().code, Code::kUnbalanced);
}

// ---- rebuilding ---------------------------------------------------------------------------------

using Rebuild = StoreTest;

TEST_F(Rebuild, GivesTheSameIndex) {
  std::vector<std::string> said;
  std::map<std::string, Batch> rows;
  {
    auto store = Open();
    const std::string run = Must(store->CreateRun("clean"));
    CommitRows(*store, "a", TextRows(0, 10), run);
    Must(store->SetRunState(run, "done"));
    Must(store->SetRunState(Must(store->CreateRun("other")), "failed"));
    AppendRows(*store, "a", TextRows(10, 10));
    CommitRows(*store, "b", TextRows(0, 20));
    AppendRows(*store, "a", TextRows(20, 10));
    CommitRows(*store, "a", TextRows(0, 7));
    CommitRows(*store, "none", TextRows(0, 0));
    Must(store->Compact("a@2"));
    AppendRows(*store, "b", TextRows(20, 5));
    Must(store->Compact("a@3"));
    Must(store->Compact("b"));
    Age(path_, 100);
    Must(store->Gc(50, false));  // takes the manifests and files that were compacted
    said = Said(*store);
    for (const char* name : {"a@1", "a@2", "a@3", "a@4", "b@1", "b@2", "none"}) {
      rows[name] = ReadAll(*store, name);
    }
  }
  EXPECT_EQ(Must(Store::Rebuild(path_)), 10);
  auto store = Open();
  EXPECT_EQ(Said(*store), said);
  for (const auto& [name, before] : rows) ExpectSameRows(ReadAll(*store, name), before);
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
  // And it goes on from there.
  EXPECT_EQ(CommitRows(*store, "a", TextRows(0, 8)).ordinal, 5);
}

TEST_F(Rebuild, TakesTheOldFilesWhereCompactedOnesAreLost) {
  Batch rows;
  {
    auto store = Open();
    CommitRows(*store, "a", TextRows(0, 10));
    AppendRows(*store, "a", TextRows(10, 10));
    rows = ReadAll(*store, "a");
    const VersionInfo compacted = Must(store->Compact("a"));
    fs::remove(store->DataPath(Must(store->ReadManifest(compacted)).segments[0].files[0].sha256));
  }
  Must(Store::Rebuild(path_));
  ExpectSameRows(ReadAll(*Open(), "a"), rows);
}

TEST_F(Rebuild, WaitsForNobodyToHaveTheStoreOpen) {
  {
    auto store = Open();
    EXPECT_EQ(Store::Rebuild(path_).error().code, Code::kBusy);
  }
  EXPECT_TRUE(Store::Rebuild(path_).has_value());
}

TEST_F(Rebuild, KeepsDamagedVersionsInSight) {
  {
    auto store = Open();
    const VersionInfo version = CommitRows(*store, "a", TextRows(0, 10));
    CommitRows(*store, "a", TextRows(0, 11));
    fs::remove(store->DataPath(Must(store->ReadManifest(version)).segments[0].files[0].sha256));
  }
  Must(Store::Rebuild(path_));
  auto store = Open();
  EXPECT_EQ(Must(store->Versions("a")).size(), 2U);
  EXPECT_EQ(Must(store->Verify("")).size(), 2U) << "the file, and the version it is of";
  EXPECT_THAT(Must(store->Verify("a@2")), testing::IsEmpty());
}

TEST_F(Rebuild, SaysWhichRecordCannotBeRead) {
  CommitRows(*Open(), "a", TextRows(0, 10));
  const std::string record = FilesIn(path_ + "/commits").front();
  Write(record, Slurp(record).substr(0, 20));
  EXPECT_EQ(Store::Rebuild(path_).error().place, record);
}

// ---- collecting ---------------------------------------------------------------------------------

class Gc : public StoreTest {
 protected:
  std::string Garbage(Store& store, const std::string& word) {
    return store.DataPath(
        Draft(store, "x", TextRows(0, 5, word)).manifest.segments[0].files[0].sha256);
  }
};

TEST_F(Gc, TakesOldGarbageOnly) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 5));
  AppendRows(*store, "a", TextRows(5, 5));
  const std::string old = Garbage(*store, "old");
  Write(path_ + "/data/123-4-5.new", "of a killed writer");
  Write(path_ + "/manifests/ab/" + std::string(64, 'a') + ".json", "{}");
  Age(path_, 100);
  const std::string young = Garbage(*store, "young");
  const GcReport trial = Must(store->Gc(50, true));
  EXPECT_EQ(trial.files, 3);
  EXPECT_TRUE(fs::exists(old));
  const GcReport report = Must(store->Gc(50, false));
  EXPECT_EQ(report.files, 3);
  EXPECT_EQ(report.bytes, trial.bytes);
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young));
  EXPECT_EQ(Must(store->Gc(50, false)).files, 0);
  EXPECT_EQ(Must(store->Gc(0, false)).files, 1);
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

TEST_F(Gc, AFileWrittenAgainIsYoung) {
  auto store = Open();
  const std::string file = Garbage(*store, "twice");
  Age(path_, 100);
  EXPECT_EQ(Garbage(*store, "twice"), file);
  EXPECT_EQ(Must(store->Gc(50, false)).files, 0);
}

TEST_F(Gc, ALeaseCoversWhatCameAfterItBegan) {
  auto store = Open();
  auto other = Open();
  const std::string before = Garbage(*store, "before");
  Age(path_, 100);
  auto lease = Must(other->Hold("writing"));
  const std::string after = Garbage(*store, "after");
  Must(store->Gc(0, false));
  EXPECT_FALSE(fs::exists(before));
  EXPECT_TRUE(fs::exists(after));
  lease.reset();
  Must(store->Gc(0, false));
  EXPECT_FALSE(fs::exists(after));
}

TEST_F(Gc, TheLeaseOfAKilledProcessEnds) {
  auto store = Open();
  const pid_t child = ::fork();
  if (child == 0) {
    auto own = Store::Open(path_);
    auto lease = (*own)->Hold("dies");
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  const std::string file = Garbage(*store, "kept while the lease may live");
  Must(store->Gc(0, false));
  EXPECT_TRUE(fs::exists(file));
  sqlite3* index = nullptr;
  ASSERT_EQ(sqlite3_open((path_ + "/index.sqlite").c_str(), &index), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(index, "UPDATE leases SET expires = 1", nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(index);
  Must(store->Gc(0, false));
  EXPECT_FALSE(fs::exists(file));
}

TEST_F(Gc, FilesOfReadersOfACompactedVersionStayForTheGraceTime) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 5));
  AppendRows(*store, "a", TextRows(5, 5));
  Age(path_, 100);
  const Manifest manifest = Must(store->ReadManifest(Must(store->FindVersion("a"))));
  auto reader = Must(VersionReader::Open(*store, manifest));
  Must(store->Compact("a"));
  EXPECT_EQ(Must(store->Gc(50, false)).files, 0);
  EXPECT_EQ(Must(reader->Next())->num_rows(), 5);
  EXPECT_EQ(Must(reader->Next())->num_rows(), 5);
  EXPECT_EQ(Must(store->Gc(0, false)).files, 2) << "a manifest and a file; the rest is of a@1";
  EXPECT_THAT(Must(store->Verify("")), testing::IsEmpty());
}

TEST_F(Gc, EmptiesRunsThatAreDoneOrForgotten) {
  auto store = Open();
  const auto fill = [&](const std::string& run) {
    for (const char* inside : {"/ledger/e.parquet", "/parts/p.arrow", "/tasks/0-0.json"}) {
      Write(store->RunFolder(run) + inside, "12345");
    }
    Write(store->RunFolder(run) + "/run.json", "{}");
  };
  const std::string done = Must(store->CreateRun("r")), left = Must(store->CreateRun("r"));
  fill(done);
  fill(left);
  Must(store->SetRunState(done, "done"));
  Write(path_ + "/runs/20200101-000000-dead/parts/p", "of a process killed before it had a name");
  EXPECT_EQ(Must(store->Gc(50, false)).files, 0);
  Age(path_ + "/runs", 100);
  const GcReport report = Must(store->Gc(50, false));
  EXPECT_EQ(report.runs, 3);
  EXPECT_EQ(FilesIn(store->RunFolder(done)).size(), 4U) << "its ledger, tasks, run.json, state";
  EXPECT_EQ(FilesIn(store->RunFolder(left)).size(), 2U);
  EXPECT_FALSE(fs::exists(path_ + "/runs/20200101-000000-dead"));
}

TEST_F(Gc, ARunThatCanBeResumedKeepsItsDataFiles) {
  auto store = Open();
  const std::string run = Must(store->CreateRun("r"));
  const std::string file = Garbage(*store, "of its first task");
  Write(store->RunFolder(run) + "/tasks/0-0.json", "{}");
  Must(store->SetRunState(run, "interrupted"));
  Must(store->Gc(60, false));
  EXPECT_TRUE(fs::exists(file));
  // With no time of grace it is given up, tasks and files together.
  Must(store->Gc(0, false));
  EXPECT_FALSE(fs::exists(file));
  EXPECT_FALSE(fs::exists(store->RunFolder(run) + "/tasks/0-0.json"));
}

TEST_F(Gc, ALeaseOnARunReachesBackToItsBeginning) {
  auto store = Open();
  const std::string run = Must(store->CreateRun("r"));
  const std::string file = Garbage(*store, "before the run was resumed");
  Write(store->RunFolder(run) + "/tasks/0-0.json", "{}");
  const auto lease = Must(store->Hold("run " + run));
  Must(store->Gc(0, false));
  EXPECT_TRUE(fs::exists(file));
  EXPECT_TRUE(fs::exists(store->RunFolder(run) + "/tasks/0-0.json"));
}

TEST_F(Gc, TakesTheRecordOfACommitThatNeverWas) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 5));
  Write(path_ + "/commits/000000000002.json", "{}");
  EXPECT_EQ(Must(store->Gc(1000, false)).files, 1);
  EXPECT_EQ(FilesIn(path_ + "/commits").size(), 1U);
}

// ---- verifying ----------------------------------------------------------------------------------

class Verify : public StoreTest {
 protected:
  Verify() : store_(Open()) {
    CommitRows(*store_, "a", TextRows(0, 50));
    AppendRows(*store_, "a", TextRows(50, 50));
    CommitRows(*store_, "b", TextRows(7, 3));
  }
  std::string FileOf(const std::string& name) {
    return store_->DataPath(
        Must(store_->ReadManifest(Must(store_->FindVersion(name)))).segments[0].files[0].sha256);
  }
  std::string ManifestOf(const std::string& name) {
    const std::string sha = Must(store_->FindVersion(name)).manifest;
    return path_ + "/manifests/" + sha.substr(0, 2) + "/" + sha + ".json";
  }
  std::vector<std::string> Damaged(const std::string& name = "") {
    std::vector<std::string> places;
    for (const Damage& damage : Must(store_->Verify(name))) places.push_back(damage.file);
    return places;
  }
  std::unique_ptr<Store> store_;
};

TEST_F(Verify, FindsNothingInASoundStore) {
  std::vector<std::string> seen;
  EXPECT_THAT(Must(store_->Verify("", [&](const std::string& name) { seen.push_back(name); })),
              testing::IsEmpty());
  EXPECT_THAT(seen, testing::ElementsAre("a@1", "a@2", "b@1"));
}

TEST_F(Verify, FindsAMissingFile) {
  fs::remove(FileOf("b"));
  EXPECT_THAT(Damaged(), testing::ElementsAre(FileOf("b"), "b@1"));
  EXPECT_THAT(Damaged("a"), testing::IsEmpty());
}

TEST_F(Verify, FindsEveryFlippedBit) {
  const std::string path = FileOf("b"), bytes = Slurp(path);
  for (size_t at = 0; at < bytes.size(); at += bytes.size() / 40 + 1) {
    std::string flipped = bytes;
    flipped[at] = static_cast<char>(flipped[at] ^ 1);
    Write(path, flipped);
    EXPECT_THAT(Damaged("b"), testing::ElementsAre(path, "b@1")) << at;
  }
  Write(path, bytes);
  EXPECT_THAT(Damaged("b"), testing::IsEmpty());
}

TEST_F(Verify, DamageReachesWhatIsAppended) {
  fs::remove(FileOf("a@1"));
  EXPECT_THAT(Damaged(), testing::ElementsAre(FileOf("a@1"), "a@1", "a@2"));
  EXPECT_THAT(Damaged("a"), testing::ElementsAre(FileOf("a@1"), "a@1", "a@2"));
}

TEST_F(Verify, FindsAManifestThatIsGoneChangedOrOfAnother) {
  const std::string path = ManifestOf("b"), text = Slurp(path);
  fs::remove(path);
  EXPECT_THAT(Damaged(), testing::ElementsAre("b@1"));
  EXPECT_THAT(Damaged("b"), testing::ElementsAre("b@1"));
  Write(path, text + " ");
  EXPECT_THAT(Damaged(), testing::ElementsAre("b@1"));
  Write(path, Slurp(ManifestOf("a@1")));
  EXPECT_THAT(Damaged(), testing::ElementsAre("b@1"));
  EXPECT_EQ(store_->ReadManifest(Must(store_->FindVersion("b"))).error().code, Code::kData);
}

TEST_F(Verify, FindsRowsThatAreNotTheVersions) {
  // Sound files in sound manifests, but of other rows than the content digest says.
  auto draft = Draft(*store_, "c", TextRows(0, 5));
  const auto other = Draft(*store_, "c", TextRows(1, 5));
  draft.manifest.segments = other.manifest.segments;
  Must(store_->Commit({draft}, ""));
  EXPECT_THAT(Damaged("c"), testing::ElementsAre("c@1"));
}

TEST_F(Verify, FindsALostCommitRecord) {
  fs::remove(FilesIn(path_ + "/commits").back());
  EXPECT_THAT(Damaged(), testing::ElementsAre(path_ + "/commits"));
}

// ---- comparing ----------------------------------------------------------------------------------

class DiffTest : public StoreTest {
 protected:
  VersionDiff Of(Store& store, const std::string& before, const std::string& after) {
    seen_.clear();
    return Must(Diff(
        store, Must(store.ReadManifest(Must(store.FindVersion(before)))),
        Must(store.ReadManifest(Must(store.FindVersion(after)))),
        [&](DiffKind kind, const Batch& a, const Batch& b) {
          const Batch& row = a != nullptr ? a : b;
          seen_ += kind == DiffKind::kAdded ? "+" : kind == DiffKind::kRemoved ? "-" : "~";
          seen_ += std::to_string(static_cast<const arrow::Int64Array&>(*row->column(1)).Value(0));
          EXPECT_EQ(row->num_rows(), 1);
        }));
  }
  std::string seen_{};
};

TEST_F(DiffTest, NamesRowsAddedRemovedAndChanged) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 5));
  const Batch changed = Must(
      arrow::ConcatenateRecordBatches({TextRows(1, 1), TextRows(2, 1, "other"), TextRows(3, 4)}));
  CommitRows(*store, "a", changed);
  const VersionDiff diff = Of(*store, "a@1", "a@2");
  EXPECT_EQ(seen_, "-0~20+50+60");
  EXPECT_EQ(diff.added, 2);
  EXPECT_EQ(diff.removed, 1);
  EXPECT_EQ(diff.changed, 1);
  EXPECT_EQ(diff.same, 3);
}

TEST_F(DiffTest, RowsThatWereAppendedAreAddedCompactedOrNot) {
  auto store = Open();
  CommitRows(*store, "a", TextRows(0, 5));
  AppendRows(*store, "a", TextRows(0, 3, "later"));  // the same keys again
  for (int round = 0; round < 2; ++round) {
    const VersionDiff diff = Of(*store, "a@1", "a@2");
    EXPECT_EQ(diff.same, 5);
    EXPECT_EQ(diff.added, 3);
    EXPECT_EQ(diff.changed + diff.removed, 0);
    Must(store->Compact("a@2"));
  }
}

TEST_F(DiffTest, RefusesOtherColumnsByName) {
  auto store = Open();
  const Batch rows = TextRows(0, 5);
  CommitRows(*store, "a", rows);
  CommitRows(*store, "a", Must(rows->RemoveColumn(5)));
  const auto diff = Diff(*store, Must(store->ReadManifest(Must(store->FindVersion("a@1")))),
                         Must(store->ReadManifest(Must(store->FindVersion("a@2")))),
                         [](DiffKind, const Batch&, const Batch&) {});
  ASSERT_FALSE(diff.has_value());
  EXPECT_EQ(diff.error().code, Code::kInvalid);
  EXPECT_EQ(diff.error().value, "-number");
}

// ---- runs ---------------------------------------------------------------------------------------

using Runs = StoreTest;

TEST_F(Runs, AreFoundByIdBeginningAndLast) {
  auto store = Open();
  EXPECT_EQ(store->FindRun("last").error().code, Code::kNotFound);
  const std::string first = Must(store->CreateRun("one"));
  const std::string second = Must(store->CreateRun("two"));
  EXPECT_EQ(Must(store->FindRun(first)).recipe, "one");
  EXPECT_EQ(Must(store->FindRun("last")).id, second) << "even within one second";
  EXPECT_EQ(store->FindRun("2").error().code, Code::kInvalid) << "both begin so";
  EXPECT_EQ(store->FindRun("nope").error().code, Code::kNotFound);
  EXPECT_EQ(store->FindRun("").error().code, Code::kNotFound);
  Must(store->SetRunState(first, "done"));
  EXPECT_EQ(Must(Open()->FindRun(first)).state, "done");
  for (const char* inside : {"ledger", "parts", "tasks"}) {
    EXPECT_TRUE(fs::is_directory(store->RunFolder(first) + "/" + inside));
  }
}

}  // namespace
}  // namespace siku
