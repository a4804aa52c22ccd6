// Datasets as JSON: stored, shown, and set by what people send.
#include <array>
#include <functional>
#include <nlohmann/json.hpp>

#include "siku/catalog/model.h"
#include "siku/catalog/quality.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

struct TextField {
  const char* name;
  std::string Dataset::*member;
};
constexpr std::array kTexts = {
    TextField{"title", &Dataset::title},
    TextField{"summary", &Dataset::summary},
    TextField{"code", &Dataset::code},
    TextField{"conditions", &Dataset::conditions},
    TextField{"update_cycle", &Dataset::update_cycle},
    TextField{"licence", &Dataset::licence},
    TextField{"spatial", &Dataset::spatial},
};

struct ListField {
  const char* name;
  std::vector<std::string> Dataset::*member;
};
constexpr std::array kLists = {ListField{"themes", &Dataset::themes},
                               ListField{"keywords", &Dataset::keywords}};

template <class T>
struct Part {
  const char* name;
  std::string T::*member;
};
constexpr std::array kContactParts = {Part<Contact>{"name", &Contact::name},
                                      Part<Contact>{"email", &Contact::email},
                                      Part<Contact>{"phone", &Contact::phone}};
constexpr std::array kLinkParts = {
    Part<Link>{"id", &Link::id}, Part<Link>{"title", &Link::title}, Part<Link>{"url", &Link::url},
    Part<Link>{"format", &Link::format}, Part<Link>{"summary", &Link::summary}};

Result<std::string> TextOf(const json& value, const std::string& path) {
  if (value.is_null()) return std::string();
  if (!value.is_string()) return Fail(Code::kInvalid, "not a text", value.dump(), path);
  return value.get<std::string>();
}

Result<std::vector<std::string>> ListOf(const json& value, const std::string& path) {
  std::vector<std::string> list;
  if (value.is_null()) return list;
  if (!value.is_array()) return Fail(Code::kInvalid, "not a list", {}, path);
  for (size_t i = 0; i < value.size(); ++i) {
    SIKU_TRY(auto text, TextOf(value[i], path + "[" + std::to_string(i) + "]"));
    if (!text.empty()) list.push_back(std::move(text));
  }
  return list;
}

template <class T, size_t N>
Result<std::vector<T>> PartsOf(const json& value, const std::array<Part<T>, N>& parts,
                               const std::string& path) {
  std::vector<T> list;
  if (value.is_null()) return list;
  if (!value.is_array()) return Fail(Code::kInvalid, "not a list", {}, path);
  for (size_t i = 0; i < value.size(); ++i) {
    const std::string place = path + "[" + std::to_string(i) + "]";
    if (!value[i].is_object()) return Fail(Code::kInvalid, "not an object", {}, place);
    T& one = list.emplace_back();
    for (const auto& [key, given] : value[i].items()) {
      bool known = false;
      for (const auto& part : parts) {
        if (key != part.name) continue;
        SIKU_TRY(one.*part.member, TextOf(given, place + "." + key));
        known = true;
      }
      if (!known) return Fail(Code::kInvalid, "unknown key", key, place);
    }
  }
  return list;
}

template <class T, size_t N>
json PartsJson(const std::vector<T>& list, const std::array<Part<T>, N>& parts) {
  json out = json::array();
  for (const T& one : list) {
    json& object = out.emplace_back(json::object());
    for (const auto& part : parts) object[part.name] = one.*part.member;
  }
  return out;
}

Result<void> ApplyTemporal(const json& value, Dataset& dataset) {
  if (!value.is_object()) return Fail(Code::kInvalid, "not an object", {}, "temporal");
  for (const auto& [key, given] : value.items()) {
    if (key != "start" && key != "end") {
      return Fail(Code::kInvalid, "unknown key", key, "temporal");
    }
    SIKU_TRY((key == "start" ? dataset.temporal_start : dataset.temporal_end),
             TextOf(given, "temporal." + key));
  }
  return {};
}

