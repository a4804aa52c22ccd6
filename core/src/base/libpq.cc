#include "libpq.h"

#include <dlfcn.h>
#include <libpq-fe.h>

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace siku {
namespace {

// The functions of libpq that we call.
struct Library {
  decltype(&PQconnectdb) connect = nullptr;
  decltype(&PQreset) reset = nullptr;
  decltype(&PQfinish) finish = nullptr;
  decltype(&PQstatus) status = nullptr;
  decltype(&PQerrorMessage) error_message = nullptr;
  decltype(&PQhost) host = nullptr;
  decltype(&PQport) port = nullptr;
  decltype(&PQdb) database = nullptr;
  decltype(&PQexecParams) execute = nullptr;
  decltype(&PQresultStatus) result_status = nullptr;
  decltype(&PQresultErrorField) result_error_field = nullptr;
  decltype(&PQresultErrorMessage) result_error_message = nullptr;
  decltype(&PQntuples) rows = nullptr;
  decltype(&PQnfields) columns = nullptr;
  decltype(&PQgetvalue) value = nullptr;
  decltype(&PQgetisnull) is_null = nullptr;
  decltype(&PQclear) clear = nullptr;
  bool complete = false;
};

template <class F>
bool Find(void* library, const char* name, F& function) {
  function = reinterpret_cast<F>(::dlsym(library, name));
  return function != nullptr;
}

Library Load() {
  Library found;
  // Arrow exports an OpenSSL of its own: libpq must meet the one that it was linked with.
  int flags = RTLD_NOW | RTLD_LOCAL;
#if defined(RTLD_DEEPBIND) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  flags |= RTLD_DEEPBIND;
#endif
  void* const library = ::dlopen("libpq.so.5", flags);
  if (library == nullptr) return found;
  found.complete =
      Find(library, "PQconnectdb", found.connect) && Find(library, "PQreset", found.reset) &&
      Find(library, "PQfinish", found.finish) && Find(library, "PQstatus", found.status) &&
      Find(library, "PQerrorMessage", found.error_message) && Find(library, "PQhost", found.host) &&
      Find(library, "PQport", found.port) && Find(library, "PQdb", found.database) &&
      Find(library, "PQexecParams", found.execute) &&
      Find(library, "PQresultStatus", found.result_status) &&
      Find(library, "PQresultErrorField", found.result_error_field) &&
      Find(library, "PQresultErrorMessage", found.result_error_message) &&
      Find(library, "PQntuples", found.rows) && Find(library, "PQnfields", found.columns) &&
      Find(library, "PQgetvalue", found.value) && Find(library, "PQgetisnull", found.is_null) &&
      Find(library, "PQclear", found.clear);
  return found;
}

const Library& Libpq() {
  static const Library library = Load();
  return library;
}

std::string OneLine(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  std::string line(text);
  for (char& c : line) {
    if (c == '\n' || c == '\t') c = ' ';
  }
  return line;
}

tl::unexpected<Error> ConnectionFailure(const std::string& said, const std::string& place) {
  const auto has = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  if (has("password authentication failed") || has("no password supplied") ||
      has("no pg_hba.conf entry") || has("permission denied")) {
    return Fail(Code::kDenied, "PostgreSQL refuses the connection", said, place,
                "a password goes into ~/.pgpass or PGPASSWORD");
  }
  if (has("does not exist")) {
    return Fail(Code::kNotFound, "PostgreSQL has no such database or user", said, place,
                "`createdb` makes a database");
  }
  // libpq shows all of what it cannot read, a password in it, too.
  if (place == ":/") {
    return Fail(Code::kInvalid, "this is no URL of a PostgreSQL database", {},
                "--index, SIKU_INDEX", "postgresql://user@host:port/database");
  }
  return Fail(Code::kIo, "PostgreSQL cannot be reached", said, place);
}

// By class of SQLSTATE (PostgreSQL, appendix A).
tl::unexpected<Error> StatementFailure(std::string_view state, const std::string& said,
                                       const std::string& place) {
  if (state == "53100") return Fail(Code::kNoSpace, "the disk is full", said, place);
  if (state == "55P03" || state.starts_with("40")) {
    return Fail(Code::kBusy, "another process holds the store", said, place);
  }
  if (state.starts_with("23")) {
    return Fail(Code::kConflict, "the database has this already", said, place);
  }
  if (state == "42501" || state.starts_with("25006") || state.starts_with("28")) {
    return Fail(Code::kDenied, "the store's index cannot be written", said, place);
  }
  return Fail(Code::kIo, "the store's index failed", said, place);
}

}  // namespace

PostgresRows::~PostgresRows() {
  if (rows_ != nullptr) Libpq().clear(rows_);
}
int PostgresRows::size() const { return Libpq().rows(rows_); }
int PostgresRows::columns() const { return Libpq().columns(rows_); }
std::string PostgresRows::Text(int row, int column) const {
  return Libpq().value(rows_, row, column);
}
int64_t PostgresRows::Integer(int row, int column) const {
  return std::atoll(Libpq().value(rows_, row, column));
}
bool PostgresRows::IsNull(int row, int column) const {
  return Libpq().is_null(rows_, row, column) != 0;
}

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::Open(const std::string& url) {
  const Library& pq = Libpq();
  if (!pq.complete) {
    return Fail(Code::kUnsupported, "an index in PostgreSQL needs its client library", "libpq.so.5",
                {}, "install it (Debian: libpq5)");
  }
  std::unique_ptr<PostgresConnection> made(new PostgresConnection(pq.connect(url.c_str())));
  const auto part = [](const char* text) { return std::string(text == nullptr ? "" : text); };
  made->place_ = part(pq.host(made->connection_)) + ":" + part(pq.port(made->connection_)) + "/" +
                 part(pq.database(made->connection_));
  if (pq.status(made->connection_) != CONNECTION_OK) {
    return ConnectionFailure(OneLine(pq.error_message(made->connection_)), made->place_);
  }
  return made;
}

PostgresConnection::~PostgresConnection() { Libpq().finish(connection_); }

Result<PostgresRows> PostgresConnection::Ask(const char* sql,
                                             const std::vector<std::string>& parameters) {
  const Library& pq = Libpq();
  std::vector<const char*> values;
  for (const std::string& one : parameters) values.push_back(one.c_str());
  pg_result* const done = pq.execute(connection_, sql, static_cast<int>(values.size()), nullptr,
                                     values.data(), nullptr, nullptr, 0);
  PostgresRows rows(done);
  const auto status = pq.result_status(done);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return rows;
  const char* const state = pq.result_error_field(done, PG_DIAG_SQLSTATE);
  return StatementFailure(state == nullptr ? "" : state, OneLine(pq.result_error_message(done)),
                          place_);
}

bool PostgresConnection::lost() const { return Libpq().status(connection_) != CONNECTION_OK; }

Result<void> PostgresConnection::Reset() {
  const Library& pq = Libpq();
  pq.reset(connection_);
  if (!lost()) return {};
  return ConnectionFailure(OneLine(pq.error_message(connection_)), place_);
}

}  // namespace siku
