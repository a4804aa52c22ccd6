// DataTrove's MinHash files, readable and writable: a corpus signed by either can be clustered by
// the other.
//
//   bucket_BBB/RRRRR.minhash.sig   per bucket and rank: minima, then the document (uint32), sorted
//   BBBBB_00.dups                  per bucket: file, document, file, document (uint32), no header
//   FFFFFF.remove                  documents to drop (uint32)
//   FFFFFF.clusters, .sizes        document and cluster, document and size of its cluster (uint32)
//
// All little-endian. Minima are uint64, with a precision of 32 bits uint32.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "siku/result.h"

namespace siku::refine {

/// MinhashConfig and HashConfig of DataTrove.
struct SignatureFormat {
  int buckets = 14;
  int hashes_per_bucket = 8;
  int ngrams = 5;
  uint32_t seed = 1;
  std::string hash = "xxhash64";  // xxhash32, sha1_64, sha1_32
  std::string words = "space";    // or jieba, as DataTrove for Chinese
};

/// Stage 1 for one rank: signs documents and writes their signatures, sorted.
class SignatureWriter {
 public:
  static Result<std::unique_ptr<SignatureWriter>> Open(std::string folder, int rank,
                                                       const SignatureFormat& format);
  ~SignatureWriter();
  /// Documents are numbered as they come; one too short to shingle has no signature.
  void Add(std::string_view text);
  int64_t documents() const;
  int64_t too_short() const;
  /// Writes the files of all buckets.
  Result<void> Finish();

 private:
  struct State;
  SignatureWriter();
  std::unique_ptr<State> state_;
};

struct ClusterCounts {
  int64_t documents = 0;  // in clusters
  int64_t clusters = 0;
  int64_t removed = 0;
};

/// Stages 2 and 3: pairs that share a bucket's signature into `pairs`, clusters and what to remove
/// into `out`. The survivor is DataTrove's: the root of its union by size.
Result<ClusterCounts> ClusterSignatures(const std::string& signatures, const std::string& pairs,
                                        const std::string& out, const SignatureFormat& format);

}  // namespace siku::refine
