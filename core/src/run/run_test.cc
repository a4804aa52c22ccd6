#include "siku/run.h"

#include <arrow/api.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <thread>
#include <utility>

#include "siku/ledger_view.h"
#include "siku/writer.h"
#include "test_operators.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

class RunTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("siku-run-test-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "in");
    store_ = Open("store");
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(folder_);
  }
  std::unique_ptr<Store> Open(const std::string& name) {
    auto store = Store::Open((folder_ / name).string());
    EXPECT_TRUE(store.has_value()) << Describe(store.error());
    return std::move(store).value();
  }
  void Put(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / "in" / name, std::ios::binary) << bytes;
  }
  std::string Get(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  RunRequest Request(const std::string& recipe, RunOptions options = {.threads = 2}) {
    return {recipe, "recipe.yaml", folder_.string(), {}, options};
  }
  RunSummary Run(const std::string& recipe, RunOptions options = {.threads = 2}) {
    auto summary = StartRun(*store_, TestOperators(), Request(recipe, options), {});
    EXPECT_TRUE(summary.has_value()) << Describe(summary.error());
    return std::move(summary).value();
  }
  std::map<std::string, std::string> Restore(const RunSummary& summary) {
    const fs::path to = folder_ / ("restored-" + summary.run);
    const auto report = UndoRun(*store_, summary.run, to.string());
    EXPECT_TRUE(report.has_value()) << Describe(report.error());
    std::map<std::string, std::string> files;
    for (const auto& file : fs::recursive_directory_iterator(to)) {
      if (file.is_regular_file()) files[file.path().filename()] = Get(file.path());
    }
    return files;
  }
  // Words that repeat, short ones, empty and broken lines, several files.
  std::map<std::string, std::string> PutCorpus() {
    std::mt19937 random(20261124);
    std::map<std::string, std::string> files;
    for (int file = 0; file < 6; ++file) {
      std::string lines;
      for (int line = 0; line < 200; ++line) {
        if (random() % 17 == 0) {
          lines += random() % 2 == 0 ? "\n" : "not json\n";
          continue;
        }
        std::string text;
        for (size_t i = random() % 6; i > 0; --i) {
          text += std::string(random() % 3 + 1, static_cast<char>('a' + random() % 4));
          text += std::string(random() % 2 + 1, ' ');
        }
        lines += "{\"id\": " + std::to_string(line) + ",  \"text\":\"" + text + "\"}\n";
      }
      files["f" + std::to_string(file) + ".jsonl"] = lines;
    }
    for (const auto& [name, bytes] : files) Put(name, bytes);
    return files;
  }

  fs::path folder_;
  std::unique_ptr<Store> store_;
};

constexpr const char* kEverything = R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps:
  loud: {use: test.text.shout, from: lines}
  kept: {use: test.rows.drop_short, from: loud}
  parts: {use: test.rows.split_words, from: kept}
  unique: {use: test.rows.unique, from: parts.words}
  again: {use: test.text.shout, from: unique}
outputs: {words: again, counts: parts.counts}
)";

std::map<std::string, std::string> Versions(const RunSummary& summary) {
  std::map<std::string, std::string> versions;
  for (const OutputSummary& output : summary.outputs) versions[output.dataset] = output.content;
  return versions;
}

constexpr const char* kWholeCorpus = R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps:
  long: {use: test.rows.two_bytes, from: lines}
  spaced: {use: test.rows.two_spaces, from: long}
  once: {use: test.rows.echoes, from: spaced}
  loud: {use: test.text.shout, from: once}
outputs: {words: loud, repeats: once.repeats}
)";

