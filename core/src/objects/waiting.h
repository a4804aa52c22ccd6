// Requests to a server that wait for their answer: whoever was asked to stop meanwhile wants to
// know that one hangs, for Arrow's client cannot be interrupted.
#pragma once

#include <arrow/io/interfaces.h>

#include <chrono>
#include <memory>

namespace siku::objects {

/// One request, for as long as it lives. Thread-safe.
class Waiting {
 public:
  Waiting();
  ~Waiting();
  Waiting(const Waiting&) = delete;
  Waiting& operator=(const Waiting&) = delete;

 private:
  std::chrono::steady_clock::time_point since_;
};

/// The same file or stream, whose requests are known to wait.
std::shared_ptr<arrow::io::RandomAccessFile> Watched(
    std::shared_ptr<arrow::io::RandomAccessFile> file);
std::shared_ptr<arrow::io::OutputStream> Watched(std::shared_ptr<arrow::io::OutputStream> stream);

}  // namespace siku::objects
