// Any text: decoding it again ends, touches only whole characters, and gives valid text.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "repair/decoding/decoding.h"
#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckEdit(std::string_view text, const TextEdit& edit) {
  Require(edit.begin < edit.end && edit.end <= text.size());
  Require(utf8::AtBorder(text, edit.begin) && utf8::AtBorder(text, edit.end));
  Require(utf8::Valid(edit.after) && edit.confidence >= 0 && edit.confidence < 1);
  for (const std::string& other : edit.alternatives) Require(utf8::Valid(other));
}

}  // namespace
}  // namespace siku::refine

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;          // NOLINT(google-build-using-namespace)
  using namespace siku::refine;  // NOLINT(google-build-using-namespace)
  static const std::shared_ptr<const Tables> tables = Tables::Open(Tables::Find().value()).value();
  const std::string text =
      Decode({reinterpret_cast<const char*>(data), size}, Encoding::kUtf8).text;
  const Repaired repaired = RestoreDecodings(text, *tables, {});
  size_t at = 0;
  for (const TextEdit& edit : repaired.edits) {
    Require(at <= edit.begin);
    CheckEdit(text, edit);
    at = edit.end;
  }
  at = 0;
  for (const TextFlag& flag : repaired.flags) {
    Require(at <= flag.begin && flag.proposal.has_value());
    CheckEdit(text, *flag.proposal);
    at = flag.begin;
  }
  Require(utf8::Valid(ApplyEdits(text, repaired.edits)));
  return 0;
}
