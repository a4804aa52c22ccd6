#include "mappers/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <array>
#include <charconv>
#include <optional>

#include "siku/utf8.h"

namespace siku::refine::mappers {
namespace {

// Work on a text: items of the pattern tried and bytes passed over. A sound pattern needs a few for
// each byte; one that goes wild is stopped after about a second.
constexpr uint64_t kMostWork = 50'000'000;
constexpr uint64_t kMostWorkPerByte = 64;
constexpr uint32_t kMostHeapKiB = 256 << 10;

struct Work {
  uint64_t left;
  size_t last = 0;  // where the item before was tried
};

// The engine calls it before each item of the pattern.
int CountWork(pcre2_callout_block* block, void* data) {
  Work& work = *static_cast<Work*>(data);
  const size_t at = block->current_position;
  const uint64_t step = 1 + (at > work.last ? at - work.last : work.last - at);
  work.last = at;
  if (step > work.left) return PCRE2_ERROR_CALLOUT;
  work.left -= step;
  return 0;
}

PCRE2_SPTR Bytes(std::string_view text) {
  return reinterpret_cast<PCRE2_SPTR>(text.empty() ? "" : text.data());
}

std::string_view WithoutPrefix(std::string_view pattern) {
  const bool raw = pattern.size() > 2 && pattern[0] == 'r' &&
                   (pattern[1] == '\'' || pattern[1] == '"') && pattern.back() == pattern[1];
  return raw ? pattern.substr(2, pattern.size() - 3) : pattern;
}

std::optional<char> EscapedSign(char c) {
  switch (c) {
    case 'n':
      return '\n';
    case 't':
      return '\t';
    case 'r':
      return '\r';
    case 'f':
      return '\f';
    case 'v':
      return '\v';
    case 'a':
      return '\a';
    case '\\':
      return '\\';
    default:
      return std::nullopt;
  }
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

struct Pattern::Code {
  pcre2_code* code = nullptr;
  pcre2_match_context* context = nullptr;
  uint32_t groups = 0;
  Code() = default;
  Code(const Code&) = delete;
  Code& operator=(const Code&) = delete;
  ~Code() {
    pcre2_match_context_free(context);
    pcre2_code_free(code);
  }
};

Result<Pattern> Pattern::Compile(std::string_view pattern, Reading reading) {
  const bool theirs = reading == Reading::kDataJuicer;
  if (theirs) pattern = WithoutPrefix(pattern);
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  if (context == nullptr) return Fail(siku::Code::kLimit, "not enough memory for the pattern");
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE at = 0;
  auto code = std::make_shared<Code>();
  code->code = pcre2_compile(Bytes(pattern), pattern.size(),
                             PCRE2_UTF | PCRE2_UCP | PCRE2_NEVER_BACKSLASH_C | PCRE2_AUTO_CALLOUT |
                                 (theirs ? uint32_t{PCRE2_DOTALL} : 0U),
                             &error, &at, context);
  pcre2_compile_context_free(context);
  if (code->code == nullptr) {
    std::array<PCRE2_UCHAR, 160> words{};
    pcre2_get_error_message(error, words.data(), words.size());
    return Fail(siku::Code::kInvalid, "this is no pattern",
                std::string(pattern) + " (" + reinterpret_cast<const char*>(words.data()) + ", " +
                    std::to_string(at) + ")");
  }
  pcre2_pattern_info(code->code, PCRE2_INFO_CAPTURECOUNT, &code->groups);
  code->context = pcre2_match_context_create(nullptr);
  if (code->context == nullptr)
    return Fail(siku::Code::kLimit, "not enough memory for the pattern");
  pcre2_set_match_limit(code->context, UINT32_MAX);
  pcre2_set_heap_limit(code->context, kMostHeapKiB);
  return Pattern(std::move(code));
}

namespace {

// Reads a replacement as Python's re.sub does.
class ReplacementReader {
 public:
  ReplacementReader(std::string_view text, const pcre2_code* code, uint32_t groups)
      : text_(text), code_(code), groups_(groups) {}

  Result<Replacement> Read() {
    for (size_t at = 0; at < text_.size();) {
      if (text_[at] != '\\' || at + 1 == text_.size()) {
        Text().push_back(text_[at++]);
        continue;
      }
      SIKU_TRY(at, Escape(at + 1));
    }
    return std::move(made_);
  }

 private:
  std::string& Text() {
    if (made_.parts.empty() || made_.parts.back().group >= 0) made_.parts.emplace_back();
    return made_.parts.back().text;
  }
  // Behind the backslash; gives the place behind the escape.
  Result<size_t> Escape(size_t at) {
    const char c = text_[at];
    if (c >= '1' && c <= '9') {
      const size_t digits = at + 1 < text_.size() && IsDigit(text_[at + 1]) ? 2 : 1;
      SIKU_TRY(AddGroup(text_.substr(at, digits)));
      return at + digits;
    }
    if (c == 'g' && at + 1 < text_.size() && text_[at + 1] == '<') {
      const size_t end = text_.find('>', at);
      if (end != std::string_view::npos) {
        SIKU_TRY(AddGroup(text_.substr(at + 2, end - at - 2)));
        return end + 1;
      }
    }
    if (const auto sign = EscapedSign(c)) {
      Text().push_back(*sign);
      return at + 1;
    }
    Text() += '\\';
    return at;
  }
  Result<void> AddGroup(std::string_view name) {
    int number = -1;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size()) {
      number = pcre2_substring_number_from_name(code_, Bytes(std::string(name)));
    }
    if (number < 0 || number > static_cast<int>(groups_)) {
      return Fail(Code::kInvalid, "the pattern has no such group", std::string(name));
    }
    made_.parts.push_back({.group = number});
    return {};
  }

  std::string_view text_;
  const pcre2_code* code_;
  uint32_t groups_;
  Replacement made_{};
};

// Of one thread.
class MatchData {
 public:
  MatchData(const pcre2_code* code, const pcre2_match_context* context, size_t bytes)
      : work_{kMostWork + kMostWorkPerByte * bytes},
        data_(pcre2_match_data_create_from_pattern(code, nullptr)),
        context_(pcre2_match_context_copy(const_cast<pcre2_match_context*>(context))) {
    if (context_ != nullptr) pcre2_set_callout(context_, CountWork, &work_);
  }
  ~MatchData() {
    pcre2_match_context_free(context_);
    pcre2_match_data_free(data_);
  }
  MatchData(const MatchData&) = delete;
  MatchData& operator=(const MatchData&) = delete;
  bool ready() const { return data_ != nullptr && context_ != nullptr; }
  pcre2_match_data* data() const { return data_; }
  pcre2_match_context* context() const { return context_; }
  size_t begin(int group) const { return pcre2_get_ovector_pointer(data_)[2 * group]; }
  size_t end(int group) const { return pcre2_get_ovector_pointer(data_)[2 * group + 1]; }

 private:
  Work work_;
  pcre2_match_data* data_;
  pcre2_match_context* context_;
};

std::string Filled(const Replacement& replacement, std::string_view text, const MatchData& found,
                   int groups) {
  std::string filled;
  for (const Replacement::Part& part : replacement.parts) {
    if (part.group < 0) {
      filled += part.text;
    } else if (part.group < groups && found.begin(part.group) != PCRE2_UNSET) {
      filled +=
          text.substr(found.begin(part.group), found.end(part.group) - found.begin(part.group));
    }
  }
  return filled;
}

}  // namespace

struct Pattern::Match {
  const MatchData& found;
  int groups;
};

Result<Replacement> Pattern::CompileReplacement(std::string_view replacement) const {
  return ReplacementReader(replacement, code_->code, code_->groups).Read();
}

Pattern::Done Pattern::Matches(std::string_view text,
                               const std::function<void(const Match&)>& visit) const {
  MatchData found(code_->code, code_->context, text.size());
  if (!found.ready()) return Done::kTooLong;
  // An empty match may touch the match before it, but not an empty one at the same place.
  for (size_t at = 0, last_empty = std::string_view::npos; at <= text.size();) {
    const uint32_t options =
        PCRE2_NO_UTF_CHECK | (last_empty == at ? uint32_t{PCRE2_NOTEMPTY_ATSTART} : 0U);
    const int groups = pcre2_match(code_->code, Bytes(text), text.size(), at, options, found.data(),
                                   found.context());
    if (groups == PCRE2_ERROR_NOMATCH) return Done::kAll;
    if (groups < 0) return Done::kTooLong;
    const size_t begin = found.begin(0);
    const size_t end = found.end(0);
    if (end < begin) return Done::kTooLong;  // \K in a look-around: no span to replace
    visit({found, groups});
    last_empty = begin == end ? end : std::string_view::npos;
    at = end;
  }
  return Done::kAll;
}

Pattern::Done Pattern::Replace(std::string_view text, const Replacement& replacement,
                               Changes& changes) const {
  return Matches(text, [&](const Match& match) {
    const auto& [found, groups] = match;
    Add(changes, text, found.begin(0), found.end(0), Filled(replacement, text, found, groups));
  });
}

Pattern::Done Pattern::Find(std::string_view text,
                            const std::function<void(std::span<const Span>)>& visit) const {
  std::vector<Span> spans;
  return Matches(text, [&](const Match& match) {
    const auto& [found, groups] = match;
    spans.clear();
    for (int group = 0; group < groups; ++group) {
      if (found.begin(group) == PCRE2_UNSET) continue;
      spans.push_back({found.begin(group), found.end(group)});
    }
    visit(spans);
  });
}

}  // namespace siku::refine::mappers