/// The fields with a type of their own; false: none of them.
Result<bool> ApplyOther(const std::string& key, const json& value, Dataset& dataset) {
  if (key == "name") {
    SIKU_TRY(dataset.name, TextOf(value, key));
  } else if (key == "organisation") {
    SIKU_TRY(dataset.organisation, TextOf(value, key));
  } else if (key == "class") {
    SIKU_TRY(const auto name, TextOf(value, key));
    SIKU_TRY(dataset.open_class, ParseOpenClass(name));
  } else if (key == "temporal") {
    SIKU_TRY(ApplyTemporal(value, dataset));
  } else if (key == "contacts") {
    SIKU_TRY(dataset.contacts, PartsOf(value, kContactParts, key));
  } else if (key == "links") {
    SIKU_TRY(dataset.links, PartsOf(value, kLinkParts, key));
  } else if (key == "quality") {
    SIKU_TRY(CheckQualityRules(value));
    dataset.quality = value.dump();
  } else {
    return false;
  }
  return true;
}

Result<bool> ApplyField(const std::string& key, const json& value, Dataset& dataset) {
  for (const TextField& field : kTexts) {
    if (key != field.name) continue;
    SIKU_TRY(dataset.*field.member, TextOf(value, key));
    return true;
  }
  for (const ListField& field : kLists) {
    if (key != field.name) continue;
    SIKU_TRY(dataset.*field.member, ListOf(value, key));
    return true;
  }
  return ApplyOther(key, value, dataset);
}

}  // namespace

json RecordJson(const Dataset& dataset) {
  json record = json::object();
  for (const TextField& field : kTexts) record[field.name] = dataset.*field.member;
  for (const ListField& field : kLists) record[field.name] = dataset.*field.member;
  record["temporal"] = {{"start", dataset.temporal_start}, {"end", dataset.temporal_end}};
  record["contacts"] = PartsJson(dataset.contacts, kContactParts);
  record["links"] = PartsJson(dataset.links, kLinkParts);
  if (dataset.quality != "{}") record["quality"] = json::parse(dataset.quality);
  if (dataset.other != "{}") record["other"] = json::parse(dataset.other);
  return record;
}

void ReadRecord(const json& record, Dataset& dataset) {
  const auto other = record.find("other");
  dataset.other = other == record.end() ? "{}" : other->dump();
  for (const auto& [key, value] : record.items()) {
    // We wrote it: what does not fit is of a newer Siku, and stays in the database.
    if (key != "other") (void)ApplyField(key, value, dataset).has_value();
  }
}

json DatasetJson(const Dataset& dataset) {
  json out = RecordJson(dataset);
  out.erase("other");
  out["name"] = dataset.name;
  out["organisation"] = {{"name", dataset.organisation}};
  out["class"] = OpenClassName(dataset.open_class);
  out["state"] = dataset.state;
  out["created"] = TimeText(dataset.created);
  out["modified"] = TimeText(dataset.modified);
  return out;
}

json VersionJson(const Version& version) {
  const auto known = [](int64_t count) { return count < 0 ? json() : json(count); };
  json files = json::array();
  for (const VersionFile& file : version.files) {
    files.push_back({{"name", file.name},
                     {"title", file.title},
                     {"format", file.Format()},
                     {"bytes", known(file.bytes)},
                     {"sha256", file.sha256.empty() ? json() : json(file.sha256)}});
  }
  return {{"ordinal", version.ordinal},
          {"content", version.content.empty() ? json() : json(version.content)},
          {"rows", known(version.rows)},
          {"bytes", known(version.bytes)},
          {"created", TimeText(version.created)},
          {"state", version.withdrawn ? "withdrawn" : "published"},
          {"reason", version.reason},
          {"source", version.source},
          {"schema", json::parse(version.schema)},
          {"files", std::move(files)}};
}

Result<void> ApplyJson(const json& given, Dataset& dataset) {
  if (!given.is_object()) return Fail(Code::kInvalid, "not an object");
  for (const auto& [key, value] : given.items()) {
    SIKU_TRY(const bool known, ApplyField(key, value, dataset));
    if (!known) return Fail(Code::kInvalid, "unknown key", key);
  }
  return {};
}

}  // namespace siku::catalog
