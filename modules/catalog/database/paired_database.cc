#include "database/paired_database.h"

#include <cstdlib>
#include <utility>

#include "database/schema.h"

namespace siku::catalog {

Result<void> Connection::Do(const char* sql) {
  SIKU_TRY(const auto rows, Ask(sql, {}));
  (void)rows;
  return {};
}

Result<std::unique_ptr<Database>> PairedDatabase::Open(const std::string& place,
                                                       std::unique_ptr<Connection> writer,
                                                       std::unique_ptr<Connection> reader,
                                                       std::vector<const char*> begin) {
  std::unique_ptr<PairedDatabase> database(new PairedDatabase());
  database->writer_ = std::move(writer);
  database->reader_ = std::move(reader);
  database->begin_ = std::move(begin);
  SIKU_TRY(database->Write([&] { return database->Migrate(place); }));
  return database;
}

Result<Rows> PairedDatabase::Ask(const char* sql, const std::vector<Value>& parameters) {
  if (leader_.load() == std::this_thread::get_id()) return writer_->Ask(sql, parameters);
  const std::lock_guard lock(reading_);
  return reader_->Ask(sql, parameters);
}

Result<void> PairedDatabase::Write(const std::function<Result<void>()>& body) {
  Pending mine{.body = &body};
  std::unique_lock lock(queue_mutex_);
  queue_.push_back(&mine);
  moved_.wait(lock, [&] { return mine.done || !led_; });
  if (mine.done) return std::move(mine.result);
  led_ = true;
  const std::vector<Pending*> together = std::exchange(queue_, {});
  lock.unlock();
  leader_ = std::this_thread::get_id();
  Commit(together);
  leader_ = std::thread::id();
  lock.lock();
  for (Pending* one : together) one->done = true;
  led_ = false;
  moved_.notify_all();
  return std::move(mine.result);
}

void PairedDatabase::Commit(const std::vector<Pending*>& together) {
  auto done = Begin();
  for (Pending* one : together) {
    if (done.has_value()) done = Apart(*one);
  }
  if (done.has_value()) done = writer_->Do("COMMIT");
  if (done.has_value()) return;
  (void)writer_->Do("ROLLBACK").has_value();
  for (Pending* one : together) one->result = done;
}

Result<void> PairedDatabase::Begin() {
  for (const char* statement : begin_) SIKU_TRY(writer_->Do(statement));
  return {};
}

/// One that fails undoes itself alone. An error is the whole transaction's: SQLite undoes all of it
/// by itself where the disk is full or broken, and then the savepoint is gone.
Result<void> PairedDatabase::Apart(Pending& one) {
  SIKU_TRY(writer_->Do("SAVEPOINT one"));
  one.result = (*one.body)();
  if (!one.result.has_value() && !writer_->Do("ROLLBACK TO one").has_value()) return one.result;
  return writer_->Do("RELEASE one");
}

Result<void> PairedDatabase::Migrate(const std::string& place) {
  SIKU_TRY(writer_->Do(kMeta));
  SIKU_TRY(const auto format, Ask("SELECT value FROM meta WHERE key = 'format'", {}));
  if (format.empty()) {
    for (const char* statement : kSchema) SIKU_TRY(writer_->Do(statement));
    for (const char* statement : kFormat2) SIKU_TRY(writer_->Do(statement));
    for (const char* statement : kFormat3) SIKU_TRY(writer_->Do(statement));
    SIKU_TRY(const auto made,
             Ask("INSERT INTO meta VALUES ('format', $1)", {std::to_string(kCatalogFormat)}));
    (void)made;
    return {};
  }
  if (format.Integer(0, 0) > kCatalogFormat) {
    return Fail(Code::kUnsupported, "the catalogue has a newer format", format.Text(0, 0), place,
                "open it with a newer Siku");
  }
  if (format.Integer(0, 0) == kCatalogFormat) return {};
  if (format.Integer(0, 0) < 2) {
    for (const char* statement : kFormat2) SIKU_TRY(writer_->Do(statement));
  }
  for (const char* statement : kFormat3) SIKU_TRY(writer_->Do(statement));
  SIKU_TRY(const auto now, Ask("UPDATE meta SET value = $1 WHERE key = 'format'",
                               {std::to_string(kCatalogFormat)}));
  (void)now;
  return {};
}

}  // namespace siku::catalog
