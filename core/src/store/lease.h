// A lease that a thread renews for as long as it is held.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "metadata.h"

namespace siku {

class HeldLease final : public Lease {
 public:
  /// Covers what came to be since `started` (milliseconds).
  static Result<std::unique_ptr<Lease>> Take(Metadata& metadata, std::string what, int64_t started);
  ~HeldLease() override;

 private:
  HeldLease(Metadata& metadata, std::string what, int64_t started);
  Result<void> Renew();
  void KeepRenewing();

  Metadata& metadata_;
  std::string id_;
  std::string what_;
  int64_t started_;
  std::mutex mutex_{};
  std::condition_variable wake_{};
  bool done_ = false;
  std::thread renewer_{};
};

}  // namespace siku
