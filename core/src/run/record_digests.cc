#include "record_digests.h"

#include <arrow/api.h>
#include <arrow/io/buffered.h>
#include <arrow/io/file.h>

#include "../base/arrow_internal.h"
#include "../base/durable.h"
#include "rows.h"

namespace siku::run {
namespace {

constexpr int64_t kBuffer = 1 << 20;

// Tag of a rejected record, then its position (int64, little-endian) and the SHA-256 of its bytes.
Digest BadDigest(const BadRow& bad) {
  const std::string hash = bad.sha256.empty() ? Sha256Hex(bad.raw) : bad.sha256;
  std::string bytes = "siku.rejected.1";
  for (int shift = 0; shift < 64; shift += 8) {
    bytes.push_back(static_cast<char>((static_cast<uint64_t>(bad.position) >> shift) & 0xFFU));
  }
  return Sha256Of(bytes + hash);
}

}  // namespace

Result<ReadDigests> DigestRead(const Read& read) {
  ReadDigests digests;
  if (read.rows != nullptr) {
    SIKU_TRY(digests.rows, RowDigests(read.rows));
  }
  if (read.bad.empty()) {
    digests.records = digests.rows;
    return digests;
  }
  const int64_t* positions =
      read.rows == nullptr
          ? nullptr
          : static_cast<const arrow::Int64Array&>(*read.rows->column(1)).raw_values();
  size_t row = 0;
  for (const BadRow& bad : read.bad) {
    while (row < digests.rows.size() && positions[row] < bad.position) {
      digests.records.push_back(digests.rows[row++]);
    }
    digests.records.push_back(BadDigest(bad));
  }
  digests.records.insert(digests.records.end(), digests.rows.begin() + static_cast<ptrdiff_t>(row),
                         digests.rows.end());
  return digests;
}

Result<std::unique_ptr<DigestFile>> DigestFile::Create(const std::string& path, const RunKey& key) {
  auto digests = std::make_unique<DigestFile>();
  digests->path_ = path;
  SIKU_TRY(auto file, CreateFile(path, key));
  SIKU_TRY(digests->stream_, FromArrow(arrow::io::BufferedOutputStream::Create(
                                 kBuffer, arrow::default_memory_pool(), std::move(file))));
  return digests;
}

Result<void> DigestFile::Add(const std::vector<Digest>& digests) {
  return FromArrow(
      stream_->Write(digests.data(), static_cast<int64_t>(digests.size() * sizeof(Digest))));
}

Result<void> DigestFile::Close() {
  SIKU_TRY(FromArrow(stream_->Close()));
  return SyncFile(path_);
}

Result<void> DigestFile::Read(const std::string& path,
                              const std::function<void(std::span<const Digest>)>& take,
                              const RunKey& key) {
  SIKU_TRY(auto file, OpenFile(path, key));
  std::vector<Digest> digests(kBuffer / sizeof(Digest));
  for (;;) {
    SIKU_TRY(const int64_t got, FromArrow(file->Read(kBuffer, digests.data())));
    if (got == 0) return {};
    take({digests.data(), static_cast<size_t>(got) / sizeof(Digest)});
  }
}

Result<void> PortDigests::Carry(const Node& node, int index, const Batch& input,
                                const StepOutput& output) {
  if (node.from.size() != 1 || output.parents.empty()) return {};
  const auto before = known_.find(node.from.front());
  if (before == known_.end()) return {};
  for (size_t port = 0; port < output.ports.size(); ++port) {
    // Rows with other columns have other digests.
    const Batch& rows = output.ports[port];
    if (!rows->schema()->Equals(*input->schema(), false)) continue;
    std::vector<Digest> after;
    std::vector<int32_t> changed;
    for (size_t row = 0; row < output.parents[port].size(); ++row) {
      const auto parent = static_cast<size_t>(output.parents[port][row]);
      after.push_back(before->second[parent]);
      if (output.edited[parent] != 0) changed.push_back(static_cast<int32_t>(row));
    }
    if (!changed.empty()) {
      SIKU_TRY(const auto taken, TakeRows(rows, changed));
      SIKU_TRY(const auto fresh, RowDigests(taken));
      for (size_t i = 0; i < changed.size(); ++i) after[static_cast<size_t>(changed[i])] = fresh[i];
    }
    known_[{index, static_cast<int>(port)}] = std::move(after);
  }
  return {};
}

Result<std::vector<Digest>> PortDigests::Of(PortId port, const Batch& rows) const {
  const auto found = known_.find(port);
  if (found != known_.end()) return found->second;
  return RowDigests(rows);
}

}  // namespace siku::run
