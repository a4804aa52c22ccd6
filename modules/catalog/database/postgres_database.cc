#include <utility>

#include "database/paired_database.h"
#include "libpq.h"

namespace siku::catalog {
namespace {

/// Connects again where the server was away: what was not committed is undone, and the statement
/// that met it fails.
class PostgresSession final : public Connection {
 public:
  Result<void> Open(const std::string& url, const char* settings) {
    settings_ = settings;
    SIKU_TRY(connection_, PostgresConnection::Open(url));
    return Prepare();
  }

  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) override {
    if (connection_->lost()) {
      SIKU_TRY(connection_->Reset());
      SIKU_TRY(Prepare());
    }
    std::vector<std::string> texts;
    for (const Value& value : parameters) {
      const auto* number = std::get_if<int64_t>(&value);
      texts.push_back(number != nullptr ? std::to_string(*number) : std::get<std::string>(value));
    }
    SIKU_TRY(const auto given, connection_->Ask(sql, texts));
    std::vector<std::vector<Value>> rows(static_cast<size_t>(given.size()));
    for (int row = 0; row < given.size(); ++row) {
      for (int column = 0; column < given.columns(); ++column) {
        auto& values = rows[static_cast<size_t>(row)];
        values.push_back(given.IsNull(row, column) ? Value() : Value(given.Text(row, column)));
      }
    }
    return Rows(std::move(rows));
  }

 private:
  Result<void> Prepare() {
    SIKU_TRY(const auto path, connection_->Ask("SET search_path TO siku_catalogue"));
    SIKU_TRY(const auto quiet, connection_->Ask("SET client_min_messages TO warning"));
    SIKU_TRY(const auto set, connection_->Ask(settings_));
    (void)path, (void)quiet, (void)set;
    return {};
  }

  std::unique_ptr<PostgresConnection> connection_;
  const char* settings_ = "";
};

}  // namespace

Result<std::unique_ptr<Database>> OpenPostgresDatabase(const std::string& url) {
  auto writer = std::make_unique<PostgresSession>();
  SIKU_TRY(writer->Open(url, "CREATE SCHEMA IF NOT EXISTS siku_catalogue"));
  auto reader = std::make_unique<PostgresSession>();
  SIKU_TRY(reader->Open(url, "SET default_transaction_read_only TO on"));
  // Numbers are handed out in the order of commits: one writer at a time, on all machines.
  return PairedDatabase::Open(
      "postgresql", std::move(writer), std::move(reader),
      {"BEGIN", "SELECT pg_advisory_xact_lock(hashtext('siku_catalogue'))"});
}

}  // namespace siku::catalog
