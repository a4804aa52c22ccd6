#include "siku/result.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

namespace siku {
namespace {

struct CodeRow {
  Code code;
  int http;
  std::string_view name;
};

constexpr std::array kCodes = {
    CodeRow{Code::kOk, 200, "ok"},
    CodeRow{Code::kInternal, 500, "internal"},
    CodeRow{Code::kInvalid, 400, "invalid"},
    CodeRow{Code::kNotFound, 404, "not_found"},
    CodeRow{Code::kConflict, 409, "conflict"},
    CodeRow{Code::kDenied, 403, "denied"},
    CodeRow{Code::kData, 422, "data"},
    CodeRow{Code::kLimit, 413, "limit"},
    CodeRow{Code::kNoSpace, 507, "no_space"},
    CodeRow{Code::kIo, 500, "io"},
    CodeRow{Code::kBusy, 503, "busy"},
    CodeRow{Code::kUnsupported, 501, "unsupported"},
    CodeRow{Code::kUnbalanced, 500, "unbalanced"},
    CodeRow{Code::kInterrupted, 503, "interrupted"},
};

const CodeRow& RowOf(Code code) {
  for (const CodeRow& row : kCodes) {
    if (row.code == code) return row;
  }
  return kCodes[1];
}

struct Message {
  std::string_view english;
  std::string_view chinese;
};

constexpr Message kMessages[] = {
#include "messages.inc"
};

const std::map<std::string_view, std::string_view>& Chinese() {
  static const auto* const table = [] {
    auto* made = new std::map<std::string_view, std::string_view>();
    for (const Message& message : kMessages) made->emplace(message.english, message.chinese);
    return made;
  }();
  return *table;
}

constexpr std::string_view kGap = "{}";

// The message with the parts of the value, which U+001F keeps apart, in its gaps.
std::string Filled(std::string_view message, std::string_view value) {
  std::string text;
  for (size_t gap = message.find(kGap); gap != std::string_view::npos; gap = message.find(kGap)) {
    const std::string_view part = value.substr(0, value.find('\x1F'));
    value.remove_prefix(std::min(value.size(), part.size() + 1));
    text.append(message.substr(0, gap)).append(part);
    message.remove_prefix(gap + kGap.size());
  }
  return text.append(message);
}

}  // namespace

int HttpStatus(Code code) { return RowOf(code).http; }
std::string_view CodeName(Code code) { return RowOf(code).name; }
Code CodeNamed(std::string_view name) {
  for (const CodeRow& row : kCodes) {
    if (row.name == name) return row.code;
  }
  return Code::kInternal;
}

Language UserLanguage() {
  for (const char* name : {"SIKU_LANG", "LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value == nullptr || *value == '\0') continue;
    return std::string_view(value).starts_with("zh") ? Language::kChinese : Language::kEnglish;
  }
  return Language::kEnglish;
}

std::string_view Translate(std::string_view english, Language language) {
  if (language == Language::kEnglish) return english;
  const auto found = Chinese().find(english);
  return found == Chinese().end() ? english : found->second;
}

const char* FindMessage(std::string_view english) {
  const auto found = Chinese().find(english);
  return found == Chinese().end() ? nullptr : found->first.data();
}

std::string Describe(const Error& error, Language language) {
  const bool chinese = language == Language::kChinese;
  std::string text;
  const auto join = [&](std::string_view part) {
    if (part.empty()) return;
    if (!text.empty()) text += chinese ? "：" : ": ";
    text += part;
  };
  join(error.place);
  const std::string_view message = Translate(error.message, language);
  const bool has_gaps = message.find(kGap) != std::string_view::npos;
  join(has_gaps ? Filled(message, error.value) : std::string(message));
  if (!has_gaps) join(error.value);
  if (*error.hint != '\0') {
    text += "\n  ";
    text += Translate(error.hint, language);
  }
  return text;
}

}  // namespace siku
