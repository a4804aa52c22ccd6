// refine.text.mask_identifiers: numbers and addresses that identify are put out of sight.
#include <arrow/api.h>

#include <algorithm>
#include <array>
#include <map>

#include "identifiers/identifiers.h"
#include "operators/operators.h"
#include "operators/text_column.h"
#include "siku/columns.h"
#include "siku/conceal.h"
#include "siku/seal_key.h"

namespace siku::refine {
namespace {

// Names and meanings by kind: the rules of the edits, and what stands in the text instead.
struct KindText {
  const char* label;  // what stands in the text
  const char* summary;
  const char* summary_zh;
};
constexpr std::array<KindText, kIdentifierKinds> kTexts = {{
    {"身份证号", "A resident ID number (GB 11643).", "公民身份号码（GB 11643）。"},
    {"身份证号", "A resident ID number of 15 digits.", "15 位旧公民身份号码。"},
    {"手机号", "A mobile phone number.", "手机号码。"},
    {"固定电话", "A landline number with its area code.", "带区号的固定电话号码。"},
    {"银行卡号", "A bank card number (ISO/IEC 7812, Luhn).",
     "银行卡号（ISO/IEC 7812、Luhn 校验）。"},
    {"车牌号", "A vehicle plate (GA 36).", "机动车号牌（GA 36）。"},
    {"护照号", "A passport number after a word for it.", "有提示词的护照号码。"},
    {"统一社会信用代码", "A unified social credit code (GB 32100).",
     "统一社会信用代码（GB 32100）。"},
    {"邮箱", "An email address.", "电子邮箱地址。"},
    {"IP地址", "An IPv4 or IPv6 address.", "IPv4 或 IPv6 地址。"},
}};

IdentifierKind KindAt(int index) { return static_cast<IdentifierKind>(index); }

std::vector<Named> Rules() {
  std::vector<Named> rules;
  for (int i = 0; i < kIdentifierKinds; ++i) {
    const KindText& text = kTexts[static_cast<size_t>(i)];
    rules.push_back({std::string(IdentifierName(KindAt(i))), text.summary, text.summary_zh});
  }
  return rules;
}

// The old form has no checksum to speak for it: it is looked for where it is asked for.
std::vector<std::string> DefaultKinds() {
  std::vector<std::string> names;
  for (int i = 0; i < kIdentifierKinds; ++i) {
    if (KindAt(i) != IdentifierKind::kOldResidentId) names.emplace_back(IdentifierName(KindAt(i)));
  }
  return names;
}

Result<IdentifierSet> KindsNamed(const std::vector<std::string>& names) {
  if (names.empty()) {
    return Fail(Code::kInvalid, "no kind of identifier is named: nothing would be masked", {},
                "kinds", "`siku ops refine.text.mask_identifiers` lists them");
  }
  IdentifierSet kinds;
  for (const std::string& name : names) {
    int index = 0;
    while (index < kIdentifierKinds && IdentifierName(KindAt(index)) != name) ++index;
    if (index == kIdentifierKinds) {
      return Fail(Code::kInvalid, "there is no such kind of identifier", name, "kinds",
                  "`siku ops refine.text.mask_identifiers` lists them");
    }
    kinds.Add(KindAt(index));
  }
  return kinds;
}

enum class Mode { kMask, kPseudonym, kDrop };

// Letters only, so that no pseudonym is ever taken for a number: 64 bits, four each.
std::string Pseudonym(const Digest& secret, const Identifier& identifier) {
  const std::string_view key(reinterpret_cast<const char*>(secret.data()), secret.size());
  std::string message(IdentifierName(identifier.kind));
  message += '\0';
  message += identifier.canonical;
  const Digest digest = HmacSha256(key, message);
  std::string letters;
  for (size_t i = 0; i < 8; ++i) {
    letters += static_cast<char>('a' + (digest[i] >> 4U));
    letters += static_cast<char>('a' + (digest[i] & 15U));
  }
  return letters;
}

void Put(std::string& text, std::string_view mark, std::string_view value) {
  for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    text.replace(at, mark.size(), value);
    at += value.size();
  }
}

// `{name}` in a replacement that nothing would be filled into; empty: there is none.
std::string UnknownField(std::string_view replacement, Mode mode) {
  constexpr std::string_view kNameBytes =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
  for (size_t open = replacement.find('{'); open != std::string_view::npos;
       open = replacement.find('{', open + 1)) {
    const size_t close = replacement.find_first_not_of(kNameBytes, open + 1);
    if (close == std::string_view::npos || replacement[close] != '}') continue;
    const std::string_view field = replacement.substr(open, close + 1 - open);
    const bool known =
        field == "{kind}" || field == "{name}" || (field == "{id}" && mode == Mode::kPseudonym);
    if (!known) return std::string(field);
  }
  return {};
}

Result<std::string> ReplacementOf(const Parameters& parameters, Mode mode) {
  const std::string& given = parameters.text("replacement");
  if (given.empty()) return std::string(mode == Mode::kPseudonym ? "[{kind}:{id}]" : "[{kind}]");
  if (mode == Mode::kDrop) {
    return Fail(Code::kInvalid, "a replacement has no effect in this mode", "drop", "replacement");
  }
  if (const std::string unknown = UnknownField(given, mode); !unknown.empty()) {
    return Fail(Code::kInvalid, "nothing is filled into this part of a replacement", unknown,
                "replacement", "it may have {kind}, {name} and, for pseudonyms, {id}");
  }
  if (mode == Mode::kPseudonym && given.find("{id}") == std::string::npos) {
    return Fail(Code::kInvalid, "a replacement by pseudonyms must contain {id}", given,
                "replacement");
  }
  return given;
}

class BoundMask final : public ConcealingBound {
 public:
  BoundMask(const Schema& input, int column, IdentifierSet kinds, Mode mode,
            std::string replacement)
      : name_(input->field(column)->name()),
        index_(column),
        outputs_{input},
        kinds_(kinds),
        mode_(mode),
        replacement_(std::move(replacement)) {}
  const std::vector<Schema>& outputs() const override { return outputs_; }
  const std::string& column() const override { return name_; }
  bool keyed() const override { return mode_ == Mode::kPseudonym; }
  void UseSecret(const Digest& secret) override { secret_ = secret; }

