#include "siku/source.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <set>
#include <thread>

#include "../objects/objects.h"
#include "object_sources.h"
#include "open_source.h"

namespace siku {
namespace {

namespace fs = std::filesystem;
using io::Found;

// A tree with more files is a mistake, or wants a manifest.
constexpr size_t kMostFiles = 5'000'000;
constexpr int64_t kSampleBytes = 256 << 10;

struct Ending {
  std::string_view suffix;
  Format format;
};
constexpr std::array kEndings = {
    Ending{".txt", Format::kText},      Ending{".md", Format::kText},
    Ending{".text", Format::kText},     Ending{".jsonl", Format::kJsonl},
    Ending{".ndjson", Format::kJsonl},  Ending{".parquet", Format::kParquet},
    Ending{".arrow", Format::kArrow},   Ending{".arrows", Format::kArrow},
    Ending{".feather", Format::kArrow}, Ending{".csv", Format::kCsv},
};
constexpr std::array<std::pair<std::string_view, Format>, 6> kFormats = {{
    {"text", Format::kText},
    {"lines", Format::kLines},
    {"jsonl", Format::kJsonl},
    {"parquet", Format::kParquet},
    {"arrow", Format::kArrow},
    {"csv", Format::kCsv},
}};

std::string_view WithoutCompression(std::string_view name) {
  for (const std::string_view suffix : {".gz", ".zst"}) {
    if (name.ends_with(suffix)) return name.substr(0, name.size() - suffix.size());
  }
  return name;
}

tl::unexpected<Error> PathError(const std::string& path, int number) {
  if (number == ENOENT || number == ENOTDIR)
    return Fail(Code::kNotFound, "no such file or folder", path);
  if (number == EACCES || number == EPERM) return Fail(Code::kDenied, "not readable", path);
  if (number == ELOOP) return Fail(Code::kInvalid, "links that go in a circle", path);
  return Fail(Code::kIo, "cannot read", std::strerror(number), path);
}

bool IsHidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

Result<void> Walk(const fs::path& root, const std::string& pattern, std::vector<Found>& found,
                  HiddenNames& hidden) {
  std::error_code error;
  fs::recursive_directory_iterator it(root, error), end;
  if (error) return PathError(root.string(), error.value());
  for (; it != end; it.increment(error)) {
    if (error) return PathError(root.string(), error.value());
    if (IsHidden(it->path())) {
      if (pattern.empty()) hidden.insert(it->path().lexically_relative(root).generic_string());
      if (it->is_directory(error)) it.disable_recursion_pending();
      continue;
    }
    if (!it->is_regular_file(error)) {
      if (error) return PathError(it->path().string(), error.value());
      continue;
    }
    const std::string relative = it->path().lexically_relative(root).generic_string();
    if (!pattern.empty() && !io::GlobMatches(pattern, relative)) continue;
    if (found.size() >= kMostFiles)
      return Fail(Code::kLimit, "more files than one input may have", root.string());
    found.push_back({it->path().string(), relative});
  }
  if (error) return PathError(root.string(), error.value());
  return {};
}

Result<void> Expand(const std::string& text, const fs::path& base, std::vector<Found>& found,
                    HiddenNames& hidden) {
  if (objects::IsObject(text)) return io::ExpandObjects(text, found, hidden);
  const fs::path path = fs::path(text).is_absolute() ? fs::path(text) : base / text;
  const size_t before = found.size();
  const size_t wild = text.find_first_of("*?[");
  std::error_code error;
  if (wild != std::string::npos && !fs::exists(path, error)) {
    // The folder before the first wild part is where the walk begins.
    const size_t slash = text.rfind('/', wild);
    const std::string folder = slash == std::string::npos ? "." : text.substr(0, slash + 1);
    const fs::path root = fs::path(folder).is_absolute() ? fs::path(folder) : base / folder;
    if (!fs::exists(root, error)) return PathError(root.string(), ENOENT);
    SIKU_TRY(Walk(root, slash == std::string::npos ? text : text.substr(slash + 1), found, hidden));
    if (found.size() == before) return Fail(Code::kNotFound, "no file matches", text);
    return {};
  }
  const auto status = fs::status(path, error);
  if (error) return PathError(text, error.value());
  if (fs::is_directory(status)) {
    SIKU_TRY(Walk(path, "", found, hidden));
    if (found.size() == before) return Fail(Code::kNotFound, "the folder holds no file", text);
    return {};
  }
  if (!fs::exists(status)) return PathError(text, ENOENT);
  if (!fs::is_regular_file(status))
    return Fail(Code::kInvalid, "neither a file nor a folder", text);
  found.push_back({path.string(), path.filename().string()});
  return {};
}

Result<void> Stat(Source& source) {
  if (objects::IsObject(source.path)) return io::LookAtObject(source);
  const int file = ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return PathError(source.path, errno);
  struct stat info {};
  const int failed = ::fstat(file, &info);
  const int number = errno;
  ::close(file);
  if (failed != 0) return PathError(source.path, number);
  source.bytes = info.st_size;
  source.modified = int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
  return {};
}

Result<void> SetEncoding(Source& source) {
  if (source.format == Format::kParquet || source.format == Format::kArrow) return {};
  SIKU_TRY(auto sample, io::ReadSample(source, kSampleBytes));
  const bool whole = static_cast<int64_t>(sample.size()) < kSampleBytes;
  const Detected detected = DetectEncoding(sample, whole);
  if (source.encoding_given) {
    // A mark at the start is dropped whoever named the encoding.
    if (detected.bom > 0 && detected.encoding == source.encoding)
      source.bom = static_cast<int64_t>(detected.bom);
    return {};
  }
  if (detected.binary) {
    return Fail(Code::kData, "not a text", source.relative, {},
                "give `encoding` if it is one all the same");
  }
  // One text among many must not stop a run: its broken bytes are flagged, and kept.
  source.encoding = detected.certain ? detected.encoding : Encoding::kUtf8;
  source.bom = static_cast<int64_t>(detected.bom);
  return {};
}

Result<Compression> CompressionNamed(const std::string& name, const std::string& path) {
  if (name.empty()) return CompressionOfFile(path);
  if (name == "none") return Compression::kNone;
  if (name == "gzip") return Compression::kGzip;
  if (name == "zstd") return Compression::kZstd;
  return Fail(Code::kInvalid, "unknown compression", name, {}, "it is none, gzip or zstd");
}

Result<void> Describe(Source& source, const SourceOptions& options) {
  SIKU_TRY(Stat(source));
  SIKU_TRY(source.compression, CompressionNamed(options.compression, source.path));
  const auto format =
      options.format.empty() ? FormatOfFile(source.path) : FormatFromName(options.format);
  if (!format.has_value()) {
    return Fail(Code::kInvalid, "the name does not tell the format", source.relative, {},
                "give `format`: text, lines, jsonl, csv, parquet or arrow");
  }
  source.format = *format;
  if (!options.encoding.empty()) {
    const auto encoding = EncodingFromName(options.encoding);
    if (!encoding.has_value()) return Fail(Code::kInvalid, "unknown encoding", options.encoding);
    source.encoding = *encoding;
    source.encoding_given = true;
  }
  return SetEncoding(source);
}

// A server takes its time to answer for each object, and answers many at once.
constexpr size_t kAskers = 16;

// The error is that of the first source that has one.
Result<void> DescribeAll(SourceList& sources, const SourceOptions& options) {
  const bool remote = !sources.empty() && objects::IsObject(sources.front().path);
  std::atomic<size_t> next{0};
  std::mutex mutex;
  size_t failed = sources.size();
  Result<void> done;
  const auto work = [&] {
    for (size_t i = next++; i < sources.size(); i = next++) {
      auto described = Describe(sources[i], options);
      if (described.has_value()) continue;
      next = sources.size();
      const std::lock_guard lock(mutex);
      if (i < failed) done = std::move(described);
      failed = std::min(failed, i);
    }
  };
  std::vector<std::jthread> others;
  for (size_t i = 1; remote && i < std::min(kAskers, sources.size()); ++i)
    others.emplace_back(work);
  work();
  others.clear();
  return done;
}

}  // namespace

namespace io {

bool GlobMatches(std::string_view pattern, std::string_view path) {
  const size_t slash = pattern.find('/');
  const std::string first(pattern.substr(0, slash));
  if (first == "**") {
    if (slash == std::string_view::npos) return true;
    const std::string_view rest = pattern.substr(slash + 1);
    for (size_t at = 0;;) {
      if (GlobMatches(rest, path.substr(at))) return true;
      const size_t next = path.find('/', at);
      if (next == std::string_view::npos) return false;
      at = next + 1;
    }
  }
  const size_t path_slash = path.find('/');
  if ((slash == std::string_view::npos) != (path_slash == std::string_view::npos)) return false;
  const std::string part(path.substr(0, path_slash));
  if (::fnmatch(first.c_str(), part.c_str(), FNM_PERIOD) != 0) return false;
  return slash == std::string_view::npos ||
         GlobMatches(pattern.substr(slash + 1), path.substr(path_slash + 1));
}

}  // namespace io

std::string_view FormatName(Format format) { return kFormats[static_cast<size_t>(format)].first; }

std::optional<Format> FormatFromName(std::string_view name) {
  for (const auto& [known, format] : kFormats) {
    if (known == name) return format;
  }
  return std::nullopt;
}

std::optional<Format> FormatOfFile(std::string_view name) {
  for (const Ending& ending : kEndings) {
    if (WithoutCompression(name).ends_with(ending.suffix)) return ending.format;
  }
  return std::nullopt;
}

Compression CompressionOfFile(std::string_view name) {
  if (name.ends_with(".gz")) return Compression::kGzip;
  return name.ends_with(".zst") ? Compression::kZstd : Compression::kNone;
}

Result<SourceList> FindSources(const std::vector<std::string>& paths, const std::string& base,
                               int input, const SourceOptions& options, HiddenNames* hidden) {
  std::vector<Found> found;
  HiddenNames passed_over;
  for (const std::string& path : paths) SIKU_TRY(Expand(path, base, found, passed_over));
  if (hidden != nullptr) hidden->merge(passed_over);
  std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) {
    return a.relative != b.relative ? a.relative < b.relative : a.path < b.path;
  });
  SourceList sources;
  std::set<std::string> seen;
  for (const Found& file : found) {
    const bool object = objects::IsObject(file.path);
    if (!seen.insert(object ? file.path : fs::path(file.path).lexically_normal().string()).second) {
      continue;
    }
    Source source;
    source.path = file.path;
    source.relative = file.relative;
    source.input = input;
    source.ordinal = static_cast<int>(sources.size());
    sources.push_back(std::move(source));
  }
  SIKU_TRY(DescribeAll(sources, options));
  return sources;
}

}  // namespace siku
