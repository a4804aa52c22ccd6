#include "operators/filter/word_lists.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "operators/filter/parameters.h"

namespace siku::refine {
namespace {

// Longer than any list there is; it bounds what a wrong file costs.
constexpr uintmax_t kLargestFile = 64 << 20;
constexpr const char* kAllLanguages = "all";

// The words that a file has for a language; of all, where that is asked for and the file has no
// list of that name.
Result<void> AddWords(const std::filesystem::path& path, const std::string& language,
                      std::vector<std::string>& words) {
  std::error_code error;
  if (std::filesystem::file_size(path, error) > kLargestFile || error) {
    return Fail(Code::kInvalid, "the word list is too large or cannot be read", path.string());
  }
  std::ifstream file(path, std::ios::binary);
  const auto lists = nlohmann::json::parse(file, nullptr, false);
  if (!lists.is_object()) {
    return Fail(Code::kData, "a word list is a JSON object: language to words", path.string());
  }
  const bool every = language == kAllLanguages && !lists.contains(language);
  for (const auto& [name, list] : lists.items()) {
    if (!every && name != language) continue;
    for (const auto& word : list) {
      if (!word.is_string()) {
        return Fail(Code::kData, "a word list holds only texts", path.string());
      }
      words.push_back(word.get<std::string>());
    }
  }
  return {};
}

}  // namespace

std::vector<ParameterSpec> WordListParameters(const std::string& kind) {
  ParameterSpec folder =
      Text(kind + "_dir", "",
           {"A folder of JSON files named after the list, as Data-Juicer keeps them.",
            "词表 JSON 文件所在目录，格式同 Data-Juicer。"});
  folder.names_files = true;
  return {Texts("words", {}, {"The words, in small letters.", "词表，用小写。"}), std::move(folder),
          YesNo("use_words_aug", false,
                {"Groups of neighbouring words count as words too.", "相邻词的组合也计为词。"}),
          Texts("words_aug_group_sizes", {"2"},
                {"Words of such a group, one number or several.", "组合的词数，可有多个。"}),
          Text("words_aug_join_char", "",
               {"What stands between the words of a group.", "组合中词与词之间的字符。"})};
}

Result<std::shared_ptr<const statistics::WordList>> ReadWordList(const std::string& kind,
                                                                 const Parameters& parameters) {
  std::vector<std::string> words = parameters.texts("words");
  const std::string& folder = parameters.text(kind + "_dir");
  if (!folder.empty()) {
    std::error_code error;
    std::vector<std::filesystem::path> files;
    for (const auto& entry :
         std::filesystem::directory_iterator(parameters.PathOf(folder), error)) {
      const std::string name = entry.path().filename().string();
      if (name.ends_with(".json") && name.find(kind) != std::string::npos) {
        files.push_back(entry.path());
      }
    }
    if (error) return Fail(Code::kNotFound, "the folder of word lists cannot be read", folder);
    std::sort(files.begin(), files.end());
    for (const auto& file : files) SIKU_TRY(AddWords(file, parameters.text("lang"), words));
  }
  if (words.empty()) {
    return Fail(Code::kInvalid,
                "a list of words is needed: `words`, or a folder whose files have this language",
                parameters.text("lang"), "words");
  }
  return std::make_shared<const statistics::WordList>(kind + "_ratio", words);
}

Result<statistics::Augmentation> ReadAugmentation(const Parameters& parameters) {
  statistics::Augmentation augmentation;
  if (!parameters.boolean("use_words_aug")) return augmentation;
  augmentation.join = parameters.text("words_aug_join_char");
  for (const std::string& text : parameters.texts("words_aug_group_sizes")) {
    int64_t size = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
    if (error != std::errc() || end != text.data() + text.size() || size < 1) {
      return Fail(Code::kInvalid, "a group has a whole number of words, 1 or more", text,
                  "words_aug_group_sizes");
    }
    augmentation.group_sizes.push_back(size);
  }
  return augmentation;
}

}  // namespace siku::refine
