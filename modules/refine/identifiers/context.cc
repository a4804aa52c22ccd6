#include "identifiers/context.h"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "identifiers/folded.h"

namespace siku::refine {
namespace {

constexpr size_t kReach = 48;  // bytes; "Unified social credit code number: " has 36

constexpr std::string_view kIdWords[] = {"身份证",  "身分证", "证件号",    "公民身份",
                                         "id card", "id no",  "id number", "居住证"};
constexpr std::string_view kMobileWords[] = {
    "手机", "电话",   "联系", "热线",  "微信",   "号码是", "致电",     "拨打",
    "短信", "手机号", "tel",  "phone", "mobile", "cell",   "whatsapp", "call"};
constexpr std::string_view kLandlineWords[] = {"电话", "传真", "座机",  "热线", "致电",
                                               "拨打", "tel",  "phone", "fax",  "call"};
constexpr std::string_view kCardWords[] = {"卡号",   "银行",   "账号",   "帐号", "账户", "帐户",
                                           "储蓄卡", "信用卡", "借记卡", "尾号", "card", "account",
                                           "visa",   "银联",   "收款",   "汇款", "转账", "打款"};
constexpr std::string_view kPassportWords[] = {"护照", "通行证", "证件号", "passport",
                                               "travel document"};
constexpr std::string_view kCodeWords[] = {"信用代码",    "税号", "纳税人识别号", "机构代码",
                                           "credit code", "uscc", "统一代码"};

constexpr std::string_view kIpWords[] = {"ip", "dns", "网关", "服务器", "主机", "ping"};
constexpr std::string_view kPlateWords[] = {"车牌", "号牌", "牌照", "车号"};

// Numbers that look like identifiers and are none.
constexpr std::string_view kOtherWords[] = {
    "订单",  "单号",   "流水",   "票号",    "条码",     "条形码",  "序列号", "批号",   "货号",
    "工单",  "版本",   "发票",   "快递",    "运单",     "物流",    "编号",   "编码",   "案号",
    "文号",  "标准号", "专利",   "书号",    "序号",     "校验",    "哈希",   "时间戳", "isbn",
    "issn",  "order",  "serial", "version", "tracking", "invoice", "sku",    "doi",    "timestamp",
    "build", "patent", "刊号",   "邮编",    "学号",     "工号",    "面积",   "产量",   "总额",
    "金额",  "合计",   "共计",   "人口",    "总数",     "数量",    "销量"};

std::span<const std::string_view> WordsOf(IdentifierKind kind) {
  switch (kind) {
    case IdentifierKind::kResidentId:
    case IdentifierKind::kOldResidentId:
      return kIdWords;
    case IdentifierKind::kMobile:
      return kMobileWords;
    case IdentifierKind::kLandline:
      return kLandlineWords;
    case IdentifierKind::kBankCard:
      return kCardWords;
    case IdentifierKind::kPassport:
      return kPassportWords;
    case IdentifierKind::kCreditCode:
      return kCodeWords;
    case IdentifierKind::kPlate:
      return kPlateWords;
    case IdentifierKind::kIpAddress:
      return kIpWords;
    case IdentifierKind::kEmail:
      return {};
  }
  return {};
}

bool EndsClause(std::string_view text, size_t at) {
  constexpr std::string_view kWide[] = {"，", "。", "；", "！", "？", "、"};
  const char c = text[at];
  if (c == '\n' || c == '\t' || c == ',' || c == ';' || c == '!' || c == '?' || c == '|')
    return true;
  return std::any_of(std::begin(kWide), std::end(kWide),
                     [&](std::string_view mark) { return text.substr(at).starts_with(mark); });
}

std::string ClauseBefore(std::string_view text, size_t begin) {
  size_t from = begin > kReach ? begin - kReach : 0;
  for (size_t at = begin; at-- > from;) {
    if (EndsClause(text, at)) {
      from = at + 1;
      break;
    }
  }
  std::string clause(text.substr(from, begin - from));
  std::transform(clause.begin(), clause.end(), clause.begin(), Lower);
  return clause;
}

// A Latin word must stand alone: "cell" is not in "cancelled", "ip" not in "iPad".
size_t LastEnd(std::string_view clause, std::string_view word) {
  for (size_t at = clause.rfind(word); at != std::string_view::npos;) {
    const size_t end = at + word.size();
    const bool goes_on = word.size() == 2 && end < clause.size() && IsLetter(clause[end]) &&
                         !clause.substr(end).starts_with("v4");
    const bool inside = IsLetter(word.front()) && ((at > 0 && IsLetter(clause[at - 1])) || goes_on);
    if (!inside) return end;
    if (at == 0) break;
    at = clause.rfind(word, at - 1);
  }
  return 0;
}

size_t LastOf(std::string_view clause, std::span<const std::string_view> words) {
  size_t last = 0;
  for (const std::string_view word : words) last = std::max(last, LastEnd(clause, word));
  return last;
}

// What is counted, straight before its count: 阅读量：13812345678.
bool EndsInCounter(std::string_view clause) {
  constexpr std::string_view kCounters[] = {"阅读", "播放", "浏览", "点击", "访问",
                                            "点赞", "观看", "下载", "粉丝", "关注"};
  constexpr std::string_view kBetween[] = {"量", "数", "次", "约", "达", "到", "为", "超", "过",
                                           "共", "计", "了", "：", "（", ":",  "(",  " "};
  for (bool more = true; more;) {
    more = false;
    for (const std::string_view word : kBetween) {
      if (!clause.ends_with(word)) continue;
      clause.remove_suffix(word.size());
      more = true;
    }
  }
  return std::any_of(std::begin(kCounters), std::end(kCounters),
                     [&](std::string_view word) { return clause.ends_with(word); });
}

}  // namespace

Announced AnnouncedAs(std::string_view text, size_t begin, IdentifierKind kind) {
  const std::string clause = ClauseBefore(text, begin);
  const size_t own = LastOf(clause, WordsOf(kind));
  const size_t other = EndsInCounter(clause) ? clause.size() : LastOf(clause, kOtherWords);
  if (own == 0 && other == 0) return Announced::kNothing;
  return own >= other ? Announced::kThis : Announced::kOther;
}

bool HasCurrency(std::string_view text, size_t begin) {
  constexpr std::string_view kCurrencies[] = {"¥", "￥", "$", "＄", "€", "£", "#"};
  const std::string_view before = text.substr(0, begin);
  return std::any_of(std::begin(kCurrencies), std::end(kCurrencies),
                     [&](std::string_view sign) { return before.ends_with(sign); });
}

bool HasUnit(std::string_view text, size_t end) {
  constexpr std::string_view kUnits[] = {"元", "万", "亿", "吨",   "倍",   "次",   "股",
                                         "%",  "％", "‰",  "美元", "公里", "千米", "字节"};
  const std::string_view behind = text.substr(end);
  return std::any_of(std::begin(kUnits), std::end(kUnits), [&](std::string_view unit) {
    return behind.starts_with(unit) ||
           (behind.starts_with(" ") && behind.substr(1).starts_with(unit));
  });
}

}  // namespace siku::refine
