#include "siku/digest.h"

#include <string_view>

namespace siku {
namespace {

void PutInteger(std::string& out, uint64_t value) {
  for (int shift = 0; shift < 64; shift += 8) {
    out.push_back(static_cast<char>((value >> shift) & 0xFFU));
  }
}

Digest Pair(const Digest& left, const Digest& right) {
  Sha256 hash;
  hash.Update("\x01");
  hash.Update({reinterpret_cast<const char*>(left.data()), left.size()});
  hash.Update({reinterpret_cast<const char*>(right.data()), right.size()});
  return hash.Finish();
}

}  // namespace

void ContentDigest::Add(std::span<const Digest> rows) {
  for (const Digest& row : rows) {
    tail_.push_back(row);
    ++rows_;
    if (tail_.size() == kLeafRows) Close();
  }
}

// A full leaf joins the forest: equal trees pair up, as bits carry in a counter.
void ContentDigest::Close() {
  Sha256 hash;
  hash.Update(std::string_view("\x00", 1));
  for (const Digest& row : tail_) {
    hash.Update({reinterpret_cast<const char*>(row.data()), row.size()});
  }
  tail_.clear();
  Digest node = hash.Finish();
  int height = 0;
  while (!heights_.empty() && heights_.back() == height) {
    node = Pair(peaks_.back(), node);
    peaks_.pop_back();
    heights_.pop_back();
    ++height;
  }
  peaks_.push_back(node);
  heights_.push_back(height);
}

std::string ContentDigest::Finish(const std::string& canonical_schema) const {
  Sha256 hash;
  hash.Update(std::string_view("siku.content.1\0", 15));
  std::string head;
  PutInteger(head, canonical_schema.size());
  head.append(canonical_schema);
  PutInteger(head, static_cast<uint64_t>(rows_));
  hash.Update(head);
  for (const auto* list : {&peaks_, &tail_}) {
    for (const Digest& digest : *list) {
      hash.Update({reinterpret_cast<const char*>(digest.data()), digest.size()});
    }
  }
  return Hex(hash.Finish());
}

ContentDigest ContentDigest::From(State state) {
  ContentDigest digest;
  digest.rows_ = state.rows;
  digest.peaks_ = std::move(state.peaks);
  digest.tail_ = std::move(state.tail);
  // The heights of the peaks are the set bits of the number of full leaves.
  const auto leaves = static_cast<uint64_t>(state.rows) / kLeafRows;
  for (int bit = 63; bit >= 0; --bit) {
    if ((leaves >> bit) & 1U) digest.heights_.push_back(bit);
  }
  return digest;
}

}  // namespace siku
