#include "siku/reader.h"

#include <arrow/io/api.h>
#include <arrow/util/compression.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <random>

#include "output_file.h"
#include "read_back.h"
#include "siku/sha256.h"

namespace siku::io {
namespace {

using std::string_literals::operator""s;
using testing::ElementsAre;
using testing::HasSubstr;

std::string HexSha256(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return Hex(hash.Finish());
}

// What is known of a row or bad row wherever it was read: position, record.
std::map<int64_t, std::string> Records(const ReadAll& all) {
  std::map<int64_t, std::string> records;
  const auto add = [&](int64_t position, const std::string& record) {
    EXPECT_TRUE(records.emplace(position, record).second) << "read twice: " << position;
  };
  for (const Batch& batch : all.batches) {
    const auto& positions =
        static_cast<const arrow::Int64Array&>(*batch->GetColumnByName("_siku_position"));
    for (int64_t row = 0; row < batch->num_rows(); ++row) {
      add(positions.Value(row), "row " + RestoreRow(batch, row, all.sources[0].format).value());
    }
  }
  for (const BadRow& bad : all.bad) {
    add(bad.position, bad.reason + " " + std::to_string(bad.bytes) + " " + bad.raw + bad.sha256);
  }
  return records;
}

class Reader : public testing::Test {
 protected:
  ReadAll Read(const std::string& path, const HowToRead& how = {}) {
    auto all = ReadFiles({path}, how);
    EXPECT_TRUE(all.has_value()) << Describe(all.error());
    return all.has_value() ? *std::move(all) : ReadAll{};
  }
  std::string Compressed(const std::string& name, std::string_view bytes, Compression compression) {
    const std::string path = folder_.Path(name);
    auto out = OutputFile::Open(path, compression);
    EXPECT_TRUE((*out)->stream().Write(bytes.data(), static_cast<int64_t>(bytes.size())).ok());
    EXPECT_TRUE((*out)->Finish().has_value());
    return path;
  }
  static std::vector<std::string> Texts(const ReadAll& all) {
    std::vector<std::string> texts;
    for (const Batch& batch : all.batches) {
      const auto& array =
          static_cast<const arrow::LargeStringArray&>(*batch->GetColumnByName("text"));
      for (int64_t i = 0; i < array.length(); ++i) texts.push_back(array.GetString(i));
    }
    return texts;
  }
  static std::vector<int64_t> Positions(const ReadAll& all) {
    std::vector<int64_t> positions;
    for (const auto& [position, record] : Records(all)) positions.push_back(position);
    return positions;
  }
  TemporaryFolder folder_;
};

const HowToRead kLines = {.source = {.format = "lines"}};
const HowToRead kJson = {.source = {.format = "jsonl", .encoding = "utf-8"},
                         .columns = {{"text", "text"}, {"n", "int"}}};

HowToRead With(HowToRead how, int64_t max_record) {
  how.options.max_record = max_record;
  return how;
}

TEST_F(Reader, MakesOneRowOfATextFile) {
  const ReadAll all = Read(folder_.Write("a.txt", "甲\n\n乙"));
  EXPECT_THAT(Texts(all), ElementsAre("甲\n\n乙"));
  EXPECT_THAT(Positions(all), ElementsAre(0));
  EXPECT_THAT(Texts(Read(folder_.Write("b.txt", ""))), ElementsAre(""));
}

TEST_F(Reader, MakesARowOfEachLineBlankOnesToo) {
  const ReadAll all = Read(folder_.Write("a.txt", "甲\r\n\n乙\n \n丙"), kLines);
  EXPECT_THAT(Texts(all), ElementsAre("甲", "", "乙", " ", "丙"));
  EXPECT_THAT(Positions(all), ElementsAre(0, 5, 6, 10, 12));
  EXPECT_EQ(Read(folder_.Write("b.txt", ""), kLines).rows(), 0);
}

TEST_F(Reader, ReadsLinesOfUtf16) {
  // Characters whose bytes hold 0A: U+0A0A, U+4E0A, U+0A4E.
  const std::string text = "\uFEFF第一上\u0A0A行\r\n\n\u0A4E二\n上";
  for (const Encoding encoding : {Encoding::kUtf16Le, Encoding::kUtf16Be}) {
    const ReadAll all = Read(folder_.Write("a.txt", Encode(text, encoding).value()), kLines);
    EXPECT_THAT(Texts(all), ElementsAre("第一上\u0A0A行", "", "\u0A4E二", "上"));
    EXPECT_THAT(Positions(all), ElementsAre(0, 16, 18, 24));
  }
}

TEST_F(Reader, NeverMakesBatchesLargerThanAsked) {
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "{\"text\":\"" + std::string(100, 'x') + "\"}\n";
  HowToRead how = kJson;
  how.options.batch_rows = 300;
  const ReadAll by_rows = Read(folder_.Write("a.jsonl", lines), how);
  EXPECT_EQ(by_rows.batches.size(), 4U);
  how.options.batch_bytes = 1120;
  const ReadAll by_bytes = Read(folder_.Path("a.jsonl"), how);
  EXPECT_EQ(by_bytes.batches[0]->num_rows(), 10);
  EXPECT_EQ(Records(by_rows), Records(by_bytes));
}

TEST_F(Reader, TellsTheBytesItHasDone) {
  std::string lines;
  for (int i = 0; i < 100'000; ++i) lines += "{\"n\":" + std::to_string(i) + "}\n";
  folder_.Write("a.jsonl", lines);
  const auto sources = FindSources({folder_.Path("a.jsonl")}, "", 0, {});
  const std::vector<InputSchema> schemas = {InferSchema(*sources, 0, {}).value()};
  const auto splits = PlanSplits(*sources, 100'000).value();
  int64_t done = 0;
  for (const Split& split : splits) {
    auto reader = BatchReader::Open(*sources, split, schemas, {}).value();
    for (int64_t before = 0;;) {
      const siku::Read read = reader->Next().value();
      EXPECT_GE(reader->bytes_done(), before);
      before = reader->bytes_done();
      if (read.rows == nullptr) break;
    }
    done += reader->bytes_done();
  }
  EXPECT_EQ(done, static_cast<int64_t>(lines.size()));
}

// A file of random lines: blank, long, broken, with both line ends and with or without a last one.
std::string RandomLines(std::mt19937& random, bool json) {
  const auto below = [&](uint32_t n) { return static_cast<uint32_t>(random() % n); };
  std::string bytes;
  const uint32_t lines = below(12);
  for (uint32_t i = 0; i < lines; ++i) {
    switch (below(8)) {
      case 0:
        break;
      case 1:
        bytes += std::string(below(40), 'x');
        break;
      case 2:
        bytes += json ? "{\"text\":\"\xFF\",\"n\":1}" : "坏\xFF\xE4\xB8";
        break;
      case 3:
        bytes += json ? "{\"text\":\"" + std::string(below(60), '=') + "\"}" : "\r";
        break;
      default:
        bytes +=
            json ? "{\"text\":\"中文\\n\", \"n\":" + std::to_string(below(1000)) + "}" : "中文";
    }
    const uint32_t end = below(i + 1 == lines ? 3 : 2);
    bytes += end == 0 ? "\n" : end == 1 ? "\r\n" : "";
  }
  return bytes;
}

TEST_F(Reader, ReadsTheSameRowsHoweverTheBytesAreCut) {
  for (uint32_t seed = 1; seed <= 60; ++seed) {
    std::mt19937 random(seed);
    const bool json = seed % 2 == 0;
    const std::string bytes = RandomLines(random, json);
    const HowToRead how =
        With(json ? kJson : HowToRead{.source = {.format = "lines", .encoding = "utf-8"}}, 50);
    const ReadAll whole = Read(folder_.Write("a.jsonl", bytes), how);
    const auto expected = Records(whole);
    for (size_t cut = 1; cut < bytes.size(); ++cut) {
      ReadAll parts;
      parts.sources = whole.sources;
      parts.schemas = whole.schemas;
      const auto at = static_cast<int64_t>(cut);
      const auto second = at + static_cast<int64_t>(random() % (bytes.size() - cut));
      for (const Split& split :
           {Split{{0, 0, at}}, Split{{0, at, second}}, Split{{0, second, -1}}}) {
        ASSERT_TRUE(ReadSplit(split, how.options, parts).has_value());
      }
      ASSERT_EQ(Records(parts), expected) << "seed " << seed << ", cut " << cut << ", " << second;
      ASSERT_EQ(parts.flags.size(), whole.flags.size()) << "seed " << seed << ", cut " << cut;
    }
    // As planned: all parts together, by size and by count.
    for (const int64_t size : {1, 7, 30}) {
      for (const auto& splits : {PlanSplits(whole.sources, size).value(),
                                 PlanSplitCount(whole.sources, static_cast<int>(size)).value()}) {
        ReadAll parts;
        parts.sources = whole.sources;
        parts.schemas = whole.schemas;
        for (const Split& split : splits) {
          ASSERT_TRUE(ReadSplit(split, how.options, parts).has_value());
        }
        ASSERT_EQ(Records(parts), expected) << "seed " << seed << ", size " << size;
      }
    }
  }
}

TEST_F(Reader, ReadsRandomUtf16LinesToTheByte) {
  for (uint32_t seed = 1; seed <= 40; ++seed) {
    std::mt19937 random(seed);
    std::string text = "\uFEFF";
    for (int i = 0; i < 30; ++i) {
      constexpr std::string_view kPieces[] = {"\n", "\r\n", "上",     "\u0A0A", "\u0A00",
                                              "a",  "😀",    "\u000A", "乊"};
      text += kPieces[random() % std::size(kPieces)];
    }
    const Encoding encoding = seed % 2 == 0 ? Encoding::kUtf16Le : Encoding::kUtf16Be;
    const std::string bytes = Encode(text, encoding).value();
    const ReadAll all = Read(folder_.Write("a.txt", bytes), With(kLines, 20));
    std::string restored;
    for (const auto& [position, record] : Records(all)) {
      ASSERT_EQ(position, static_cast<int64_t>(restored.size())) << seed;
      const std::string_view too_long = "too_long ";
      if (record.starts_with(too_long)) {
        const auto length = std::stoul(record.substr(too_long.size()));
        const std::string part = bytes.substr(restored.size(), length);
        ASSERT_THAT(record, HasSubstr(HexSha256(part))) << seed;
        restored += part;
      } else {
        restored += record.substr(4);
      }
    }
    ASSERT_EQ(restored, bytes) << seed;
  }
}

TEST_F(Reader, ReadsCompressedFilesByDecompressedPositions) {
  std::string lines;
  for (int i = 0; i < 5000; ++i) lines += "{\"n\":" + std::to_string(i) + ",\"text\":\"文\"}\r\n";
  const auto plain = Records(Read(folder_.Write("a.jsonl", lines)));
  EXPECT_EQ(Records(Read(Compressed("b.jsonl.gz", lines, Compression::kGzip))), plain);
  EXPECT_EQ(Records(Read(Compressed("b.jsonl.zst", lines, Compression::kZstd))), plain);
  // Several members behind each other, as `cat a.gz b.gz` makes them.
  const size_t half = lines.find("{\"n\":2500,");
  const std::string twice = BytesOf(Compressed("c.gz", lines.substr(0, half), Compression::kGzip)) +
                            BytesOf(Compressed("d.gz", lines.substr(half), Compression::kGzip));
  EXPECT_EQ(Records(Read(folder_.Write("e.jsonl.gz", twice))), plain);
  const auto sources = FindSources({folder_.Path("b.jsonl.gz")}, "", 0, {});
  EXPECT_EQ(PlanSplits(*sources, 10).value().size(), 1U);
}

TEST_F(Reader, SaysThatACompressedFileIsCutOff) {
  std::string lines;
  std::mt19937 random(1);
  for (int i = 0; i < 20'000; ++i) lines += "{\"n\":" + std::to_string(random()) + "}\n";
  for (const Compression compression : {Compression::kGzip, Compression::kZstd}) {
    const std::string name = compression == Compression::kGzip ? "a.jsonl.gz" : "a.jsonl.zst";
    const std::string bytes = BytesOf(Compressed(name, lines, compression));
    for (const size_t cut : {bytes.size() / 2, bytes.size() - 9, bytes.size() - 1}) {
      folder_.Write(name, bytes.substr(0, cut));
      const auto all = ReadFiles({folder_.Path(name)});
      ASSERT_FALSE(all.has_value()) << name << " " << cut;
      EXPECT_EQ(all.error().code, Code::kData);
      EXPECT_THAT(all.error().place, HasSubstr(name));
      EXPECT_STREQ(all.error().message, "the file is damaged or cut off");
    }
    std::string flipped = bytes;
    flipped[bytes.size() / 2] ^= 0x55;
    folder_.Write(name, flipped);
    // Arrow writes zstd frames without a checksum, so there a flipped byte may be just another
    // text.
    const bool checked = compression == Compression::kGzip;
    EXPECT_TRUE(!checked || !ReadFiles({folder_.Path(name)}).has_value()) << name;
  }
  folder_.Write("b.jsonl.gz", "not a gzip file");
  EXPECT_EQ(ReadFiles({folder_.Path("b.jsonl.gz")}).error().code, Code::kData);
}

TEST_F(Reader, GivesLongRecordsByReferenceAndGoesOn) {
  const std::string longest = "{\"text\":\"" + std::string(9'000'000, 'x') + "\"}\r\n";
  const std::string lines =
      "{\"text\":\"a\"}\n" + longest + "{\"text\":\"b\"}\n" + longest + "{\"text\":\"c\"}";
  for (const Compression compression : {Compression::kNone, Compression::kGzip}) {
    const std::string name = compression == Compression::kNone ? "a.jsonl" : "a.jsonl.gz";
    const ReadAll all = Read(Compressed(name, lines, compression), With(kJson, 1 << 20));
    EXPECT_THAT(Texts(all), ElementsAre("a", "b", "c"));
    ASSERT_EQ(all.bad.size(), 2U);
    EXPECT_EQ(all.bad[0].reason, "too_long");
    EXPECT_EQ(all.bad[0].position, 13);
    EXPECT_EQ(all.bad[0].bytes, static_cast<int64_t>(longest.size()));
    EXPECT_EQ(all.bad[0].sha256, HexSha256(longest));
    EXPECT_EQ(all.bad[0].raw, "");
    EXPECT_EQ(all.bad[1].position, static_cast<int64_t>(26 + longest.size()));
  }
}

TEST_F(Reader, TakesARecordOfExactlyTheCap) {
  const ReadAll all = Read(folder_.Write("a.txt", "1234\n12345\n1234"), With(kLines, 5));
  EXPECT_THAT(Texts(all), ElementsAre("1234", "1234"));
  EXPECT_EQ(all.bad.at(0).bytes, 6);
  const ReadAll text = Read(folder_.Write("b.txt", "123456"), With({}, 5));
  EXPECT_EQ(text.rows(), 0);
  EXPECT_EQ(text.bad.at(0).sha256, HexSha256("123456"));
  EXPECT_EQ(Read(folder_.Path("b.txt"), With({}, 6)).rows(), 1);
}

TEST_F(Reader, StreamsALineOfAnySizeThroughLittleMemory) {
  std::string chunk(16 << 20, 'x');
  {
    std::ofstream out(folder_.Path("a.txt"), std::ios::binary);
    for (int i = 0; i < 16; ++i) out << chunk;
    out << "\nlast";
  }
  chunk = {};
  rusage before{}, after{};
  ::getrusage(RUSAGE_SELF, &before);
  const ReadAll all = Read(folder_.Path("a.txt"), With(kLines, 1 << 20));
  ::getrusage(RUSAGE_SELF, &after);
  EXPECT_THAT(Texts(all), ElementsAre("last"));
  EXPECT_EQ(all.bad.at(0).bytes, (int64_t{256} << 20) + 1);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 64 << 10);  // KiB
  // The second half of a cut skips the line without holding it.
  ReadAll half;
  half.sources = all.sources;
  half.schemas = all.schemas;
  ASSERT_TRUE(ReadSplit({{0, 100 << 20, -1}}, With(kLines, 1 << 20).options, half).has_value());
  EXPECT_THAT(Texts(half), ElementsAre("last"));
  EXPECT_TRUE(half.bad.empty());
}

TEST_F(Reader, FlagsUndecodableBytesWhereTheyStand) {
  const ReadAll all =
      Read(folder_.Write("a.txt", "好的\uFFFD文本在这里，都是中文\xFF\xE4\xB8。\n"));
  ASSERT_EQ(all.flags.size(), 2U);
  EXPECT_EQ(all.flags[0].kind, "undecodable");
  EXPECT_EQ(all.flags[0].column, "text");
  EXPECT_EQ(all.flags[0].begin, 39);
  EXPECT_EQ(all.flags[0].end, 42);
  EXPECT_EQ(all.flags[1].begin, 42);
}

TEST_F(Reader, FlagsInJsonOnlyWhatWasBroken) {
  const ReadAll all =
      Read(folder_.Write("a.jsonl",
                         "{\"n\":1,\"text\":\"\uFFFD\\n\\ufffd\\ud800\\ud83d\\ude00\xFF\\\\ufffd\"}"
                         "\n{\"text\":\"\uFFFD\"}\n"),
           kJson);
  EXPECT_THAT(Texts(all), ElementsAre("\uFFFD\n\uFFFD\uFFFD😀\uFFFD\\ufffd", "\uFFFD"));
  ASSERT_EQ(all.flags.size(), 2U);
  EXPECT_EQ(all.flags[0].begin, 7);
  EXPECT_EQ(all.flags[1].begin, 14);
}

TEST_F(Reader, RefusesWhatIsNoText) {
  std::string bytes;
  for (int i = 0; i < 4096; ++i) bytes.push_back(static_cast<char>(i * 37));
  EXPECT_EQ(ReadFiles({folder_.Write("a.txt", bytes)}).error().code, Code::kData);
}

TEST_F(Reader, ReadsAsUtf8WhatNoEncodingFits) {
  const std::string text = "好\xFF\xFE坏\xE4\xB8\n";
  for (const std::string name : {"a.txt", "a.jsonl"}) {
    const bool json = name == "a.jsonl";
    const std::string bytes = json ? "{\"text\":\"" + text.substr(0, 10) + "\"}\n" : text;
    const ReadAll all = Read(folder_.Write(name, bytes));
    EXPECT_EQ(all.sources[0].encoding, Encoding::kUtf8);
    const std::string read = "好\uFFFD\uFFFD坏\uFFFD";
    EXPECT_THAT(Texts(all), ElementsAre(json ? read : read + "\n"));
    ASSERT_EQ(all.flags.size(), 3U) << name;
    EXPECT_EQ(all.flags[1].kind, "undecodable");
    EXPECT_EQ(all.flags[1].begin, 6);
    EXPECT_EQ(RestoreBytes(all).value(), bytes);
  }
  // Short, and with nothing sound in it: still not binary.
  const ReadAll all = Read(folder_.Write("b.txt", "\xE6\xE4\xF0\xF1"));
  EXPECT_EQ(all.flags.size(), 4U);
  EXPECT_EQ(RestoreBytes(all).value(), "\xE6\xE4\xF0\xF1");
  EXPECT_TRUE(ReadFiles({folder_.Path("b.txt")}, {.source = {.encoding = "gbk"}}).has_value());
}

TEST_F(Reader, NeedsAnObjectToInferColumns) {
  EXPECT_EQ(ReadFiles({folder_.Write("a.jsonl", "")}).error().code, Code::kData);
  EXPECT_EQ(ReadFiles({folder_.Write("b.jsonl", "[1]\n\n")}).error().code, Code::kData);
  EXPECT_EQ(Read(folder_.Path("a.jsonl"), kJson).rows(), 0);
  EXPECT_EQ(Read(folder_.Path("b.jsonl"), kJson).bad.size(), 2U);
}

TEST_F(Reader, InfersColumnsInTheOrderTheyAppear) {
  const ReadAll all = Read(folder_.Write(
      "a.jsonl", "{\"z\":1,\"a\":null,\"m\":true}\n{\"b\":[],\"z\":1.5,\"a\":null,\"m\":\"x\"}\n"));
  EXPECT_EQ(all.schemas[0].user->ToString(false),
            "z: double\na: large_string\nm: large_string\nb: large_string");
}

}  // namespace
}  // namespace siku::io
