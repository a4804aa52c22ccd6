// Near-duplicates by locality-sensitive hashing: documents that share the key of a band are
// compared, those similar enough are linked, and what is linked is a cluster.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "duplicates/groups.h"

namespace siku::refine::duplicates {

/// The key of a document that has none: it is too short to shingle and a duplicate of nothing.
inline constexpr uint64_t kNoKey = 0;

/// What is known of the documents, which are ordinals from 0. Thread-safe.
class Documents {
 public:
  virtual ~Documents() = default;
  virtual uint32_t size() const = 0;
  /// The keys of a band, in pieces in order of the ordinals.
  virtual int pieces() const = 0;
  virtual std::span<const uint64_t> Keys(int band, int piece) const = 0;
  virtual uint64_t Key(int band, uint32_t document) const = 0;
  /// Who of two comes first: a total order, in which survivors are chosen.
  virtual bool Before(uint32_t a, uint32_t b) const = 0;
  virtual bool SameText(uint32_t a, uint32_t b) const = 0;
  virtual uint64_t TextHash(uint32_t document) const = 0;
  /// The set of shingles, sorted.
  virtual std::vector<uint64_t> Shingles(uint32_t document) const = 0;
};

struct LinkOptions {
  int bands = 0;
  double threshold = 0;  // Jaccard similarity
  /// Whether a link needs the similarity of the sets; else a shared key is enough.
  bool verify = true;
  int threads = 1;
  int64_t memory = int64_t{256} << 20;  // bytes, beside at most 32 for each document
  std::function<bool()> stopping = [] { return false; };
  /// What others found beforehand, which spares the work and changes nothing: the groups of each
  /// band, ranges in the order of the keys; empty where nobody did.
  std::span<const std::vector<GroupList>> groups{};
  /// The similarity of `a` and the later `b`, where it is known; `first` is the least document of
  /// their group. Thread-safe.
  std::function<std::optional<double>(uint32_t first, uint32_t a, uint32_t b)> known{};
  /// Is told of all others that are looked at. Thread-safe where there are several threads.
  std::function<void(uint32_t a, uint32_t b, double similarity)> compared{};
};

/// Whom a document is compared with at most, where many share a key: a text that everybody quotes
/// would else take the square of their number.
inline constexpr size_t kMostCompared = 32;

/// Two documents that were found similar; the similarity is kUnverified where nobody looked.
struct Link {
  uint32_t a = 0;  // comes before b
  uint32_t b = 0;
  float similarity = 0;
};
inline constexpr float kUnverified = -1;

/// Links whose connected parts are the clusters. The same for any threads, memory, pieces and, but
/// for the numbers of the documents, for any order of the documents.
///
/// Equal texts are always linked. Others are compared with the first kMostCompared of those of the
/// same key that do not resemble each other; a document that was compared in vain often enough,
/// with the first few of them.
std::vector<Link> FindLinks(const Documents& documents, const LinkOptions& options);

struct SettleOptions {
  /// Who of two comes first: a total order. The first of a cluster survives.
  std::function<bool(uint32_t a, uint32_t b)> before;
  /// Asked only where members must resemble the survivor; `bands` and `threshold` are those of the
  /// links.
  const Documents* documents = nullptr;
  int bands = 0;
  double threshold = 0;
  /// Whether each document that goes must itself be similar to the survivor.
  bool direct = false;
  /// A cluster of more members is settled as if `direct` were true: chains of small steps have
  /// joined what has little in common. 0: none is.
  int64_t largest = 0;
  int threads = 1;
  int64_t memory = int64_t{256} << 20;  // bytes of texts' sets that are kept
};

/// A document that is in a cluster of at least two.
struct Member {
  uint32_t document = 0;
  uint32_t survivor = 0;
  /// The document it was found similar to: the survivor, or one that leads to it; itself for the
  /// survivor.
  uint32_t partner = 0;
  uint32_t size = 0;               // of the cluster
  float similarity = kUnverified;  // to the partner
};

/// Who stays and who goes, by ascending document. Where members must resemble the survivor, each in
/// its turn goes to the first survivor that it resembles, or survives; in a cluster of more than
/// kMostCompared it is compared with the survivors that it shares most bands with, so many at most.
std::vector<Member> Settle(uint32_t documents, std::span<const Link> links,
                           const SettleOptions& options);

/// `members`: of one cluster, in the order of survival.
std::vector<Member> SettleDirectly(std::span<const uint32_t> members, const SettleOptions& options);

/// Jaccard similarity of two documents; 1 for equal texts.
double Similarity(const Documents& documents, uint32_t a, uint32_t b);

}  // namespace siku::refine::duplicates
