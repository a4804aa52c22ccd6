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
  EXPECT_EQ(Store::Open("s3://bucket").error().code, Code::kInvalid) << "no index in PostgreSQL";
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
  Must(MakeFolder(path_, ""));
  Must(WriteIndex(path_, {}, {}));
  held.reset();
  const auto working = Must(Store::Open(path_));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace siku
