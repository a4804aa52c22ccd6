// Targets, ranges, cookies and forms that somebody sends.
#include <cstdint>
#include <string>

#include "http.h"
#include "multipart.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku::server;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto request = ParseTarget(text)) {
    const std::string& path = request->path;
    const bool climbs = (path + "/").find("/../") != std::string::npos;
    if (path.empty() || path[0] != '/' || climbs || path.find('\0') != std::string::npos) {
      __builtin_trap();
    }
  }
  const uint64_t of = size * 7;
  if (const auto range = ParseRange(text, of)) {
    if (range->second > of || (range->second != 0 && range->first >= range->second)) {
      __builtin_trap();
    }
  }
  // The first line is the header.
  const size_t line = text.find('\n');
  const std::string_view header = std::string_view(text).substr(0, line);
  const std::string_view body =
      std::string_view(text).substr(line == std::string::npos ? text.size() : line + 1);
  if (const auto parts = ParseForm(header, body)) {
    for (const FormPart& part : *parts) {
      const char* const begin = part.bytes.data();
      if (begin < body.data() || begin + part.bytes.size() > body.data() + body.size()) {
        __builtin_trap();
      }
    }
  }
  Request request;
  request.headers["cookie"] = text;
  (void)request.Cookie("siku_session");
  return 0;
}
