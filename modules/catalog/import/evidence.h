// What the columns of a table are: types by every one of their cells, with the evidence.
#pragma once

#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "import/cell.h"
#include "import/table.h"

namespace siku::catalog {

/// At most so much of a text is shown, with … behind it.
std::string ShownText(std::string_view text);
nlohmann::json NoteJson(const ImportNote& note);

/// All that is known of a column's cells.
class ColumnEvidence {
 public:
  explicit ColumnEvidence(ImportFormat format) : format_(format) {}
  void Look(const CsvFields::Field& field, Said said, int64_t line);
  nlohmann::json Told(const std::string& name) const;

 private:
  void LookAtValue(std::string_view text, Said said, int64_t line);
  void LookAtFigure(const Cell& cell, std::string_view text, Said said, int64_t line);
  void Note(const char* what, std::string_view value, bool found, int64_t line);
  bool Has(const char* what) const { return notes_.contains({what, ""}); }
  int64_t Count(const char* what) const;
  int64_t Kind(CellKind kind) const { return kinds_[static_cast<size_t>(kind)]; }
  /// (type, why).
  std::pair<const char*, const char*> Type(const std::string& name) const;
  std::pair<const char*, const char*> NumberType(const std::string& name, bool whole) const;

  ImportFormat format_;
  int64_t values_ = 0;
  int64_t nulls_ = 0;
  size_t longest_ = 0;
  std::array<int64_t, 6> kinds_{};  // by CellKind
  int whole_ = 0;                   // most digits before the point
  int scale_ = 0;
  int64_t exponents_ = 0;                // numbers that no decimal of 38 digits holds
  std::optional<size_t> code_length_{};  // of digits alone, while all have as many; else 0
  int64_t odd_line_ = 0;                 // of the first text
  std::string odd_{};
  std::vector<std::string> samples_{};
  std::map<std::string, int64_t> marks_{};
  std::map<std::pair<std::string, std::string>, ImportNote> notes_{};
};

/// A look at every record behind the header.
class TableEvidence {
 public:
  TableEvidence(ImportFormat format, std::vector<std::string> names, std::vector<ImportNote> notes)
      : names_(std::move(names)),
        columns_(names_.size(), ColumnEvidence(format)),
        notes_(std::move(notes)) {}

  /// False: a quote never closes, from where on all is one field.
  bool Look(const CsvRecord& record, const Table& table);
  int64_t open_line() const { return open_line_; }
  nlohmann::json Told() const;

 private:
  void Note(const char* what, int64_t line);

  std::vector<std::string> names_;
  std::vector<ColumnEvidence> columns_;
  std::vector<ImportNote> notes_;
  int64_t rows_ = 0;
  int64_t open_line_ = 0;
  std::vector<nlohmann::json> preview_{};
};

}  // namespace siku::catalog
