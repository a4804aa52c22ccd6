#include "siku/catalog/model.h"

#include <sys/random.h>

#include <array>
#include <ctime>
#include <nlohmann/json.hpp>

namespace siku::catalog {
namespace {

constexpr std::array kClasses = {std::pair{OpenClass::kUnconditional, "unconditional"},
                                 std::pair{OpenClass::kConditional, "conditional"},
                                 std::pair{OpenClass::kClosed, "closed"}};

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

}  // namespace

std::string_view OpenClassName(OpenClass open_class) {
  return kClasses[static_cast<size_t>(open_class)].second;
}

Result<OpenClass> ParseOpenClass(const std::string& name) {
  for (const auto& [value, known] : kClasses) {
    if (name == known) return value;
  }
  return Fail(Code::kInvalid, "no class of opening", name, {},
              "the classes are unconditional, conditional and closed");
}

std::string VersionFile::Format() const {
  constexpr size_t kLongest = 10;
  const size_t point = name.rfind('.');
  if (point == std::string::npos || point == 0 || name.size() - point - 1 > kLongest) return {};
  std::string format = name.substr(point + 1);
  for (char& c : format) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return format;
}

bool IsListed(std::string_view state, OpenClass open_class) {
  return state == "published" && open_class != OpenClass::kClosed;
}

const std::vector<std::string>& UpdateCycles() {
  static const std::vector<std::string> cycles = {"realtime",  "daily",  "weekly",    "monthly",
                                                  "quarterly", "yearly", "irregular", "once"};
  return cycles;
}

bool IsCatalogueName(std::string_view name) {
  if (name.size() < 2 || name.size() > 100) return false;
  for (const char c : name) {
    if (!IsNameCharacter(c)) return false;
  }
  return true;
}

std::string TimeText(int64_t milliseconds) {
  const auto seconds = static_cast<time_t>(milliseconds / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  const size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text.data(), length);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(milliseconds % 1000));
  return out + fraction.data();
}

std::string NewId() {
  std::array<unsigned char, 16> bytes{};
  size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got = getrandom(bytes.data() + have, bytes.size() - have, 0);
    if (got > 0) have += static_cast<size_t>(got);
  }
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0FU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3FU) | 0x80U);
  std::string id;
  for (size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    constexpr std::string_view kHex = "0123456789abcdef";
    id += kHex[bytes[i] >> 4U];
    id += kHex[bytes[i] & 0xFU];
  }
  return id;
}

}  // namespace siku::catalog
