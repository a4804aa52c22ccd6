#include "siku/csv.h"

#include <algorithm>

namespace siku {
namespace {

bool IsWide(Encoding encoding) {
  return encoding == Encoding::kUtf16Le || encoding == Encoding::kUtf16Be;
}

// Of two-byte encodings: behind such a byte stands one that is no sign of its own, unless it is
// below any second byte.
bool Leads(Encoding encoding, char c) {
  const auto byte = static_cast<uint8_t>(c);
  return (encoding == Encoding::kGb18030 || encoding == Encoding::kBig5) && byte > 0x80 &&
         byte < 0xFF;
}

}  // namespace

// True: a record ends here.
bool CsvCutter::Step(char unit) {
  if (state_ == State::kQuoted) {
    if (unit == '"') state_ = State::kQuoteInQuoted;
    return false;
  }
  if (unit == '\n' || unit == dialect_.delimiter) {
    state_ = State::kFieldStart;
    return unit == '\n';
  }
  if (unit == '"' && state_ != State::kPlain && dialect_.quotes) {
    state_ = State::kQuoted;  // opens, or is the second of two inside
  } else {
    state_ = State::kPlain;
  }
  return false;
}

size_t CsvCutter::Find(std::string_view bytes) {
  if (IsWide(encoding_)) return FindWide(bytes);
  for (size_t at = 0; at < bytes.size(); ++at) {
    const char c = bytes[at];
    if (second_) {
      second_ = false;
      if ((c >= '0' && c <= '9') || static_cast<uint8_t>(c) >= 0x40) continue;
    }
    if (Step(c)) return at + 1;
    second_ = Leads(encoding_, c);
  }
  return std::string_view::npos;
}

size_t CsvCutter::FindWide(std::string_view bytes) {
  for (size_t at = 0; at < bytes.size(); ++at) {
    if (!second_) {
      first_ = bytes[at];
      second_ = true;
      continue;
    }
    second_ = false;
    const bool little = encoding_ == Encoding::kUtf16Le;
    const char high = little ? bytes[at] : first_;
    const char low = little ? first_ : bytes[at];
    // No sign beyond ASCII means anything here.
    if (Step(high == 0 ? low : '\x7F')) return at + 1;
  }
  return std::string_view::npos;
}

// From the opening quote on; the place behind the field.
size_t CsvFields::ParseQuoted(std::string_view record, size_t at) {
  Field field{.text = {}, .quoted = true, .begin = at};
  const size_t copied = texts_.size();
  size_t from = ++at;
  for (;;) {
    const size_t quote = record.find('"', at);
    if (quote == std::string_view::npos) {
      problem_ = "open_quote";
      at_ = field.begin;
      field.text = record.substr(from);
      field.end = record.size();
      break;
    }
    const bool doubled = quote + 1 < record.size() && record[quote + 1] == '"';
    if (doubled) {
      texts_.append(record.substr(from, quote + 1 - from));
      from = at = quote + 2;
      continue;
    }
    field.end = quote + 1;
    if (copied == texts_.size()) {
      field.text = record.substr(from, quote - from);
    } else {
      texts_.append(record.substr(from, quote - from));
      field.text = std::string_view(texts_).substr(copied);
    }
    if (field.end < record.size() && record[field.end] != dialect_.delimiter) {
      problem_ = "bad_quotes";
      at_ = field.end;
    }
    break;
  }
  fields_.push_back(field);
  return field.end;
}

bool CsvFields::Parse(std::string_view record) {
  fields_.clear();
  texts_.clear();
  // Views into it must stay.
  texts_.reserve(record.size());
  problem_ = "";
  for (size_t at = 0;;) {
    if (dialect_.quotes && at < record.size() && record[at] == '"') {
      at = ParseQuoted(record, at);
      if (*problem_ != '\0') return false;
    } else {
      const size_t end = std::min(record.find(dialect_.delimiter, at), record.size());
      fields_.push_back({.text = record.substr(at, end - at), .begin = at, .end = end});
      at = end;
    }
    if (at >= record.size()) return true;
    ++at;  // the delimiter
  }
}

void AppendCsvField(std::string_view text, char delimiter, bool quoted, std::string& out) {
  const char special[] = {delimiter, '"', '\r', '\n', '\0'};
  if (!quoted && !text.empty() && text.find_first_of(special) == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const size_t quote = std::min(text.find('"', at), text.size());
    out += text.substr(at, quote - at);
    if (quote < text.size()) out += "\"\"";
    at = quote + 1;
  }
  out += '"';
}

}  // namespace siku
