// Where rows come from: files found and sorted, cut into splits that any engine can schedule.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "siku/batch.h"
#include "siku/encoding.h"
#include "siku/result.h"

namespace siku {

enum class Format : uint8_t { kText, kLines, kJsonl, kParquet, kArrow, kCsv };
enum class Compression : uint8_t { kNone, kGzip, kZstd };

std::string_view FormatName(Format format);
std::optional<Format> FormatFromName(std::string_view name);
/// By the file's name: .txt .md .jsonl .ndjson .csv .parquet .arrow .feather, with .gz or .zst
/// behind.
std::optional<Format> FormatOfFile(std::string_view name);
Compression CompressionOfFile(std::string_view name);

/// One file.
struct Source {
  std::string path;      // as opened; s3://bucket/key of an object
  std::string relative;  // to the folder or glob it was found by; what sorts and is shown
  int input = 0;         // ordinal of the recipe's input
  int ordinal = 0;       // what row keys call it; data files of one version share theirs
  int64_t bytes = 0;     // on disk
  int64_t modified = 0;  // nanoseconds; only to notice a change between start and resume
  std::string etag{};    // of an object, for the same; empty where its server gives none
  Format format = Format::kText;
  Compression compression = Compression::kNone;
  Encoding encoding = Encoding::kUtf8;
  bool encoding_given = false;
  int64_t bom = 0;             // bytes of the mark at its start
  int64_t first_position = 0;  // added to row indexes of columnar files: versions of several files
  bool stored = false;         // a data file of a version: its key columns are dropped on reading
};
using SourceList = std::vector<Source>;

struct SourceOptions {
  std::string format{};  // empty: by name
  std::string encoding{};
  std::string compression{};
};

/// What folders hold and nobody reads, for its name begins with a point. A folder is one name.
using HiddenNames = std::set<std::string>;

/// Expands files, folders (all files below, hidden ones apart) and globs (`*`, `?`, `**`), relative
/// to `base` or in S3 (s3://bucket/key); sorted by relative path bytes, each file once. A text
/// whose encoding cannot be told is read as UTF-8. Errors name the path: nothing found, unreadable,
/// a format that the name does not tell, a text that is none. `hidden` gets the hidden names of
/// folders; that a glob passes them over is what globs do.
Result<SourceList> FindSources(const std::vector<std::string>& paths, const std::string& base,
                               int input, const SourceOptions& options,
                               HiddenNames* hidden = nullptr);

/// A part of one source: bytes of the decompressed stream for line formats (a row belongs to the
/// part its first byte lies in), rows groups or record batches for columnar ones.
struct SplitPart {
  int source = 0;
  int64_t begin = 0;
  int64_t end = 0;  // -1: to the end
  friend bool operator==(const SplitPart&, const SplitPart&) = default;
};
/// What one task reads: parts in source order.
using Split = std::vector<SplitPart>;

inline constexpr int64_t kSplitBytes = 32 << 20;

/// Cuts each source into equal parts of at most `split_bytes`; small sources that follow each other
/// share a split. Depends on the sources alone, never on the machine.
Result<std::vector<Split>> PlanSplits(const SourceList& sources, int64_t split_bytes = kSplitBytes);
/// Cuts so that about `count` splits come out.
Result<std::vector<Split>> PlanSplitCount(const SourceList& sources, int count);

}  // namespace siku
