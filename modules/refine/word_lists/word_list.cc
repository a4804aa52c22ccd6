#include "word_lists/word_list.h"

#include "durable.h"
#include "siku/sha256.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

constexpr int64_t kMostBytes = int64_t{256} << 20;
constexpr std::string_view kMark = "\xEF\xBB\xBF";

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

std::string_view Trimmed(std::string_view line) {
  while (!line.empty() && IsBlank(line.front())) line.remove_prefix(1);
  while (!line.empty() && IsBlank(line.back())) line.remove_suffix(1);
  return line;
}

std::string_view WithoutComment(std::string_view line) {
  for (size_t at = line.find('#'); at != std::string_view::npos; at = line.find('#', at + 1)) {
    if (at == 0 || IsBlank(line[at - 1])) return line.substr(0, at);
  }
  return line;
}

std::string Place(const std::string& file, size_t line) {
  return file + ":" + std::to_string(line);
}

}  // namespace

Result<WordList> ParseWordList(std::string_view bytes, const std::string& file) {
  WordList list{file, Sha256Hex(bytes), {}};
  if (bytes.starts_with(kMark)) bytes.remove_prefix(kMark.size());
  size_t number = 0;
  for (size_t at = 0; at < bytes.size();) {
    ++number;
    const size_t end = std::min(bytes.find('\n', at), bytes.size());
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    if (!utf8::Valid(line)) {
      return Fail(Code::kData, "a line of a word list is not UTF-8", {}, Place(file, number),
                  "save the list as UTF-8");
    }
    const std::string_view entry = Trimmed(WithoutComment(line));
    if (entry.empty()) continue;
    const size_t characters = utf8::Length(entry);
    if (characters > kMostCharacters) {
      return Fail(Code::kData, "an entry of a word list has more than 256 characters",
                  std::to_string(characters), Place(file, number));
    }
    list.entries.emplace_back(entry);
  }
  if (list.entries.empty()) return Fail(Code::kInvalid, "a word list has no entry", file);
  return list;
}

Result<WordList> ReadWordList(const std::string& path) {
  SIKU_TRY(const auto bytes, ReadWhole(path, kMostBytes));
  return ParseWordList(bytes, path);
}

}  // namespace siku::refine
