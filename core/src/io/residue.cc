#include "siku/residue.h"

#include "../base/varint.h"
#include "json_line.h"
#include "json_template.h"
#include "json_value.h"
#include "siku/csv.h"
#include "siku/utf8.h"

namespace siku {
namespace {

constexpr char kJsonResidue = 'J';
constexpr char kTextResidue = 'T';
constexpr char kCsvResidue = 'V';

void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}

tl::unexpected<Error> Bad() { return Fail(Code::kData, "a residue cannot be read"); }

std::string FillTemplate(const io::JsonTemplate& form, const JsonValueOf& value_of) {
  std::string line;
  for (const Hole& hole : form.holes) {
    line.append(hole.literal);
    const Spelling spelling =
        hole.spelling == Spelling::kRaw ? Spelling::kCanonical : hole.spelling;
    // A column that was dropped leaves no value behind.
    const std::string value = value_of(hole.column, spelling).value_or("null");
    const bool as_found = hole.spelling == Spelling::kRaw && io::SaysTheSame(hole.raw, value);
    line.append(as_found ? hole.raw : std::string_view(value));
  }
  return line;
}

// How the fields of a record are quoted: only where they must be, all that have a value, or as each
// is said to be; or its bytes are kept.
enum class Quoting : uint8_t { kNeeded = 0, kAll = 1, kEach = 2, kBytes = 3 };

using CsvValues = std::vector<std::optional<std::string_view>>;

std::string CsvText(const CsvValues& values, Quoting quoting, std::string_view bits) {
  std::string line;
  for (size_t i = 0; i < values.size(); ++i) {
    if (i > 0) line.push_back(',');
    if (!values[i].has_value()) continue;
    const bool each = quoting == Quoting::kEach && i / 8 < bits.size() &&
                      (static_cast<uint8_t>(bits[i / 8]) >> (i % 8) & 1U) != 0;
    AppendCsvField(*values[i], ',', each || quoting == Quoting::kAll, line);
  }
  return line;
}

std::string BitsOf(const std::vector<bool>& quoted) {
  std::string bits((quoted.size() + 7) / 8, '\0');
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i]) bits[i / 8] = static_cast<char>(static_cast<uint8_t>(bits[i / 8]) | 1U << i % 8);
  }
  return bits;
}

}  // namespace

namespace io {

Result<JsonTemplate> ReadTemplate(std::string_view residue) {
  VarintReader in(residue);
  JsonTemplate read;
  if (in.Integer() != static_cast<uint64_t>(kJsonResidue)) return Bad();
  const uint64_t encoding = in.Integer();
  if (encoding > static_cast<uint64_t>(Encoding::kUtf16Be)) return Bad();
  read.encoding = static_cast<Encoding>(encoding);
  read.holes.resize(in.Count());
  for (Hole& hole : read.holes) {
    hole.column = in.Bytes(in.Integer());
    hole.literal = in.Bytes(in.Integer());
    const uint64_t spelling = in.Integer();
    if (spelling > static_cast<uint64_t>(Spelling::kVerbatim)) return Bad();
    hole.spelling = static_cast<Spelling>(spelling);
    if (hole.spelling == Spelling::kRaw) hole.raw = in.Bytes(in.Integer());
  }
  read.tail = in.Bytes(in.Integer());
  if (in.Integer() == 1) read.original = in.Bytes(in.Integer());
  if (!in.done()) return Bad();
  return read;
}

bool SaysTheSame(std::string_view raw, std::string_view value) {
  if (raw.starts_with('"')) {
    JsonLine line;
    std::string object = "{\"v\":";
    object.append(raw).append("}");
    return line.Parse(object) && JsonString(line.members().front().text) == value;
  }
  // A column is either of integers or of reals, and their texts differ.
  int64_t integer = 0;
  double real = 0;
  return (ParseInt(raw, integer) && std::to_string(integer) == value) ||
         (ParseReal(raw, real) && RealText(real) == value);
}

bool IsJsonResidue(std::string_view residue) { return residue.starts_with(kJsonResidue); }

}  // namespace io

std::string MakeJsonResidue(const std::vector<Hole>& holes, std::string_view tail,
                            Encoding encoding, std::optional<std::string_view> original) {
  std::string out(1, kJsonResidue);
  size_t size = 16 + tail.size() + original.value_or("").size();
  for (const Hole& hole : holes) {
    size += 16 + hole.column.size() + hole.literal.size() + hole.raw.size();
  }
  out.reserve(size);
  PutVarint(out, static_cast<uint64_t>(encoding));
  PutVarint(out, holes.size());
  for (const Hole& hole : holes) {
    PutBytes(out, hole.column);
    PutBytes(out, hole.literal);
    PutVarint(out, static_cast<uint64_t>(hole.spelling));
    if (hole.spelling == Spelling::kRaw) PutBytes(out, hole.raw);
  }
  PutBytes(out, tail);
  PutVarint(out, original.has_value() ? 1 : 0);
  if (original.has_value()) PutBytes(out, *original);
  return out;
}

