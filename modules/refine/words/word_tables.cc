#include "words/word_tables.h"

#include <algorithm>
#include <mutex>

namespace siku::refine {

Result<std::shared_ptr<const WordTables>> WordTables::Shared() {
  static std::mutex mutex;
  static std::shared_ptr<const WordTables> shared;
  const std::lock_guard lock(mutex);
  if (shared == nullptr) {
    auto tables = std::make_shared<WordTables>();
    SIKU_TRY(tables->file_, TableFile::Open("siku-words.tables", "SIKUWRDS", 1));
    SIKU_TRY(tables->Bind());
    shared = std::move(tables);
  }
  return shared;
}

Result<void> WordTables::Bind() {
  constexpr size_t kHan = kLastHan - kFirstHan + 1;
  constexpr uint64_t kMostCharacters = 255;
  std::span<const uint64_t> total, longest;
  const bool found = file_->Section("codes", codes_) && file_->Section("units", units_) &&
                     file_->Section("frequencies", frequencies_) &&
                     file_->Section("logarithms", logarithms_) && file_->Section("emit", emit_) &&
                     file_->Section("trans", trans_) && file_->Section("start", start_) &&
                     file_->Section("total", total) && file_->Section("longest", longest);
  if (!found || codes_.size() != 0x10000 || logarithms_.size() != frequencies_.size() ||
      emit_.size() != kHan || trans_.size() != 4 || start_.size() != 1 || total.size() != 1 ||
      longest.size() != 1 || longest[0] > kMostCharacters) {
    return tl::unexpected(file_->Damaged());
  }
  // Every step stays inside the array, whatever the codes.
  const size_t most = *std::max_element(codes_.begin(), codes_.end());
  const bool whole = units_.size() > most && std::all_of(units_.begin(), units_.end(), [&](Unit u) {
                       return u.base + most < units_.size() && u.value < frequencies_.size();
                     });
  if (!whole) return tl::unexpected(file_->Damaged());
  total_ = total[0];
  longest_ = longest[0];
  return {};
}

}  // namespace siku::refine
