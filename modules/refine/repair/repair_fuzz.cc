// Any text: repairing it ends, touches only whole characters, and agrees with the scan.
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "repair/scan.h"
#include "repair/walk.h"
#include "siku/encoding.h"
#include "siku/refine/repair.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

std::shared_ptr<const Tables> OpenTables() {
  auto path = Tables::Find();
  Require(path.has_value());
  return Tables::Open(*path).value();
}

void CheckSpans(std::string_view text, const Repaired& repaired) {
  size_t at = 0;
  for (const TextEdit& edit : repaired.edits) {
    Require(at <= edit.begin && edit.begin <= edit.end && edit.end <= text.size());
    Require(utf8::AtBorder(text, edit.begin) && utf8::AtBorder(text, edit.end));
    Require(utf8::Valid(edit.after) && edit.confidence >= 0 && edit.confidence <= 1);
    at = edit.end;
  }
  at = 0;
  for (const TextFlag& flag : repaired.flags) {
    Require(at <= flag.begin && flag.begin <= flag.end && flag.end <= text.size());
    Require(utf8::AtBorder(text, flag.begin) && utf8::AtBorder(text, flag.end));
    at = flag.begin;
  }
}

}  // namespace
}  // namespace siku::refine

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer's name.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;          // NOLINT(google-build-using-namespace)
  using namespace siku::refine;  // NOLINT(google-build-using-namespace)
  static const std::shared_ptr<const Tables> tables = OpenTables();
  const std::string text =
      Decode({reinterpret_cast<const char*>(data), size}, Encoding::kUtf8).text;
  const Repairer repairer(tables);
  const Repaired repaired = repairer.Repair(text);
  CheckSpans(text, repaired);
  Require(utf8::Valid(ApplyEdits(text, repaired.edits)));
  if (!NeedsLook(text)) {
    const Page page(text);
    const RepairOptions options;
    const Repaired without_scan = Walk(page, *tables, options).Run();
    Require(without_scan.edits.empty() && without_scan.flags.empty());
  }
  return 0;
}