std::optional<std::string> MakeTextResidue(std::string_view record, std::string_view text,
                                           Encoding encoding, std::string_view bom,
                                           std::string_view end, std::string_view usual_end) {
  const auto again = Encode(text, encoding);
  const bool exact = again.has_value() &&
                     record.size() == bom.size() + again->size() + end.size() &&
                     record.substr(bom.size(), again->size()) == *again;
  if (exact && encoding == Encoding::kUtf8 && bom.empty() && end == usual_end) return std::nullopt;
  std::string out(1, kTextResidue);
  PutVarint(out, static_cast<uint64_t>(encoding));
  PutBytes(out, bom);
  PutBytes(out, end);
  PutVarint(out, exact ? 0 : 1);
  if (!exact) PutBytes(out, record);
  return out;
}

std::optional<std::string> MakeCsvResidue(std::string_view prefix, std::string_view record,
                                          Encoding encoding, std::string_view end,
                                          const CsvValues& values,
                                          const std::vector<bool>& quoted) {
  const std::string bits = BitsOf(quoted);
  Quoting quoting = Quoting::kBytes;
  for (const auto one : {Quoting::kNeeded, Quoting::kAll, Quoting::kEach}) {
    const auto again = Encode(CsvText(values, one, bits).append(end), encoding);
    if (!again.has_value() || *again != record) continue;
    quoting = one;
    break;
  }
  if (quoting == Quoting::kNeeded && encoding == Encoding::kUtf8 && prefix.empty() && end == "\n") {
    return std::nullopt;
  }
  std::string out(1, kCsvResidue);
  PutVarint(out, static_cast<uint64_t>(encoding));
  PutBytes(out, prefix);
  PutBytes(out, end);
  PutVarint(out, static_cast<uint64_t>(quoting));
  if (quoting == Quoting::kEach) PutBytes(out, bits);
  if (quoting == Quoting::kBytes) PutBytes(out, record);
  return out;
}

Result<std::string> RestoreCsvRecord(std::optional<std::string_view> residue,
                                     const CsvValues& values) {
  if (!residue.has_value()) return CsvText(values, Quoting::kNeeded, {}).append("\n");
  VarintReader in(*residue);
  if (in.Integer() != static_cast<uint64_t>(kCsvResidue)) return Bad();
  const uint64_t encoding = in.Integer();
  if (encoding > static_cast<uint64_t>(Encoding::kUtf16Be)) return Bad();
  std::string record(in.Bytes(in.Integer()));
  const std::string_view end = in.Bytes(in.Integer());
  const uint64_t number = in.Integer();
  if (number > static_cast<uint64_t>(Quoting::kBytes)) return Bad();
  const auto quoting = static_cast<Quoting>(number);
  const bool kept = quoting == Quoting::kEach || quoting == Quoting::kBytes;
  const std::string_view bytes = kept ? in.Bytes(in.Integer()) : std::string_view();
  if (!in.done()) return Bad();
  if (quoting == Quoting::kBytes) return record.append(bytes);
  const auto encoded =
      Encode(CsvText(values, quoting, bytes).append(end), static_cast<Encoding>(encoding));
  if (!encoded.has_value()) return Bad();
  return record.append(*encoded);
}

Result<std::string> FillJsonLine(std::string_view residue, const JsonValueOf& value_of,
                                 std::string_view extra) {
  SIKU_TRY(const auto form, io::ReadTemplate(residue));
  std::string line = FillTemplate(form, value_of);
  const size_t brace = form.tail.rfind('}');
  if (brace == std::string_view::npos) return Bad();
  line.append(form.tail.substr(0, brace));
  if (!extra.empty()) {
    const size_t last = line.find_last_not_of(" \t\r\n");
    if (last != std::string::npos && line[last] != '{') line.push_back(',');
    line.append(extra);
  }
  line.append(form.tail.substr(brace));
  return line;
}

Result<std::string> RestoreJsonRecord(std::string_view residue, const JsonValueOf& value_of) {
  SIKU_TRY(const auto form, io::ReadTemplate(residue));
  if (form.original.has_value()) return std::string(*form.original);
  const std::string line = FillTemplate(form, value_of).append(form.tail);
  auto bytes = Encode(line, form.encoding);
  if (!bytes.has_value()) return Bad();
  return *std::move(bytes);
}

Result<std::string> RestoreTextRecord(std::optional<std::string_view> residue,
                                      std::string_view text, std::string_view usual_end) {
  if (!residue.has_value()) return std::string(text).append(usual_end);
  VarintReader in(*residue);
  if (in.Integer() != static_cast<uint64_t>(kTextResidue)) return Bad();
  const uint64_t encoding = in.Integer();
  if (encoding > static_cast<uint64_t>(Encoding::kUtf16Be)) return Bad();
  const std::string_view bom = in.Bytes(in.Integer());
  const std::string_view end = in.Bytes(in.Integer());
  std::string record;
  if (in.Integer() == 1) {
    record = in.Bytes(in.Integer());
  } else {
    const auto bytes = Encode(text, static_cast<Encoding>(encoding));
    if (!bytes.has_value()) return Bad();
    record.append(bom).append(*bytes).append(end);
  }
  if (!in.done()) return Bad();
  return record;
}

std::string JsonString(std::string_view text, bool ascii) {
  std::string out;
  io::AppendJsonString(text, ascii, out);
  return out;
}

}  // namespace siku
