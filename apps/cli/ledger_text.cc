#include "ledger_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "siku/utf8.h"

namespace siku::cli {
namespace {

using Json = nlohmann::ordered_json;

// Moves `at` back to where a character begins.
size_t Border(std::string_view text, size_t at) {
  at = std::min(at, text.size());
  while (at > 0 && at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80) --at;
  return at;
}

size_t LineBegin(std::string_view text, size_t at) {
  const size_t end = at == 0 ? std::string_view::npos : text.rfind('\n', at - 1);
  return end == std::string_view::npos ? 0 : end + 1;
}

// Up to `columns` of what stands before `at` in its line.
size_t BackUp(std::string_view text, size_t at, size_t columns) {
  const size_t least = LineBegin(text, at);
  size_t begin = at;
  while (begin > least) {
    const size_t next = Border(text, begin - 1);
    if (utf8::Width(text.substr(next, at - next)) > columns) break;
    begin = next;
  }
  return begin;
}

size_t GoOn(std::string_view text, size_t at, size_t columns) {
  const size_t line_end = std::min(text.find('\n', at), text.size());
  size_t end = at;
  while (end < line_end) {
    size_t next = end;
    utf8::Next(text, next);
    if (utf8::Width(text.substr(at, next - at)) > columns) break;
    end = next;
  }
  return end;
}

}  // namespace

std::string Shown(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
      if (c != '\r') out += fmt::format("\\x{:02x}", byte);
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<uint32_t> ChildOrdinals(const RowKey& key) {
  std::vector<uint32_t> ordinals;
  for (size_t at = 0; at + 4 <= key.child.size(); at += 4) {
    uint32_t ordinal = 0;
    for (size_t i = 0; i < 4; ++i) {
      ordinal = ordinal << 8U | static_cast<unsigned char>(key.child[at + i]);
    }
    ordinals.push_back(ordinal);
  }
  return ordinals;
}

Json PlaceJson(std::string_view step, std::string_view source, const RowKey& key) {
  Json json = {{"step", step}, {"source", source}, {"position", key.position}};
  if (!key.child.empty()) json["child"] = ChildOrdinals(key);
  return json;
}

std::string PlaceText(std::string_view source, const RowKey& key) {
  std::string text = fmt::format("{}:{}", Shown(source), key.position);
  for (const uint32_t ordinal : ChildOrdinals(key)) text += fmt::format("/{}", ordinal);
  return text;
}

std::string JsonLineOf(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Excerpt ExcerptOf(const EditedValue& value, size_t index, size_t width, const Paint& paint) {
  const StoredEdit& middle = value.edits[index];
  const size_t side = width / 3;
  const size_t begin = BackUp(value.before, static_cast<size_t>(middle.begin), side);
  const size_t own =
      utf8::Width(value.before.substr(begin, static_cast<size_t>(middle.end) - begin));
  const size_t end =
      GoOn(value.before, static_cast<size_t>(middle.end), own + 8 < width ? width - own : 8);
  Excerpt excerpt;
  const auto plain = [&](size_t from, size_t to) {
    const std::string text = Shown(value.before.substr(from, to - from));
    excerpt.before += text;
    excerpt.after += text;
  };
  size_t at = begin;
  for (const StoredEdit& edit : value.edits) {
    const auto edit_begin = static_cast<size_t>(edit.begin);
    const auto edit_end = static_cast<size_t>(edit.end);
    if (edit_begin < begin) {
      // An edit that the window cuts into: the window begins behind it.
      at = std::max(at, std::min(edit_end, end));
      continue;
    }
    if (edit_end > end && &edit != &middle) break;
    plain(at, edit_begin);
    const auto out = static_cast<size_t>(edit.out_begin);
    excerpt.before += paint.Red(Shown(value.before.substr(edit_begin, edit_end - edit_begin)));
    excerpt.after +=
        paint.Green(Shown(value.after.substr(out, static_cast<size_t>(edit.out_end) - out)));
    at = edit_end;
  }
  size_t rest = std::max(at, end);
  for (const StoredEdit& edit : value.edits) {
    const auto edit_begin = static_cast<size_t>(edit.begin);
    if (edit_begin >= at && edit_begin < rest) rest = edit_begin;
  }
  plain(at, rest);
  excerpt.begin = begin;
  excerpt.end = rest;
  return excerpt;
}

}  // namespace siku::cli
