#include "siku/refine/segmenter.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <sstream>

#include "siku/sha256.h"
#include "siku/utf8.h"
#include "words/cutter.h"

namespace siku::refine {
namespace {

Result<std::string> Contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream contents;
  if (file) contents << file.rdbuf();
  // Of an empty file nothing is copied, which sets the bad bit of `contents` alone.
  if (!file.is_open() || file.bad()) {
    return Fail(Code::kNotFound, "the dictionary cannot be read", std::strerror(errno), path);
  }
  return std::move(contents).str();
}

}  // namespace

Segmenter::Segmenter(std::shared_ptr<const WordTables> tables) : tables_(std::move(tables)) {}
Segmenter::~Segmenter() = default;

Result<std::shared_ptr<const Segmenter>> Segmenter::Load(
    std::span<const std::string> dictionaries) {
  SIKU_TRY(auto tables, WordTables::Shared());
  std::shared_ptr<Segmenter> made(new Segmenter(std::move(tables)));
  made->hashes_.emplace_back("siku-words.tables", made->tables_->hash());
  if (!dictionaries.empty()) made->user_ = std::make_unique<UserWords>(*made->tables_);
  for (const std::string& path : dictionaries) {
    SIKU_TRY(const std::string contents, Contents(path));
    SIKU_TRY(made->user_->AddDictionary(contents, path));
    made->hashes_.emplace_back(path, Sha256Hex(contents));
  }
  made->cutter_ = std::make_unique<Cutter>(*made->tables_, made->user_.get());
  return made;
}

void Segmenter::Cut(std::string_view text, bool hmm, std::vector<uint32_t>& ends) const {
  ends.clear();
  cutter_->Cut(text, hmm, ends);
}

void Segmenter::CutForSearch(std::string_view text, bool hmm, std::vector<Span>& words) const {
  std::vector<uint32_t> ends, borders;
  Cut(text, hmm, ends);
  words.clear();
  uint32_t begin = 0;
  for (const uint32_t end : ends) {
    borders.assign(1, begin);
    for (size_t at = begin; at < end;) {
      (void)utf8::Next(text, at);
      borders.push_back(static_cast<uint32_t>(at));
    }
    for (const size_t length : {2U, 3U}) {
      if (borders.size() <= length + 1) break;
      for (size_t i = 0; i + length < borders.size(); ++i) {
        const Span inner = {borders[i], borders[i + length]};
        const auto word = text.substr(inner.begin, inner.end - inner.begin);
        if (cutter_->Frequency(word).value_or(0) != 0) words.push_back(inner);
      }
    }
    words.push_back({begin, end});
    begin = end;
  }
}

}  // namespace siku::refine
