#include "document.h"

#include <algorithm>

#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::cli {
namespace {

using refine::TextEdit;

// The undecodable pieces of `bytes`, at the places of the U+FFFD that stand for them.
std::vector<TextEdit> BrokenPieces(std::string_view bytes, const std::vector<size_t>& places) {
  std::vector<TextEdit> pieces;
  for (size_t at = 0; const size_t place : places) {
    at += utf8::FindInvalid(bytes.substr(at));
    const size_t length = utf8::InvalidLength(bytes.substr(at));
    pieces.push_back(
        {.begin = place, .end = place + 3, .after = std::string(bytes.substr(at, length))});
    at += length;
  }
  return pieces;
}

// Nothing is known of undecodable bytes: no repair may take them away.
void DropEditsOver(const std::vector<TextEdit>& broken, std::vector<TextEdit>& edits) {
  std::erase_if(edits, [&](const TextEdit& edit) {
    const auto next =
        std::lower_bound(broken.begin(), broken.end(), edit.begin,
                         [](const TextEdit& piece, size_t begin) { return piece.end <= begin; });
    return next != broken.end() && next->begin < edit.end;
  });
}

}  // namespace

Document RepairDocument(const refine::Repairer& repairer, std::string_view bytes) {
  Document document;
  document.bytes = bytes;
  if (!utf8::Valid(bytes)) {
    Decoded decoded = Decode(bytes, Encoding::kUtf8);
    document.broken = BrokenPieces(bytes, decoded.broken);
    document.decoded = std::move(decoded.text);
  }
  document.repaired = repairer.Repair(document.text());
  if (!document.broken.empty()) DropEditsOver(document.broken, document.repaired.edits);
  return document;
}

std::string RepairedBytes(const Document& document) {
  if (document.broken.empty()) return refine::ApplyEdits(document.text(), document.repaired.edits);
  std::vector<TextEdit> all;
  std::merge(document.broken.begin(), document.broken.end(), document.repaired.edits.begin(),
             document.repaired.edits.end(), std::back_inserter(all),
             [](const TextEdit& a, const TextEdit& b) { return a.begin < b.begin; });
  return refine::ApplyEdits(document.text(), all);
}

Shift::Shift(const std::vector<TextEdit>& edits) : edits_(edits) {
  moved_.reserve(edits.size() + 1);
  moved_.push_back(0);
  for (const TextEdit& edit : edits) {
    moved_.push_back(moved_.back() + edit.after.size() - (edit.end - edit.begin));
  }
}

size_t Shift::begin_of(size_t edit) const { return edits_[edit].begin + moved_[edit]; }
size_t Shift::end_of(size_t edit) const { return begin_of(edit) + edits_[edit].after.size(); }

size_t Shift::ToOutput(size_t position, bool end) const {
  const auto next = std::upper_bound(edits_.begin(), edits_.end(), position,
                                     [](size_t at, const TextEdit& edit) { return at < edit.end; });
  const auto index = static_cast<size_t>(next - edits_.begin());
  if (next != edits_.end() && next->begin < position) return end ? end_of(index) : begin_of(index);
  return position + moved_[index];
}

}  // namespace siku::cli
