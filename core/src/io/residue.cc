#include "siku/residue.h"

#include "../base/varint.h"
#include "json_line.h"
#include "siku/utf8.h"

namespace siku {
namespace {

constexpr char kJsonResidue = 'J';
constexpr char kTextResidue = 'T';

void PutBytes(std::string& out, std::string_view bytes) {
  PutVarint(out, bytes.size());
  out.append(bytes);
}

tl::unexpected<Error> Bad() { return Fail(Code::kData, "a residue cannot be read"); }

struct JsonTemplate {
  Encoding encoding = Encoding::kUtf8;
  std::vector<Hole> holes{};
  std::string_view tail{};
  std::optional<std::string_view> original{};
};

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

// What a raw spelling says, in our own.
std::string Canonical(std::string_view raw) {
  if (raw.starts_with('"')) {
    io::JsonLine line;
    std::string object = "{\"v\":";
    object.append(raw).append("}");
    if (line.Parse(object)) return JsonString(line.members().front().text);
  }
  int64_t integer = 0;
  double real = 0;
  if (io::ParseInt(raw, integer)) return std::to_string(integer);
  if (io::ParseReal(raw, real)) return io::RealText(real);
  return std::string(raw);
}

std::string FillTemplate(const JsonTemplate& form, const JsonValueOf& value_of) {
  std::string line;
  for (const Hole& hole : form.holes) {
    line.append(hole.literal);
    const Spelling spelling =
        hole.spelling == Spelling::kRaw ? Spelling::kCanonical : hole.spelling;
    // A column that was dropped leaves no value behind.
    const std::string value = value_of(hole.column, spelling).value_or("null");
    const bool as_found = hole.spelling == Spelling::kRaw && Canonical(hole.raw) == value;
    line.append(as_found ? hole.raw : std::string_view(value));
  }
  return line;
}

}  // namespace

std::string MakeJsonResidue(const std::vector<Hole>& holes, std::string_view tail,
                            Encoding encoding, std::optional<std::string_view> original) {
  std::string out(1, kJsonResidue);
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

Result<std::string> FillJsonLine(std::string_view residue, const JsonValueOf& value_of,
                                 std::string_view extra) {
  SIKU_TRY(const auto form, ReadTemplate(residue));
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
  SIKU_TRY(const auto form, ReadTemplate(residue));
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
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  const auto unit = [&](char32_t u) {
    out += "\\u";
    for (int shift = 12; shift >= 0; shift -= 4) out.push_back(kDigits[(u >> shift) & 15]);
  };
  size_t plain = 0;  // start of what can be copied as it is
  for (size_t at = 0; at < text.size();) {
    const auto byte = static_cast<uint8_t>(text[at]);
    if (byte >= 0x20 && byte != '"' && byte != '\\' && (byte < 0x80 || !ascii)) {
      ++at;
      continue;
    }
    out.append(text.substr(plain, at - plain));
    const char32_t c = utf8::Next(text, at);
    plain = at;
    switch (c) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (c < 0x10000) {
          unit(c);
        } else {
          unit(0xD800 + ((c - 0x10000) >> 10));
          unit(0xDC00 + ((c - 0x10000) & 0x3FF));
        }
    }
  }
  out.append(text.substr(plain));
  out.push_back('"');
  return out;
}

}  // namespace siku
