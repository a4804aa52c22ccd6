// DataTrove's three stages of MinHash in its own files, byte for byte.
#include <algorithm>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <numeric>
#include <queue>
#include <unordered_map>
#include <vector>

#include "duplicates/signer.h"
#include "operators/filter/splitters.h"
#include "siku/refine/signatures.h"

namespace siku::refine {
namespace {

namespace fs = std::filesystem;
using duplicates::ShingleHash;

static_assert(std::endian::native == std::endian::little, "records are written as they lie");

std::string Numbered(const char* before, int64_t number, size_t width, const char* after) {
  std::string digits = std::to_string(number);
  if (digits.size() < width) digits.insert(0, width - digits.size(), '0');
  return before + digits + after;
}

std::string BucketFolder(const std::string& folder, int bucket) {
  return folder + "/" + Numbered("bucket_", bucket, 3, "");
}

bool Halved(const SignatureFormat& format) {
  return format.hash == "xxhash32" || format.hash == "sha1_32";
}

Result<void> WriteAll(const std::string& path, const std::vector<char>& bytes) {
  std::error_code error;
  if (fs::exists(path, error)) {
    return Fail(Code::kConflict, "the file exists; it is not written over", path);
  }
  fs::create_directories(fs::path(path).parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (file.fail()) return Fail(Code::kIo, "the file cannot be written", path);
  return {};
}

template <class Number>
void Put(Number number, std::vector<char>& bytes) {
  const size_t at = bytes.size();
  bytes.resize(at + sizeof(number));
  std::memcpy(bytes.data() + at, &number, sizeof(number));
}

// A signature in one bucket, with the document it is of.
struct Signed {
  std::vector<uint64_t> minima;
  uint32_t document = 0;
};

// Records of a bucket, each `rows` minima and the document, in the order of the file.
std::vector<char> Packed(const std::vector<uint64_t>& records, size_t rows, bool halved) {
  std::vector<size_t> order(records.size() / (rows + 1));
  std::iota(order.begin(), order.end(), size_t{0});
  const auto record = [&](size_t i) {
    return std::span(records).subspan(i * (rows + 1), rows + 1);
  };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return std::ranges::lexicographical_compare(record(a), record(b));
  });
  std::vector<char> bytes;
  for (const size_t i : order) {
    for (const uint64_t minimum : record(i).first(rows)) {
      if (halved) {
        Put(static_cast<uint32_t>(minimum), bytes);
      } else {
        Put(minimum, bytes);
      }
    }
    Put(static_cast<uint32_t>(record(i).back()), bytes);
  }
  return bytes;
}

// Reads the signatures of one bucket of one rank, in order.
class SignedReader {
 public:
  SignedReader(const std::string& path, uint32_t rank, const SignatureFormat& format)
      : path_(path),
        file_(path, std::ios::binary),
        rank_(rank),
        width_(Halved(format) ? 4 : 8),
        record_(static_cast<size_t>(format.hashes_per_bucket) * width_ + 4) {
    current_.minima.resize(static_cast<size_t>(format.hashes_per_bucket));
  }
  uint32_t rank() const { return rank_; }
  const Signed& current() const { return current_; }
  /// False at the end.
  Result<bool> Next() {
    file_.read(record_.data(), static_cast<std::streamsize>(record_.size()));
    if (file_.gcount() == 0 && file_.eof()) return false;
    if (file_.gcount() != static_cast<std::streamsize>(record_.size())) {
      return Fail(Code::kData, "the signature file ends inside a record", path_);
    }
    const std::vector<uint64_t> before = current_.minima;
    for (size_t i = 0; i < current_.minima.size(); ++i) {
      uint64_t minimum = 0;
      std::memcpy(&minimum, record_.data() + i * width_, width_);
      current_.minima[i] = minimum;
    }
    std::memcpy(&current_.document, record_.data() + record_.size() - 4, 4);
    if (started_ && current_.minima < before) {
      return Fail(Code::kData, "the signature file is not sorted", path_);
    }
    started_ = true;
    return true;
  }

