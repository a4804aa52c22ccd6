// `siku dataset access show|restrict|grant|revoke`: who reads what of a dataset of the
// catalogue, here or on a server.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "catalogue_option.h"
#include "commands/commands.h"
#include "remote/server_option.h"
#include "siku/catalog/catalog.h"
#include "store_option.h"
#include "table.h"

namespace siku::cli {
namespace {

using catalog::AccessRule;
using catalog::Restriction;
using nlohmann::json;

class Access final : public Command {
 public:
  void Declare(Arguments& arguments) override {
    arguments.Positional("WHAT", what_,
                         {"show, restrict, grant or revoke", "show、restrict、grant 或 revoke"},
                         Offer::kNothing);
    arguments.Positional("NAME", name_, {"a dataset of the catalogue", "目录中的数据集"},
                         Offer::kDataset);
    arguments.Option("--who", "WHO", who_,
                     {"restrict: everybody (who is no staff), role:NAME, account:NAME or key:ID; "
                      "grant: account:NAME or key:ID",
                      "restrict：everybody（非工作人员）、role:角色、account:账号 或 key:密钥编号；"
                      "grant：account:账号 或 key:密钥编号"});
    arguments.Options("--column", "NAME", keeps_.columns,
                      {"withhold it; may be repeated", "不给出此列；可重复"});
    arguments.Options(
        "--where", "CONDITION", conditions_,
        {"FIELD OP VALUE, which a row must fit; may be repeated: all of them. `in` takes "
         "several values, parted by commas",
         "列名 比较 值，行须满足；可重复，须全部满足。in 可用逗号分隔多个值"});
    arguments.Flag("--nothing", nothing_, {"restrict: no row at all", "restrict：任何行都不给出"});
    arguments.Flag("--replace", replace_,
                   {"restrict: in the place of the rule that there is for WHO",
                    "restrict：替换对其已有的规则"});
    arguments.Flag("--lift", lift_, {"restrict: end the rule of WHO", "restrict：解除对其的规则"});
    arguments.Option("--purpose", "TEXT", purpose_, {"grant: what for", "grant：用途"});
    arguments.Integer("--days", "N", days_, 1, {"grant: how long [365]", "grant：有效天数 [365]"},
                      1830);
    arguments.Option("--id", "ID", id_, {"revoke: of the grant", "revoke：授权编号"});
    catalogue_.Declare(arguments);
    store_.Declare(arguments);
    server_.Declare(arguments);
    arguments.Shows("siku dataset access show stops", {"its rules and grants", "它的规则和授权"});
    arguments.Shows(
        "siku dataset access restrict stops --who everybody --column phone "
        "--where 'district eq 南山区'",
        {"rows of one district, without a column", "只给出一个区的行，且不含某列"});
    arguments.Shows("siku dataset access grant stops --who account:yu --purpose 科研 --days 90",
                    {"to one account, for a dataset that is open under conditions",
                     "授权一个账号读取有条件开放的数据集"});
  }

  Result<int> Run(Context& context) override {
    SIKU_TRY(ReadConditions());
    if (server_.IsNamed(store_)) {
      SIKU_TRY(const auto server, server_.Connect(store_));
      return OnServer(*server, context);
    }
    SIKU_TRY(const auto store, store_.Open());
    SIKU_TRY(const auto catalogue, catalog::Catalog::Open(catalogue_.PlaceIn(*store), *store));
    if (what_ == "restrict") {
      SIKU_TRY(auto policy, catalogue->Access(kOwner, name_));
      SIKU_TRY(Change(policy.rules));
      SIKU_TRY(policy, catalogue->SetAccess(kOwner, name_, policy.rules));
    } else if (what_ == "grant") {
      catalog::Grant grant{.who = who_, .purpose = purpose_, .keeps = keeps_};
      SIKU_TRY(const auto granted, catalogue->GrantAccess(kOwner, name_, grant, days_));
      (void)granted;
    } else if (what_ == "revoke") {
      SIKU_TRY(catalogue->RevokeGrant(kOwner, name_, id_));
    } else if (what_ != "show") {
      return NoSuchCommand();
    }
    SIKU_TRY(const auto policy, catalogue->Access(kOwner, name_));
    Show(AccessPolicyJson(policy), context);
    return 0;
  }

 private:
  tl::unexpected<Error> NoSuchCommand() const {
    return Fail(Code::kInvalid, "no such command", what_, "siku dataset access",
                "show, restrict, grant or revoke");
  }

  Result<int> OnServer(const Server& server, Context& context) {
    SIKU_TRY(const auto known, server.Dataset(name_));
    const std::string path = server.Path(name_);
    if (what_ == "restrict") {
      SIKU_TRY(const auto policy, server.Ask("GET", path + "/access"));
      SIKU_TRY(auto rules, catalog::ReadAccessRules(policy.value("rules", json()), "rules"));
      SIKU_TRY(Change(rules));
      SIKU_TRY(
          server.Ask("PUT", path + "/access", {}, {{"rules", catalog::AccessRulesJson(rules)}}));
    } else if (what_ == "grant") {
      json grant = catalog::RestrictionJson(keeps_);
      grant.update({{"who", who_}, {"purpose", purpose_}, {"days", days_}});
      SIKU_TRY(server.Ask("POST", path + "/grants", {}, grant));
    } else if (what_ == "revoke") {
      SIKU_TRY(server.Ask("DELETE", path + "/grants/" + server.Encoded(id_)));
    } else if (what_ != "show") {
      return NoSuchCommand();
    }
    SIKU_TRY(const auto policy, server.Ask("GET", path + "/access"));
    try {
      Show(policy, context);
    } catch (const json::exception&) {
      return NotACatalogue(server);
    }
    return 0;
  }

