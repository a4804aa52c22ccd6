// One call of `siku repair`: files in, pieces through the pool, outputs in order.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "context.h"
#include "repair/ordered_pool.h"
#include "repair/output.h"
#include "repair/pieces.h"
#include "repair/plan.h"
#include "repair/product.h"

namespace siku::cli {

class RepairSession {
 public:
  RepairSession(Context& context, const RepairArguments& arguments, refine::Repairer repairer,
                std::optional<Encoding> encoding, int threads);
  Result<void> Run(const std::vector<RepairFile>& files);
  const RepairCounts& counts() const { return counts_; }
  /// A file of a folder was damaged: it was named and has no output; the others have theirs.
  bool damaged() const { return damaged_; }
  /// Removes what is half written, without waiting for a text that is being repaired. Nothing but
  /// the end of the process may follow.
  void Abandon();

 private:
  /// What is to be done with a piece's product.
  struct Destination {
    std::shared_ptr<Output> output;  // null: none wanted
    bool last = false;               // of its file
  };
  using Done = Result<Product>;

  Result<void> RunText(const RepairFile& file);
  Result<void> RunLines(const RepairFile& file);
  Result<std::shared_ptr<Output>> OpenOutput(const RepairFile& file);
  Result<void> Hand(std::function<Done()> work, Destination destination);
  Result<void> Drain(bool all);
  Result<void> LeaveOut(const RepairFile& file, const Error& error) const;
  void NoteEncoding(const RepairFile& file, Encoding encoding) const;

  Context& context_;
  const RepairArguments& arguments_;
  refine::Repairer repairer_;
  std::optional<Encoding> encoding_;
  Wanted wanted_{};
  std::unique_ptr<Output> edits_{};
  std::shared_ptr<Output> standard_{};
  std::deque<Destination> destinations_{};
  RepairCounts counts_{};
  bool damaged_ = false;
  // The last member: its threads use the others.
  OrderedPool<Done> pool_;
};

}  // namespace siku::cli
