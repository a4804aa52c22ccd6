#include "row_signer.h"

#include <sys/resource.h>
#include <unistd.h>

#include "siku/catalog/row_search.h"

namespace siku::server {
namespace {

constexpr size_t kMostWanted = 100'000;
constexpr int kNice = 10;

}  // namespace

RowSigner::RowSigner(catalog::Catalog& catalog) : catalog_(catalog), thread_([this] { Work(); }) {}

RowSigner::~RowSigner() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  asked_.notify_all();
  thread_.join();
}

void RowSigner::Ask(const catalog::Actor& actor, const std::string& dataset, int64_t ordinal) {
  const std::lock_guard lock(mutex_);
  Wanted wanted{actor, dataset, ordinal};
  if (queue_.size() >= kMostWanted || !queued_.insert(wanted.Key()).second) return;
  queue_.push_back(std::move(wanted));
  asked_.notify_all();
}

void RowSigner::Work() {
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNice);
  if (const auto all = catalog_.NamesWithRows({}); all.has_value()) {
    for (const std::string& name : *all) Ask({}, name, 0);
  }
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Wanted wanted = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    Make(wanted);
    lock.lock();
    queued_.erase(wanted.Key());
  }
}

/// What fails is looked at without signatures, and asked for again by the next search.
void RowSigner::Make(const Wanted& wanted) const {
  const auto readable = catalog_.Read(wanted.actor, wanted.dataset, wanted.ordinal);
  if (!readable.has_value()) return;
  (void)catalog::MakeSignatures(catalog_.store(), *readable, stopping_).has_value();
}

}  // namespace siku::server
