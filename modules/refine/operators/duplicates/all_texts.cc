#include "operators/duplicates/all_texts.h"

#include <arrow/api.h>

#include <algorithm>

namespace siku::refine {
namespace {

// So many bytes that what is made of a chunk is little beside the memory of a run.
constexpr int64_t kChunkBytes = 1 << 20;

}  // namespace

Result<std::unique_ptr<AllTexts>> AllTexts::Open(const AllRows& rows) {
  std::unique_ptr<AllTexts> all(new AllTexts(rows));
  for (int i = 0; i < rows.pieces(); ++i) {
    SIKU_TRY(auto piece, rows.piece(i));
    const auto column = piece->GetColumnByName(kSketchText);
    all->texts_.push_back(static_cast<const arrow::LargeStringArray*>(column.get()));
    all->pieces_.push_back(std::move(piece));
    all->first_.push_back(rows.first(i));
    std::vector<int64_t> offsets;
    if (column != nullptr) {
      const auto& texts = *all->texts_.back();
      const int64_t* from = texts.raw_value_offsets();
      if (texts.length() == 0) {
        offsets = {0};
      } else if (from[0] != 0) {
        offsets.assign(from, from + texts.length() + 1);
        for (int64_t& offset : offsets) offset -= from[0];
      }
    }
    all->offsets_.push_back(std::move(offsets));
    all->Touched(kFaultAround);
  }
  return all;
}

duplicates::TextPiece AllTexts::Piece(int piece) const {
  const auto i = static_cast<size_t>(piece);
  const auto& texts = *texts_[i];
  if (texts.length() == 0) return {{}, offsets_[i]};
  const int64_t* from = texts.raw_value_offsets();
  const auto count = static_cast<size_t>(texts.length()) + 1;
  const auto* bytes = reinterpret_cast<const char*>(texts.raw_data()) + from[0];
  const std::string_view all(bytes, static_cast<size_t>(from[texts.length()] - from[0]));
  if (offsets_[i].empty()) return {all, {from, count}};
  return {all, offsets_[i]};
}

void AllTexts::Touched(int64_t bytes) const {
  if (touched_.fetch_add(bytes) + bytes < kBetweenLooks) return;
  touched_ = 0;
  // What is mapped counts as memory of the run, beside half of what Resolve may hold.
  if (MappedBytes() - before_ > rows_.memory() / 2) rows_.Release();
}

int AllTexts::PieceOf(int64_t ordinal) const {
  const auto next = std::upper_bound(first_.begin(), first_.end(), ordinal);
  return static_cast<int>(next - first_.begin()) - 1;
}

std::string_view AllTexts::Text(int64_t ordinal) const {
  const int piece = PieceOf(ordinal);
  const std::string_view text = texts_[static_cast<size_t>(piece)]->GetView(ordinal - first(piece));
  // Where the text lies, and where its ends are said.
  Touched(static_cast<int64_t>(text.size()) + 2 * kFaultAround);
  return text;
}

TextChunks::TextChunks(const AllTexts& texts) {
  for (int piece = 0; piece < texts.pieces(); ++piece) {
    first_.push_back(count());
    const duplicates::TextPiece all = texts.Piece(piece);
    size_t begin = 0;
    for (size_t row = 0; row < all.rows(); ++row) {
      if (all.offsets[row + 1] - all.offsets[begin] < kChunkBytes && row + 1 < all.rows()) continue;
      chunks_.push_back({piece, begin, row + 1});
      begin = row + 1;
    }
  }
}

Result<Batch> TextSketch(const Batch& batch, int column) {
  return arrow::RecordBatch::Make(
      arrow::schema({arrow::field(kSketchText, batch->column(column)->type())}), batch->num_rows(),
      {batch->column(column)});
}

Result<void> CheckStopping(const AllRows& rows) {
  if (!rows.stopping()) return {};
  return Fail(Code::kInterrupted, "the run was asked to stop");
}

}  // namespace siku::refine
