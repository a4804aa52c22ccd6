// What SQLite and PostgreSQL have in common: a connection that writes and one that reads beside it.
// Writers that come while a transaction is on its way to the disk share the next one: a sync for
// all of them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "database/database.h"

namespace siku::catalog {

/// One thread at a time.
class Connection {
 public:
  virtual ~Connection() = default;
  virtual Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) = 0;
  Result<void> Do(const char* sql);
};

class PairedDatabase final : public Database {
 public:
  /// `begin`: the statements that begin a transaction which no other writer overlaps. Makes the
  /// tables where there are none. kUnsupported: a newer format.
  static Result<std::unique_ptr<Database>> Open(const std::string& place,
                                                std::unique_ptr<Connection> writer,
                                                std::unique_ptr<Connection> reader,
                                                std::vector<const char*> begin);
  Result<Rows> Ask(const char* sql, const std::vector<Value>& parameters) override;
  Result<void> Write(const std::function<Result<void>()>& body) override;

 private:
  struct Pending {
    const std::function<Result<void>()>* body;
    Result<void> result{};
    bool done = false;
  };

  PairedDatabase() = default;
  void Commit(const std::vector<Pending*>& together);
  Result<void> Begin();
  Result<void> Apart(Pending& one);
  Result<void> Migrate(const std::string& place);

  std::unique_ptr<Connection> writer_;  // the leader's
  std::vector<const char*> begin_{};
  std::atomic<std::thread::id> leader_{};
  std::mutex queue_mutex_;
  std::condition_variable moved_;
  std::vector<Pending*> queue_{};
  bool led_ = false;
  std::mutex reading_;
  std::unique_ptr<Connection> reader_;
};

}  // namespace siku::catalog
