// Packages written as text at once: an answer of CKAN's has up to a thousand of them, and a tree of
// nodes for each member costs ten times the text.
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <array>
#include <nlohmann/json.hpp>
#include <string_view>

#include "ckan/package.h"
#include "ckan/resources.h"
#include "siku/catalog/ckan.h"
#include "siku/catalog/rows.h"
#include "siku/utf8.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr size_t kMostTexts = 16 << 20;  // bytes

using Buffer = rapidjson::StringBuffer;

/// Members of an object, or values of a list, in the order they come.
class Writer : public rapidjson::Writer<Buffer> {
 public:
  using rapidjson::Writer<Buffer>::Writer;

  Writer& Value(std::string_view text) {
    if (utf8::Valid(text)) {
      String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
    } else {
      const std::string whole = json(text).dump(-1, ' ', false, json::error_handler_t::replace);
      RawValue(whole.data(), whole.size(), rapidjson::kStringType);
    }
    return *this;
  }
  Writer& Name(std::string_view name) {
    Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    return *this;
  }
  Writer& Text(std::string_view name, std::string_view value) { return Name(name).Value(value); }
  Writer& Number(std::string_view name, size_t value) {
    Name(name).Uint64(value);
    return *this;
  }
  Writer& Flag(std::string_view name, bool value) {
    Name(name).Bool(value);
    return *this;
  }
  Writer& Nothing(std::string_view name) {
    Name(name).Null();
    return *this;
  }
  /// `value`: JSON of a client's own.
  Writer& Raw(std::string_view name, const std::string& value) {
    Name(name).RawValue(value.data(), value.size(), rapidjson::kObjectType);
    return *this;
  }
};

void WriteNames(Writer& writer, const std::vector<std::string>& names) {
  writer.StartArray();
  for (const std::string& name : names) {
    writer.StartObject();
    writer.Text("name", name).Text("display_name", name).Text("title", name);
    writer.Text("state", "active").EndObject();
  }
  writer.EndArray();
}

/// What formats, files and links have in common.
void WriteResource(Writer& writer, const Dataset& dataset, size_t position, bool uploaded = false) {
  writer.Text("package_id", dataset.id).Number("position", position).Text("state", "active");
  if (uploaded) {
    writer.Text("url_type", "upload");
  } else {
    writer.Nothing("url_type");
  }
  writer.Text("created", CkanTime(dataset.created));
}

/// As a segment of an address (RFC 3986, 2.3).
std::string Segment(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out += {'%', kDigits[byte >> 4U], kDigits[byte & 15U]};
    }
  }
  return out;
}

void WriteFile(Writer& writer, const Dataset& dataset, const Version& newest,
               const VersionFile& file, const std::string& url, size_t position) {
  writer.StartObject();
  WriteResource(writer, dataset, position, true);
  writer.Text("id", FileResourceId(dataset, file))
      .Text("name", file.title.empty() ? file.name : file.title)
      .Text("url", url + "/api/v1/datasets/" + dataset.name + "/versions/newest/files/" +
                       Segment(file.name))
      .Text("format", file.Format())
      .Text("description", "")
      .Text("hash", file.sha256)
      .Text("last_modified", CkanTime(newest.created))
      .Flag("datastore_active", false);
  if (file.bytes >= 0) writer.Number("size", static_cast<size_t>(file.bytes));
  writer.EndObject();
}

size_t WriteFormats(Writer& writer, const Dataset& dataset, const Version& newest,
                    const std::string& url) {
  const std::string address =
      url + "/api/v1/datasets/" + dataset.name + "/versions/newest/download?format=";
  size_t position = 0;
  for (const DownloadFormat& format : DownloadFormats()) {
    writer.StartObject();
    WriteResource(writer, dataset, position++);
    writer.Text("id", dataset.id + "." + format.name)
        .Text("name", dataset.name + "." + format.name)
        .Text("url", address + format.name)
        .Text("format", format.title)
        .Text("mimetype", format.media_type)
        .Text("description", "")
        .Text("last_modified", CkanTime(newest.created))
        .Flag("datastore_active", true)
        .EndObject();
  }
  return position;
}

/// Gives their number.
size_t WriteResources(Writer& writer, const Listed& listed, const std::string& url) {
  const Dataset& dataset = listed.dataset;
  writer.StartArray();
  size_t position = 0;
  if (const Version* const newest = listed.Newest()) {
    if (newest->HasTable()) position = WriteFormats(writer, dataset, *newest, url);
    for (const VersionFile& file : newest->files) {
      WriteFile(writer, dataset, *newest, file, url, position++);
    }
  }
  for (const Link& link : dataset.links) {
    writer.StartObject();
    WriteResource(writer, dataset, position++);
    writer.Text("id", link.id)
        .Text("name", link.title)
        .Text("url", link.url)
        .Text("format", link.format)
        .Text("description", link.summary)
        .Nothing("last_modified")
        .Flag("datastore_active", false)
        .EndObject();
  }
  writer.EndArray();
  return position;
}

/// What its sender gave and we have no word for, and lists that clients look for.
void WriteOthers(Writer& writer, const std::string& text) {
  constexpr std::array kLists = {"extras", "relationships_as_subject", "relationships_as_object"};
  const json other = text == "{}" ? json::object() : json::parse(text);
  for (const char* list : kLists) {
    if (!other.contains(list)) writer.Raw(list, "[]");
  }
  for (const auto& [key, value] : other.items()) {
    if (IsOurs(key)) continue;
    writer.Raw(key, value.dump(-1, ' ', false, json::error_handler_t::replace));
  }
}

void WriteOrganization(Writer& writer, const Organisation& organisation) {
  writer.StartObject();
  writer.Text("id", organisation.id)
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
      .EndObject();
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
  Buffer buffer;
  Writer writer(buffer);
  WriteOrganization(writer, organisation);
  return {buffer.GetString(), buffer.GetSize()};
}

void AppendPackage(std::string& out, const Listed& listed, const Organisation& organisation,
                   const std::string& url) {
  const Dataset& dataset = listed.dataset;
  Buffer buffer;
  Writer writer(buffer);
  writer.StartObject();
  WriteOthers(writer, dataset.other);
  writer.Text("id", dataset.id).Text("name", dataset.name).Text("title", dataset.title);
  writer.Text("notes", dataset.summary).Text("owner_org", organisation.id);
  WriteOrganization(writer.Name("organization"), organisation);
  writer.Text("license_id", dataset.licence).Text("license_title", dataset.licence);
  writer.Flag("isopen", dataset.open_class == OpenClass::kUnconditional);
  WriteNames(writer.Name("tags"), dataset.keywords);
  writer.Number("num_tags", dataset.keywords.size());
  WriteNames(writer.Name("groups"), dataset.themes);
  const size_t resources = WriteResources(writer.Name("resources"), listed, url);
  writer.Number("num_resources", resources);
  const bool hidden = dataset.state == "draft" || dataset.open_class == OpenClass::kClosed;
  writer.Flag("private", hidden);
  writer.Text("state", dataset.state == "withdrawn" ? "deleted" : "active");
  writer.Text("type", "dataset");
  writer.Text("metadata_created", CkanTime(dataset.created));
  writer.Text("metadata_modified", CkanTime(dataset.modified)).EndObject();
  out.append(buffer.GetString(), buffer.GetSize());
}

}  // namespace siku::catalog