TEST_F(RunTest, AGlobalStepDropsEditsAndReportsAndUndoGivesTheInputBack) {
  const auto files = PutCorpus();
  const RunSummary summary = Run(kWholeCorpus);
  const StepCounts& once = summary.steps[2].counts;
  EXPECT_TRUE(once.Balances());
  EXPECT_GT(once.merged, 0);
  EXPECT_GT(once.edited_rows, 0);
  EXPECT_EQ(once.out.at(1), once.merged);
  EXPECT_EQ(summary.outputs[1].rows, once.merged);
  EXPECT_EQ(Restore(summary), files);
}

TEST_F(RunTest, AGlobalStepGivesTheSameForAnyCut) {
  PutCorpus();
  const auto whole = Versions(Run(kWholeCorpus, {.threads = 1, .splits = 1}));
  EXPECT_EQ(Versions(Run(kWholeCorpus, {.threads = 2, .splits = 5})), whole);
}

TEST_F(RunTest, TheSecondPortOfAGlobalStepMayStayUnread) {
  PutCorpus();
  const RunSummary summary = Run(R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps: {once: {use: test.rows.echoes, from: lines}}
outputs: {words: once}
)");
  EXPECT_GT(summary.steps[0].counts.merged, 0);
}

TEST_F(RunTest, MeasuredStepsInARowMeasureOnceAndAsIfAlone) {
  PutCorpus();
  (void)BatchesMeasured();
  const RunSummary joined = Run(R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps:
  long: {use: test.rows.two_bytes, from: lines}
  spaced: {use: test.rows.two_spaces, from: long}
outputs: {words: spaced}
)");
  const int once = BatchesMeasured();
  const RunSummary apart = Run(R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps:
  long: {use: test.rows.two_bytes, from: lines}
  loud: {use: test.text.shout, from: long}
  spaced: {use: test.rows.two_spaces, from: loud}
outputs: {words: spaced}
)");
  EXPECT_EQ(BatchesMeasured(), 2 * once);
  EXPECT_EQ(joined.steps[1].counts.rejected, apart.steps[2].counts.rejected);
  EXPECT_EQ(joined.steps[1].counts.kept, apart.steps[2].counts.kept);
}

TEST_F(RunTest, EveryRowHasAFateAndUndoGivesTheInputBack) {
  const auto files = PutCorpus();
  const RunSummary summary = Run(kEverything);
  ASSERT_EQ(summary.steps.size(), 5U);
  for (const StepSummary& step : summary.steps) EXPECT_TRUE(step.counts.Balances()) << step.name;
  EXPECT_GT(summary.steps[1].counts.rejected, 0);
  EXPECT_GT(summary.steps[3].counts.merged, 0);
  EXPECT_GT(summary.rejected.at("blank_line"), 0);
  fs::remove_all(folder_ / "in");
  EXPECT_EQ(Restore(summary), files);
}

TEST_F(RunTest, ThreadsAndSplitsDoNotShow) {
  PutCorpus();
  const RunSummary expected = Run(kEverything, {.threads = 1});
  for (const int splits : {1, 2, 7, 64}) {
    store_ = Open("store-" + std::to_string(splits));
    const RunSummary summary = Run(kEverything, {.threads = 2, .splits = splits});
    EXPECT_EQ(Versions(summary), Versions(expected)) << splits;
    for (size_t i = 0; i < summary.sources.size(); ++i) {
      EXPECT_EQ(summary.sources[i].digest, expected.sources[i].digest) << splits;
    }
  }
}

TEST_F(RunTest, AnotherOrderOfArrivalGivesTheSameVersion) {
  const auto files = PutCorpus();
  const auto expected = Versions(Run(kEverything));
  fs::remove_all(folder_ / "in");
  fs::create_directories(folder_ / "in");
  for (auto it = files.rbegin(); it != files.rend(); ++it) Put(it->first, it->second);
  const RunSummary again = Run(kEverything);
  EXPECT_EQ(Versions(again), expected);
  EXPECT_TRUE(again.outputs[0].unchanged);
}

