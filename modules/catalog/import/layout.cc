#include "import/layout.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <memory>
#include <set>

#include "durable.h"
#include "import/cell.h"
#include "import/table.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr size_t kSampleBytes = 256 << 10;
constexpr size_t kHeadRecords = 200;
constexpr int64_t kHeadRecord = 1 << 20;  // bytes; a longer one is no line of a table's head
constexpr int64_t kMostTitles = 50;
constexpr int64_t kMostHeaders = 10;
constexpr std::array kDelimiters = {',', '\t', ';', '|'};

using Row = std::vector<std::string>;

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// The head; where it is ASCII alone, what stands from the first byte on that is not.
Result<std::string> SampleOf(const std::string& path, bool& whole) {
  const std::unique_ptr<std::FILE, CloseFile> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Errno("cannot read", path);
  std::string head;
  std::string piece(kSampleBytes, '\0');
  for (bool first = true;; first = false) {
    piece.resize(kSampleBytes);
    piece.resize(std::fread(piece.data(), 1, piece.size(), file.get()));
    if (std::ferror(file.get()) != 0) return Errno("cannot read", path);
    if (first) head = piece;
    whole = piece.size() < kSampleBytes;
    const auto wide = std::find_if(piece.begin(), piece.end(),
                                   [](char c) { return static_cast<uint8_t>(c) >= 0x80; });
    if (wide != piece.end()) return first ? piece : std::string(wide, piece.end());
    // UTF-16 of ASCII alone has zeros.
    if (first && head.find('\0') != std::string::npos) return head;
    if (whole) return head;
  }
}

Result<Encoding> GuessEncoding(const std::string& path, std::vector<ImportNote>& notes) {
  bool whole = false;
  SIKU_TRY(const auto sample, SampleOf(path, whole));
  const Detected detected = DetectEncoding(sample, whole);
  if (detected.binary) {
    return Fail(Code::kData, "not a text", path, {},
                "an import reads CSV, Excel (.xlsx), JSON and Parquet");
  }
  const auto reads = [&](Encoding encoding) {
    const Decoded decoded = Decode(sample, encoding);
    // The last character may be cut.
    return decoded.broken.empty() ||
           (!whole && decoded.broken.size() == 1 && decoded.broken[0] + 3 == decoded.text.size());
  };
  if (detected.certain || detected.bom > 0 || reads(Encoding::kUtf8)) return detected.encoding;
  Encoding best = detected.encoding;
  for (const Encoding encoding : {Encoding::kBig5, Encoding::kGb18030}) {
    if (reads(encoding)) best = encoding;
  }
  notes.push_back({.what = "encoding_uncertain", .value = std::string(EncodingName(best))});
  return best;
}

Result<std::vector<Row>> HeadOf(const TableSource& source, const Layout& layout, bool& sound) {
  SIKU_TRY(const auto table, OpenTable(source, layout, kHeadRecord));
  CsvFile* const file = table.file.get();
  std::vector<Row> rows;
  sound = true;
  CsvRecord record;
  while (rows.size() < kHeadRecords) {
    SIKU_TRY(const bool more, file->Next(record));
    if (!more) break;
    sound = sound && record.problem != "too_long" && record.problem != "open_quote";
    Row& row = rows.emplace_back();
    for (const auto& field : record.fields) row.emplace_back(field.text);
  }
  return rows;
}

size_t Filled(const Row& row) {
  return static_cast<size_t>(
      std::count_if(row.begin(), row.end(), [](const std::string& cell) { return !cell.empty(); }));
}

