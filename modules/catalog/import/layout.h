// Where a table stands in a file: encoding, delimiter, quoting, titles above it, its header.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "siku/catalog/import.h"

namespace siku::catalog {

inline constexpr size_t kMostColumns = 2000;

/// What a person should know: in words of the API (docs/catalogue.md), with where and how often.
struct ImportNote {
  std::string what{};
  std::string value{};
  int64_t line = 0;
  int64_t count = 1;
};

struct Layout {
  ImportFormat format = ImportFormat::kCsv;
  std::string array{};  // JSON
  bool lines = false;
  Encoding encoding = Encoding::kUtf8;
  CsvDialect dialect{};
  int64_t titles = 0;
  int64_t headers = 1;
};
/// What a person has said of it.
struct GivenLayout {
  std::optional<ImportFormat> format{};
  std::optional<std::string> sheet{};
  std::optional<std::string> array{};
  std::optional<bool> lines{};
  std::optional<Encoding> encoding{};
  std::optional<char> delimiter{};
  std::optional<bool> quotes{};
  std::optional<int64_t> titles{};
  std::optional<int64_t> headers{};
};

struct TableSource;

/// From the head of a CSV or a sheet. kData: it is no text, or empty.
Result<Layout> GuessLayout(const TableSource& source, const GivenLayout& given,
                           std::vector<ImportNote>& notes);

/// Reads titles and header: names of columns, joined by `/` over the header's records, each once.
/// `above` gets the titles. kData: the file ends before, or has a record there that cannot be read.
Result<std::vector<std::string>> ReadHeader(CsvFile& file, const TableSource& source,
                                            const Layout& layout,
                                            std::vector<std::vector<std::string>>* above,
                                            std::vector<ImportNote>* notes);
/// Each name once and not one of the store's own, as a header gives it.
std::vector<std::string> NamesOf(const std::vector<std::string>& given,
                                 std::vector<ImportNote>* notes);

}  // namespace siku::catalog