 private:
  std::string path_;
  std::ifstream file_;
  uint32_t rank_;
  size_t width_;
  std::vector<char> record_;
  Signed current_;
  bool started_ = false;
};

struct Node {
  uint32_t file = 0;
  uint32_t document = 0;
  uint64_t key() const { return uint64_t{file} << 32 | document; }
};

Result<std::vector<std::unique_ptr<SignedReader>>> OpenBucket(const std::string& folder,
                                                              const SignatureFormat& format) {
  std::error_code error;
  std::map<std::string, uint32_t> files;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const std::string name = entry.path().filename().string();
    constexpr std::string_view kEnding = ".minhash.sig";
    if (!name.ends_with(kEnding)) continue;
    const std::string stem = name.substr(0, name.size() - kEnding.size());
    if (stem.empty() || stem.size() > 9 ||
        stem.find_first_not_of("0123456789") != std::string::npos) {
      return Fail(Code::kData, "the name of a signature file is not its rank",
                  entry.path().string());
    }
    files[entry.path().string()] = static_cast<uint32_t>(std::stoul(stem));
  }
  if (error || files.empty()) return Fail(Code::kNotFound, "no signature files here", folder);
  std::vector<std::unique_ptr<SignedReader>> readers;
  for (const auto& [path, rank] : files) {
    readers.push_back(std::make_unique<SignedReader>(path, rank, format));
  }
  return readers;
}

// Merges the ranks of a bucket and pairs each signature with an equal one before it.
Result<std::vector<char>> PairBucket(const std::string& folder, const SignatureFormat& format) {
  SIKU_TRY(auto readers, OpenBucket(folder, format));
  const auto later = [&](size_t a, size_t b) {
    const Signed& x = readers[a]->current();
    const Signed& y = readers[b]->current();
    return x.minima != y.minima ? x.minima > y.minima : a > b;
  };
  std::priority_queue<size_t, std::vector<size_t>, decltype(later)> queue(later);
  for (size_t i = 0; i < readers.size(); ++i) {
    SIKU_TRY(const bool more, readers[i]->Next());
    if (more) queue.push(i);
  }
  std::vector<char> pairs;
  std::vector<uint64_t> last;
  Node node;
  while (!queue.empty()) {
    const size_t at = queue.top();
    queue.pop();
    const Signed& one = readers[at]->current();
    const Node here{readers[at]->rank(), one.document};
    if (last == one.minima) {
      for (const uint32_t number : {node.file, node.document, here.file, here.document}) {
        Put(number, pairs);
      }
    }
    last = one.minima;
    node = here;
    SIKU_TRY(const bool more, readers[at]->Next());
    if (more) queue.push(at);
  }
  return pairs;
}

// DataTrove's union by size: the larger set, or of equals the first named, keeps its root.
class SizedUnion {
 public:
  void Join(uint64_t a, uint64_t b) {
    uint64_t root_a = Find(a);
    uint64_t root_b = Find(b);
    if (root_a == root_b) return;
    if (sizes_[root_a] < sizes_[root_b]) std::swap(root_a, root_b);
    parents_[root_b] = root_a;
    sizes_[root_a] += sizes_[root_b];
  }
  uint64_t Find(uint64_t x) {
    if (parents_.try_emplace(x, x).second) sizes_[x] = 1;
    while (parents_[x] != x) {
      parents_[x] = parents_[parents_[x]];
      x = parents_[x];
    }
    return x;
  }
  uint32_t SizeOf(uint64_t root) const { return sizes_.at(root); }
  std::vector<uint64_t> Sorted() const {
    std::vector<uint64_t> nodes;
    for (const auto& [node, parent] : parents_) nodes.push_back(node);
    std::sort(nodes.begin(), nodes.end());
    return nodes;
  }

 private:
  std::unordered_map<uint64_t, uint64_t> parents_;
  std::unordered_map<uint64_t, uint32_t> sizes_;
};

void JoinPairs(const std::vector<char>& pairs, SizedUnion& joined) {
  for (size_t at = 0; at + 16 <= pairs.size(); at += 16) {
    uint32_t numbers[4];
    std::memcpy(numbers, pairs.data() + at, sizeof(numbers));
    joined.Join(Node{numbers[0], numbers[1]}.key(), Node{numbers[2], numbers[3]}.key());
  }
}

