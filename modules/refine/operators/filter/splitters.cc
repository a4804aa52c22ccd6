#include "operators/filter/splitters.h"

#include <memory>

#include "siku/refine/segmenter.h"
#include "statistics/line_stream.h"

namespace siku::refine {
namespace {

// jieba with its hidden Markov model, as spaCy's Chinese tokenizer calls it: blanks are no words.
class JiebaSplitter final : public statistics::WordSplitter {
 public:
  explicit JiebaSplitter(std::shared_ptr<const Segmenter> segmenter)
      : segmenter_(std::move(segmenter)) {}
  std::string_view name() const override { return "jieba"; }
  void Split(std::string_view text, std::vector<std::string_view>& words) const override {
    std::vector<uint32_t> ends;
    segmenter_->Cut(text, true, ends);
    size_t begin = 0;
    for (const uint32_t end : ends) {
      const std::string_view word = statistics::Stripped(text.substr(begin, end - begin));
      if (!word.empty()) words.push_back(word);
      begin = end;
    }
  }

 private:
  std::shared_ptr<const Segmenter> segmenter_;
};

const Result<std::shared_ptr<const Segmenter>>& SharedSegmenter() {
  static const Result<std::shared_ptr<const Segmenter>> segmenter = Segmenter::Load();
  return segmenter;
}

}  // namespace

Result<const statistics::WordSplitter*> FindSplitter(const std::string& name) {
  if (name == statistics::SpaceSplitter().name()) return &statistics::SpaceSplitter();
  SIKU_TRY(const auto segmenter, SharedSegmenter());
  static const JiebaSplitter jieba(segmenter);
  return &jieba;
}

std::vector<std::string> SplitterNames() { return {"space", "jieba"}; }

std::vector<std::pair<std::string, std::string>> SplitterHashes() {
  const auto& segmenter = SharedSegmenter();
  if (!segmenter.has_value()) return {};
  return (*segmenter)->hashes();
}

}  // namespace siku::refine
