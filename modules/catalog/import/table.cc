#include "import/table.h"

#include <cstdio>

#include "durable.h"
#include "import/json_table.h"

namespace siku::catalog {
namespace {

struct CloseText {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

Result<std::unique_ptr<CsvFile>> OpenText(const std::string& path, const Layout& layout,
                                          int64_t max_record) {
  const std::unique_ptr<std::FILE, CloseText> file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return Errno("cannot read", path);
  std::string head(4, '\0');
  head.resize(std::fread(head.data(), 1, head.size(), file.get()));
  const auto mark = Encode("\uFEFF", layout.encoding);
  const bool marked = mark.has_value() && !mark->empty() && head.starts_with(*mark);
  return CsvFile::Open(path, {.encoding = layout.encoding,
                              .dialect = layout.dialect,
                              .bom = marked ? static_cast<int64_t>(mark->size()) : 0,
                              .max_record = max_record});
}

/// Rows of a sheet: each has its number for a line and a field for each of the sheet's columns.
class SheetRows final : public CsvFile {
 public:
  SheetRows(std::unique_ptr<CsvFile> records, std::shared_ptr<const Sheet> sheet)
      : records_(std::move(records)), sheet_(std::move(sheet)) {}

  Result<bool> Next(CsvRecord& record) override {
    SIKU_TRY(const bool more, records_->Next(record));
    if (!more) return false;
    record.line = record.position = record.problem_line = ++row_;
    record.fields.resize(std::max(record.fields.size(), sheet_->width()));
    said_.clear();
    for (const auto& field : record.fields) {
      said_.push_back(field.quoted                  ? Said::kText
                      : field.text.empty()          ? Said::kNothing
                      : field.text.starts_with('#') ? Said::kError
                                                    : Said::kValue);
    }
    return true;
  }
  // Making the records was most of it.
  int64_t bytes_done() const override { return sheet_->file_bytes(); }
  const std::vector<Said>& said() const { return said_; }

 private:
  std::unique_ptr<CsvFile> records_;
  std::shared_ptr<const Sheet> sheet_;
  int64_t row_ = 0;
  std::vector<Said> said_{};
};

}  // namespace

Result<TableSource> PrepareTable(const std::string& path, ImportFormat format,
                                 const std::string& sheet, const ImportProgress& progress) {
  TableSource source{.path = path};
  if (format == ImportFormat::kXlsx) {
    SIKU_TRY(source.sheet, Sheet::Read(path, sheet, progress));
  }
  return source;
}

Result<Table> OpenTable(const TableSource& source, const Layout& layout, int64_t max_record) {
  Table table;
  if (layout.format == ImportFormat::kJson) {
    SIKU_TRY(auto objects, JsonTable::Open(source, layout, max_record));
    table.said = &objects->said();
    table.file = std::move(objects);
  } else if (source.sheet != nullptr) {
    SIKU_TRY(auto records, OpenText(source.sheet->records(), Layout{}, max_record));
    auto rows = std::make_unique<SheetRows>(std::move(records), source.sheet);
    table.said = &rows->said();
    table.file = std::move(rows);
  } else {
    SIKU_TRY(table.file, OpenText(source.path, layout, max_record));
  }
  return table;
}

const char* ErrorWord(std::string_view text) {
  return text == "#=" ? "formula_without_value" : "error_cell";
}

}  // namespace siku::catalog
