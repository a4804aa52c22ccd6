// Packages written as text at once: an answer of CKAN's has up to a thousand of them, and a tree of
// nodes for each member costs ten times the text.
#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "ckan/package.h"
#include "siku/catalog/ckan.h"
#include "siku/catalog/rows.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kMostTexts = 16 << 20;  // bytes

void AppendText(std::string& out, std::string_view text) {
  if (!utf8::Valid(text)) {
    out += json(text).dump(-1, ' ', false, json::error_handler_t::replace);
    return;
  }
  out += '"';
  size_t written = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out += text.substr(written, i - written);
    written = i + 1;
    if (byte >= 0x20) {
      out += '\\';
      out += text[i];
    } else {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  out += text.substr(written);
  out += '"';
}

/// Members of an object, or values of a list, one behind the other.
class Writer {
 public:
  Writer(std::string& out, char begin) : out_(out), end_(begin == '{' ? '}' : ']') {
    out_ += begin;
  }
  Writer& Text(std::string_view name, std::string_view value) {
    Name(name);
    AppendText(out_, value);
    return *this;
  }
  /// `value`: JSON.
  Writer& Raw(std::string_view name, std::string_view value) {
    Name(name);
    out_ += value;
    return *this;
  }
  Writer& Number(std::string_view name, size_t value) { return Raw(name, std::to_string(value)); }
  Writer& Flag(std::string_view name, bool value) { return Raw(name, value ? "true" : "false"); }
  void Name(std::string_view name) {
    Next();
    AppendText(out_, name);
    out_ += ':';
  }
  void Next() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void End() { out_ += end_; }

 private:
  std::string& out_;
  char end_;
  bool first_ = true;
};

void AppendNames(std::string& out, const std::vector<std::string>& names) {
  Writer list(out, '[');
  for (const std::string& name : names) {
    list.Next();
    Writer(out, '{')
        .Text("name", name)
        .Text("display_name", name)
        .Text("title", name)
        .Text("state", "active")
        .End();
  }
  list.End();
}

/// What files of a version and links have in common.
Writer& Resource(Writer& writer, const Dataset& dataset, size_t position) {
  return writer.Text("package_id", dataset.id)
      .Number("position", position)
      .Text("state", "active")
      .Raw("url_type", "null")
      .Text("created", CkanTime(dataset.created));
}

size_t AppendFiles(std::string& out, Writer& list, const Dataset& dataset, const Version& newest,
                   const std::string& url) {
  const std::string address =
      url + "/api/v1/datasets/" + dataset.name + "/versions/newest/download?format=";
  size_t position = 0;
  for (const DownloadFormat& format : DownloadFormats()) {
    list.Next();
    Writer file(out, '{');
    Resource(file, dataset, position++)
        .Text("id", dataset.id + "." + format.name)
        .Text("name", dataset.name + "." + format.name)
        .Text("url", address + format.name)
        .Text("format", format.title)
        .Text("mimetype", format.media_type)
        .Text("description", "")
        .Text("last_modified", CkanTime(newest.created))
        .Flag("datastore_active", true)
        .End();
  }
  return position;
}

/// Gives their number.
size_t AppendResources(std::string& out, const Listed& listed, const std::string& url) {
  const Dataset& dataset = listed.dataset;
  Writer list(out, '[');
  size_t position = 0;
  if (const Version* const newest = listed.Newest()) {
    position = AppendFiles(out, list, dataset, *newest, url);
  }
  for (const Link& link : dataset.links) {
    list.Next();
    Writer one(out, '{');
    Resource(one, dataset, position++)
        .Text("id", link.id)
        .Text("name", link.title)
        .Text("url", link.url)
        .Text("format", link.format)
        .Text("description", link.summary)
        .Raw("last_modified", "null")
        .Flag("datastore_active", false)
        .End();
  }
  list.End();
  return position;
}

/// What its sender gave and we have no word for, and lists that clients look for.
void AppendOthers(Writer& package, const std::string& text) {
  constexpr std::array kLists = {"extras", "relationships_as_subject", "relationships_as_object"};
  json other = text == "{}" ? json::object() : json::parse(text);
  for (const char* list : kLists) {
    if (!other.contains(list)) package.Raw(list, "[]");
  }
  for (const auto& [key, value] : other.items()) {
    if (IsOurs(key)) continue;
    package.Raw(key, value.dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

void AppendOrganization(std::string& out, const Organisation& organisation) {
  Writer(out, '{')
      .Text("id", organisation.id)
      .Text("name", organisation.name)
      .Text("title", organisation.title)
      .Text("display_name", organisation.title)
      .Text("description", organisation.summary)
      .Text("type", "organization")
      .Flag("is_organization", true)
      .Text("approval_status", "approved")
      .Text("image_url", "")
      .Text("created", CkanTime(organisation.created))
      .Text("state", "active")
      .End();
}

}  // namespace

bool PackageTexts::Append(const std::string& id, int64_t modified, const std::string& url,
                          std::string& out) {
  const std::lock_guard lock(mutex_);
  const auto found = texts_.find(id);
  if (found == texts_.end() || found->second.modified != modified || url_ != url) return false;
  out += found->second.text;
  return true;
}

void PackageTexts::Keep(const std::string& id, int64_t modified, const std::string& url,
                        std::string text) {
  const size_t bytes = text.size() + id.size() + sizeof(Text);
  const std::lock_guard lock(mutex_);
  if (url != url_ || bytes_ + bytes > kMostTexts) {
    texts_.clear();
    bytes_ = 0;
    url_ = url;
  }
  if (bytes > kMostTexts) return;
  const auto [place, fresh] = texts_.try_emplace(id);
  bytes_ += fresh ? bytes : text.size() - place->second.text.size();
  place->second = {modified, std::move(text)};
}

std::string OrganizationText(const Organisation& organisation) {
  std::string out;
  AppendOrganization(out, organisation);
  return out;
}

void AppendPackage(std::string& out, const Listed& listed, const Organisation& organisation,
                   const std::string& url) {
  const Dataset& dataset = listed.dataset;
  Writer package(out, '{');
  AppendOthers(package, dataset.other);
  package.Text("id", dataset.id).Text("name", dataset.name).Text("title", dataset.title);
  package.Text("notes", dataset.summary).Text("owner_org", organisation.id);
  package.Name("organization");
  AppendOrganization(out, organisation);
  package.Text("license_id", dataset.licence).Text("license_title", dataset.licence);
  package.Flag("isopen", dataset.open_class == OpenClass::kUnconditional);
  package.Name("tags");
  AppendNames(out, dataset.keywords);
  package.Number("num_tags", dataset.keywords.size());
  package.Name("groups");
  AppendNames(out, dataset.themes);
  package.Name("resources");
  package.Number("num_resources", AppendResources(out, listed, url));
  const bool hidden = dataset.state == "draft" || dataset.open_class == OpenClass::kClosed;
  package.Flag("private", hidden);
  package.Text("state", dataset.state == "withdrawn" ? "deleted" : "active");
  package.Text("type", "dataset");
  package.Text("metadata_created", CkanTime(dataset.created));
  package.Text("metadata_modified", CkanTime(dataset.modified)).End();
}

}  // namespace siku::catalog
