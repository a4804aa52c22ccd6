// Digests of what passes through a run: of records as they are read, and of rows as steps pass them
// on, hashed again only where something changed.
#pragma once

#include <arrow/io/type_fwd.h>

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "plan.h"
#include "sealed_file.h"
#include "siku/digest.h"
#include "siku/reader.h"
#include "step.h"

namespace siku::run {

struct ReadDigests {
  std::vector<Digest> rows{};     // per row of the batch
  std::vector<Digest> records{};  // rows and rejected records, in the order of the stream
};
Result<ReadDigests> DigestRead(const Read& read);

/// A file of digests, 32 bytes each, written and read in pieces.
class DigestFile {
 public:
  static Result<std::unique_ptr<DigestFile>> Create(const std::string& path,
                                                    const RunKey& key = nullptr);
  Result<void> Add(const std::vector<Digest>& digests);
  /// Completes and syncs.
  Result<void> Close();
  static Result<void> Read(const std::string& path,
                           const std::function<void(std::span<const Digest>)>& take,
                           const RunKey& key = nullptr);

 private:
  std::string path_{};
  std::shared_ptr<arrow::io::OutputStream> stream_{};
};

/// Digests of the ports' batches that one batch of input became.
class PortDigests {
 public:
  void Set(PortId port, std::vector<Digest> digests) { known_[port] = std::move(digests); }
  /// What `node` made of rows from one port: digests of rows it did not touch are carried over.
  Result<void> Carry(const Node& node, int index, const Batch& input, const StepOutput& output);
  /// Those of a port's batch, computed where nothing could be carried.
  Result<std::vector<Digest>> Of(PortId port, const Batch& rows) const;

 private:
  std::map<PortId, std::vector<Digest>> known_{};
};

}  // namespace siku::run
