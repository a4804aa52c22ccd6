#include "repair/decoding/items.h"

namespace siku::refine {
namespace {

constexpr char32_t kReplacement = 0xFFFD;

Item ItemOf(const Page& page, size_t index, Wrong wrong) {
  Item item{.begin = index, .end = index + 1};
  if (page[index] == kReplacement) {
    item.gap = true;
    return item;
  }
  item.options = OptionsOf(page[index], wrong);
  item.gap = page[index] == U'?';
  return item;
}

// The byte of a character in Latin-1 or code page 1252; a space may be A0. 0: none.
uint8_t HighByte(char32_t c) {
  if (c == U' ') return 0xA0;
  if (c < 0x80) return 0;
  const ByteOptions options = OptionsOf(c, Wrong::kLatin);
  return options.count == 0 ? uint8_t{0} : options.bytes[0].byte[0];
}

// Several characters that are one of U+0080 to U+FFFF in UTF-8, by their bytes.
bool JoinAt(const Page& page, size_t index, size_t end, Item& item) {
  if (page[index] < 0x80) return false;
  const uint8_t lead = HighByte(page[index]);
  if (lead < 0xC2 || lead > 0xEF) return false;
  const size_t length = lead < 0xE0 ? 2 : 3;
  if (index + length > end) return false;
  item = {.begin = index, .end = index + length};
  if (length == 2 && page[index + 1] == kReplacement) {
    for (unsigned lost = 0x80; lost < 0xA0; ++lost) {
      if (!MayBeLost(static_cast<uint8_t>(lost), 0, Wrong::kLatin)) continue;
      const auto code = static_cast<char32_t>((lead & 0x1F) << 6 | (lost & 0x3F));
      const ByteOptions inner = OptionsOf(code, Wrong::kLatin);
      if (inner.count > 0) item.options.Add(inner.bytes[0].byte[0]);
    }
    return item.options.count > 0;
  }
  Assembly assembly;
  assembly.Take(lead, Right::kUtf8);
  Assembly::Outcome outcome = Assembly::Outcome::kOpen;
  for (size_t i = 1; i < length; ++i) {
    // C1 controls are what open bytes of code page 1252 became.
    const uint8_t byte = HighByte(page[index + i]);
    if (length == 2 && lead == 0xC2 && byte >= 0x80 && byte < 0xA0) {
      item.options.Add(byte);
      return true;
    }
    outcome = assembly.Take(byte, Right::kUtf8);
    if (outcome == Assembly::Outcome::kDead) return false;
  }
  if (outcome != Assembly::Outcome::kWhole || assembly.character < 0x80) return false;
  item.options = OptionsOf(assembly.character, Wrong::kLatin);
  item.gap = assembly.character == kReplacement;
  return item.options.count > 0 || item.gap;
}

}  // namespace

std::vector<Item> ItemsOf(const Page& page, size_t begin, size_t end, Wrong wrong) {
  std::vector<Item> items;
  items.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) items.push_back(ItemOf(page, i, wrong));
  return items;
}

std::vector<Item> TwiceDecodedItems(const Page& page, size_t begin, size_t end) {
  std::vector<Item> items;
  for (size_t i = begin; i < end;) {
    Item item;
    if (!JoinAt(page, i, end, item)) item = ItemOf(page, i, Wrong::kLatin);
    items.push_back(item);
    i = item.end;
  }
  return items;
}

}  // namespace siku::refine
