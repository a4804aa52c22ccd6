#include "library_operator.h"

#include <arrow/api.h>
#include <arrow/c/bridge.h>

#include <chrono>
#include <cstring>
#include <future>

#include "../base/arrow_internal.h"
#include "foreign.h"
#include "siku/utf8.h"

namespace siku::plugin {
namespace {

constexpr auto kPause = std::chrono::milliseconds(50);
constexpr int64_t kMostRows = std::numeric_limits<int32_t>::max();
constexpr int64_t kLongestDetail = int64_t{64} << 20;
constexpr const char* kItsBug = "this is a bug of the operator; ask whoever made the plug-in";

Code CodeFrom(int32_t given) {
  switch (given) {
    case static_cast<int32_t>(Code::kInvalid):
    case static_cast<int32_t>(Code::kNotFound):
    case static_cast<int32_t>(Code::kData):
    case static_cast<int32_t>(Code::kLimit):
      return static_cast<Code>(given);
    default:
      return Code::kInternal;
  }
}

tl::unexpected<Error> Said(const Record& record, int32_t code, const siku_error_v1& error) {
  std::string message(error.message, ::strnlen(error.message, sizeof(error.message)));
  if (!utf8::Valid(message)) message = "error " + std::to_string(code);
  return Fail(CodeFrom(code), "a plug-in's operator failed", std::move(message), record.name);
}

tl::unexpected<Error> Bad(const Record& record, const char* message, std::string value = {}) {
  return Fail(Code::kInvalid, message, std::move(value), record.name, kItsBug);
}

// Owns what a library lent until it is read.
struct Outcome1 {
  siku_outcome_v1 raw{};
  bool given = false;
  Outcome1() { raw.size = sizeof(raw); }
  Outcome1(const Outcome1&) = delete;
  Outcome1& operator=(const Outcome1&) = delete;
  ~Outcome1() {
    if (raw.columns.release != nullptr) raw.columns.release(&raw.columns);
    if (given && raw.release != nullptr) raw.release(&raw);
  }
};

template <class T>
Result<std::string> TextOf(const Record& record, const T& item, const char* text, int64_t size) {
  if (size < 0 || size > kLongestDetail || (size > 0 && text == nullptr)) {
    return Bad(record, "a plug-in gave a text of an impossible length",
               "row " + std::to_string(item.row));
  }
  return size == 0 ? std::string() : std::string(text, static_cast<size_t>(size));
}

Result<void> ReadLists(const Record& record, const siku_outcome_v1& raw, Written& made) {
  const auto impossible = [](int64_t count, const void* list) {
    return count < 0 || count > kMostRows || (count > 0 && list == nullptr);
  };
  if (impossible(raw.reject_count, raw.rejects) || impossible(raw.edit_count, raw.edits) ||
      impossible(raw.flag_count, raw.flags) || raw.rows < 0 || raw.rows > kMostRows) {
    return Bad(record, "a plug-in gave a list of an impossible length");
  }
  for (int64_t i = 0; i < raw.reject_count; ++i) {
    const siku_reject_v1& one = raw.rejects[i];
    SIKU_TRY(auto detail, TextOf(record, one, one.detail, one.detail_size));
    made.rejects.push_back({.row = one.row, .reason = one.reason, .detail = std::move(detail)});
  }
  for (int64_t i = 0; i < raw.edit_count; ++i) {
    const siku_edit_v1& one = raw.edits[i];
    SIKU_TRY(auto after, TextOf(record, one, one.after, one.after_size));
    made.edits.push_back({.row = one.row,
                          .begin = one.begin,
                          .end = one.end,
                          .after = std::move(after),
                          .rule = one.rule,
                          .confidence = one.confidence});
  }
  for (int64_t i = 0; i < raw.flag_count; ++i) {
    const siku_flag_v1& one = raw.flags[i];
    SIKU_TRY(auto detail, TextOf(record, one, one.detail, one.detail_size));
    made.flags.push_back({.row = one.row,
                          .begin = one.begin,
                          .end = one.end,
                          .kind = one.kind,
                          .detail = std::move(detail)});
  }
  if (raw.parents != nullptr) {
    made.parents.emplace(raw.parents, raw.parents + raw.rows);
  }
  return {};
}

class LibraryBound final : public ForeignBound {
 public:
  LibraryBound(const Record& record, const siku_operator_v1& entry, Footing footing)
      : ForeignBound(record, std::move(footing)), entry_(entry) {}
  LibraryBound(const LibraryBound&) = delete;
  LibraryBound& operator=(const LibraryBound&) = delete;
  ~LibraryBound() override {
    if (bound_ && entry_.release != nullptr) entry_.release(state_);
  }

