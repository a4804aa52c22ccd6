#include "seal.h"

#include <arrow/api.h>
#include <arrow/io/interfaces.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "siku/ledger_view.h"
#include "siku/run.h"
#include "test_operators.h"

namespace siku::run {
namespace {

namespace fs = std::filesystem;

// test.text.shout with a record that says it conceals.
class Concealing final : public Operator {
 public:
  explicit Concealing(const Operator& inner) : inner_(inner), record_(inner.record()) {
    record_.name = "test.text.conceal";
    record_.traits.conceals = true;
  }
  const Record& record() const override { return record_; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    return inner_.Bind(input, parameters);
  }

 private:
  const Operator& inner_;
  Record record_;
};

const OperatorSet& Operators() {
  static const auto* const set = [] {
    auto* made = new OperatorSet(TestOperators());
    static const Concealing conceal(**TestOperators().Find("test.text.shout"));
    const std::array<const Operator*, 1> more = {&conceal};
    made->Add(more);
    return made;
  }();
  return *set;
}

class SealTest : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() / ("siku-seal-test-" + std::to_string(::getpid()));
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    store_ = std::move(Store::Open((folder_ / "store").string())).value();
    key_ = std::move(SealKey::Create((folder_ / "a.key").string())).value();
  }
  void TearDown() override {
    store_.reset();
    fs::remove_all(folder_);
  }
  static std::string Get(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void Put(const std::string& name, const std::string& bytes) {
    std::ofstream(folder_ / name, std::ios::binary) << bytes;
  }
  Result<RunSummary> Run(const std::string& recipe, const std::optional<SealKey>& key) {
    RunOptions options{.threads = 1};
    options.seal_key = key;
    return StartRun(*store_, Operators(), {recipe, "recipe.yaml", folder_.string(), {}, options},
                    {});
  }
  std::string Write(const std::string& bytes, const RunKey& key) {
    const std::string path = (folder_ / "file").string();
    auto file = CreateFile(path, key).value();
    EXPECT_TRUE(file->Write(bytes.data(), static_cast<int64_t>(bytes.size())).ok());
    EXPECT_TRUE(file->Close().ok());
    return path;
  }

  fs::path folder_;
  std::unique_ptr<Store> store_;
  std::optional<SealKey> key_;
};

RunKey Key(uint8_t fill) {
  auto key = std::make_shared<Digest>();
  key->fill(fill);
  return key;
}

TEST_F(SealTest, AKeyIsForItsOwnerAlone) {
  struct stat info {};
  ASSERT_EQ(::stat((folder_ / "a.key").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777U, 0600U);
  EXPECT_EQ(info.st_size, 32);
  EXPECT_EQ(SealKey::Create((folder_ / "a.key").string()).error().code, Code::kConflict);
  EXPECT_EQ(SealKey::Load((folder_ / "a.key").string())->id(), key_->id());
  fs::permissions(folder_ / "a.key", fs::perms::owner_read | fs::perms::group_read);
  EXPECT_EQ(SealKey::Load((folder_ / "a.key").string()).error().code, Code::kDenied);
  Put("short.key", "too short");
  fs::permissions(folder_ / "short.key", fs::perms::owner_read);
  EXPECT_EQ(SealKey::Load((folder_ / "short.key").string()).error().code, Code::kInvalid);
}

// RFC 4231, test case 2.
TEST_F(SealTest, AuthenticatesAsTheStandardHasIt) {
  EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_F(SealTest, ASealedFileGivesBackWhatWasWritten) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65535}, size_t{65536}, size_t{65537},
                            size_t{131072}, size_t{200000}}) {
    std::string bytes;
    for (size_t i = 0; i < size; ++i) bytes += static_cast<char>('a' + i % 23);
    const std::string path = Write(bytes, Key(1));
    EXPECT_EQ(Get(path).find("abcdefgh"), std::string::npos);
    const auto file = OpenFile(path, Key(1)).value();
    ASSERT_EQ(file->GetSize().ValueOrDie(), static_cast<int64_t>(size));
    EXPECT_EQ(file->Read(static_cast<int64_t>(size) + 9).ValueOrDie()->ToString(), bytes);
    if (size > 70000) {
      EXPECT_EQ(file->ReadAt(65530, 20).ValueOrDie()->ToString(), bytes.substr(65530, 20));
    }
  }
}

TEST_F(SealTest, ASealedFileIsClosedToOtherKeysAndToNone) {
  const std::string path = Write("13812345678", Key(1));
  EXPECT_FALSE(OpenFile(path, Key(2)).has_value());
  EXPECT_EQ(OpenFile(path, nullptr).error().code, Code::kDenied);
}

TEST_F(SealTest, ASealedFileThatWasChangedOrCutDoesNotOpen) {
  const std::string path = Write(std::string(150000, 'x'), Key(1));
  const std::string whole = Get(path);
  // Cut behind the second chunk, where every chunk that is left is one that was written.
  Put("file", whole.substr(0, 32 + 2 * (65536 + 16)));
  EXPECT_FALSE(OpenFile(path, Key(1)).has_value());
  for (const size_t at : {size_t{20}, size_t{40}, whole.size() - 1}) {
    std::string other = whole;
    other[at] = static_cast<char>(other[at] ^ 1);
    Put("file", other);
    auto file = OpenFile(path, Key(1));
    EXPECT_TRUE(!file.has_value() || !(*file)->Read(150000).ok()) << at;
  }
  // Two chunks that changed places.
  std::string swapped = whole;
  std::swap_ranges(swapped.begin() + 32, swapped.begin() + 32 + 65552,
                   swapped.begin() + 32 + 65552);
  Put("file", swapped);
  EXPECT_FALSE((*OpenFile(path, Key(1)))->Read(10).ok());
}