  Result<Outcome> Apply(const Batch& batch, const RowContext& context) const override {
    if (keyed() && !secret_.has_value()) {
      return Fail(Code::kInvalid, "pseudonyms need the owner's key", "pseudonym", "mode",
                  "run the recipe with --seal-key FILE");
    }
    Outcome outcome;
    std::vector<Identifier> found;
    bool stopped = false;
    ForEachText(batch, index_, [&](int32_t row, std::string_view text) {
      if (stopped || (stopped = context.stopping())) return;
      found.clear();
      FindIdentifiers(text, kinds_, found);
      if (found.empty()) return;
      if (mode_ == Mode::kDrop) {
        outcome.rejects.push_back({.row = row, .reason = 0, .detail = Counts(found)});
      } else {
        AddEdits(row, found, outcome.edits);
      }
    });
    if (stopped) return Fail(Code::kInterrupted, "the run was asked to stop");
    return mode_ == Mode::kDrop ? Kept(batch, std::move(outcome))
                                : Masked(batch, std::move(outcome));
  }

 private:
  // What was found, in numbers alone: a reason is no place for what is concealed.
  static std::string Counts(const std::vector<Identifier>& found) {
    std::map<std::string_view, int> counts;
    for (const Identifier& one : found) ++counts[IdentifierName(one.kind)];
    std::string text;
    for (const auto& [name, count] : counts) {
      text += (text.empty() ? "" : ", ") + std::string(name) + " " + std::to_string(count);
    }
    return text;
  }

  void AddEdits(int32_t row, const std::vector<Identifier>& found, std::vector<Edit>& edits) const {
    for (const Identifier& one : found) {
      std::string after = replacement_;
      if (keyed()) Put(after, "{id}", Pseudonym(*secret_, one));
      Put(after, "{kind}", kTexts[static_cast<size_t>(one.kind)].label);
      Put(after, "{name}", IdentifierName(one.kind));
      edits.push_back({.row = row,
                       .begin = static_cast<int64_t>(one.begin),
                       .end = static_cast<int64_t>(one.end),
                       .after = std::move(after),
                       .rule = static_cast<uint16_t>(one.kind)});
    }
  }

