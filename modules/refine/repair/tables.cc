#include "siku/refine/tables.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "siku/encoding.h"
#include "siku/sha256.h"

namespace siku::refine {
namespace {

static_assert(std::endian::native == std::endian::little, "the file is little-endian");

constexpr std::string_view kMagic = "SIKUREFT";
constexpr uint32_t kFormat = 1;
constexpr size_t kHeaderSize = 64;
constexpr size_t kSectionSize = 32;
constexpr uint32_t kMostSections = 256;
constexpr size_t kPagesOfIds = 32;  // of 256 each: a vocabulary stays under 8192
constexpr const char* kFileName = "siku-refine.tables";
constexpr const char* kDamaged = "the language tables are damaged";
constexpr const char* kReinstall = "Build or install Siku again.";

template <class T>
T ReadAt(std::string_view bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::unordered_map<std::string_view, uint16_t> IndexOf(const std::vector<std::string_view>& lines) {
  std::unordered_map<std::string_view, uint16_t> index;
  index.reserve(lines.size());
  for (size_t i = 0; i < lines.size(); ++i) index.emplace(lines[i], static_cast<uint16_t>(i));
  return index;
}

std::optional<uint16_t> IndexIn(const std::unordered_map<std::string_view, uint16_t>& index,
                                std::string_view value) {
  const auto at = index.find(value);
  return at == index.end() ? std::nullopt : std::optional(at->second);
}

// Every list lies inside what it points into, in order.
bool Ordered(std::span<const uint32_t> start, size_t flat) {
  return !start.empty() && std::is_sorted(start.begin(), start.end()) && start.back() <= flat;
}

bool Below(std::span<const uint16_t> values, size_t limit) {
  return std::all_of(values.begin(), values.end(), [&](uint16_t v) { return v < limit; });
}

// Of two characters, in 16 bits.
size_t HashOf(char32_t first, char32_t second) { return (first * 0x9E37U ^ second) & 0xFFFF; }

std::string FolderOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

std::string ProgramPath() {
  std::array<char, 4096> buffer;
  const ssize_t length = readlink("/proc/self/exe", buffer.data(), buffer.size());
  return length > 0 ? std::string(buffer.data(), static_cast<size_t>(length)) : std::string();
}

bool Readable(const std::string& path) { return access(path.c_str(), R_OK) == 0; }

}  // namespace

Result<std::string> Tables::Find() {
  if (const char* path = std::getenv("SIKU_TABLES"); path != nullptr && *path != '\0') {
    return std::string(path);
  }
  std::vector<std::string> folders;
  Dl_info info;
  if (dladdr(kFileName, &info) != 0 && info.dli_fname != nullptr) {
    folders.push_back(FolderOf(info.dli_fname));
  }
  folders.push_back(FolderOf(ProgramPath()));
  for (const std::string& folder : folders) {
    for (const char* place : {"/", "/../share/siku/"}) {
      std::string path = folder + place + kFileName;
      if (Readable(path)) return path;
    }
  }
  return Fail(Code::kNotFound, "the language tables are not where they should be", kFileName, {},
              "Build or install Siku again, or set SIKU_TABLES to the file.");
}

Result<std::shared_ptr<const Tables>> Tables::Open(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) {
    return Fail(Code::kNotFound, "the language tables cannot be opened", std::strerror(errno), path,
                kReinstall);
  }
  struct stat status;
  void* data = MAP_FAILED;
  size_t size = 0;
  if (fstat(file, &status) == 0 && status.st_size >= static_cast<off_t>(kHeaderSize)) {
    size = static_cast<size_t>(status.st_size);
    data = mmap(nullptr, size, PROT_READ, MAP_SHARED, file, 0);
  }
  close(file);
  if (data == MAP_FAILED) return Fail(Code::kData, kDamaged, {}, path, kReinstall);
  std::shared_ptr<Tables> tables(new Tables);
  tables->file_ = {static_cast<const char*>(data), size};
  SIKU_TRY(tables->Check(path));
  SIKU_TRY(tables->Bind(path));
  return tables;
}

Tables::~Tables() {
  // mmap gave the pages read-only; munmap wants the pointer without const.
  if (!file_.empty()) munmap(const_cast<char*>(file_.data()), file_.size());
}

Result<void> Tables::Check(const std::string& path) {
  if (!file_.starts_with(kMagic)) return Fail(Code::kData, kDamaged, {}, path, kReinstall);
  if (const auto format = ReadAt<uint32_t>(file_, 8); format != kFormat) {
    return Fail(Code::kUnsupported, "the language tables have another format number",
                std::to_string(format), path, kReinstall);
  }
  const Digest digest = Sha256Of(file_.substr(kHeaderSize));
  if (std::memcmp(digest.data(), file_.data() + 16, digest.size()) != 0) {
    return Fail(Code::kData, kDamaged, {}, path, kReinstall);
  }
  hash_ = Hex(digest);
  return {};
}

template <class T>
bool Tables::Section(std::string_view name, std::span<const T>& out) const {
  const uint32_t count = std::min(ReadAt<uint32_t>(file_, 12), kMostSections);
  for (size_t at = kHeaderSize; at < kHeaderSize + count * kSectionSize; at += kSectionSize) {
    if (at + kSectionSize > file_.size()) return false;
    const std::string_view padded = file_.substr(at, 16);
    if (padded.substr(0, padded.find('\0')) != name) continue;
    const auto offset = ReadAt<uint64_t>(file_, at + 16);
    const auto bytes = ReadAt<uint64_t>(file_, at + 24);
    if (offset % 8 != 0 || offset > file_.size() || bytes > file_.size() - offset) return false;
    out = {reinterpret_cast<const T*>(file_.data() + offset), bytes / sizeof(T)};
    return true;
  }
  return false;
}

Result<void> Tables::Bind(const std::string& path) {
  std::span<const char> toned, bare;
  const bool found =
      Section("to_simple_start", to_simple_start_) && Section("to_simple", to_simple_) &&
      Section("to_old_start", to_old_start_) && Section("to_old", to_old_) &&
      Section("reading_start", reading_start_) && Section("reading", reading_) &&
      Section("toned", toned) && Section("bare", bare) && Section("toned_bare", toned_bare_) &&
      Section("spoken_start", spoken_start_) && Section("spoken", spoken_) &&
      Section("character_id", character_id_) && Section("unigram", unigram_) &&
      Section("unigram_left", unigram_left_) && Section("bigram_start", bigram_start_) &&
      Section("bigram_second", bigram_second_) && Section("bigram_cost", bigram_cost_) &&
      Section("bigram_left", bigram_left_) && Section("trigram_start", trigram_start_) &&
      Section("trigram_third", trigram_third_) && Section("trigram_cost", trigram_cost_) &&
      Section("misconverted", misconverted_) && Section("never_converted", never_converted_) &&
      Section("converted_bits", converted_bits_) && Section("reaching", reaching_);
  if (!found) return Fail(Code::kData, kDamaged, {}, path, kReinstall);
  toned_ = Lines({toned.data(), toned.size()});
  bare_ = Lines({bare.data(), bare.size()});
  toned_index_ = IndexOf(toned_);
  bare_index_ = IndexOf(bare_);
  const bool whole =
      Ordered(to_simple_start_, to_simple_.size()) && Ordered(to_old_start_, to_old_.size()) &&
      Ordered(reading_start_, reading_.size()) && Ordered(spoken_start_, spoken_.size()) &&
      Ordered(bigram_start_, bigram_second_.size()) &&
      Ordered(trigram_start_, trigram_third_.size()) &&
      bigram_start_.size() == unigram_.size() + 1 && unigram_left_.size() == unigram_.size() &&
      bigram_cost_.size() == bigram_second_.size() &&
      bigram_left_.size() == bigram_second_.size() &&
      trigram_start_.size() == bigram_second_.size() + 1 &&
      trigram_cost_.size() == trigram_third_.size() && character_id_.size() == 0x10000 &&
      unigram_.size() > 4 && unigram_.size() <= kPagesOfIds * 256 &&
      Below(bigram_second_, unigram_.size()) && Below(character_id_, unigram_.size()) &&
      Below(reading_, toned_.size()) && toned_bare_.size() == toned_.size() &&
      Below(toned_bare_, bare_.size()) && spoken_start_.size() == bare_.size() + 1 &&
      converted_bits_.size() == misconverted_.size();
  if (!whole) return Fail(Code::kData, kDamaged, {}, path, kReinstall);
  IndexBigrams();
  FindCommonLeads();
  character_of_.resize(unigram_.size());
  for (size_t code = 0x80; code < character_id_.size(); ++code) {
    if (character_id_[code] != 0) character_of_[character_id_[code]] = static_cast<uint16_t>(code);
  }
  spelt_.resize(0x10000);
  for (const auto words : {misconverted_, never_converted_}) {
    for (const uint64_t word : words) {
      spelt_[HashOf(static_cast<char32_t>(word >> 48), word >> 32 & 0xFFFF)] = true;
    }
  }
  return {};
}

std::span<const uint16_t> Tables::Readings(char32_t character) const {
  return ListOf(reading_start_, reading_, character);
}
std::span<const uint16_t> Tables::Spoken(uint16_t bare) const {
  return ListOf(spoken_start_, spoken_, bare);
}
Tables::Word Tables::WordAt(std::u32string_view from) const {
  constexpr size_t kShortest = 2, kLongest = 4;
  if (from.size() < kShortest || !spelt_[HashOf(from[0], from[1])]) return {};
  uint64_t word = 0;
  for (size_t length = 1; length <= std::min(from.size(), kLongest); ++length) {
    if (from[length - 1] > 0xFFFF) break;
    word |= static_cast<uint64_t>(from[length - 1]) << (64 - 16 * length);
    if (length < kShortest) continue;
    const auto found = std::lower_bound(misconverted_.begin(), misconverted_.end(), word);
    if (found != misconverted_.end() && *found == word) {
      return {.spelling = Spelling::kMisconverted,
              .length = static_cast<uint8_t>(length),
              .half_bits = converted_bits_[static_cast<size_t>(found - misconverted_.begin())]};
    }
    if (std::binary_search(never_converted_.begin(), never_converted_.end(), word)) {
      return {.spelling = Spelling::kNeverConverted, .length = static_cast<uint8_t>(length)};
    }
  }
  return {};
}

bool Tables::MayReachInto(std::u32string_view phrase) const {
  constexpr size_t kLongest = 4;
  if (phrase.size() > kLongest) return false;
  uint64_t word = 0;
  for (size_t i = 0; i < phrase.size(); ++i) {
    if (phrase[i] > 0xFFFF) return false;
    word |= static_cast<uint64_t>(phrase[i]) << (48 - 16 * i);
  }
  return std::binary_search(reaching_.begin(), reaching_.end(), word);
}

std::optional<uint16_t> Tables::FindToned(std::string_view reading) const {
  return IndexIn(toned_index_, reading);
}
std::optional<uint16_t> Tables::FindBare(std::string_view reading) const {
  return IndexIn(bare_index_, reading);
}

ModelId Tables::Id(char32_t character) const {
  // The same folding as folded() in tables/language_model.py.
  constexpr ModelId kDigit = 2, kLetter = 3;
  constexpr char32_t kFirstHan = 0x3400, kLastHan = 0x9FFF;
  if (character >= kFirstHan && character <= kLastHan) return character_id_[character];
  if (character >= 0xFF01 && character <= 0xFF5E) character -= 0xFEE0;
  if (character >= '0' && character <= '9') return kDigit;
  if ((character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z')) {
    return kLetter;
  }
  if (character == '\n') return kModelBorder;
  constexpr std::u32string_view kCorners = U"「」『』〈〉", kQuotes = U"“”‘’《》";
  if (character >= 0x3008 && character <= 0x300F) {
    if (const size_t at = kCorners.find(character); at != kCorners.npos) character = kQuotes[at];
  }
  return character < character_id_.size() ? character_id_[character] : ModelId{0};
}

void Tables::IndexBigrams() {
  const size_t ids = unigram_.size();
  bigram_page_.reserve(ids * kPagesOfIds + 1);
  for (size_t first = 0; first < ids; ++first) {
    size_t at = bigram_start_[first];
    for (size_t page = 0; page < kPagesOfIds; ++page) {
      while (at < bigram_start_[first + 1] && bigram_second_[at] >> 8 < page) ++at;
      bigram_page_.push_back(static_cast<uint32_t>(at));
    }
  }
  bigram_page_.push_back(static_cast<uint32_t>(bigram_second_.size()));
}

void Tables::FindCommonLeads() {
  // 15.5 bits: some four thousand characters.
  constexpr int kCommon = 155;
  const auto common = [this](char32_t c) {
    const ModelId id = Id(c);
    return id != 0 && unigram_[id] <= kCommon;
  };
  for (int lead = 0x81; lead <= 0xFE; ++lead) {
    for (int trail = 0x40; trail <= 0xFE; ++trail) {
      const char32_t c = gbk::Decode(static_cast<uint8_t>(lead), static_cast<uint8_t>(trail));
      const auto simple = ToSimple(c);
      if (c == 0 || (!common(c) && std::none_of(simple.begin(), simple.end(), common))) continue;
      common_leads_[static_cast<size_t>(trail)].push_back(static_cast<uint8_t>(lead));
    }
  }
}

ptrdiff_t Tables::FindBigram(ModelId first, ModelId second) const {
  const size_t page = first * kPagesOfIds + (second >> 8);
  const auto begin = bigram_second_.begin() + bigram_page_[page];
  const auto end = bigram_second_.begin() + bigram_page_[page + 1];
  const auto at = std::lower_bound(begin, end, second);
  return at == end || *at != second ? -1 : at - bigram_second_.begin();
}

Tables::Successors Tables::SuccessorsOf(ModelId last) const {
  const size_t begin = bigram_start_[last], count = bigram_start_[last + 1] - begin;
  return {bigram_second_.subspan(begin, count), bigram_cost_.subspan(begin, count)};
}

int Tables::BigramCost(ModelId last, ModelId next) const {
  const ptrdiff_t pair = FindBigram(last, next);
  if (pair >= 0) return bigram_cost_[static_cast<size_t>(pair)];
  return unigram_left_[last] + unigram_[next];
}

Tables::Row Tables::RowOf(ModelId before, ModelId last) const {
  const ptrdiff_t pair = FindBigram(before, last);
  if (pair < 0) return {.last = last};
  const auto index = static_cast<size_t>(pair);
  const size_t begin = trigram_start_[index], count = trigram_start_[index + 1] - begin;
  return {.last = last,
          .left = bigram_left_[index],
          .ids = trigram_third_.subspan(begin, count),
          .costs = trigram_cost_.subspan(begin, count)};
}

int Tables::Cost(const Row& row, ModelId next) const {
  const auto at = std::lower_bound(row.ids.begin(), row.ids.end(), next);
  if (at != row.ids.end() && *at == next) {
    return row.costs[static_cast<size_t>(at - row.ids.begin())];
  }
  return row.left + BigramCost(row.last, next);
}

}  // namespace siku::refine