  Result<void> Bind(const Schema& input, const Parameters& parameters) {
    ArrowSchema given{}, announced{};
    SIKU_TRY(FromArrow(arrow::ExportSchema(*input, &given)));
    siku_error_v1 error{};
    int32_t code = 0;
    try {
      const char* const text = column().empty() ? nullptr : column().c_str();
      code = entry_.bind(&given, text, ParametersJson(parameters).c_str(), &announced, &state_,
                         &error);
    } catch (...) {
      if (given.release != nullptr) given.release(&given);
      return Bad(record(), "a plug-in let an exception out");
    }
    if (given.release != nullptr) given.release(&given);
    bound_ = code == 0;
    if (code != 0) {
      if (announced.release != nullptr) announced.release(&announced);
      return Said(record(), code, error);
    }
    Schema columns = arrow::schema(arrow::FieldVector{});
    if (announced.release != nullptr) {
      auto imported = arrow::ImportSchema(&announced);
      if (!imported.ok()) {
        return Bad(record(), "a plug-in announced no columns that Arrow knows",
                   imported.status().message());
      }
      columns = *imported;
    }
    return Announce(input, columns);
  }

 private:
  Result<Written> Call(const Batch& batch, const RowContext& context) const override {
    ArrowArray lent{};
    SIKU_TRY(FromArrow(arrow::ExportRecordBatch(*batch, &lent)));
    Outcome1 outcome;
    siku_error_v1 error{};
    const auto code =
        Watched(context, [&] { return entry_.apply(state_, &lent, &outcome.raw, &error); });
    if (lent.release != nullptr) lent.release(&lent);
    if (!code.has_value()) return tl::unexpected<Error>(code.error());
    Written made;
    if (*code != 0) {
      auto said = Said(record(), *code, error);
      if (said.value().code != Code::kData) return said;
      made.failure = std::move(said.value());
      return made;
    }
    outcome.given = true;
    SIKU_TRY(ReadLists(record(), outcome.raw, made));
    if (outcome.raw.columns.release != nullptr) {
      auto columns = arrow::ImportRecordBatch(&outcome.raw.columns, written());
      if (!columns.ok()) {
        return Bad(record(), "a plug-in gave other columns than it announced",
                   columns.status().message());
      }
      made.columns = *columns;
    }
    return made;
  }

  // This thread looks whether the run was asked to stop, another one works.
  template <class F>
  Result<int32_t> Watched(const RowContext& context, F work) const {
    auto done = std::async(std::launch::async, work);
    bool cancelled = false;
    while (done.wait_for(kPause) != std::future_status::ready) {
      if (cancelled || !context.stopping()) continue;
      cancelled = true;
      if (entry_.cancel != nullptr) entry_.cancel(state_);
    }
    try {
      const int32_t code = done.get();
      if (cancelled) return Fail(Code::kInterrupted, "the run was asked to stop");
      return code;
    } catch (...) {
      return Bad(record(), "a plug-in let an exception out");
    }
  }

  const siku_operator_v1& entry_;
  void* state_ = nullptr;
  bool bound_ = false;
};

class LibraryOperator final : public Operator {
 public:
  LibraryOperator(Record record, const siku_operator_v1& entry,
                  std::pair<std::string, std::string> hash)
      : record_(std::move(record)), entry_(entry), hash_(std::move(hash)) {}
  const Record& record() const override { return record_; }
  std::vector<std::pair<std::string, std::string>> TableHashes() const override { return {hash_}; }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(auto footing, FindFooting(record_, input, parameters));
    auto bound = std::make_unique<LibraryBound>(record_, entry_, std::move(footing));
    SIKU_TRY(bound->Bind(input, parameters));
    return bound;
  }

 private:
  Record record_;
  const siku_operator_v1& entry_;
  std::pair<std::string, std::string> hash_;
};

}  // namespace

std::unique_ptr<Operator> MakeLibraryOperator(Record record, const siku_operator_v1& entry,
                                              std::pair<std::string, std::string> hash) {
  return std::make_unique<LibraryOperator>(std::move(record), entry, std::move(hash));
}

}  // namespace siku::plugin
