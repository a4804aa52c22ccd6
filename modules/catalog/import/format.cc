#include "import/format.h"

#include <array>
#include <cstdio>
#include <memory>
#include <string_view>

#include "durable.h"

namespace siku::catalog {
namespace {

using namespace std::string_view_literals;

constexpr size_t kHead = 64 << 10;

struct CloseHead {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// Behind the blanks.
std::string_view Rest(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  return first == std::string_view::npos ? std::string_view() : text.substr(first);
}

/// A CSV may begin with a brace or a bracket, but not go on like this.
bool LooksLikeJson(std::string_view head) {
  if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
  head = Rest(head);
  if (head.starts_with('{')) return Rest(head.substr(1)).find_first_of("\"}") == 0;
  return head.starts_with('[') && Rest(head.substr(1)).find_first_of("{[]") == 0;
}

/// The older container of Office, which is encrypted workbooks', too.
Result<bool> IsEncryptedOffice(std::FILE* file) {
  constexpr std::string_view kName = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv;
  std::string piece(1 << 20, '\0');
  size_t kept = 0;
  // Its directory is anywhere.
  for (;;) {
    const size_t got = std::fread(piece.data() + kept, 1, piece.size() - kept, file);
    if (std::string_view(piece).substr(0, kept + got).find(kName) != std::string_view::npos) {
      return true;
    }
    if (got < piece.size() - kept) return false;
    kept = kName.size();
    piece.replace(0, kept, piece, piece.size() - kept, kept);
  }
}

}  // namespace

Result<ImportFormat> FormatOf(const std::string& path) {
  const std::unique_ptr<std::FILE, CloseHead> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Errno("cannot read", path);
  std::string bytes(kHead, '\0');
  bytes.resize(std::fread(bytes.data(), 1, bytes.size(), file.get()));
  if (std::ferror(file.get()) != 0) return Errno("cannot read", path);
  const std::string_view head = bytes;
  if (head.starts_with("PK\3\4") || head.starts_with("PK\5\6")) return ImportFormat::kXlsx;
  if (head.starts_with("PAR1")) return ImportFormat::kParquet;
  if (head.starts_with("PARE")) {
    return Fail(Code::kData, "the file is encrypted", {}, {}, "save it without a password");
  }
  if (head.starts_with("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")) {
    SIKU_TRY(const bool encrypted, IsEncryptedOffice(file.get()));
    if (encrypted) {
      return Fail(Code::kData, "the file is encrypted", {}, {}, "save it without a password");
    }
    return Fail(Code::kUnsupported, "Excel's binary formats are not read", {}, {},
                "open it in Excel or WPS and save it as .xlsx");
  }
  constexpr std::array kPacked = {"\x1F\x8B"sv, "\x28\xB5\x2F\xFD"sv, "Rar!\x1A"sv,
                                  "7z\xBC\xAF\x27\x1C"sv, "\xFD\x37zXZ"sv};
  for (const std::string_view mark : kPacked) {
    if (head.starts_with(mark)) {
      return Fail(Code::kUnsupported, "the file is an archive", {}, {}, "unpack it first");
    }
  }
  return LooksLikeJson(head) ? ImportFormat::kJson : ImportFormat::kCsv;
}

}  // namespace siku::catalog
