// What a row's columns do not say of its record: the way back to its exact bytes.
// Format: docs/format.md, "Residue".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "siku/batch.h"
#include "siku/encoding.h"
#include "siku/result.h"

namespace siku {

/// How a value stands in a JSON line.
enum class Spelling : uint8_t {
  kCanonical = 0,  // as we would write it
  kRaw = 1,        // otherwise; the bytes are kept
  kAscii = 2,      // canonical, characters beyond ASCII as \uxxxx
  kVerbatim = 3,   // the value is the JSON text itself
};

struct Hole {
  std::string_view column;
  std::string_view literal;  // bytes before the hole
  Spelling spelling = Spelling::kCanonical;
  std::string_view raw{};  // kRaw: the value's JSON text
};

/// The residue of a JSON line: literals and holes; `original` when decoding changed bytes.
std::string MakeJsonResidue(const std::vector<Hole>& holes, std::string_view tail,
                            Encoding encoding, std::optional<std::string_view> original);
/// The residue of a text or a line: null (nothing) when encoding the text again, in UTF-8 and with
/// `usual_end` behind it, gives the record.
std::optional<std::string> MakeTextResidue(std::string_view record, std::string_view text,
                                           Encoding encoding, std::string_view bom,
                                           std::string_view end, std::string_view usual_end);

/// The residue of a record of CSV: null when the fields of `line`, written as AppendCsvField does,
/// and LF behind them give `record` in UTF-8. `prefix` are bytes before it: mark and header.
/// `values`: of the columns, as text; nothing where null. `quoted`: per field, as it stands.
std::optional<std::string> MakeCsvResidue(
    std::string_view prefix, std::string_view record, Encoding encoding, std::string_view end,
    const std::vector<std::optional<std::string_view>>& values, const std::vector<bool>& quoted);

/// A text of a columnar file that was not UTF-8.
struct BrokenText {
  std::string_view column;
  std::string_view bytes;  // as they were; the column has U+FFFD for each malformed part
};
/// The residue of a row of a columnar file.
std::string MakeColumnsResidue(const std::vector<BrokenText>& broken);
/// Rows of a columnar source with the bytes their residues keep put back into the text columns,
/// which then are no UTF-8. A text that is not the mended one any more stays as it is.
Result<Batch> RestoreColumns(const Batch& batch);

/// A value as JSON writes it: `"…"`, `1`, `1.5`, `true`, `null`.
using JsonValueOf = std::function<std::optional<std::string>(std::string_view column, Spelling)>;

/// The JSON line with its values filled in; kRaw spellings are used where they say the same value.
/// `extra` is put before the closing brace: `"name":value` pairs joined by commas.
Result<std::string> FillJsonLine(std::string_view residue, const JsonValueOf& value_of,
                                 std::string_view extra);
/// The exact record a row was read from, given its original values.
Result<std::string> RestoreJsonRecord(std::string_view residue, const JsonValueOf& value_of);
/// With the mark and the header where they were before it.
Result<std::string> RestoreCsvRecord(std::optional<std::string_view> residue,
                                     const std::vector<std::optional<std::string_view>>& values);
Result<std::string> RestoreTextRecord(std::optional<std::string_view> residue,
                                      std::string_view text, std::string_view usual_end);

/// `text` as a JSON string with quotes. `ascii`: beyond ASCII as \uxxxx.
std::string JsonString(std::string_view text, bool ascii = false);

}  // namespace siku