  /// `in` takes several, parted by commas.
  static std::vector<std::string> ValuesOf(const std::string& op, const std::string& text) {
    if (op != "in") return {text};
    std::vector<std::string> values;
    for (size_t at = 0; at <= text.size();) {
      const size_t comma = std::min(text.find(',', at), text.size());
      values.push_back(text.substr(at, comma - at));
      at = comma + 1;
    }
    return values;
  }
  Result<void> ReadConditions() {
    for (const std::string& text : conditions_) {
      const size_t field = text.find(' ');
      const size_t op = field == std::string::npos ? field : text.find(' ', field + 1);
      if (field == std::string::npos) {
        return Fail(Code::kInvalid, "a condition is FIELD OP VALUE", text, "--where");
      }
      catalog::RowFilter& filter = keeps_.rows.emplace_back();
      filter.field = text.substr(0, field);
      filter.op = text.substr(field + 1, op == std::string::npos ? op : op - field - 1);
      if (op != std::string::npos) filter.values = ValuesOf(filter.op, text.substr(op + 1));
      SIKU_TRY(catalog::CheckRowFilter(filter, "--where"));
    }
    return {};
  }

  /// `restrict`, to the rules there are.
  Result<void> Change(std::vector<AccessRule>& rules) const {
    const bool takes = nothing_ || !keeps_.columns.empty() || !keeps_.rows.empty();
    if (takes == lift_) {
      return Fail(Code::kInvalid, "give --column, --where, --nothing or --lift", who_, "restrict");
    }
    const auto had = std::erase_if(rules, [&](const AccessRule& rule) { return rule.who == who_; });
    if (had > 0 && !lift_ && !replace_) {
      return Fail(Code::kConflict, "there is a rule for these readers", who_, "restrict",
                  "--replace puts this one in its place");
    }
    if (!lift_) rules.push_back({who_, keeps_, nothing_});
    return {};
  }

  /// `keeps`: a rule, grant or restriction as JSON.
  static std::string Told(const json& keeps, const Context& context) {
    if (keeps.value("nothing", false))
      return std::string(context.Say({"no row", "任何行都不给出"}));
    std::string text;
    for (const json& column : keeps.at("columns")) {
      text += (text.empty() ? "-" : " -") + column.get<std::string>();
    }
    for (const json& filter : keeps.at("rows")) {
      text += (text.empty() ? "" : " ") + filter.at("field").get<std::string>() + " " +
              filter.at("op").get<std::string>();
      const json value = filter.value("value", json());
      for (const json& one : value.is_array() ? value : json::array({value})) {
        if (!one.is_null()) text += " " + (one.is_string() ? one.get<std::string>() : one.dump());
      }
      text += ";";
    }
    return text.empty() ? std::string(context.Say({"all", "全部"})) : text;
  }

  /// As AccessPolicyJson has it.
  static void Show(const json& policy, Context& context) {
    const auto say = [&](const cli::Text& text) { return std::string(context.Say(text)); };
    const auto width = static_cast<size_t>(context.columns());
    Table rules({say({"rule for", "规则对象"}), say({"reads (- withheld)", "可读（- 不给出）"})});
    for (const json& rule : policy.at("rules")) {
      rules.Add({rule.at("who").get<std::string>(), Told(rule, context)});
    }
    if (!rules.empty()) context.Print(rules.Print(width, context.paint().on()));
    Table grants({say({"grant", "授权"}), say({"to", "对象"}), say({"state", "状态"}),
                  say({"expires", "到期"}), say({"reads (- withheld)", "可读（- 不给出）"}),
                  say({"purpose", "用途"})});
    for (const json& grant : policy.at("grants")) {
      const auto text = [&](const char* name) { return grant.at(name).get<std::string>(); };
      grants.Add({text("id"), text("who"), text("state"), text("expires").substr(0, 10),
                  Told(grant, context), text("purpose")});
    }
    if (!grants.empty()) context.Print(grants.Print(width, context.paint().on()));
    if (rules.empty() && grants.empty()) {
      context.Line(say({"no rules and no grants", "没有规则，也没有授权"}));
    }
  }

  std::string what_{};
  std::string name_{};
  std::string who_{};
  Restriction keeps_{};
  std::vector<std::string> conditions_{};
  bool nothing_ = false;
  bool lift_ = false;
  bool replace_ = false;
  std::string purpose_{};
  int64_t days_ = 365;
  std::string id_{};
  CatalogueOption catalogue_{};
  StoreOption store_{};
  ServerOption server_{};
};

}  // namespace

std::unique_ptr<Command> MakeDatasetAccess() { return Make<Access>(); }

}  // namespace siku::cli
