#include <algorithm>
#include <bit>
#include <limits>

#include "../base/varint.h"
#include "siku/ledger.h"

namespace siku {
namespace {

// A format of its own byte, so that a later one can be told apart.
constexpr char kDeltaFormat = 1;
constexpr uint64_t kMostConfidence = 1000;  // per mille
constexpr int64_t kLongest = std::numeric_limits<int32_t>::max();

Result<void> CheckEdits(int64_t length, std::span<const Edit> edits) {
  int64_t at = 0;
  for (const Edit& edit : edits) {
    if (edit.begin < at || edit.end < edit.begin || edit.end > length) {
      return Fail(Code::kInternal, "edits overlap, are not sorted or leave the text",
                  std::to_string(edit.begin) + "-" + std::to_string(edit.end));
    }
    at = edit.end;
  }
  return {};
}

// Bytes that PutVarint writes.
size_t VarintLength(uint64_t value) {
  return (static_cast<size_t>(std::bit_width(value | 1)) + 6) / 7;
}

char* Put(char* at, uint64_t value) {
  for (; value >= 0x80; value >>= 7) *at++ = static_cast<char>(value | 0x80);
  *at++ = static_cast<char>(value);
  return at;
}

// Of a delta without its choices.
size_t DeltaLength(std::span<const Edit> edits) {
  size_t length = 1 + VarintLength(edits.size()) + 1;
  int64_t at = 0;
  for (const Edit& edit : edits) {
    const auto before = static_cast<size_t>(edit.end - edit.begin);
    length += VarintLength(static_cast<uint64_t>(edit.begin - at)) + VarintLength(before) +
              VarintLength(edit.after.size()) + VarintLength(edit.rule) +
              VarintLength(edit.confidence) + before;
    at = edit.end;
  }
  return length;
}

Result<void> Bad() { return Fail(Code::kData, "the ledger holds a delta that cannot be read"); }

}  // namespace

Result<std::string> ApplyEdits(std::string_view input, std::span<const Edit> edits) {
  SIKU_TRY(CheckEdits(static_cast<int64_t>(input.size()), edits));
  std::string output;
  output.reserve(input.size());
  int64_t at = 0;
  for (const Edit& edit : edits) {
    output.append(input.substr(static_cast<size_t>(at), static_cast<size_t>(edit.begin - at)));
    output.append(edit.after);
    at = edit.end;
  }
  output.append(input.substr(static_cast<size_t>(at)));
  return output;
}

// Columns, not records: gaps, lengths, rules and bytes each stand together, so that the codec of
// the file they end up in finds the repetition.
Result<std::string> EncodeDelta(std::string_view input, std::span<const Edit> edits) {
  SIKU_TRY(CheckEdits(static_cast<int64_t>(input.size()), edits));
  std::string out(DeltaLength(edits), kDeltaFormat);
  char* next = Put(out.data() + 1, edits.size());
  int64_t at = 0;
  bool choices = false;
  for (const Edit& edit : edits) {
    next = Put(next, static_cast<uint64_t>(edit.begin - at));
    at = edit.end;
    choices = choices || !edit.alternatives.empty();
  }
  for (const Edit& edit : edits) next = Put(next, static_cast<uint64_t>(edit.end - edit.begin));
  for (const Edit& edit : edits) next = Put(next, edit.after.size());
  for (const Edit& edit : edits) next = Put(next, edit.rule);
  for (const Edit& edit : edits) next = Put(next, edit.confidence);
  for (const Edit& edit : edits) {
    next = std::copy(input.data() + edit.begin, input.data() + edit.end, next);
  }
  *next = choices ? 1 : 0;
  if (!choices) return out;
  for (const Edit& edit : edits) {
    PutVarint(out, edit.alternatives.size());
    for (const std::string& text : edit.alternatives) {
      PutVarint(out, text.size());
      out.append(text);
    }
  }
  return out;
}

Result<std::vector<StoredEdit>> DecodeDelta(std::string_view delta) {
  VarintReader in(delta);
  if (in.Integer() != static_cast<uint64_t>(kDeltaFormat)) SIKU_TRY(Bad());
  std::vector<StoredEdit> edits(in.Count());
  std::vector<uint64_t> gaps(edits.size());
  for (uint64_t& gap : gaps) gap = in.Integer();
  int64_t at = 0, out_at = 0;
  std::vector<uint64_t> before(edits.size());
  for (uint64_t& length : before) length = in.Integer();
  for (size_t i = 0; i < edits.size(); ++i) {
    const uint64_t after = in.Integer();
    if (gaps[i] > kLongest || before[i] > kLongest || after > kLongest) SIKU_TRY(Bad());
    StoredEdit& edit = edits[i];
    edit.begin = at + static_cast<int64_t>(gaps[i]);
    edit.out_begin = out_at + static_cast<int64_t>(gaps[i]);
    edit.end = at = edit.begin + static_cast<int64_t>(before[i]);
    edit.out_end = out_at = edit.out_begin + static_cast<int64_t>(after);
  }
  const auto small = [&](uint64_t most, uint16_t& number) {
    const uint64_t read = in.Integer();
    number = static_cast<uint16_t>(read);
    return read <= most;
  };
  for (StoredEdit& edit : edits) {
    if (!small(UINT16_MAX, edit.rule)) SIKU_TRY(Bad());
  }
  for (StoredEdit& edit : edits) {
    if (!small(kMostConfidence, edit.confidence)) SIKU_TRY(Bad());
  }
  for (size_t i = 0; i < edits.size(); ++i) edits[i].before = in.Bytes(before[i]);
  const uint64_t choices = in.Integer();
  if (choices > 1) SIKU_TRY(Bad());
  if (choices == 1) {
    for (StoredEdit& edit : edits) {
      const uint64_t count = in.Count();
      for (uint64_t k = 0; k < count && in.ok(); ++k) {
        edit.alternatives.emplace_back(in.Bytes(in.Integer()));
      }
    }
  }
  if (!in.done()) SIKU_TRY(Bad());
  return edits;
}

Result<std::string> RevertDelta(std::string_view output, std::string_view delta) {
  SIKU_TRY(auto edits, DecodeDelta(delta));
  std::string input;
  input.reserve(output.size());
  int64_t at = 0;
  for (const StoredEdit& edit : edits) {
    if (edit.out_end > static_cast<int64_t>(output.size())) {
      return Fail(Code::kData, "the ledger does not fit the text it is applied to");
    }
    input.append(output.substr(static_cast<size_t>(at), static_cast<size_t>(edit.out_begin - at)));
    input.append(edit.before);
    at = edit.out_end;
  }
  input.append(output.substr(static_cast<size_t>(at)));
  return input;
}

}  // namespace siku