TEST_F(RunTest, BranchesThatShareAnInputMeetAndComeApartAgain) {
  const auto files = PutCorpus();
  const RunSummary summary = Run(R"(
inputs: {lines: {path: in, columns: {id: int, text: text}}}
steps:
  loud: {use: test.text.shout, from: lines}
  both: {use: test.rows.unique, from: [lines, loud]}
output: out
)");
  EXPECT_EQ(summary.steps[1].counts.in, 2 * summary.rows);
  EXPECT_EQ(Restore(summary), files);
}

TEST_F(RunTest, SeveralInputsOfOneShapeMeet) {
  Put("a.txt", "one two");
  Put("b.txt", "two three");
  fs::create_directories(folder_ / "more");
  std::ofstream(folder_ / "more" / "a.txt") << "one two";
  const RunSummary summary = Run(R"(
inputs: {first: in, second: more}
steps:
  unique: {use: test.rows.unique, from: [first, second]}
output: out
)");
  EXPECT_EQ(summary.outputs[0].rows, 2);
  const auto report = UndoRun(*store_, summary.run, (folder_ / "back").string());
  // Both inputs have an a.txt: undo keeps them apart.
  ASSERT_TRUE(report.has_value()) << Describe(report.error());
  EXPECT_EQ(report->files, 3);
}

TEST_F(RunTest, DiscardedRowsAreInTheLedger) {
  Put("a.txt", "one two");
  const RunSummary summary = Run(R"(
input: in
steps: {parts: {use: test.rows.split_words, from: input}}
outputs: {counts: parts.counts}
discard: parts.words
)");
  EXPECT_EQ(Restore(summary).at("a.txt"), "one two");
}

TEST_F(RunTest, AnInterruptedRunResumesToTheSameVersion) {
  PutCorpus();
  const auto expected = Versions(Run(kEverything));
  store_ = Open("other");
  std::atomic<bool> stop{false};
  std::string id;
  RunHooks hooks;
  hooks.started = [&](const std::string& run) { id = run; };
  hooks.stop = &stop;
  const auto stopped = StartRun(*store_, TestOperators(),
                                Request("input: in\nsteps: [test.text.wait]\noutput: out\n"),
                                {.started = hooks.started,
                                 .progress =
                                     [&](const RunProgress& progress) {
                                       if (std::string_view(progress.phase) == "read") stop = true;
                                     },
                                 .stop = &stop});
  ASSERT_FALSE(stopped.has_value());
  EXPECT_EQ(stopped.error().code, Code::kInterrupted);
  EXPECT_EQ(store_->FindRun(id)->state, "interrupted");
  EXPECT_FALSE(store_->FindVersion("out").has_value());

  stop = true;
  const auto before = StartRun(*store_, TestOperators(), Request(kEverything), hooks);
  ASSERT_FALSE(before.has_value());
  const auto resumed = ResumeRun(*store_, TestOperators(), id, {.threads = 1}, {});
  ASSERT_TRUE(resumed.has_value()) << Describe(resumed.error());
  EXPECT_EQ(Versions(*resumed), expected);
  const auto twice = ResumeRun(*store_, TestOperators(), id, {}, {});
  ASSERT_TRUE(twice.has_value());
  EXPECT_EQ(Versions(*twice), expected);
}

TEST_F(RunTest, ARunWhoseSourceChangedIsNotResumed) {
  Put("a.txt", "one");
  std::atomic<bool> stop{true};
  std::string id;
  ASSERT_FALSE(StartRun(*store_, TestOperators(),
                        Request("input: in\nsteps: [test.text.shout]\noutput: out\n"),
                        {.started = [&](const std::string& run) { id = run; }, .stop = &stop})
                   .has_value());
  Put("a.txt", "another");
  const auto resumed = ResumeRun(*store_, TestOperators(), id, {}, {});
  ASSERT_FALSE(resumed.has_value());
  EXPECT_EQ(resumed.error().code, Code::kConflict);
}

