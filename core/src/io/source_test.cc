#include "siku/source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "read_back.h"

namespace siku::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FindSourcesTest : public testing::Test {
 protected:
  void Make(const std::vector<std::string>& names) {
    for (const std::string& name : names) folder_.Write(name, "x\n");
  }
  Result<SourceList> Find(const std::vector<std::string>& paths,
                          const SourceOptions& options = {}) {
    return FindSources(paths, folder_.path(), 0, options);
  }
  std::vector<std::string> Names(const std::vector<std::string>& paths) {
    const auto sources = Find(paths);
    EXPECT_TRUE(sources.has_value()) << Describe(sources.error());
    std::vector<std::string> names;
    if (!sources.has_value()) return names;
    for (const Source& source : *sources) names.push_back(source.relative);
    return names;
  }
  TemporaryFolder folder_;
};

TEST_F(FindSourcesTest, SortsByTheBytesOfRelativePaths) {
  Make({"b.txt", "a.txt", "Z.txt", "中.txt", "a/z.txt", "a-b.txt", "a/b/c.txt"});
  EXPECT_THAT(Names({"."}),
              ElementsAre("Z.txt", "a-b.txt", "a.txt", "a/b/c.txt", "a/z.txt", "b.txt", "中.txt"));
  EXPECT_THAT(Names({"中.txt", "b.txt", "a.txt"}), ElementsAre("a.txt", "b.txt", "中.txt"));
}

TEST_F(FindSourcesTest, IsTheSameHoweverTheFolderIsNamed) {
  Make({"in/b.txt", "in/a/c.txt"});
  for (const std::string path : {"in", "in/", "./in", "in/../in", "in/**"}) {
    EXPECT_THAT(Names({path}), ElementsAre("a/c.txt", "b.txt")) << path;
  }
  EXPECT_THAT(Names({folder_.Path("in")}), ElementsAre("a/c.txt", "b.txt"));
}

TEST_F(FindSourcesTest, LeavesHiddenFilesAloneUnlessNamed) {
  Make({"in/.hidden.txt", "in/.git/a.txt", "in/a.txt"});
  EXPECT_THAT(Names({"in"}), ElementsAre("a.txt"));
  EXPECT_THAT(Names({"in/**"}), ElementsAre("a.txt"));
  EXPECT_THAT(Names({"in/*"}), ElementsAre("a.txt"));
  EXPECT_THAT(Names({"in/.hidden.txt"}), ElementsAre(".hidden.txt"));
}

TEST_F(FindSourcesTest, ExpandsGlobs) {
  Make({"a1.txt", "a2.txt", "a10.txt", "b.md", "d/a3.txt", "d/e/a4.txt", "d/e/f/a5.txt"});
  EXPECT_THAT(Names({"a?.txt"}), ElementsAre("a1.txt", "a2.txt"));
  EXPECT_THAT(Names({"*.txt"}), ElementsAre("a1.txt", "a10.txt", "a2.txt"));
  EXPECT_THAT(Names({"d/**/*.txt"}), ElementsAre("a3.txt", "e/a4.txt", "e/f/a5.txt"));
  EXPECT_THAT(Names({"**/a?.txt"}),
              ElementsAre("a1.txt", "a2.txt", "d/a3.txt", "d/e/a4.txt", "d/e/f/a5.txt"));
  EXPECT_THAT(Names({"*/e/*.txt"}), ElementsAre("d/e/a4.txt"));
}

TEST_F(FindSourcesTest, TakesANameWithGlobCharactersIfThereIsSuchAFile) {
  Make({"a[1].txt", "b*.txt", "bc.txt"});
  EXPECT_THAT(Names({"a[1].txt"}), ElementsAre("a[1].txt"));
  EXPECT_THAT(Names({"b*.txt"}), ElementsAre("b*.txt"));
}

TEST_F(FindSourcesTest, TakesEachFileOnce) {
  Make({"a.txt", "d/b.txt"});
  EXPECT_EQ(Find({"a.txt", "./a.txt", "*.txt", "d/../a.txt", folder_.Path("a.txt")})->size(), 1U);
  EXPECT_EQ(Find({".", "d", "d/b.txt"})->size(), 2U);
}

TEST_F(FindSourcesTest, NamesWhatIsMissing) {
  Make({"a.txt"});
  std::filesystem::create_directory(folder_.Path("empty"));
  const std::pair<std::string, Code> cases[] = {{"no.txt", Code::kNotFound},
                                                {"no/*.txt", Code::kNotFound},
                                                {"b*.txt", Code::kNotFound},
                                                {"empty", Code::kNotFound},
                                                {"a.txt/b.txt", Code::kNotFound}};
  for (const auto& [path, code] : cases) {
    const auto found = Find({path});
    ASSERT_FALSE(found.has_value()) << path;
    EXPECT_EQ(found.error().code, code) << path;
    EXPECT_THAT(Describe(found.error()), HasSubstr(path.substr(0, path.find('*')))) << path;
  }
}

