// What a dataset may be, however it came.
#include <algorithm>
#include <string>

#include "siku/catalog/model.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

constexpr size_t kLongestLine = 1'000;    // bytes
constexpr size_t kLongestText = 100'000;  // bytes
constexpr size_t kLongestUrl = 10'000;    // bytes
constexpr size_t kLongestList = 1'000;    // elements

Result<void> CheckText(const std::string& text, const std::string& path,
                       size_t longest = kLongestLine) {
  if (text.size() > longest) {
    return Fail(Code::kLimit, "the text is too long, in bytes", std::to_string(text.size()), path);
  }
  if (!utf8::Valid(text)) return Fail(Code::kInvalid, "not valid UTF-8", {}, path);
  if (text.find('\0') != std::string::npos) {
    return Fail(Code::kInvalid, "the text has a NUL character", {}, path);
  }
  return {};
}

template <class T, class Check>
Result<void> CheckList(const std::vector<T>& list, const std::string& path, const Check& check) {
  if (list.size() > kLongestList) {
    return Fail(Code::kLimit, "the list is too long", std::to_string(list.size()), path);
  }
  for (size_t i = 0; i < list.size(); ++i) {
    SIKU_TRY(check(list[i], path + "[" + std::to_string(i) + "]"));
  }
  return {};
}

constexpr size_t kLongestFileName = 200;  // bytes: systems take 255

Result<void> CheckLink(const Link& link, const std::string& path) {
  SIKU_TRY(CheckText(link.title, path + ".title"));
  SIKU_TRY(CheckText(link.format, path + ".format"));
  SIKU_TRY(CheckText(link.summary, path + ".summary", kLongestText));
  SIKU_TRY(CheckText(link.id, path + ".id"));
  SIKU_TRY(CheckText(link.url, path + ".url", kLongestUrl));
  // What a page shows as a link must not run as a script.
  if (!link.url.starts_with("https://") && !link.url.starts_with("http://")) {
    return Fail(Code::kInvalid, "not an http or https address", link.url, path + ".url");
  }
  return {};
}

Result<void> CheckTexts(const Dataset& dataset) {
  SIKU_TRY(CheckText(dataset.title, "title"));
  SIKU_TRY(CheckText(dataset.summary, "summary", kLongestText));
  SIKU_TRY(CheckText(dataset.code, "code"));
  SIKU_TRY(CheckText(dataset.conditions, "conditions", kLongestText));
  SIKU_TRY(CheckText(dataset.licence, "licence"));
  SIKU_TRY(CheckText(dataset.spatial, "spatial"));
  SIKU_TRY(CheckText(dataset.quality, "quality", kLongestText));
  SIKU_TRY(CheckText(dataset.other, "other", kLongestText));
  const auto line = [](const std::string& text, const std::string& path) {
    return CheckText(text, path);
  };
  SIKU_TRY(CheckList(dataset.themes, "themes", line));
  SIKU_TRY(CheckList(dataset.keywords, "keywords", line));
  SIKU_TRY(CheckList(dataset.contacts, "contacts",
                     [](const Contact& contact, const std::string& path) -> Result<void> {
                       SIKU_TRY(CheckText(contact.name, path + ".name"));
                       SIKU_TRY(CheckText(contact.email, path + ".email"));
                       return CheckText(contact.phone, path + ".phone");
                     }));
  return CheckList(dataset.links, "links", CheckLink);
}

bool IsDate(const std::string& text) {
  static constexpr std::string_view kShape = "dddd-dd-dd";
  if (text.size() != 4 && text.size() != 7 && text.size() != 10) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return false;
  }
  return true;
}

}  // namespace

Result<void> CheckDataset(const Dataset& dataset) {
  if (!IsCatalogueName(dataset.name)) {
    return Fail(Code::kInvalid, "not a name for a URL", dataset.name, "name",
                "2 to 100 of: a-z 0-9 _ -");
  }
  if (dataset.title.empty()) return Fail(Code::kInvalid, "a dataset needs a title", {}, "title");
  if (dataset.organisation.empty()) {
    return Fail(Code::kInvalid, "a dataset needs an organisation", {}, "organisation");
  }
  const auto& cycles = UpdateCycles();
  if (!dataset.update_cycle.empty() &&
      std::find(cycles.begin(), cycles.end(), dataset.update_cycle) == cycles.end()) {
    return Fail(Code::kInvalid, "no update cycle", dataset.update_cycle, "update_cycle",
                "realtime, daily, weekly, monthly, quarterly, yearly, irregular or once");
  }
  for (const std::string* date : {&dataset.temporal_start, &dataset.temporal_end}) {
    if (!date->empty() && !IsDate(*date)) {
      return Fail(Code::kInvalid, "not a date", *date, "temporal", "2026, 2026-11 or 2026-11-24");
    }
  }
  return CheckTexts(dataset);
}

Result<void> CheckVersionFile(const VersionFile& file) {
  SIKU_TRY(CheckText(file.name, "name", kLongestFileName));
  SIKU_TRY(CheckText(file.title, "title"));
  const bool controls = std::any_of(file.name.begin(), file.name.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
  });
  const bool climbs = file.name == "." || file.name == "..";
  if (file.name.empty() || controls || climbs ||
      file.name.find_first_of("/\\") != std::string::npos) {
    return Fail(Code::kInvalid, "not a name of a file", file.name, "name");
  }
  return {};
}

}  // namespace siku::catalog
