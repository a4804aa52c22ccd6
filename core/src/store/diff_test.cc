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
