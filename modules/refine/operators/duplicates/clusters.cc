#include "operators/duplicates/clusters.h"

#include <arrow/api.h>

#include <algorithm>
#include <limits>

#include "arrow_internal.h"

namespace siku::refine {
namespace {

// What linking and settling hold, whatever the texts are (`bench/engines/near.py` measures it).
constexpr int64_t kBytesOfRow = 20;
constexpr int64_t kBytesOfGone = 170;

constexpr int64_t kBatchRows = 1 << 14;

// Collects rows of the port and hands them over in batches.
class Report {
 public:
  Report(const SurvivalOrder& order, VerdictSink& verdicts) : order_(order), verdicts_(verdicts) {}

  Result<void> Add(const duplicates::Member& member) {
    const bool survivor = member.document == member.survivor;
    SIKU_TRY(FromArrow(id_.Append(order_.Name(member.document))));
    SIKU_TRY(FromArrow(cluster_.Append(order_.Name(member.survivor))));
    SIKU_TRY(FromArrow(size_.Append(member.size)));
    SIKU_TRY(FromArrow(survivor_.Append(survivor)));
    SIKU_TRY(FromArrow(too_short_.Append(false)));
    if (survivor || member.similarity == duplicates::kUnverified) {
      SIKU_TRY(FromArrow(similarity_.AppendNull()));
    } else {
      SIKU_TRY(FromArrow(similarity_.Append(static_cast<double>(member.similarity))));
    }
    SIKU_TRY(
        FromArrow(survivor ? partner_.AppendNull() : partner_.Append(order_.Name(member.partner))));
    return Finish(member.document);
  }

  Result<void> AddShort(int64_t ordinal) {
    SIKU_TRY(FromArrow(id_.Append(order_.Name(ordinal))));
    SIKU_TRY(FromArrow(cluster_.AppendNull()));
    SIKU_TRY(FromArrow(size_.Append(1)));
    SIKU_TRY(FromArrow(survivor_.Append(true)));
    SIKU_TRY(FromArrow(too_short_.Append(true)));
    SIKU_TRY(FromArrow(similarity_.AppendNull()));
    SIKU_TRY(FromArrow(partner_.AppendNull()));
    return Finish(ordinal);
  }

  Result<void> Flush() {
    if (ordinals_.empty()) return {};
    arrow::ArrayVector columns;
    for (arrow::ArrayBuilder* builder : std::initializer_list<arrow::ArrayBuilder*>{
             &id_, &cluster_, &size_, &survivor_, &too_short_, &similarity_, &partner_}) {
      SIKU_TRY(auto array, FromArrow(builder->Finish()));
      columns.push_back(std::move(array));
    }
    const auto rows = static_cast<int64_t>(ordinals_.size());
    SIKU_TRY(verdicts_.Report(ordinals_, arrow::RecordBatch::Make(ClusterSchema(), rows, columns)));
    ordinals_.clear();
    return {};
  }

 private:
  Result<void> Finish(int64_t ordinal) {
    ordinals_.push_back(ordinal);
    if (static_cast<int64_t>(ordinals_.size()) < kBatchRows) return {};
    return Flush();
  }

  const SurvivalOrder& order_;
  VerdictSink& verdicts_;
  std::vector<int64_t> ordinals_;
  arrow::LargeStringBuilder id_, cluster_, partner_;
  arrow::Int64Builder size_;
  arrow::BooleanBuilder survivor_, too_short_;
  arrow::DoubleBuilder similarity_;
};

}  // namespace

Schema ClusterSchema() {
  return arrow::schema(
      {arrow::field("id", arrow::large_utf8()), arrow::field("cluster", arrow::large_utf8()),
       arrow::field("size", arrow::int64()), arrow::field("survivor", arrow::boolean()),
       arrow::field("too_short", arrow::boolean()), arrow::field("similarity", arrow::float64()),
       arrow::field("partner", arrow::large_utf8())});
}

Named NearDuplicate() {
  return {"near_duplicate", "The text nearly agrees with that of the row it was merged into.",
          "文本与所并入的行近似重复。"};
}

Result<void> CheckRoom(const AllRows& rows, size_t gone) {
  const int64_t needed = kBytesOfRow * rows.size() + kBytesOfGone * static_cast<int64_t>(gone);
  if (needed <= rows.memory()) return {};
  // A step has half of what the run may take; the rest is left to what is mapped.
  return Fail(Code::kLimit, "to compare {} rows takes --memory {} or more",
              std::to_string(rows.size()) + '\x1F' + std::to_string(2 * needed));
}

Result<uint32_t> CountCompared(const AllRows& rows) {
  if (rows.size() > std::numeric_limits<uint32_t>::max()) {
    return Fail(Code::kLimit, "too many rows to compare with each other",
                std::to_string(rows.size()));
  }
  SIKU_TRY(CheckRoom(rows, 0));
  return static_cast<uint32_t>(rows.size());
}

Result<void> DropAndReport(std::span<const duplicates::Member> members,
                           std::span<const int64_t> too_short, const SurvivalOrder& order,
                           const std::function<std::string(const duplicates::Member&)>& detail,
                           VerdictSink& verdicts) {
  for (const duplicates::Member& member : members) {
    if (member.document == member.survivor) continue;
    SIKU_TRY(verdicts.Drop(member.document, 0, member.partner, detail(member)));
  }
  Report report(order, verdicts);
  size_t next = 0;
  for (const duplicates::Member& member : members) {
    for (; next < too_short.size() && too_short[next] < member.document; ++next) {
      SIKU_TRY(report.AddShort(too_short[next]));
    }
    SIKU_TRY(report.Add(member));
  }
  for (; next < too_short.size(); ++next) SIKU_TRY(report.AddShort(too_short[next]));
  return report.Flush();
}

}  // namespace siku::refine
