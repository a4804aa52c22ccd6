#include "lease.h"

#include <chrono>
#include <system_error>
#include <utility>

#include "../base/clock.h"
#include "../base/durable.h"

namespace siku {
namespace {

// A killed process's lease ends after this.
constexpr int64_t kLeaseSeconds = 120;

}  // namespace

HeldLease::HeldLease(Metadata& metadata, std::string what, int64_t started)
    : metadata_(metadata), id_(UniqueName()), what_(std::move(what)), started_(started) {}

Result<std::unique_ptr<Lease>> HeldLease::Take(Metadata& metadata, std::string what,
                                               int64_t started) {
  std::unique_ptr<HeldLease> lease(new HeldLease(metadata, std::move(what), started));
  SIKU_TRY(lease->Renew());
  try {
    lease->renewer_ = std::thread([held = lease.get()] { held->KeepRenewing(); });
  } catch (const std::system_error& e) {
    return Fail(Code::kLimit, "cannot start a thread", e.what());
  }
  return lease;
}

HeldLease::~HeldLease() {
  {
    const std::lock_guard lock(mutex_);
    done_ = true;
  }
  wake_.notify_all();
  if (renewer_.joinable()) renewer_.join();
  // If this fails, the lease ends by its time.
  (void)metadata_.Write([&] { return metadata_.DropLease(id_); }).has_value();
}

Result<void> HeldLease::Renew() {
  return metadata_.Write([&] {
    return metadata_.PutLease(id_, what_, started_, NowMilliseconds() + kLeaseSeconds * 1000);
  });
}

void HeldLease::KeepRenewing() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, std::chrono::seconds(kLeaseSeconds / 4), [this] { return done_; })) {
    (void)Renew().has_value();
  }
}

}  // namespace siku