/// The number of fields that most records have.
size_t WidthOf(const std::vector<Row>& rows, double& share) {
  std::map<size_t, size_t> widths;
  size_t counted = 0;
  for (const Row& row : rows) {
    if (Filled(row) == 0) continue;
    ++widths[row.size()];
    ++counted;
  }
  share = 0;
  const auto most =
      std::max_element(widths.begin(), widths.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  if (most == widths.end()) return 1;
  share = static_cast<double>(most->second) / static_cast<double>(counted);
  return most->first;
}

Result<std::vector<Row>> GuessDialect(const TableSource& source, const GivenLayout& given,
                                      Layout& layout) {
  std::vector<Row> best;
  double best_score = -2;  // below any
  for (const bool quotes : {true, false}) {
    for (const char delimiter : kDelimiters) {
      if (quotes != given.quotes.value_or(quotes)) continue;
      const CsvDialect dialect{.delimiter = given.delimiter.value_or(delimiter), .quotes = quotes};
      bool sound = true;
      const Layout tried{.encoding = layout.encoding, .dialect = dialect};
      SIKU_TRY(auto rows, HeadOf(source, tried, sound));
      double share = 0;
      const size_t width = WidthOf(rows, share);
      const double score = (width > 1 ? share : 0) + (sound ? 0 : -1);
      if (score > best_score) {
        best_score = score;
        best = std::move(rows);
        layout.dialect = dialect;
      }
      if (given.delimiter) break;
    }
    // That quotes are text is for files in which one never closes.
    if (best_score >= 0) break;
  }
  return best;
}

bool IsYear(const std::string& text) {
  const auto year = CellInteger(text);
  return year && *year >= 1900 && *year < 2100;
}

/// Whether a record is a row like the one below it: where that has numbers or dates, so has it.
bool LooksLikeData(const Row& row, const Row& below) {
  size_t same = 0;
  for (size_t i = 0; i < std::min(row.size(), below.size()); ++i) {
    const Cell cell = LookAtCell(below[i]);
    if (below[i].empty() || cell.kind == CellKind::kText) continue;
    const bool value = LookAtCell(row[i]).kind != CellKind::kText;
    if (!value || (IsYear(row[i]) && !IsYear(below[i]))) return false;
    ++same;
  }
  return same > 0;
}

/// Whether `next` names parts of what `row` names: all text, and nothing below a name that stands
/// alone, for that cell was merged with the one below.
bool GoesOn(const Row& row, const Row& next) {
  if (row.size() != next.size() || row.size() < 2) return false;
  bool fills = false;
  for (size_t i = 0; i < row.size(); ++i) {
    const bool spans = i + 1 < row.size() && row[i + 1].empty();
    if (!row[i].empty() && !spans && !next[i].empty()) return false;
    if (!next[i].empty() && LookAtCell(next[i]).kind != CellKind::kText && !IsYear(next[i])) {
      return false;
    }
    fills |= row[i].empty() && !next[i].empty();
  }
  return fills;
}

/// The records of a header in whose first one cells are merged, by the deepest of them; 0: none is.
int64_t MergedHeader(const std::vector<Row>& rows, size_t at, const std::vector<Merge>& merges) {
  int64_t deepest = 0;
  bool wide = false;
  for (const Merge& merge : merges) {
    if (merge.top != static_cast<int64_t>(at) + 1) continue;
    deepest = std::max(deepest, merge.bottom - merge.top + 1);
    wide |= merge.left < merge.right;
  }
  if (deepest != 1) return deepest > kMostHeaders ? 0 : deepest;
  const Row& next = rows[at + 1];
  const bool names = std::all_of(next.begin(), next.end(), [](const std::string& cell) {
    return cell.empty() || LookAtCell(cell).kind == CellKind::kText || IsYear(cell);
  });
  return wide && names && at + 2 < rows.size() ? 2 : 0;
}

void GuessHeader(const std::vector<Row>& rows, const GivenLayout& given,
                 const std::vector<Merge>& merges, Layout& layout) {
  double share = 0;
  const size_t width = WidthOf(rows, share);
  size_t at = 0;
  if (given.titles) {
    at = static_cast<size_t>(*given.titles);
  } else {
    while (at < rows.size() && Filled(rows[at]) < std::min<size_t>(width, 2)) ++at;
    if (at >= rows.size() || at > kMostTitles) at = 0;
  }
  layout.titles = static_cast<int64_t>(at);
  layout.headers = given.headers.value_or(1);
  if (given.headers || at + 1 >= rows.size()) return;
  if (const int64_t merged = MergedHeader(rows, at, merges); merged > 0) {
    layout.headers = merged;
  } else if (LooksLikeData(rows[at], rows[at + 1])) {
    layout.headers = 0;
  } else if (at + 2 < rows.size() && GoesOn(rows[at], rows[at + 1])) {
    layout.headers = 2;
  }
}

std::string Trimmed(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  const size_t first = out.find_first_not_of(' ');
  return first == std::string::npos ? "" : out.substr(first, out.find_last_not_of(' ') + 1 - first);
}

/// A name that spans columns is in the first of them: it holds for those right of it, as long as
/// they have the same names above and something below.
void Spread(std::vector<Row>& header) {
  for (size_t level = 0; level + 1 < header.size(); ++level) {
    for (size_t i = 1; i < header[level].size(); ++i) {
      bool part = header[level][i].empty();
      for (size_t above = 0; above < level; ++above)
        part &= header[above][i] == header[above][i - 1];
      bool below = false;
      for (size_t down = level + 1; down < header.size(); ++down) below |= !header[down][i].empty();
      if (part && below) header[level][i] = header[level][i - 1];
    }
  }
}

/// Merged cells of the header all have the value of their first one.
void Fill(const std::vector<Merge>& merges, int64_t first_row, std::vector<Row>& header) {
  for (const Merge& merge : merges) {
    const int64_t top = merge.top - first_row;
    if (top < 0 || top >= static_cast<int64_t>(header.size()) || merge.left < 1) continue;
    const std::string value = header[static_cast<size_t>(top)][static_cast<size_t>(merge.left - 1)];
    for (int64_t row = top; row <= merge.bottom - first_row; ++row) {
      if (row >= static_cast<int64_t>(header.size())) break;
      Row& cells = header[static_cast<size_t>(row)];
      const auto end = std::min<size_t>(cells.size(), static_cast<size_t>(merge.right));
      for (auto i = static_cast<size_t>(merge.left - 1); i < end; ++i) cells[i] = value;
    }
  }
}

std::vector<std::string> JoinedNames(std::vector<Row> header, size_t width,
                                     const std::vector<Merge>& merges, int64_t first_row) {
  for (Row& row : header) {
    row.resize(width);
    std::transform(row.begin(), row.end(), row.begin(), Trimmed);
  }
  const bool merged = std::any_of(merges.begin(), merges.end(), [&](const Merge& one) {
    return one.top >= first_row && one.top < first_row + static_cast<int64_t>(header.size()) &&
           one.left <= static_cast<int64_t>(width);
  });
  if (merged) {
    Fill(merges, first_row, header);
  } else {
    Spread(header);
  }
  std::vector<std::string> names;
  for (size_t i = 0; i < width; ++i) {
    std::string name;
    std::string last;
    for (const Row& row : header) {
      if (!row[i].empty() && row[i] != last) name += (name.empty() ? "" : "/") + row[i];
      if (!row[i].empty()) last = row[i];
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace

std::vector<std::string> NamesOf(const std::vector<std::string>& given,
                                 std::vector<ImportNote>* notes) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (size_t i = 0; i < given.size(); ++i) {
    std::string name = given[i];
    if (name.empty() || name.starts_with(kHiddenPrefix)) name = "column_" + std::to_string(i + 1);
    for (int n = 2; !taken.insert(name).second; ++n) name = given[i] + "_" + std::to_string(n);
    if (name != given[i] && notes != nullptr) {
      notes->push_back({.what = given[i].empty() ? "no_name" : "name_twice", .value = name});
    }
    names.push_back(std::move(name));
  }
  return names;
}

Result<Layout> GuessLayout(const TableSource& source, const GivenLayout& given,
                           std::vector<ImportNote>& notes) {
  Layout layout;
  std::vector<Row> rows;
  if (source.sheet != nullptr) {
    layout.format = ImportFormat::kXlsx;
    bool sound = true;
    SIKU_TRY(rows, HeadOf(source, layout, sound));
  } else {
    if (given.encoding) {
      layout.encoding = *given.encoding;
    } else {
      SIKU_TRY(layout.encoding, GuessEncoding(source.path, notes));
    }
    SIKU_TRY(rows, GuessDialect(source, given, layout));
    if (!layout.dialect.quotes && !given.quotes) notes.push_back({.what = "quotes_are_text"});
  }
  if (rows.empty()) return Fail(Code::kData, "the file is empty", source.path);
  GuessHeader(rows, given, source.sheet ? source.sheet->merges() : std::vector<Merge>(), layout);
  return layout;
}

Result<std::vector<std::string>> ReadHeader(CsvFile& file, const TableSource& source,
                                            const Layout& layout,
                                            std::vector<std::vector<std::string>>* above,
                                            std::vector<ImportNote>* notes) {
  std::vector<Row> header;
  CsvRecord record;
  // Without a header the first row says how many columns there are.
  const int64_t wanted = layout.titles + std::max<int64_t>(layout.headers, 1);
  size_t width = 0;
  for (int64_t i = 0; i < wanted; ++i) {
    SIKU_TRY(const bool more, file.Next(record));
    if (!more) return Fail(Code::kData, "the file ends before its table begins");
    const bool title = i < layout.titles;
    if (!title && !record.problem.empty() && record.problem != "undecodable") {
      return Fail(Code::kData, "the header cannot be read", record.problem,
                  std::to_string(record.line));
    }
    Row row;
    for (const auto& field : record.fields) row.emplace_back(field.text);
    if (row.size() > kMostColumns) {
      return Fail(Code::kLimit, "a table has at most 2,000 columns", std::to_string(row.size()),
                  std::to_string(record.line));
    }
    if (!title) {
      width = std::max(width, row.size());
      if (layout.headers > 0) header.push_back(std::move(row));
    } else if (above != nullptr) {
      above->push_back(std::move(row));
    }
  }
  // Columns that no header names have their numbers, and that is not told.
  const bool named = !header.empty();
  const auto joined =
      JoinedNames(std::move(header), width,
                  source.sheet ? source.sheet->merges() : std::vector<Merge>(), layout.titles + 1);
  return NamesOf(joined, named ? notes : nullptr);
}

}  // namespace siku::catalog
