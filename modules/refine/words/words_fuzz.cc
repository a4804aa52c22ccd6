// Any text: the words together are the text; conversions touch only whole characters, in order, and
// give valid text.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "siku/encoding.h"
#include "siku/refine/script_converter.h"
#include "siku/refine/segmenter.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckWords(const Segmenter& segmenter, std::string_view text, bool hmm) {
  std::vector<uint32_t> ends;
  segmenter.Cut(text, hmm, ends);
  uint32_t at = 0;
  for (const uint32_t end : ends) {
    Require(at < end && end <= text.size() && utf8::AtBorder(text, end));
    at = end;
  }
  Require(at == text.size());
  std::vector<Segmenter::Span> words;
  segmenter.CutForSearch(text, hmm, words);
  Require(words.size() >= ends.size());
  for (const auto& word : words) {
    Require(word.begin < word.end && word.end <= text.size());
    Require(utf8::AtBorder(text, word.begin) && utf8::AtBorder(text, word.end));
  }
}

void CheckConversion(const ScriptConverter& converter, std::string_view text) {
  ConvertedText made;
  converter.Convert(text, made);
  Require(utf8::Valid(made.text()));
  uint64_t at = 0, after = 0;
  for (size_t i = 0; i < made.changes(); ++i) {
    const auto [begin, end] = made.change(i);
    // Neighbours are one change.
    Require(begin.before < end.before && end.before <= text.size());
    Require(at == 0 ? begin.before >= at : begin.before > at);
    Require(utf8::AtBorder(text, begin.before) && utf8::AtBorder(text, end.before));
    Require(text.substr(at, begin.before - at) == made.text().substr(after, begin.after - after));
    at = end.before;
    after = end.after;
  }
  Require(text.substr(at) == made.text().substr(after));
}

std::vector<std::shared_ptr<const ScriptConverter>> Converters() {
  std::vector<std::shared_ptr<const ScriptConverter>> all;
  const auto names = ScriptConverter::Configurations().value();
  for (const auto& name : names) {
    all.push_back(ScriptConverter::Load(name).value());
  }
  return all;
}

}  // namespace
}  // namespace siku::refine

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;          // NOLINT(google-build-using-namespace)
  using namespace siku::refine;  // NOLINT(google-build-using-namespace)
  static const auto segmenter = Segmenter::Load().value();
  static const auto converters = Converters();
  const std::string text =
      Decode({reinterpret_cast<const char*>(data), size}, Encoding::kUtf8).text;
  CheckWords(*segmenter, text, true);
  CheckWords(*segmenter, text, false);
  for (const auto& converter : converters) CheckConversion(*converter, text);
  return 0;
}
