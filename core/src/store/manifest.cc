#include <nlohmann/json.hpp>

#include "siku/store.h"

namespace siku {
namespace {

using nlohmann::json;

constexpr int kManifestFormat = 1;

json Digests(const std::vector<Digest>& digests) {
  json list = json::array();
  for (const Digest& digest : digests) list.push_back(Hex(digest));
  return list;
}

Digest FromHex(const std::string& hex) {
  Digest digest{};
  for (size_t i = 0; i < digest.size() && 2 * i + 1 < hex.size(); ++i) {
    digest[i] = static_cast<uint8_t>(std::stoi(hex.substr(2 * i, 2), nullptr, 16));
  }
  return digest;
}

std::vector<Digest> DigestList(const json& list) {
  std::vector<Digest> digests;
  for (const json& hex : list) digests.push_back(FromHex(hex.get<std::string>()));
  return digests;
}

}  // namespace

std::string ManifestJson(const Manifest& manifest) {
  json segments = json::array();
  for (const Segment& segment : manifest.segments) {
    json files = json::array();
    for (const DataFile& file : segment.files) {
      files.push_back({{"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}});
    }
    segments.push_back({{"rows", segment.rows}, {"files", files}});
  }
  json out = {{"format", kManifestFormat},
              {"content", manifest.content},
              {"schema", json::parse(manifest.schema)},
              {"rows", manifest.rows},
              {"segments", segments},
              {"digest",
               {{"rows", manifest.digest.rows},
                {"peaks", Digests(manifest.digest.peaks)},
                {"tail", Digests(manifest.digest.tail)}}},
              {"lineage", json::parse(manifest.lineage)}};
  if (!manifest.parent.empty()) out["parent"] = manifest.parent;
  return out.dump();
}

Result<Manifest> ManifestFromJson(const std::string& text, const std::string& place) {
  try {
    const json in = json::parse(text);
    if (in.at("format").get<int>() > kManifestFormat) {
      return Fail(Code::kUnsupported, "the manifest has a newer format", in.at("format").dump(),
                  place);
    }
    Manifest manifest;
    manifest.content = in.at("content");
    manifest.schema = in.at("schema").dump();
    manifest.rows = in.at("rows");
    manifest.parent = in.value("parent", "");
    manifest.lineage = in.at("lineage").dump();
    for (const json& item : in.at("segments")) {
      Segment segment;
      segment.rows = item.at("rows");
      for (const json& file : item.at("files")) {
        segment.files.push_back({file.at("sha256"), file.at("bytes"), file.at("rows")});
      }
      manifest.segments.push_back(std::move(segment));
    }
    manifest.digest.rows = in.at("digest").at("rows");
    manifest.digest.peaks = DigestList(in.at("digest").at("peaks"));
    manifest.digest.tail = DigestList(in.at("digest").at("tail"));
    return manifest;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the manifest cannot be read", e.what(), place);
  }
}

}  // namespace siku
