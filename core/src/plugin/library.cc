#include "library.h"

#include <dlfcn.h>

#include <cstring>

#include "library_operator.h"
#include "record.h"
#include "siku/plugin.h"

namespace siku::plugin {
namespace {

constexpr int64_t kMostOperators = 1000;
constexpr const char* kSymbol = "siku_plugin_v1";
constexpr const char* kGuide = "docs/own-operators.md says what a plug-in must be";

Result<const siku_plugin_v1*> TableOf(const std::string& name, const std::string& path) {
  void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char* const why = ::dlerror();
    return Fail(Code::kInvalid, "a plug-in cannot be loaded", why == nullptr ? "" : why, name);
  }
  void* const symbol = ::dlsym(library, kSymbol);
  if (symbol == nullptr) {
    return Fail(Code::kInvalid, "a shared library is no plug-in: it lacks a symbol", kSymbol, name,
                kGuide);
  }
  using Entry = const siku_plugin_v1* (*)();
  Entry entry = nullptr;
  std::memcpy(&entry, &symbol, sizeof(entry));  // POSIX: an object pointer that is a function's
  const siku_plugin_v1* const table = entry();
  if (table == nullptr) {
    return Fail(Code::kInvalid, "a plug-in gives no table of operators", kSymbol, name, kGuide);
  }
  return table;
}

Result<void> CheckTable(const siku_plugin_v1& table, const std::string& name) {
  // The two words that stand first in every version.
  if (table.version != SIKU_PLUGIN_VERSION) {
    return Fail(Code::kUnsupported, "a plug-in speaks another version of the interface than 1",
                std::to_string(table.version), name,
                "build it against this program's siku/plugin.h");
  }
  if (table.size < sizeof(siku_plugin_v1)) {
    return Fail(Code::kInvalid, "a plug-in's table is too small", std::to_string(table.size), name,
                kGuide);
  }
  if (table.operator_count < 1 || table.operator_count > kMostOperators ||
      table.operators == nullptr) {
    return Fail(Code::kInvalid, "a plug-in has from 1 to 1000 operators",
                std::to_string(table.operator_count), name, kGuide);
  }
  return {};
}

Result<Record> RecordOf(const siku_operator_v1* entry, int64_t index, const std::string& name) {
  const std::string which = "operator " + std::to_string(index);
  if (entry == nullptr || entry->size < sizeof(siku_operator_v1)) {
    return Fail(Code::kInvalid, "a plug-in's table is too small", which, name, kGuide);
  }
  if (entry->record == nullptr || entry->bind == nullptr || entry->apply == nullptr) {
    return Fail(Code::kInvalid, "a plug-in's operator lacks record, bind or apply", which, name,
                kGuide);
  }
  const size_t length = ::strnlen(entry->record, kLongestRecord + 1);
  return ReadRecord({entry->record, length}, name);
}

}  // namespace

Result<std::vector<std::unique_ptr<Operator>>> LoadLibrary(const std::string& name,
                                                           const std::string& path,
                                                           const std::string& sha256) {
  SIKU_TRY(const auto* table, TableOf(name, path));
  SIKU_TRY(CheckTable(*table, name));
  std::vector<std::unique_ptr<Operator>> operators;
  for (int64_t i = 0; i < table->operator_count; ++i) {
    SIKU_TRY(auto record, RecordOf(table->operators[i], i, name));
    operators.push_back(MakeLibraryOperator(std::move(record), *table->operators[i],
                                            {TableName(name, sha256), sha256}));
  }
  return operators;
}

}  // namespace siku::plugin