constexpr const char* kRecipe = R"(
input: {path: in.jsonl, columns: {text: text}}
steps:
  long: {use: test.rows.drop_short, from: input}
  unique: {use: test.rows.unique, from: long}
  concealed: {use: test.text.conceal, from: unique}
  last: {use: test.rows.unique, from: concealed}
output: out
)";
// The second line spells its text in a way that only a residue keeps.
constexpr const char* kLines =
    "{\"text\": \"secretive words\"}\n{\"text\": \"\\u0073ecretive others\"}\nsecretive no json\n"
    "{\"text\":\"secretive words\"}\n";

// Everything below a folder that holds `needle`.
std::vector<std::string> Holding(const fs::path& folder, const std::string& needle) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.find(needle) != std::string::npos) files.push_back(entry.path().string());
  }
  return files;
}

TEST_F(SealTest, WhatIsConcealedStandsInNoFileOfTheStore) {
  Put("in.jsonl", kLines);
  const auto summary = Run(kRecipe, key_);
  ASSERT_TRUE(summary.has_value()) << Describe(summary.error());
  store_.reset();
  EXPECT_EQ(Holding(folder_ / "store", "secretive"), std::vector<std::string>());
  EXPECT_EQ(Holding(folder_ / "store", "\\u0073ecret"), std::vector<std::string>());
  const std::string key = Get(folder_ / "a.key");
  EXPECT_EQ(Holding(folder_ / "store", key), std::vector<std::string>());
}

TEST_F(SealTest, TheSearchFindsWhatIsNotConcealed) {
  Put("in.jsonl", "{\"text\": \"secretive words\"}\nsecretive no json\n");
  ASSERT_TRUE(Run("input: {path: in.jsonl, columns: {text: text}}\n"
                  "steps: {long: {use: test.rows.drop_short, from: input}}\noutput: out\n",
                  std::nullopt)
                  .has_value());
  store_.reset();
  EXPECT_NE(Holding(folder_ / "store", "secretive"), std::vector<std::string>());
}

TEST_F(SealTest, UndoAsksForTheKeyAndGivesEveryByte) {
  Put("in.jsonl", kLines);
  const auto summary = Run(kRecipe, key_);
  ASSERT_TRUE(summary.has_value()) << Describe(summary.error());
  const std::string to = (folder_ / "back").string();
  EXPECT_EQ(UndoRun(*store_, summary->run, to).error().code, Code::kDenied);
  const auto other = SealKey::Create((folder_ / "b.key").string()).value();
  EXPECT_EQ(UndoRun(*store_, summary->run, to, other).error().code, Code::kDenied);
  const auto report = UndoRun(*store_, summary->run, to, key_);
  ASSERT_TRUE(report.has_value()) << Describe(report.error());
  EXPECT_EQ(Get(folder_ / "back" / "in.jsonl"), kLines);
}

TEST_F(SealTest, ViewsLeaveSealedStepsOutWithoutTheKey) {
  Put("in.jsonl", kLines);
  const auto summary = Run(kRecipe, key_);
  ASSERT_TRUE(summary.has_value()) << Describe(summary.error());
  int edits = 0;
  const EditVisitor count = [&](const EditedValue&) { return ++edits > 0; };
  ASSERT_TRUE(ForEachEdited(*store_, summary->run, "", count).has_value());
  EXPECT_EQ(edits, 0);
  EXPECT_EQ(ForEachEdited(*store_, summary->run, "concealed", count).error().code, Code::kDenied);
  ASSERT_TRUE(ForEachEdited(*store_, summary->run, "concealed", count, key_).has_value());
  EXPECT_EQ(edits, 2);
}

TEST_F(SealTest, ARecipeThatConcealsNeedsAKeyAndNoOtherTakesOne) {
  Put("in.jsonl", kLines);
  EXPECT_EQ(Run(kRecipe, std::nullopt).error().code, Code::kInvalid);
  const auto plain =
      Run("input: {path: in.jsonl, columns: {text: text}}\n"
          "steps: {long: {use: test.rows.drop_short, from: input}}\noutput: out\n",
          key_);
  EXPECT_EQ(plain.error().code, Code::kInvalid);
}

TEST_F(SealTest, AnOutputFromBeforeMaskingIsSaidToBeOne) {
  Put("in.jsonl", kLines);
  const auto summary = Run(R"(
input: {path: in.jsonl, columns: {text: text}}
steps:
  long: {use: test.rows.drop_short, from: input}
  concealed: {use: test.text.conceal, from: long}
outputs: {open: long, closed: concealed}
)",
                           key_);
  ASSERT_TRUE(summary.has_value()) << Describe(summary.error());
  for (const OutputSummary& output : summary->outputs) {
    EXPECT_EQ(output.unmasked, output.dataset == "open") << output.dataset;
  }
}

}  // namespace
}  // namespace siku::run
