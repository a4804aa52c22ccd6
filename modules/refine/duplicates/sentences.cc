#include "duplicates/sentences.h"

#include "duplicates/folding.h"
#include "duplicates/units.h"
#include "siku/utf8.h"

namespace siku::refine::duplicates {
namespace {

std::string_view Part(std::string_view text, const Span& span) {
  return text.substr(static_cast<size_t>(span.begin), static_cast<size_t>(span.end - span.begin));
}

// The part of a span between white space; empty at its end where there is nothing else.
Span Core(std::string_view text, const Span& span) {
  Span core{span.end, span.end};
  for (auto at = static_cast<size_t>(span.begin); at < static_cast<size_t>(span.end);) {
    const auto here = static_cast<int64_t>(at);
    if (IsPythonSpace(utf8::Next(text, at))) continue;
    if (core.begin == span.end) core.begin = here;
    core.end = static_cast<int64_t>(at);
  }
  return core;
}

bool EndsSentence(std::string_view word) {
  size_t at = 0;
  const char32_t first = utf8::Next(word, at);
  constexpr std::u32string_view kStops = U"!.?。！．？｡‼‽⁇⁈⁉﹒﹖﹗";
  return at == word.size() && kStops.find(first) != std::u32string_view::npos;
}

bool IsPunctuationAlone(std::string_view word) {
  for (size_t at = 0; at < word.size();) {
    if (!IsPunctuation(utf8::Next(word, at))) return false;
  }
  return true;
}

// Puts tokens together to sentences.
class Sentencizer {
 public:
  Sentencizer(std::string_view text, std::vector<Span>& sentences)
      : text_(text), sentences_(sentences) {
    sentences_.clear();
  }
  void Blanks(size_t end) {
    size_t begin = end_;
    if (begin > 0 && begin < text_.size() && text_[begin] == ' ') ++begin;
    if (begin < end) Add(begin, end, false, true);
  }
  void Word(size_t begin, size_t end) {
    Blanks(begin);
    const std::string_view word = text_.substr(begin, end - begin);
    const bool ends = EndsSentence(word);
    Add(begin, end, ends, !ends && !IsPunctuationAlone(word));
  }
  void Finish() {
    Blanks(text_.size());
    if (end_ > 0) Close();
  }

 private:
  void Add(size_t begin, size_t end, bool ends, bool may_begin) {
    if (stopped_ && may_begin) {
      Close();
      begin_ = begin;
      stopped_ = false;
    } else if (ends) {
      stopped_ = true;
    }
    end_ = end;
  }
  void Close() { sentences_.push_back({static_cast<int64_t>(begin_), static_cast<int64_t>(end_)}); }

  std::string_view text_;
  std::vector<Span>& sentences_;
  size_t begin_ = 0, end_ = 0;  // of the sentence so far
  bool stopped_ = false;
};

}  // namespace

void WordSentences(std::string_view text, std::span<const std::string_view> words,
                   std::vector<Span>& sentences) {
  Sentencizer sentencizer(text, sentences);
  for (const std::string_view word : words) {
    const auto begin = static_cast<size_t>(word.data() - text.data());
    sentencizer.Word(begin, begin + word.size());
  }
  sentencizer.Finish();
}

void PlainSentences(std::string_view text, std::vector<Span>& sentences) {
  sentences.clear();
  std::vector<int64_t> ends;
  SentenceEnds(text, ends);
  int64_t begin = 0;
  for (const int64_t end : ends) {
    const Span core = Core(text, {begin, end});
    if (core.begin < core.end) sentences.push_back(core);
    begin = end;
  }
}

void SentenceSpanHashes(std::string_view text, std::span<const Span> sentences, int count,
                        std::vector<UnitHash>& hashes) {
  hashes.clear();
  std::vector<std::string> simple;
  for (const Span& sentence : sentences) {
    const std::string_view core = Part(text, Core(text, sentence));
    if (!core.empty()) simple.push_back(SimplifyText(core));
  }
  const auto length = static_cast<size_t>(count);
  std::string joined;
  for (size_t first = 0; first + length <= simple.size(); ++first) {
    joined = simple[first];
    for (size_t i = 1; i < length; ++i) joined.append(" ").append(simple[first + i]);
    const bool blank = Core(joined, {0, static_cast<int64_t>(joined.size())}).begin ==
                       static_cast<int64_t>(joined.size());
    hashes.push_back(blank ? UnitHash{} : HashUnit(joined));
  }
}

std::vector<Span> SentencesToRemove(std::string_view text, std::span<const Span> sentences,
                                    std::span<const int> seen, int count) {
  std::vector<Span> gone;
  const auto remove = [&](int64_t begin, int64_t end) {
    if (begin == end) return;
    if (!gone.empty() && gone.back().end == begin) {
      gone.back().end = end;
    } else {
      gone.push_back({begin, end});
    }
  };
  int64_t begin = 0;
  int until = 0;
  size_t next = 0;
  bool leading = true;
  for (int i = 0; i < static_cast<int>(sentences.size()); ++i) {
    const int64_t end = sentences[static_cast<size_t>(i)].end;
    if (next < seen.size() && seen[next] == i) {
      until = i + count;
      ++next;
    }
    if (i < until) {
      remove(begin, end);
    } else if (leading) {
      const Span core = Core(text, {begin, end});
      remove(begin, core.begin);
      leading = core.begin == end;
    }
    begin = end;
  }
  remove(begin, static_cast<int64_t>(text.size()));
  return gone;
}

std::string Without(std::string_view text, std::span<const Span> spans) {
  std::string left;
  int64_t begin = 0;
  for (const Span& span : spans) {
    left.append(Part(text, {begin, span.begin}));
    begin = span.end;
  }
  return left.append(Part(text, {begin, static_cast<int64_t>(text.size())}));
}

}  // namespace siku::refine::duplicates
