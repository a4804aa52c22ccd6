#include <algorithm>

#include "../base/varint.h"
#include "siku/ledger.h"

namespace siku {
namespace {

constexpr char kPartsFormat = 1;

Result<void> Bad() { return Fail(Code::kData, "the ledger holds parts that cannot be read"); }

}  // namespace

Result<std::string> EncodeParts(std::string_view parent, std::vector<ChildPart> parts) {
  std::sort(parts.begin(), parts.end(), [](const ChildPart& a, const ChildPart& b) {
    return a.span.begin != b.span.begin ? a.span.begin < b.span.begin : a.ordinal < b.ordinal;
  });
  std::string out(1, kPartsFormat);
  PutVarint(out, parent.size());
  PutVarint(out, parts.size());
  int64_t begin = 0, covered = 0;
  std::string gaps;
  const auto gap_to = [&](int64_t position) {
    const int64_t length = std::max<int64_t>(0, position - covered);
    PutVarint(out, static_cast<uint64_t>(length));
    gaps.append(parent.substr(static_cast<size_t>(covered), static_cast<size_t>(length)));
  };
  for (const ChildPart& part : parts) {
    if (part.span.begin < 0 || part.span.end < part.span.begin ||
        part.span.end > static_cast<int64_t>(parent.size())) {
      return Fail(Code::kInternal, "a child's span leaves its parent",
                  std::to_string(part.span.begin) + "-" + std::to_string(part.span.end));
    }
    PutVarint(out, part.port);
    PutVarint(out, part.ordinal);
    PutVarint(out, static_cast<uint64_t>(part.span.begin - begin));
    PutVarint(out, static_cast<uint64_t>(part.span.end - part.span.begin));
    gap_to(part.span.begin);
    begin = part.span.begin;
    covered = std::max(covered, part.span.end);
  }
  gap_to(static_cast<int64_t>(parent.size()));
  out.append(gaps);
  return out;
}

Result<StoredParts> DecodeParts(std::string_view encoded) {
  VarintReader in(encoded);
  if (in.Integer() != static_cast<uint64_t>(kPartsFormat)) SIKU_TRY(Bad());
  StoredParts stored;
  const uint64_t length = in.Integer();
  if (length > INT32_MAX) SIKU_TRY(Bad());
  stored.length = static_cast<int64_t>(length);
  stored.parts.resize(in.Count());
  std::vector<uint64_t> gaps;
  int64_t begin = 0;
  for (ChildPart& part : stored.parts) {
    const uint64_t port = in.Integer(), ordinal = in.Integer();
    const uint64_t step = in.Integer(), size = in.Integer();
    if (port > UINT16_MAX || ordinal > UINT32_MAX || step > length || size > length) {
      SIKU_TRY(Bad());
    }
    part.port = static_cast<uint16_t>(port);
    part.ordinal = static_cast<uint32_t>(ordinal);
    part.span.begin = begin += static_cast<int64_t>(step);
    part.span.end = part.span.begin + static_cast<int64_t>(size);
    if (part.span.end > stored.length) SIKU_TRY(Bad());
    gaps.push_back(in.Integer());
  }
  gaps.push_back(in.Integer());
  for (const uint64_t gap : gaps) stored.gaps.emplace_back(in.Bytes(gap));
  if (!in.done()) SIKU_TRY(Bad());
  return stored;
}

Result<std::string> JoinParts(const StoredParts& stored,
                              std::span<const std::string_view> children) {
  if (children.size() != stored.parts.size()) {
    return Fail(Code::kInternal, "a parent is joined from the wrong number of children");
  }
  std::string parent;
  parent.reserve(static_cast<size_t>(stored.length));
  for (size_t i = 0; i < children.size(); ++i) {
    const Span span = stored.parts[i].span;
    parent.append(stored.gaps[i]);
    const auto size = static_cast<int64_t>(children[i].size());
    const auto have = static_cast<int64_t>(parent.size());
    // Where windows overlap, the earlier child has written the first bytes already.
    if (size != span.end - span.begin || have < span.begin) {
      return Fail(Code::kData, "the ledger does not fit the text it is applied to");
    }
    if (have < span.end) parent.append(children[i].substr(static_cast<size_t>(have - span.begin)));
  }
  parent.append(stored.gaps.back());
  if (static_cast<int64_t>(parent.size()) != stored.length) {
    return Fail(Code::kData, "the ledger does not fit the text it is applied to");
  }
  return parent;
}

}  // namespace siku
