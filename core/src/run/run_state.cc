#include "run_state.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "../base/durable.h"

namespace siku::run {

RunState StateOf(const Prepared& prepared, Store& store, const std::string& run,
                 const Sizing& sizing, const RunOptions& options, const std::atomic<bool>& stop,
                 Meter& meter) {
  RunState state;
  state.plan = &prepared.plan;
  state.sources = &prepared.file.sources;
  state.decisions = &prepared.decisions;
  state.schemas = &prepared.schemas;
  state.splits = prepared.file.splits;
  state.reading.max_record = prepared.file.max_record;
  state.reading.batch_bytes = sizing.batch_bytes;
  state.store = &store;
  state.folder = store.RunFolder(run);
  state.partitions = prepared.file.partitions;
  state.threads = sizing.threads;
  // The other half is left to what is mapped, and to the program itself.
  state.memory = options.memory / 2;
  state.limit = prepared.file.limit;
  state.spill_limit = options.spill_limit;
  state.key = prepared.key;
  state.sealed = {prepared.file.sealed.begin(), prepared.file.sealed.end()};
  state.stop = &stop;
  state.meter = &meter;
  return state;
}

Result<void> MakeRunFolders(const std::string& folder) {
  for (const char* inside : {"ledger", "parts", "tasks"}) {
    SIKU_TRY(MakeFolders(folder + "/" + inside));
  }
  return {};
}

RunLock::~RunLock() {
  if (file_ >= 0) ::close(file_);
}

Result<void> RunLock::Take(const std::string& folder) {
  const std::string path = folder + "/lock";
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) return Errno("cannot write", path);
  if (::flock(file_, LOCK_EX | LOCK_NB) == 0) return {};
  return Fail(Code::kBusy, "another process works on this run", folder);
}

}  // namespace siku::run
