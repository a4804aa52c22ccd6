// Any bytes: however they come, records end at the same places and are all of them; each record
// comes back from its fields, its quotes and what the residue keeps.
#include <cstdint>
#include <cstdlib>

#include "siku/csv.h"
#include "siku/residue.h"
#include "siku/utf8.h"

namespace siku {
namespace {

std::vector<std::string> Records(std::string_view bytes, Encoding encoding, CsvDialect dialect,
                                 size_t step) {
  CsvCutter cutter(encoding, dialect);
  std::vector<std::string> records(1);
  for (size_t at = 0; at < bytes.size();) {
    const size_t cut = cutter.Find(bytes.substr(at, step));
    const size_t took = cut == std::string_view::npos ? std::min(step, bytes.size() - at) : cut;
    if (took == 0) std::abort();
    records.back().append(bytes.substr(at, took));
    if (cut != std::string_view::npos) records.emplace_back();
    at += took;
  }
  return records;
}

void CheckRecord(std::string_view bytes, Encoding encoding) {
  const std::string text = Decode(bytes, encoding).text;
  std::string_view line = text;
  const size_t length = line.ends_with("\r\n") ? 2 : line.ends_with('\n') ? 1 : 0;
  const std::string_view end = line.substr(line.size() - length);
  line.remove_suffix(length);
  CsvFields fields;
  if (!fields.Parse(line)) {
    if (*fields.problem() == '\0' || fields.at() >= line.size()) std::abort();
    return;
  }
  std::vector<std::optional<std::string_view>> values;
  std::vector<bool> quoted;
  for (const auto& field : fields.fields()) {
    if (field.end < field.begin || field.end > line.size()) std::abort();
    quoted.push_back(field.quoted);
    values.push_back(field.text.empty() && !field.quoted
                         ? std::nullopt
                         : std::optional<std::string_view>(field.text));
  }
  const auto residue = MakeCsvResidue("", bytes, encoding, end, values, quoted);
  const auto again = RestoreCsvRecord(residue, values);
  if (!again.has_value() || *again != bytes) std::abort();
}

}  // namespace
}  // namespace siku

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace siku;
  if (size < 2) return 0;
  const auto encoding = static_cast<Encoding>(data[0] % 5);
  const CsvDialect dialect{.delimiter = ",;\t|"[data[1] % 4], .quotes = data[1] < 200};
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
  const auto records = Records(bytes, encoding, dialect, bytes.size() + 1);
  if (records != Records(bytes, encoding, dialect, 1)) std::abort();
  std::string all;
  for (const std::string& record : records) {
    all += record;
    CheckRecord(record, encoding);
  }
  if (all != bytes) std::abort();
  (void)RestoreCsvRecord(bytes, {"a", std::nullopt});
  return 0;
}