TEST_F(RunTest, TheLimitTakesTheFirstRows) {
  PutCorpus();
  const RunSummary summary = Run(
      "input: {path: in, columns: {id: int, text: text}}\nsteps: [test.text.shout]\noutput: out\n",
      {.threads = 2, .limit = 7});
  EXPECT_EQ(summary.rows, 7);
  EXPECT_EQ(summary.outputs[0].rows, 7);
}

TEST_F(RunTest, TheSpillLimitEndsARunThatCanGoOn) {
  PutCorpus();
  const auto refused = StartRun(*store_, TestOperators(),
                                Request(kEverything, {.threads = 1, .spill_limit = 10}), {});
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kLimit);
  const auto resumed = ResumeRun(*store_, TestOperators(), "last", {.threads = 1}, {});
  EXPECT_TRUE(resumed.has_value()) << Describe(resumed.error());
}

TEST_F(RunTest, AStoredDatasetIsAnInput) {
  PutCorpus();
  Run("input: {path: in, columns: {id: int, text: text}}\nsteps: [test.text.shout]\noutput: "
      "loud\n");
  const char* kAgain = "input: {dataset: loud}\nsteps: [test.rows.drop_short]\noutput: kept\n";
  const RunSummary summary = Run(kAgain);
  EXPECT_EQ(summary.rows, store_->FindVersion("loud")->rows);
  const auto report = UndoRun(*store_, summary.run, (folder_ / "back").string());
  ASSERT_TRUE(report.has_value()) << Describe(report.error());
  EXPECT_EQ(report->rows, summary.rows);
  // Compacting the input changes its files and nothing else.
  ASSERT_TRUE(store_->Compact("loud").has_value());
  EXPECT_EQ(Versions(Run(kAgain)), Versions(summary));
}

TEST_F(RunTest, TheLedgerShowsEachEditWithItsText) {
  Put("a.txt", "one two");
  const RunSummary summary =
      Run("input: in\nsteps: [test.text.shout, test.text.shout]\noutput: out\n");
  std::vector<std::string> seen;
  const auto visited = ForEachEdited(*store_, summary.run, "shout", [&](const EditedValue& value) {
    EXPECT_EQ(value.before, "one two");
    EXPECT_EQ(value.after, "O!ne T!wo");
    EXPECT_EQ(value.source, "a.txt");
    for (const StoredEdit& edit : value.edits) {
      seen.push_back(
          std::string(value.rules[edit.rule]) + " " + edit.before + ">" +
          std::string(value.after.substr(static_cast<size_t>(edit.out_begin),
                                         static_cast<size_t>(edit.out_end - edit.out_begin))));
    }
    return true;
  });
  ASSERT_TRUE(visited.has_value()) << Describe(visited.error());
  EXPECT_EQ(seen, (std::vector<std::string>{"first_letter o>O!", "first_letter t>T!"}));
}

TEST_F(RunTest, RejectsComeWithTheirRow) {
  Put("a.jsonl", "{\"text\":\"long enough\"}\nnot json\n{\"text\":\"ab\"}\n");
  const RunSummary summary = Run("input: in\nsteps: [test.rows.drop_short]\noutput: out\n");
  std::vector<std::string> seen;
  const auto visited = ForEachReject(*store_, summary.run, "", [&](const RejectView& reject) {
    seen.push_back(std::string(reject.step) + "|" + std::string(reject.reason) + "|" +
                   std::string(reject.raw) + "|" + reject.row_json);
    return true;
  });
  ASSERT_TRUE(visited.has_value()) << Describe(visited.error());
  EXPECT_EQ(seen, (std::vector<std::string>{"|not_json|not json\n|",
                                            "drop_short|reason||{\"text\":\"ab\"}"}));
}

TEST_F(RunTest, UndoRefusesToWriteOverAFile) {
  Put("a.txt", "one two");
  const RunSummary summary = Run("input: in\nsteps: [test.text.shout]\noutput: out\n");
  const auto refused = UndoRun(*store_, summary.run, (folder_ / "in").string());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kConflict);
  EXPECT_EQ(Get(folder_ / "in" / "a.txt"), "one two");
}