Result<ClusterCounts> WriteClusters(SizedUnion& joined, const std::string& out) {
  ClusterCounts counts;
  std::unordered_map<uint64_t, uint32_t> numbers;
  std::map<std::string, std::vector<char>> files;
  for (const uint64_t node : joined.Sorted()) {
    const uint64_t root = joined.Find(node);
    const auto file = static_cast<int64_t>(node >> 32);
    const auto document = static_cast<uint32_t>(node);
    const auto named = numbers.try_emplace(root, static_cast<uint32_t>(numbers.size())).first;
    ++counts.documents;
    if (node != root) {
      ++counts.removed;
      Put(document, files[Numbered("", file, 6, ".remove")]);
    }
    auto& clusters = files[Numbered("", file, 6, ".clusters")];
    Put(document, clusters);
    Put(named->second, clusters);
    auto& sizes = files[Numbered("", file, 6, ".sizes")];
    Put(document, sizes);
    Put(joined.SizeOf(root), sizes);
  }
  counts.clusters = static_cast<int64_t>(numbers.size());
  for (const auto& [name, bytes] : files) SIKU_TRY(WriteAll(out + "/" + name, bytes));
  return counts;
}

duplicates::SignerOptions SignerOptionsOf(const SignatureFormat& format,
                                          const statistics::WordSplitter* words) {
  static const std::map<std::string, ShingleHash> kHashes = {{"xxhash64", ShingleHash::kXxhash64},
                                                             {"xxhash32", ShingleHash::kXxhash32},
                                                             {"sha1_64", ShingleHash::kSha1With64},
                                                             {"sha1_32", ShingleHash::kSha1With32}};
  duplicates::SignerOptions options;
  options.hashing = duplicates::Hashing::kDataTrove;
  options.shingle = duplicates::ShingleKind::kWord;
  options.length = format.ngrams;
  options.hash = kHashes.at(format.hash);
  options.shape = {format.buckets, format.hashes_per_bucket};
  options.seed = format.seed;
  options.words = [words](std::string_view text, std::vector<std::string_view>& out) {
    out.clear();
    words->Split(text, out);
  };
  return options;
}

}  // namespace

struct SignatureWriter::State {
  std::string folder;
  int rank;
  SignatureFormat format;
  duplicates::Signer signer;
  duplicates::Signer::Scratch scratch{};
  std::vector<std::vector<uint64_t>> buckets{};
  uint32_t documents = 0;
  int64_t too_short = 0;
};

Result<std::unique_ptr<SignatureWriter>> SignatureWriter::Open(std::string folder, int rank,
                                                               const SignatureFormat& format) {
  SIKU_TRY(const auto* words, FindSplitter(format.words));
  std::unique_ptr<SignatureWriter> writer(new SignatureWriter());
  writer->state_.reset(new State{std::move(folder), rank, format,
                                 duplicates::Signer(SignerOptionsOf(format, words))});
  writer->state_->buckets.resize(static_cast<size_t>(format.buckets));
  return writer;
}

SignatureWriter::SignatureWriter() = default;
SignatureWriter::~SignatureWriter() = default;

int64_t SignatureWriter::documents() const { return state_->documents; }
int64_t SignatureWriter::too_short() const { return state_->too_short; }

void SignatureWriter::Add(std::string_view text) {
  const uint32_t document = state_->documents++;
  std::vector<uint64_t> signature(static_cast<size_t>(state_->signer.bins()));
  if (!state_->signer.Signature(text, signature, state_->scratch)) {
    ++state_->too_short;
    return;
  }
  const auto rows = static_cast<ptrdiff_t>(state_->format.hashes_per_bucket);
  auto at = signature.begin();
  for (auto& bucket : state_->buckets) {
    bucket.insert(bucket.end(), at, at + rows);
    bucket.push_back(document);
    at += rows;
  }
}

Result<void> SignatureWriter::Finish() {
  const auto rows = static_cast<size_t>(state_->format.hashes_per_bucket);
  for (int bucket = 0; bucket < state_->format.buckets; ++bucket) {
    const std::string path =
        BucketFolder(state_->folder, bucket) + "/" + Numbered("", state_->rank, 5, ".minhash.sig");
    SIKU_TRY(WriteAll(
        path, Packed(state_->buckets[static_cast<size_t>(bucket)], rows, Halved(state_->format))));
  }
  return {};
}

Result<ClusterCounts> ClusterSignatures(const std::string& signatures, const std::string& pairs,
                                        const std::string& out, const SignatureFormat& format) {
  SizedUnion joined;
  for (int bucket = 0; bucket < format.buckets; ++bucket) {
    SIKU_TRY(const auto found, PairBucket(BucketFolder(signatures, bucket), format));
    SIKU_TRY(WriteAll(pairs + "/" + Numbered("", bucket, 5, "_00.dups"), found));
    JoinPairs(found, joined);
  }
  return WriteClusters(joined, out);
}

}  // namespace siku::refine
