#include <algorithm>
#include <bit>
#include <nlohmann/json.hpp>

#include "canonical_json.h"
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

// Names become paths, so nothing but a digest passes. Throws, as reading JSON does.
std::string DigestText(const json& text) {
  const auto& hex = text.get_ref<const std::string&>();
  const auto digit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  if (hex.size() != 64 || !std::all_of(hex.begin(), hex.end(), digit)) {
    throw std::invalid_argument("not a SHA-256: " + hex.substr(0, 80));
  }
  return hex;
}

int64_t Count(const json& number) {
  if (!number.is_number_integer() || number.get<int64_t>() < 0) {
    throw std::invalid_argument("not a count: " + number.dump().substr(0, 80));
  }
  return number.get<int64_t>();
}

Digest FromHex(const std::string& hex) {
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  Digest digest{};
  for (size_t i = 0; i < digest.size(); ++i) {
    digest[i] = static_cast<uint8_t>(value(hex[2 * i]) * 16 + value(hex[2 * i + 1]));
  }
  return digest;
}

std::vector<Digest> DigestList(const json& list, size_t count) {
  if (list.size() != count) throw std::invalid_argument("the digest's state has other lengths");
  std::vector<Digest> digests;
  for (const json& hex : list) digests.push_back(FromHex(DigestText(hex)));
  return digests;
}

Manifest FromJson(const json& in) {
  Manifest manifest;
  manifest.content = DigestText(in.at("content"));
  manifest.rows = Count(in.at("rows"));
  if (in.contains("parent")) manifest.parent = DigestText(in.at("parent"));
  int64_t rows = 0;
  for (const json& item : in.at("segments")) {
    Segment segment;
    segment.rows = Count(item.at("rows"));
    rows += segment.rows;
    int64_t in_files = 0;
    for (const json& file : item.at("files")) {
      segment.files.push_back(
          {DigestText(file.at("sha256")), Count(file.at("bytes")), Count(file.at("rows"))});
      in_files += segment.files.back().rows;
    }
    if (in_files != segment.rows) throw std::invalid_argument("a segment's rows do not add up");
    manifest.segments.push_back(std::move(segment));
  }
  if (manifest.parent.empty() ? rows != manifest.rows : rows > manifest.rows) {
    throw std::invalid_argument("the rows do not add up");
  }
  const json& digest = in.at("digest");
  manifest.digest.rows = Count(digest.at("rows"));
  if (manifest.digest.rows != manifest.rows) {
    throw std::invalid_argument("the digest is of other rows");
  }
  const auto all = static_cast<uint64_t>(manifest.rows);
  manifest.digest.peaks = DigestList(
      digest.at("peaks"), static_cast<size_t>(std::popcount(all / ContentDigest::kLeafRows)));
  manifest.digest.tail = DigestList(digest.at("tail"), all % ContentDigest::kLeafRows);
  return manifest;
}

}  // namespace

Result<std::string> ManifestJson(const Manifest& manifest) {
  json segments = json::array();
  for (const Segment& segment : manifest.segments) {
    json files = json::array();
    for (const DataFile& file : segment.files) {
      files.push_back({{"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}});
    }
    segments.push_back({{"rows", segment.rows}, {"files", files}});
  }
  SIKU_TRY(auto schema, ReadJson(manifest.schema, "schema"));
  SIKU_TRY(auto lineage, ReadJson(manifest.lineage, "lineage"));
  json out = {{"format", kManifestFormat},
              {"content", manifest.content},
              {"schema", std::move(schema)},
              {"rows", manifest.rows},
              {"segments", segments},
              {"digest",
               {{"rows", manifest.digest.rows},
                {"peaks", Digests(manifest.digest.peaks)},
                {"tail", Digests(manifest.digest.tail)}}},
              {"lineage", std::move(lineage)}};
  if (!manifest.parent.empty()) out["parent"] = manifest.parent;
  return WriteCanonicalJson(out);
}

Result<Manifest> ManifestFromJson(const std::string& text, const std::string& place) {
  SIKU_TRY(const auto in, ReadJson(text, place));
  try {
    const int format = in.at("format").get<int>();
    if (format > kManifestFormat) {
      return Fail(Code::kUnsupported, "the manifest has a newer format", std::to_string(format),
                  place, "open it with a newer Siku");
    }
    if (format < 1) throw std::invalid_argument("no format " + std::to_string(format));
    Manifest manifest = FromJson(in);
    SIKU_TRY(manifest.schema, WriteCanonicalJson(in.at("schema")));
    SIKU_TRY(manifest.lineage, WriteCanonicalJson(in.at("lineage")));
    return manifest;
  } catch (const std::exception& e) {
    return Fail(Code::kData, "the manifest cannot be read", e.what(), place);
  }
}

}  // namespace siku
