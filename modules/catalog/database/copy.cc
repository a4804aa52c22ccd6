#include <array>

#include "database/database.h"
#include "siku/catalog/catalog.h"

namespace siku::catalog {
namespace {

struct Table {
  const char* name;
  const char* pages;  // rows behind $1 … in the order of the key
  const char* insert;
  const char* only = "";  // which of its rows are the catalogue's
};

/// Whole tables at once but for the two that grow: those go by number.
constexpr std::array kTables = {
    Table{"organisations", "SELECT * FROM organisations ORDER BY id",
          "INSERT INTO organisations VALUES ($1, $2, $3, $4, $5)"},
    Table{"datasets", "SELECT * FROM datasets WHERE id > $1 ORDER BY id LIMIT 500",
          "INSERT INTO datasets VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
    Table{"versions", "SELECT * FROM versions ORDER BY dataset, ordinal",
          "INSERT INTO versions VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
    Table{"version_files", "SELECT * FROM version_files ORDER BY dataset, ordinal, name",
          "INSERT INTO version_files VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"records", "SELECT * FROM records WHERE number > $1 ORDER BY number LIMIT 500",
          "INSERT INTO records VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"accounts", "SELECT * FROM accounts ORDER BY name",
          "INSERT INTO accounts VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"api_keys", "SELECT * FROM api_keys ORDER BY hash",
          "INSERT INTO api_keys VALUES ($1, $2, $3, $4, $5, $6)"},
    Table{"grants", "SELECT * FROM grants ORDER BY id",
          "INSERT INTO grants VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"},
    Table{"audit", "SELECT * FROM audit WHERE number > $1 ORDER BY number LIMIT 500",
          "INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7)"},
    Table{"meta", "SELECT key, value FROM meta WHERE key LIKE 'setting.%' ORDER BY key",
          "INSERT INTO meta VALUES ($1, $2)", " WHERE key LIKE 'setting.%'"},
};

bool InPages(const Table& table) {
  return std::string_view(table.pages).find("$1") != std::string_view::npos;
}

Result<int64_t> CopyTable(Database& from, Database& to, const Table& table) {
  int64_t copied = 0;
  // Texts begin behind "", numbers behind 0.
  const bool by_text = std::string_view(table.name) == "datasets";
  Value after = by_text ? Value(std::string()) : Value(int64_t{0});
  for (;;) {
    SIKU_TRY(const auto rows, from.Ask(table.pages, InPages(table) ? std::vector<Value>{after}
                                                                   : std::vector<Value>{}));
    for (size_t row = 0; row < rows.size(); ++row) {
      SIKU_TRY(const auto done, to.Ask(table.insert, rows.Row(row)));
      (void)done;
    }
    copied += static_cast<int64_t>(rows.size());
    if (rows.empty() || !InPages(table)) return copied;
    after =
        by_text ? Value(rows.Text(rows.size() - 1, 0)) : Value(rows.Integer(rows.size() - 1, 0));
  }
}

}  // namespace

Result<int64_t> CopyCatalogue(const std::string& from_place, const std::string& to_place) {
  SIKU_TRY(const auto from, OpenDatabase(from_place));
  SIKU_TRY(const auto to, OpenDatabase(to_place));
  int64_t copied = 0;
  SIKU_TRY(to->Write([&]() -> Result<void> {
    for (const Table& table : kTables) {
      const std::string any = std::string("SELECT 1 FROM ") + table.name + table.only + " LIMIT 1";
      SIKU_TRY(const auto there, to->Ask(any.c_str()));
      if (!there.empty()) {
        return Fail(Code::kConflict, "a catalogue is there already", table.name);
      }
    }
    for (const Table& table : kTables) {
      SIKU_TRY(const int64_t rows, CopyTable(*from, *to, table));
      copied += rows;
    }
    return {};
  }));
  return copied;
}

}  // namespace siku::catalog
