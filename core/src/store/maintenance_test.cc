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

TEST_F(Gc, ARunThatNobodyWorksOnIsNotRunning) {
  auto store = Open();
  const std::string run = Must(store->CreateRun("r"));
  {
    const auto lease = Must(store->Hold("run " + run));
    EXPECT_EQ(Must(store->Runs())[0].state, "running");
  }
  EXPECT_EQ(Must(store->Runs())[0].state, "interrupted");
  Must(store->SetRunState(run, "failed"));
  EXPECT_EQ(Must(store->Runs())[0].state, "failed");
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

}  // namespace
}  // namespace siku
