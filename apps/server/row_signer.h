// Makes the signatures by which rows are searched (siku/catalog/row_search.h), one version after
// the other, in a thread that yields to those who answer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <tuple>

#include "siku/catalog/catalog.h"

namespace siku::server {

class RowSigner {
 public:
  /// Begins with what everybody may read.
  explicit RowSigner(catalog::Catalog& catalog);
  /// Gives up what is under way; another start makes it.
  ~RowSigner();
  RowSigner(const RowSigner&) = delete;
  RowSigner& operator=(const RowSigner&) = delete;

  /// Asks for those of what the actor may read of a version; `ordinal` 0: the newest.
  void Ask(const catalog::Actor& actor, const std::string& dataset, int64_t ordinal);

 private:
  struct Wanted {
    catalog::Actor actor;
    std::string dataset;
    int64_t ordinal = 0;
    auto Key() const { return std::tuple(actor.account, actor.key, dataset, ordinal); }
  };
  void Work();
  void Make(const Wanted& wanted) const;

  catalog::Catalog& catalog_;
  std::mutex mutex_;
  std::condition_variable asked_;
  std::deque<Wanted> queue_{};
  std::set<std::tuple<std::string, std::string, std::string, int64_t>> queued_{};
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace siku::server
