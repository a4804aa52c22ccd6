// From a text to what MinHash compares: its shingles, its signature, the keys of its bands. Ways of
// hashing are our own and, bit for bit, those of Data-Juicer 1.6.1 and DataTrove 0.10.1.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "duplicates/permutations.h"
#include "duplicates/sketch.h"

namespace siku::refine::duplicates {

enum class ShingleKind { kCharacter, kWord, kByte, kPunctuation };
enum class Hashing { kSiku, kDataJuicer, kDataTrove };
/// DataTrove's HashConfig.
enum class ShingleHash { kXxhash64, kXxhash32, kSha1With64, kSha1With32 };

/// Splits a text into words that are parts of it, in order; thread-safe.
using WordSplitter =
    std::function<void(std::string_view text, std::vector<std::string_view>& words)>;

/// Takes out of a text what is not to be compared; thread-safe.
using TextFilter = std::function<std::string(std::string_view text)>;

struct SignerOptions {
  Hashing hashing = Hashing::kSiku;
  ShingleKind shingle = ShingleKind::kCharacter;
  int length = 5;
  bool lowercase = true;                      // Data-Juicer only
  ShingleHash hash = ShingleHash::kXxhash64;  // DataTrove only
  BandShape shape{26, 8};
  /// Of the signature, of which the bands may use a part (Data-Juicer: 256).
  int permutations = 0;
  uint64_t seed = 0;
  WordSplitter words{};  // for kWord
  TextFilter ignore{};   // of Data-Juicer behind lower case, else first of all
};

/// Thread-safe; each thread brings its own Scratch.
class Signer {
 public:
  struct Scratch {
    std::string folded, joined;
    std::vector<std::string_view> words, windows;
    std::vector<uint32_t> code_points;
    std::vector<uint64_t> hashes, signature;
  };

  explicit Signer(SignerOptions options);

  int bins() const { return bins_; }
  const SignerOptions& options() const { return options_; }
  /// `bins()` numbers; false where the text is too short to shingle.
  bool Signature(std::string_view text, std::span<uint64_t> signature, Scratch& scratch) const;
  /// One key a band, none of them kNoKey; likewise.
  bool Keys(std::string_view text, std::span<uint64_t> keys, Scratch& scratch) const;
  /// The set of the text's shingles as 64-bit hashes, sorted.
  std::vector<uint64_t> ShingleSet(std::string_view text, Scratch& scratch) const;

 private:
  bool OwnShingles(std::string_view text, Scratch& scratch) const;
  bool PeerWindows(std::string_view text, Scratch& scratch) const;
  void HashWindows(Scratch& scratch) const;

  SignerOptions options_;
  int bins_ = 0;
  std::unique_ptr<Sketcher> sketcher_;
  std::unique_ptr<Permutations> permutations_;
};

/// How Data-Juicer's document_simhash_deduplicator cuts a text.
struct FingerprintOptions {
  ShingleKind shingle = ShingleKind::kCharacter;
  int length = 6;
  bool lowercase = true;
  TextFilter ignore{};
};

/// Its simhash, bit for bit; nothing where the text is too short.
std::optional<uint64_t> Fingerprint(std::string_view text, const FingerprintOptions& options);

}  // namespace siku::refine::duplicates