TEST_F(RunTest, ThePreviewWritesNothing) {
  PutCorpus();
  const auto preview = PreviewRun(*store_, TestOperators(), Request(kEverything));
  ASSERT_TRUE(preview.has_value()) << Describe(preview.error());
  EXPECT_EQ(preview->stages, 2);
  EXPECT_EQ(preview->sources.size(), 6U);
  EXPECT_TRUE(store_->Runs()->empty());
}

TEST_F(RunTest, ASourceThatChangesWhileItIsReadEndsTheRun) {
  for (const bool longer : {true, false}) {
    Put("a.jsonl", "{\"text\":\"one two\"}\n{\"text\":\"three\"}\n");
    bool changed = false;
    const auto refused = StartRun(
        *store_, TestOperators(), Request("input: in\nsteps: [test.text.shout]\noutput: out\n"),
        {.progress = [&](const RunProgress&) {
          if (!std::exchange(changed, true)) {
            Put("a.jsonl",
                longer ? "{\"text\":\"one two\"}\n{\"text\":\"three\"}\n{\"text\":\"four\"}\n"
                       : "{\"text\":\"one\"}\n");
          }
        }});
    ASSERT_FALSE(refused.has_value());
    EXPECT_EQ(refused.error().code, Code::kConflict);
    EXPECT_FALSE(store_->FindVersion("out").has_value());
  }
}

TEST_F(RunTest, DamageToALedgerIsFoundAndNamed) {
  Put("a.txt", "one two");
  const RunSummary summary =
      Run("input: in\nsteps: [test.text.shout, test.rows.drop_short]\noutput: out\n");
  EXPECT_TRUE(VerifyRuns(*store_)->empty());
  const fs::path ledger = fs::path(store_->RunFolder(summary.run)) / "ledger";
  const fs::path file = fs::directory_iterator(ledger)->path();
  const std::string bytes = Get(file);
  std::ofstream(file, std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  const auto damages = VerifyRuns(*store_);
  ASSERT_EQ(damages->size(), 1U);
  EXPECT_EQ(damages->front().file, file.string());
  const auto undone = UndoRun(*store_, summary.run, (folder_ / "back").string());
  ASSERT_FALSE(undone.has_value());
  EXPECT_EQ(undone.error().code, Code::kData);
  EXPECT_EQ(undone.error().place, file.string());
}

TEST_F(RunTest, AColumnarSourceWithoutRowsComesBack) {
  const auto schema = arrow::schema({arrow::field("text", arrow::large_utf8())});
  const std::string path = (folder_ / "in" / "none.parquet").string();
  auto writer = RowWriter::Open(path, schema, {.format = Format::kParquet});
  ASSERT_TRUE(writer.has_value()) << Describe(writer.error());
  ASSERT_TRUE((*writer)->Close().has_value());
  const RunSummary summary = Run("input: in\nsteps: [test.text.shout]\noutput: out\n");
  EXPECT_EQ(Restore(summary).at("none.parquet"), Get(path));
}

TEST_F(RunTest, MemoryThatCannotBeKeptIsRefused) {
  Put("a.txt", "one");
  const char* kRecipe = "input: in\nsteps: [test.text.shout]\noutput: out\n";
  RunOptions little{.threads = 1};
  little.memory = 100 << 20;
  EXPECT_EQ(StartRun(*store_, TestOperators(), Request(kRecipe, little), {}).error().code,
            Code::kInvalid);
  RunOptions large{.threads = 1};
  large.max_record = large.memory / 2;
  EXPECT_EQ(StartRun(*store_, TestOperators(), Request(kRecipe, large), {}).error().code,
            Code::kInvalid);
}

}  // namespace
}  // namespace siku::run
