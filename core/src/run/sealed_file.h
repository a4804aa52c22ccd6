// Files that only a run's key opens: chunks of AES-256-GCM in the order of STREAM (Hoang and
// others, CRYPTO 2015), so that a chunk changed, moved or left out is noticed. Layout:
// docs/format.md, "Sealed files".
#pragma once

#include <arrow/io/type_fwd.h>

#include <memory>
#include <string>

#include "siku/result.h"
#include "siku/sha256.h"

namespace siku::run {

/// The random key of one run. Null stands for a run that seals nothing.
using RunKey = std::shared_ptr<const Digest>;

/// A stream to a new file; sealed where there is a key.
Result<std::shared_ptr<arrow::io::OutputStream>> CreateFile(const std::string& path,
                                                            const RunKey& key);
/// A file to read from, sealed or not: its first bytes tell. kDenied where it is sealed and there
/// is no key, kData where it is damaged. `mapped`: not copied where it is not sealed.
Result<std::shared_ptr<arrow::io::RandomAccessFile>> OpenFile(const std::string& path,
                                                              const RunKey& key,
                                                              bool mapped = false);

}  // namespace siku::run
