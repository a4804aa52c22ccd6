#include "duplicates/signer.h"

#include <xxhash.h>

#include <algorithm>

#include "duplicates/digest_lanes.h"
#include "duplicates/folding.h"
#include "duplicates/links.h"
#include "duplicates/shingles.h"
#include "duplicates/simhash.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

// Windows of `length` words joined by one space, as parts of all words so joined.
void WordWindows(int length, Signer::Scratch& scratch) {
  scratch.joined.clear();
  std::vector<std::pair<size_t, size_t>> places;
  for (const std::string_view word : scratch.words) {
    if (!places.empty()) scratch.joined += ' ';
    places.emplace_back(scratch.joined.size(), scratch.joined.size() + word.size());
    scratch.joined += word;
  }
  const auto window = static_cast<size_t>(length);
  const std::string_view joined = scratch.joined;
  for (size_t i = window; i <= places.size(); ++i) {
    const size_t begin = places[i - window].first;
    scratch.windows.push_back(joined.substr(begin, places[i - 1].second - begin));
  }
}

void CharacterWindows(std::string_view text, int length, Signer::Scratch& scratch) {
  std::vector<size_t> borders;
  for (size_t at = 0; at < text.size(); utf8::Next(text, at)) borders.push_back(at);
  borders.push_back(text.size());
  const auto window = static_cast<size_t>(length);
  for (size_t i = window; i < borders.size(); ++i) {
    scratch.windows.push_back(text.substr(borders[i - window], borders[i] - borders[i - window]));
  }
}

// Data-Juicer's tokens: windows of characters, of what spaces part or of what punctuation parts.
template <class Options>
void JuicerWindows(std::string_view text, const Options& options, Signer::Scratch& scratch) {
  const int length = options.length;
  scratch.windows.clear();
  scratch.words.clear();
  scratch.folded = options.lowercase ? Lower(text) : std::string(text);
  if (options.ignore) scratch.folded = options.ignore(scratch.folded);
  switch (options.shingle) {
    case ShingleKind::kPunctuation:
      SplitAtPunctuation(scratch.folded, scratch.words);
      WordWindows(length, scratch);
      break;
    case ShingleKind::kWord:
      SplitAtSpaces(scratch.folded, scratch.words);
      WordWindows(length, scratch);
      break;
    default:
      CharacterWindows(scratch.folded, length, scratch);
  }
}

bool Halved(ShingleHash hash) {
  return hash == ShingleHash::kXxhash32 || hash == ShingleHash::kSha1With32;
}

}  // namespace

Signer::Signer(SignerOptions options) : options_(std::move(options)) {
  bins_ = std::max(options_.permutations, options_.shape.bands * options_.shape.rows);
  switch (options_.hashing) {
    case Hashing::kSiku:
      sketcher_ = std::make_unique<Sketcher>(bins_, options_.seed);
      break;
    case Hashing::kDataJuicer:
      permutations_ = std::make_unique<Permutations>(
          Permutations::DataJuicer(bins_, static_cast<uint32_t>(options_.seed)));
      break;
    case Hashing::kDataTrove:
      permutations_ = std::make_unique<Permutations>(Permutations::DataTrove(
          bins_, static_cast<uint32_t>(options_.seed), Halved(options_.hash) ? 32 : 64));
      break;
  }
}

bool Signer::OwnShingles(std::string_view text, Scratch& scratch) const {
  if (options_.ignore) {
    scratch.folded = options_.ignore(text);
    text = scratch.folded;
  }
  if (options_.shingle == ShingleKind::kCharacter) {
    CharacterShingles(text, options_.length, scratch.code_points, scratch.hashes);
  } else if (options_.shingle == ShingleKind::kByte) {
    ByteShingles(text, options_.length, scratch.hashes);
  } else {
    scratch.words.clear();
    options_.words(text, scratch.words);
    WordShingles(scratch.words, options_.length, scratch.hashes);
  }
  return !scratch.hashes.empty();
}

bool Signer::PeerWindows(std::string_view text, Scratch& scratch) const {
  scratch.windows.clear();
  scratch.words.clear();
  if (options_.hashing == Hashing::kDataTrove) {
    scratch.folded = SimplifyText(options_.ignore ? options_.ignore(text) : std::string(text));
    options_.words(scratch.folded, scratch.words);
    WordWindows(options_.length, scratch);
    return !scratch.windows.empty();
  }
  JuicerWindows(text, options_, scratch);
  return !scratch.windows.empty();
}

// The peer's own hash of each window.
void Signer::HashWindows(Scratch& scratch) const {
  scratch.hashes.resize(scratch.windows.size());
  const bool trove = options_.hashing == Hashing::kDataTrove;
  if (trove && options_.hash == ShingleHash::kXxhash64) {
    std::transform(scratch.windows.begin(), scratch.windows.end(), scratch.hashes.begin(),
                   [](std::string_view w) { return XXH64(w.data(), w.size(), 0); });
    return;
  }
  if (trove && options_.hash == ShingleHash::kXxhash32) {
    std::transform(scratch.windows.begin(), scratch.windows.end(), scratch.hashes.begin(),
                   [](std::string_view w) { return uint64_t{XXH32(w.data(), w.size(), 0)}; });
    return;
  }
  Sha1Hashes(scratch.windows, scratch.hashes);
  if (trove && options_.hash == ShingleHash::kSha1With64) return;
  for (uint64_t& hash : scratch.hashes) hash &= 0xFFFFFFFFU;
}

bool Signer::Signature(std::string_view text, std::span<uint64_t> signature,
                       Scratch& scratch) const {
  if (options_.hashing == Hashing::kSiku) {
    if (!OwnShingles(text, scratch)) return false;
    sketcher_->Fill(scratch.hashes, signature);
    return true;
  }
  if (!PeerWindows(text, scratch)) return false;
  HashWindows(scratch);
  permutations_->Minima(scratch.hashes, signature);
  return true;
}

bool Signer::Keys(std::string_view text, std::span<uint64_t> keys, Scratch& scratch) const {
  scratch.signature.resize(static_cast<size_t>(bins_));
  if (!Signature(text, scratch.signature, scratch)) {
    std::fill(keys.begin(), keys.end(), kNoKey);
    return false;
  }
  BandKeys(scratch.signature, options_.shape, keys);
  for (uint64_t& key : keys) key = key == kNoKey ? 1 : key;
  return true;
}

std::vector<uint64_t> Signer::ShingleSet(std::string_view text, Scratch& scratch) const {
  if (options_.hashing == Hashing::kSiku) {
    OwnShingles(text, scratch);
  } else {
    PeerWindows(text, scratch);
    scratch.hashes.resize(scratch.windows.size());
    std::transform(scratch.windows.begin(), scratch.windows.end(), scratch.hashes.begin(),
                   [](std::string_view w) { return XXH3_64bits(w.data(), w.size()); });
  }
  std::vector<uint64_t> set = scratch.hashes;
  MakeSet(set);
  return set;
}

std::optional<uint64_t> Fingerprint(std::string_view text, const FingerprintOptions& options) {
  thread_local Signer::Scratch scratch;
  JuicerWindows(text, options, scratch);
  if (scratch.windows.empty()) return std::nullopt;
  scratch.hashes.resize(scratch.windows.size());
  Md5Hashes(scratch.windows, scratch.hashes);
  return Simhash(scratch.hashes);
}

}  // namespace siku::refine::duplicates
