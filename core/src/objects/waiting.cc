#include "waiting.h"

#include <arrow/buffer.h>
#include <arrow/util/future.h>
#include <arrow/util/key_value_metadata.h>

#include <mutex>
#include <set>
#include <utility>

#include "objects.h"

namespace siku::objects {
namespace {

using Clock = std::chrono::steady_clock;

struct Requests {
  std::mutex mutex;
  std::multiset<Clock::time_point> since;
};
// Never destroyed: Arrow's threads may outlive `main`.
Requests& Unanswered() {
  static auto& requests = *new Requests();
  return requests;
}

class WatchedFile final : public arrow::io::RandomAccessFile {
 public:
  explicit WatchedFile(std::shared_ptr<arrow::io::RandomAccessFile> file)
      : file_(std::move(file)) {}
  arrow::Status Close() override { return file_->Close(); }
  bool closed() const override { return file_->closed(); }
  arrow::Result<int64_t> Tell() const override { return file_->Tell(); }
  arrow::Status Seek(int64_t position) override { return file_->Seek(position); }
  arrow::Result<int64_t> GetSize() override {
    const Waiting waiting;
    return file_->GetSize();
  }
  arrow::Result<int64_t> Read(int64_t bytes, void* out) override {
    const Waiting waiting;
    return file_->Read(bytes, out);
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> Read(int64_t bytes) override {
    const Waiting waiting;
    return file_->Read(bytes);
  }
  arrow::Result<int64_t> ReadAt(int64_t position, int64_t bytes, void* out) override {
    const Waiting waiting;
    return file_->ReadAt(position, bytes, out);
  }
  arrow::Result<std::shared_ptr<arrow::Buffer>> ReadAt(int64_t position, int64_t bytes) override {
    const Waiting waiting;
    return file_->ReadAt(position, bytes);
  }
  arrow::Result<std::shared_ptr<const arrow::KeyValueMetadata>> ReadMetadata() override {
    const Waiting waiting;
    return file_->ReadMetadata();
  }

 private:
  std::shared_ptr<arrow::io::RandomAccessFile> file_;
};

class WatchedStream final : public arrow::io::OutputStream {
 public:
  explicit WatchedStream(std::shared_ptr<arrow::io::OutputStream> stream)
      : stream_(std::move(stream)) {}
  arrow::Status Close() override {
    const Waiting waiting;
    return stream_->Close();
  }
  arrow::Status Abort() override {
    const Waiting waiting;
    return stream_->Abort();
  }
  bool closed() const override { return stream_->closed(); }
  arrow::Result<int64_t> Tell() const override { return stream_->Tell(); }
  arrow::Status Write(const void* data, int64_t bytes) override {
    const Waiting waiting;
    return stream_->Write(data, bytes);
  }
  arrow::Status Write(const std::shared_ptr<arrow::Buffer>& data) override {
    const Waiting waiting;
    return stream_->Write(data);
  }
  arrow::Status Flush() override {
    const Waiting waiting;
    return stream_->Flush();
  }

 private:
  std::shared_ptr<arrow::io::OutputStream> stream_;
};

}  // namespace

Waiting::Waiting() : since_(Clock::now()) {
  const std::lock_guard lock(Unanswered().mutex);
  Unanswered().since.insert(since_);
}

Waiting::~Waiting() {
  const std::lock_guard lock(Unanswered().mutex);
  Unanswered().since.erase(Unanswered().since.find(since_));
}

double SecondsWaiting() {
  const std::lock_guard lock(Unanswered().mutex);
  if (Unanswered().since.empty()) return 0;
  return std::chrono::duration<double>(Clock::now() - *Unanswered().since.begin()).count();
}

std::shared_ptr<arrow::io::RandomAccessFile> Watched(
    std::shared_ptr<arrow::io::RandomAccessFile> file) {
  return std::make_shared<WatchedFile>(std::move(file));
}

std::shared_ptr<arrow::io::OutputStream> Watched(std::shared_ptr<arrow::io::OutputStream> stream) {
  return std::make_shared<WatchedStream>(std::move(stream));
}

}  // namespace siku::objects