  Result<Outcome> Masked(const Batch& batch, Outcome outcome) const {
    SIKU_TRY(auto edited, EditedBatch(batch, index_, outcome.edits));
    outcome.outputs.push_back(SameRows(std::move(edited)));
    return outcome;
  }

  static Result<Outcome> Kept(const Batch& batch, Outcome outcome) {
    std::vector<int32_t> kept;
    size_t next = 0;
    for (int32_t row = 0; row < batch->num_rows(); ++row) {
      const bool gone = next < outcome.rejects.size() && outcome.rejects[next].row == row;
      if (gone) {
        ++next;
      } else {
        kept.push_back(row);
      }
    }
    SIKU_TRY(auto rows, SelectRows(batch, kept));
    outcome.outputs.push_back({std::move(rows), std::move(kept)});
    return outcome;
  }

  std::string name_;
  int index_;
  std::vector<Schema> outputs_;
  IdentifierSet kinds_;
  Mode mode_;
  std::string replacement_;
  std::optional<Digest> secret_{};
};

class MaskIdentifiers final : public Operator {
 public:
  const Record& record() const override {
    static const Record kRecord = MakeRecord();
    return kRecord;
  }
  Result<std::unique_ptr<Bound>> Bind(const Schema& input,
                                      const Parameters& parameters) const override {
    SIKU_TRY(const int column, FindTextColumn(input, parameters.text("column")));
    SIKU_TRY(const auto kinds, KindsNamed(parameters.texts("kinds")));
    const std::string& mode = parameters.text("mode");
    const Mode chosen = mode == "mask"   ? Mode::kMask
                        : mode == "drop" ? Mode::kDrop
                                         : Mode::kPseudonym;
    SIKU_TRY(std::string replacement, ReplacementOf(parameters, chosen));
    return std::make_unique<BoundMask>(input, column, kinds, chosen, std::move(replacement));
  }

 private:
  static Record MakeRecord() {
    return {
        .name = "refine.text.mask_identifiers",
        .version = 2,
        .summary = "Mask numbers and addresses that identify people or organisations.",
        .summary_zh = "隐去可识别个人或机构的号码与地址。",
        .source =
            "GB 11643, GB 32100, GB 11714, GA 36, ISO/IEC 7812, the MIIT's numbering plan "
            "(docs/masking.md).",
        .example =
            "masked: {use: refine.text.mask_identifiers, from: pages, "
            "with: {kinds: [resident_id, mobile, bank_card]}}",
        .parameters =
            {TextColumn(),
             {.name = "kinds",
              .type = ParameterType::kTextList,
              .summary = "Kinds to look for: the names of the rules.",
              .summary_zh = "要查找的种类，即各规则的名称。",
              .default_value = DefaultKinds()},
             {.name = "mode",
              .type = ParameterType::kText,
              .summary = "What becomes of them: masked, replaced by a keyed pseudonym that is the "
                         "same for the same number, or the row dropped.",
              .summary_zh = "处理方式：隐去、以密钥化名替换（同一号码同一化名）、或丢弃整行。",
              .default_value = "mask",
              .choices = {"mask", "pseudonym", "drop"}},
             {.name = "replacement",
              .type = ParameterType::kText,
              .summary = "The text put in place, with {kind} (Chinese), {name} (English) and the "
                         "pseudonym {id} filled in; empty: [{kind}] or [{kind}:{id}].",
              .summary_zh = "替换文本，其中 {kind} 为中文种类，{name} 为英文名称，{id} 为化名；"
                            "留空为 [{kind}] 或 [{kind}:{id}]。",
              .default_value = ""}},
        .reads = {"$column"},
        .writes = {"$column"},
        .rules = Rules(),
        .reasons = {{"identifier", "The text holds an identifier.", "文本中含有可识别号码。"}},
        .traits = {.conceals = true},
    };
  }
};

}  // namespace

const Operator& MaskIdentifiersOperator() {
  static const MaskIdentifiers kInstance;
  return kInstance;
}

}  // namespace siku::refine
