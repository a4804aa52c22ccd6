// What the repairer knows of Chinese: conversion tables, readings and a language model, in one
// memory-mapped file built by modules/refine/tables (docs/tables.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "siku/result.h"

namespace siku::refine {

/// A character as the language model sees it; 0 is any it does not know.
using ModelId = uint16_t;
inline constexpr ModelId kModelBorder = 1;

/// Read-only and shared by all threads. Only characters of the Basic Multilingual Plane have
/// entries.
class Tables {
 public:
  /// Maps the file and checks its format number and SHA-256.
  static Result<std::shared_ptr<const Tables>> Open(const std::string& path);
  /// $SIKU_TABLES; else siku-refine.tables beside the program or extension, or in ../share/siku of
  /// its folder, as in the build tree and after installation.
  static Result<std::string> Find();

  ~Tables();
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;

  /// SHA-256 over the contents, lower-case hexadecimal; goes into lineage.
  std::string_view hash() const { return hash_; }

  /// The simplified characters a traditional one may stand for, the likeliest first; may name the
  /// character itself (著). Empty for a character that simplification leaves alone.
  std::span<const uint16_t> ToSimple(char32_t character) const {
    return ListOf(to_simple_start_, to_simple_, character);
  }
  /// The traditional characters that converters write for a simplified one.
  std::span<const uint16_t> ToOld(char32_t character) const {
    return ListOf(to_old_start_, to_old_, character);
  }

  /// Words by which a converter of single characters gives itself away.
  enum class Spelling : uint8_t { kEither, kMisconverted, kNeverConverted };
  struct Word {
    Spelling spelling = Spelling::kEither;
    uint8_t length = 0;
    /// Of a misconverted word: how much likelier on a converter's page than on a person's.
    uint8_t half_bits = 0;
  };
  /// What the word that begins with these characters says; the shortest that says anything.
  Word WordAt(std::u32string_view from) const;
  Spelling SpellingOf(std::u32string_view from) const { return WordAt(from).spelling; }
  /// The misconverted words, sorted: up to four characters each, the first in the highest bits.
  std::span<const uint64_t> misconverted() const { return misconverted_; }
  /// Simplified phrases by which converters go that know words, where they may end inside of a
  /// misconverted one.
  bool MayReachInto(std::u32string_view phrase) const;

  /// Index of a reading with tone marks (NFC): "zhǔn", "de".
  std::optional<uint16_t> FindToned(std::string_view reading) const;
  /// Index of a reading without tone: "zhun", "lv".
  std::optional<uint16_t> FindBare(std::string_view reading) const;
  /// Indexes of the toned readings of a character.
  std::span<const uint16_t> Readings(char32_t character) const;
  uint16_t BareOf(uint16_t toned) const { return toned_bare_[toned]; }
  /// The readings behind the indexes.
  std::string_view TonedText(uint16_t toned) const { return toned_[toned]; }
  std::string_view BareText(uint16_t bare) const { return bare_[bare]; }
  /// All characters read so, in code order.
  std::span<const uint16_t> Spoken(uint16_t bare) const;

  ModelId Id(char32_t character) const;
  /// What the model has seen behind `before`, `last`: looked up once for all that may follow.
  struct Row {
    ModelId last = 0;
    uint8_t left = 0;                 // for backing off
    std::span<const uint16_t> ids{};  // sorted
    std::span<const uint8_t> costs{};
  };
  Row RowOf(ModelId before, ModelId last) const;
  /// Tenths of a bit that `next` costs there.
  int Cost(const Row& row, ModelId next) const;
  int Cost(ModelId before, ModelId last, ModelId next) const {
    return Cost(RowOf(before, last), next);
  }
  /// What the model has seen behind `last`, by id, with its cost.
  struct Successors {
    std::span<const uint16_t> ids;
    std::span<const uint8_t> costs;
  };
  Successors SuccessorsOf(ModelId last) const;
  /// The character of an id; 0 for classes and unknown ones.
  char32_t CharacterOf(ModelId id) const { return character_of_[id]; }
  /// The lead bytes that make a common character of GBK with this trail byte, of either script.
  std::span<const uint8_t> CommonLeads(uint8_t trail) const { return common_leads_[trail]; }
  /// Tenths of a bit of a character anywhere.
  int UnigramCost(ModelId id) const { return unigram_[id]; }

 private:
  Tables() = default;
  Result<void> Check(const std::string& path);
  Result<void> Bind(const std::string& path);
  template <class T>
  bool Section(std::string_view name, std::span<const T>& out) const;
  static std::span<const uint16_t> ListOf(std::span<const uint32_t> start,
                                          std::span<const uint16_t> flat, size_t index) {
    if (index + 1 >= start.size()) return {};
    return flat.subspan(start[index], start[index + 1] - start[index]);
  }
  int BigramCost(ModelId last, ModelId next) const;
  ptrdiff_t FindBigram(ModelId first, ModelId second) const;
  void IndexBigrams();
  void FindCommonLeads();

  std::string_view file_;
  std::string hash_;
  std::span<const uint32_t> to_simple_start_, to_old_start_, reading_start_, spoken_start_;
  std::span<const uint32_t> bigram_start_, trigram_start_;
  std::span<const uint16_t> to_simple_, to_old_, reading_, toned_bare_, spoken_, character_id_;
  std::span<const uint16_t> bigram_second_, trigram_third_;
  std::span<const uint8_t> bigram_cost_, bigram_left_, trigram_cost_, unigram_, unigram_left_;
  // Up to four characters each.
  std::span<const uint64_t> misconverted_, never_converted_, reaching_;
  std::span<const uint8_t> converted_bits_;     // of each misconverted word
  std::vector<std::string_view> toned_, bare_;  // sorted by bytes
  std::unordered_map<std::string_view, uint16_t> toned_index_, bare_index_;
  std::vector<bool> spelt_;  // by a hash of the first two characters: whether such a word may begin
  std::vector<uint16_t> character_of_;
  std::array<std::vector<uint8_t>, 256> common_leads_;
  // Where the bigrams of a first id and each 256 second ids begin.
  std::vector<uint32_t> bigram_page_;
};

}  // namespace siku::refine
