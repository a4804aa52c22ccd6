#include "siku/refine/script_converter.h"

#include "script/script_stage.h"
#include "script/script_tables.h"

namespace siku::refine {
namespace {

bool Pass(const ScriptDictionary& dictionary, std::string_view text, ConvertedText& made) {
  return ScriptStage::Convert(dictionary, dictionary.starts(), text, made);
}

// By one dictionary after another; `made` holds nothing where there is none.
void PassThrough(const std::vector<ScriptDictionary>& dictionaries, std::string_view text,
                 ConvertedText& made) {
  ScriptStage::Clear(made);
  ConvertedText before;
  for (const ScriptDictionary& dictionary : dictionaries) {
    const bool first = &dictionary == &dictionaries.front();
    if (!first) std::swap(before, made);
    Pass(dictionary, first ? text : before.text(), made);
    if (!first) ScriptStage::Compose(before, made);
  }
}

}  // namespace

ScriptConverter::ScriptConverter() = default;
ScriptConverter::~ScriptConverter() = default;

Result<std::vector<std::string>> ScriptConverter::Configurations() {
  SIKU_TRY(const auto tables, ScriptTables::Shared());
  std::vector<std::string> names;
  for (const auto& configuration : tables->configurations()) names.push_back(configuration.name);
  return names;
}

Result<std::shared_ptr<const ScriptConverter>> ScriptConverter::Load(
    std::string_view configuration) {
  SIKU_TRY(auto tables, ScriptTables::Shared());
  for (const auto& known : tables->configurations()) {
    if (known.name != configuration) continue;
    std::shared_ptr<ScriptConverter> made(new ScriptConverter);
    const auto bind = [&](const std::vector<size_t>& numbers, auto& dictionaries) {
      for (const size_t number : numbers) dictionaries.push_back(tables->dictionary(number));
    };
    bind(known.normalization, made->normalization_);
    bind(known.segmentation, made->segmentation_);
    bind(known.chain, made->chain_);
    made->PlanSinglePass();
    made->tables_ = std::move(tables);
    return made;
  }
  return Fail(Code::kNotFound, "there is no such script configuration", std::string(configuration));
}

const std::string& ScriptConverter::hash() const { return tables_->hash(); }

void ScriptConverter::PlanSinglePass() {
  constexpr uint32_t kBegins =
      ScriptDictionary::kWord | ScriptDictionary::kPhrase | ScriptDictionary::kLook;
  if (chain_.size() != 1 || !segmentation_.empty()) return;
  single_pass_.assign(chain_[0].starts().begin(), chain_[0].starts().end());
  for (const ScriptDictionary& dictionary : normalization_) {
    for (size_t c = 0; c < single_pass_.size(); ++c) {
      if ((dictionary.starts()[c] & kBegins) != 0) single_pass_[c] |= ScriptDictionary::kStop;
    }
  }
}

void ScriptConverter::ConvertSegments(std::string_view text, ConvertedText& made) const {
  if (segmentation_.empty()) return PassThrough(chain_, text, made);
  ScriptStage::Clear(made);
  ConvertedText part;
  const auto convert = [&](size_t begin, size_t end) {
    if (begin == end) return;
    PassThrough(chain_, text.substr(begin, end - begin), part);
    ScriptStage::Append(part, begin, made);
  };
  size_t loose = 0;  // where the part before `at` begins that holds no word
  for (size_t at = 0; at < text.size();) {
    const size_t length = segmentation_[0].Next(text, at).length;
    if (length == 0) {
      if (at < text.size()) at = AfterUnmatched(text, at);
      continue;
    }
    convert(loose, at);
    convert(at, at + length);
    at += length;
    loose = at;
  }
  convert(loose, text.size());
}

void ScriptConverter::Convert(std::string_view text, ConvertedText& made) const {
  if (!single_pass_.empty() && ScriptStage::Convert(chain_[0], single_pass_, text, made)) return;
  ConvertedText normal;
  PassThrough(normalization_, text, normal);
  if (normal.changes() == 0) return ConvertSegments(text, made);
  ConvertSegments(normal.text(), made);
  ScriptStage::Compose(normal, made);
}

}  // namespace siku::refine
