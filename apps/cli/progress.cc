#include "progress.h"

#include <fmt/format.h>

#include <algorithm>

#include "amount.h"
#include "table.h"

namespace siku::cli {
namespace {

struct Phase {
  std::string_view name;
  Text text;
};
constexpr Phase kPhases[] = {
    {"hash", {"hashing inputs", "核对输入"}},
    {"read", {"reading", "读取"}},
    {"reduce", {"comparing rows", "比较各行"}},
    {"settle", {"settling rows", "归置各行"}},
    {"commit", {"committing", "提交"}},
    {"download", {"downloading", "下载"}},
    {"upload", {"uploading", "上传"}},
    {"guess", {"the server looks at the file", "服务器判断文件"}},
    {"import", {"the server imports the file", "服务器导入文件"}},
    {"connect", {"connecting to the cluster", "连接集群"}},
    {"wait",
     {"no task ended for a minute: are workers free, with --memory each?",
      "一分钟没有任务完成：工作进程是否空闲、内存是否够 --memory？"}},
};

}  // namespace

std::string ProgressLine::Text(const RunProgress& progress, double seconds) const {
  std::string line = phase_;
  for (const Phase& phase : kPhases) {
    if (phase_ == phase.name) line = context_.Say(phase.text);
  }
  const bool by_bytes = progress.bytes_total > 0;
  const int64_t total = by_bytes ? progress.bytes_total : progress.tasks_total;
  const int64_t done = by_bytes ? progress.bytes_done : progress.tasks_done;
  const int64_t began = by_bytes ? began_bytes_ : began_tasks_;
  if (total > 0) {
    const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
    line += fmt::format("  {:3.0f} %", share * 100);
  }
  if (progress.rows > 0) line += "  " + Count(context_, progress.rows, "row", "rows", "行");
  if (by_bytes && seconds > 0.3) {
    line += fmt::format("  {:.0f} MB/s", static_cast<double>(done - began) / 1e6 / seconds);
  }
  // Before that the rate says little.
  if (done > began && total > done && seconds > 1) {
    const double left =
        seconds * static_cast<double>(total - done) / static_cast<double>(done - began);
    line += fmt::format(fmt::runtime(context_.Say({"  {} left", "  还需 {}"})),
                        DurationText(left, context_.language()));
  }
  return line;
}

void ProgressLine::Show(const RunProgress& progress) {
  if (!context_.error_terminal()) return;
  const auto now = Clock::now();
  if (phase_ != progress.phase) {
    phase_ = progress.phase;
    began_ = now;
    began_bytes_ = progress.bytes_done;
    began_tasks_ = progress.tasks_done;
  }
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const std::string line =
      "\r" + Fit(Text(progress, seconds), static_cast<size_t>(context_.columns() - 1)) + "\x1b[K";
  std::fwrite(line.data(), 1, line.size(), stderr);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (shown_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

}  // namespace siku::cli
