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
#include "store_for_tests.h"

namespace siku {
namespace {

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

}  // namespace
}  // namespace siku
