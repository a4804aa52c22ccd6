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
  Encoding encoding = Encoding::kUtf8;
  CsvDialect dialect{};
  int64_t titles = 0;
  int64_t headers = 1;
};
/// What a person has said of it.
struct GivenLayout {
  std::optional<Encoding> encoding{};
  std::optional<char> delimiter{};
  std::optional<bool> quotes{};
  std::optional<int64_t> titles{};
  std::optional<int64_t> headers{};
};

/// From the file's head. kData: it is no text, or empty.
Result<Layout> GuessLayout(const std::string& path, const GivenLayout& given,
                           std::vector<ImportNote>& notes);

/// Opens the file behind its mark.
Result<std::unique_ptr<CsvFile>> OpenTable(const std::string& path, Encoding encoding,
                                           CsvDialect dialect, int64_t max_record);

/// Reads titles and header: names of columns, joined by `/` over the header's records, each once.
/// `above` gets the titles. kData: the file ends before, or has a record there that cannot be read.
Result<std::vector<std::string>> ReadHeader(CsvFile& file, const Layout& layout,
                                            std::vector<std::vector<std::string>>* above,
                                            std::vector<ImportNote>* notes);

}  // namespace siku::catalog
