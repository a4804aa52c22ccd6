// What the catalogue is made of: organisation → dataset → immutable version.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "siku/result.h"

namespace siku::catalog {

/// 无条件开放, 有条件开放, 不予开放.
enum class OpenClass { kUnconditional, kConditional, kClosed };
std::string_view OpenClassName(OpenClass open_class);
/// kInvalid.
Result<OpenClass> ParseOpenClass(const std::string& name);
/// Whether everybody finds a dataset: it is published, and not 不予开放.
bool IsListed(std::string_view state, OpenClass open_class);

struct Organisation {
  std::string id{};
  std::string name;  // in URLs
  std::string title;
  std::string summary{};
  int64_t created = 0;  // milliseconds since 1970
};

struct Contact {
  std::string name;
  std::string email;
  std::string phone;
};

/// A file elsewhere that the dataset names; Siku does not hold its bytes.
struct Link {
  std::string id;
  std::string title;
  std::string url;
  std::string format;
  std::string summary;
};

/// The elements of 资源目录 (GB/T 21063.3) that describe a dataset, and where it stands.
struct Dataset {
  std::string id{};
  std::string name;          // in URLs: 2 to 100 of a-z 0-9 _ -
  std::string organisation;  // its name
  std::string title;
  std::string summary{};
  std::string code{};  // 信息资源代码
  OpenClass open_class = OpenClass::kUnconditional;
  std::string conditions{};  // of conditional opening
  std::vector<std::string> themes{};
  std::vector<std::string> keywords{};
  std::string update_cycle{};
  std::string licence{};
  std::string spatial{};         // a place's name or 行政区划代码
  std::string temporal_start{};  // ISO 8601 dates
  std::string temporal_end{};
  std::vector<Contact> contacts{};
  std::vector<Link> links{};
  std::string quality = "{}";   // JSON: what its quality is measured by (quality.h)
  std::string other = "{}";     // JSON: what clients of other protocols sent and we do not name
  std::string state = "draft";  // draft, published, withdrawn
  int64_t created = 0;
  int64_t modified = 0;
};

/// A file of a version beside its table: a data dictionary, a map, a scan.
struct VersionFile {
  std::string name;      // as it is downloaded; one of a version
  std::string title{};   // for people; may be empty
  int64_t bytes = 0;     // -1: not for who asks to know
  std::string sha256{};  // and this empty
  /// By its name: "PDF"; empty: it does not tell.
  std::string Format() const;
};

/// A table, files, or both.
struct Version {
  int64_t ordinal = 0;  // from 1
  std::string source;   // dataset@ordinal of the store; empty: no table
  std::string content;  // the table's digest; empty where it is not for who asks to know
  int64_t rows = 0;     // and these -1
  int64_t bytes = 0;
  std::string schema{};  // canonical JSON, as the manifest has it
  int64_t created = 0;
  bool withdrawn = false;
  std::string reason{};              // of the withdrawal
  std::vector<VersionFile> files{};  // by name

  bool HasTable() const { return !source.empty(); }
};

/// The cycles of GB/T 21063.3's maintenance element that portals use.
const std::vector<std::string>& UpdateCycles();

/// The descriptive elements alone, as they are stored: neither name, class, state nor times.
nlohmann::json RecordJson(const Dataset& dataset);
/// Reads what RecordJson wrote.
void ReadRecord(const nlohmann::json& record, Dataset& dataset);
/// The whole, as people's programs read it; without versions.
nlohmann::json DatasetJson(const Dataset& dataset);
/// With its columns; null what is not for who asks to know.
nlohmann::json VersionJson(const Version& version);
/// Sets what `json` names, by the same names. kInvalid with the key's path: unknown, of another
/// type, too long.
Result<void> ApplyJson(const nlohmann::json& json, Dataset& dataset);
/// kInvalid: a name, title, cycle, date or address that is none.
Result<void> CheckDataset(const Dataset& dataset);
/// kInvalid: no name of a file, as systems have them, or a title that is too long.
Result<void> CheckVersionFile(const VersionFile& file);
/// For URLs: 2 to 100 of a-z 0-9 _ -.
bool IsCatalogueName(std::string_view name);

/// RFC 3339, UTC, milliseconds.
std::string TimeText(int64_t milliseconds);
/// A random UUID (RFC 9562, version 4).
std::string NewId();

}  // namespace siku::catalog