TEST_F(FindSourcesTest, NamesWhatIsNotReadable) {
  if (::geteuid() == 0) {
    // The owner of everything reads everything: ask as somebody else, in a process of its own.
    Make({"in/a.txt"});
    std::filesystem::permissions(folder_.path(), std::filesystem::perms::all);
    std::filesystem::permissions(folder_.Path("in/a.txt"), std::filesystem::perms::none);
    EXPECT_EXIT(
        {
          if (::setuid(65534) != 0) ::_exit(9);
          const auto found = Find({"in"});
          ::_exit(!found.has_value() && found.error().code == Code::kDenied ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
    return;
  }
  Make({"in/a.txt"});
  std::filesystem::permissions(folder_.Path("in/a.txt"), std::filesystem::perms::none);
  EXPECT_EQ(Find({"in"}).error().code, Code::kDenied);
}

TEST_F(FindSourcesTest, FollowsLinksToFilesAndNoCircles) {
  Make({"real.txt", "in/a.txt"});
  std::filesystem::create_symlink("../real.txt", folder_.Path("in/link.txt"));
  std::filesystem::create_directory_symlink("..", folder_.Path("in/up"));
  EXPECT_THAT(Names({"in"}), ElementsAre("a.txt", "link.txt"));
  std::filesystem::create_symlink("loop.txt", folder_.Path("loop.txt"));
  const auto loop = Find({"loop.txt"});
  ASSERT_FALSE(loop.has_value());
  EXPECT_THAT(Describe(loop.error()), HasSubstr("loop.txt"));
  std::filesystem::create_symlink("round.txt", folder_.Path("in/round.txt"));
  EXPECT_FALSE(Find({"in"}).has_value());
}

TEST_F(FindSourcesTest, SaysThatALinkLeadsNowhere) {
  Make({"in/a.txt"});
  std::filesystem::create_symlink("gone.txt", folder_.Path("in/b.txt"));
  const auto found = Find({"in"});
  ASSERT_FALSE(found.has_value());
  EXPECT_EQ(found.error().code, Code::kNotFound);
  EXPECT_THAT(Describe(found.error()), HasSubstr("b.txt"));
}

TEST_F(FindSourcesTest, TellsTheFormatByTheName) {
  const struct {
    std::string name;
    Format format;
    Compression compression;
  } cases[] = {{"a.txt", Format::kText, Compression::kNone},
               {"a.md.gz", Format::kText, Compression::kGzip},
               {"a.jsonl.zst", Format::kJsonl, Compression::kZstd},
               {"a.ndjson", Format::kJsonl, Compression::kNone},
               {"a.parquet", Format::kParquet, Compression::kNone},
               {"a.arrow", Format::kArrow, Compression::kNone},
               {"a.feather", Format::kArrow, Compression::kNone}};
  for (const auto& one : cases) {
    EXPECT_EQ(FormatOfFile(one.name), one.format) << one.name;
    EXPECT_EQ(CompressionOfFile(one.name), one.compression) << one.name;
  }
  EXPECT_EQ(FormatOfFile("a.docx"), std::nullopt);
  EXPECT_EQ(FormatOfFile("txt"), std::nullopt);
  Make({"a.log"});
  EXPECT_EQ(Find({"a.log"}).error().code, Code::kInvalid);
  EXPECT_EQ(Find({"a.log"}, {.format = "lines"})->at(0).format, Format::kLines);
}

TEST_F(FindSourcesTest, RefusesOptionsItDoesNotKnow) {
  Make({"a.txt"});
  EXPECT_FALSE(Find({"a.txt"}, {.format = "xml"}).has_value());
  EXPECT_FALSE(Find({"a.txt"}, {.encoding = "latin-1"}).has_value());
  EXPECT_FALSE(Find({"a.txt"}, {.compression = "bzip2"}).has_value());
}

TEST_F(FindSourcesTest, TellsEncodingAndMark) {
  folder_.Write("a.txt", "\xEF\xBB\xBF甲");
  folder_.Write("b.txt", Encode("这是一个中文的文本", Encoding::kGb18030).value());
  const auto found = Find({"a.txt", "b.txt"});
  EXPECT_EQ(found->at(0).bom, 3);
  EXPECT_EQ(found->at(1).encoding, Encoding::kGb18030);
  EXPECT_EQ(Find({"a.txt"}, {.encoding = "utf-8"})->at(0).bom, 3);
  EXPECT_EQ(Find({"a.txt"}, {.encoding = "gb18030"})->at(0).bom, 0);
}

TEST(PlanSplits, CutsLinesEvenlyAndKeepsSmallFilesTogether) {
  Source small, large, text;
  small.format = Format::kLines;
  small.bytes = 10;
  large.format = Format::kJsonl;
  large.bytes = 250;
  text.format = Format::kText;
  text.bytes = 500;
  const auto splits = PlanSplits({small, small, large, small, text, small}, 100).value();
  const std::vector<Split> expected = {{{0, 0, -1}, {1, 0, -1}},   {{2, 0, 84}}, {{2, 84, 168}},
                                       {{2, 168, -1}, {3, 0, -1}}, {{4, 0, -1}}, {{5, 0, -1}}};
  EXPECT_EQ(splits, expected);
}

TEST(PlanSplits, NeverCutsWhatCannotBeEnteredInTheMiddle) {
  Source source;
  source.format = Format::kLines;
  source.bytes = 1000;
  source.compression = Compression::kGzip;
  EXPECT_EQ(PlanSplits({source}, 10)->size(), 1U);
  source.compression = Compression::kNone;
  source.encoding = Encoding::kUtf16Be;
  EXPECT_EQ(PlanSplits({source}, 10)->size(), 1U);
  source.encoding = Encoding::kGb18030;
  EXPECT_EQ(PlanSplits({source}, 10)->size(), 100U);
  EXPECT_EQ(PlanSplits({}, 10)->size(), 1U);
  EXPECT_EQ(PlanSplitCount({source}, 7)->size(), 7U);
}

}  // namespace
}  // namespace siku::io
