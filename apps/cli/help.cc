#include "help.h"

#include <algorithm>
#include <cstring>

#include "siku/utf8.h"
#include "table.h"

namespace siku::cli {
namespace {

constexpr size_t kIndent = 2;
constexpr size_t kWidestLeft = 30;

struct Row {
  std::string left;
  std::string right;
};

std::string Rows(const Context& context, const std::vector<Row>& rows) {
  size_t widest = 0;
  for (const Row& row : rows) {
    if (const size_t width = utf8::Width(row.left); width <= kWidestLeft) {
      widest = std::max(widest, width);
    }
  }
  const size_t indent = kIndent + widest + 2;
  std::string out;
  for (const Row& row : rows) {
    out.append(kIndent, ' ').append(context.paint().Cyan(row.left));
    const size_t width = utf8::Width(row.left);
    if (width > widest) {
      out.append("\n").append(indent, ' ');
    } else {
      out.append(indent - kIndent - width, ' ');
    }
    out += Wrap(row.right, static_cast<size_t>(context.columns()), indent) + "\n";
  }
  return out;
}

std::string Head(const Context& context, const Text& text) {
  return "\n" + context.paint().Bold(context.Say(text)) + "\n";
}

bool IsBelow(std::string_view name, std::string_view group) {
  return name.size() > group.size() && name.starts_with(group) && name[group.size()] == ' ';
}

std::string Usage(const Arguments& arguments) {
  std::string usage = "siku " + arguments.command();
  const auto& specs = arguments.specs();
  if (std::any_of(specs.begin(), specs.end(), [](const auto& spec) { return !spec.positional; })) {
    usage += " [OPTION]...";
  }
  for (const ArgumentSpec& spec : specs) {
    if (!spec.positional) continue;
    std::string name = spec.required ? spec.names : "[" + spec.names + "]";
    usage += " " + name + (spec.many ? "..." : "");
  }
  return usage;
}

std::string OptionLabel(const ArgumentSpec& spec) {
  std::string label = spec.names;
  if (const size_t comma = label.find(','); comma != std::string::npos) {
    label.insert(comma + 1, " ");
  } else if (label.starts_with("--")) {
    label.insert(0, "    ");
  }
  return spec.value.empty() ? label : label + " " + spec.value;
}

}  // namespace

std::string ProgramHelp(const Context& context) {
  std::string out(
      context.Say({"Siku makes datasets that people and models can trust out of raw Chinese text, "
                   "and keeps every change on record.",
                   "四库把原始中文文本做成人和模型都信得过的数据集，每一处改动都有记录。"}));
  out = Wrap(out, static_cast<size_t>(context.columns()), 0) + "\n";
  out += Head(context, {"Usage", "用法"});
  out += "  siku COMMAND [ARGUMENT]...\n  siku COMMAND --help\n";
  out += Head(context, {"Commands", "命令"});
  std::vector<Row> rows;
  std::string_view last_group;
  for (const CommandEntry& entry : Commands()) {
    const char* blank = std::strchr(entry.name, ' ');
    if (blank == nullptr) {
      rows.push_back({entry.name, std::string(context.Say(entry.summary))});
      continue;
    }
    for (const CommandGroup& group : CommandGroups()) {
      if (!IsBelow(entry.name, group.name) || last_group == group.name) continue;
      last_group = group.name;
      rows.push_back({group.name, std::string(context.Say(group.summary))});
    }
  }
  out += Rows(context, rows);
  out += Head(context, {"Environment", "环境变量"});
  const auto row = [&](const char* name, const Text& text) {
    return Row{name, std::string(context.Say(text))};
  };
  out += Rows(
      context,
      {row("SIKU_STORE", {"where datasets and runs are kept, a folder or s3://…; else ./.siku",
                          "存放数据集和运行的目录或 s3://…；默认 ./.siku"}),
       row("SIKU_INDEX",
           {"a PostgreSQL database with the store's index", "存放数据仓索引的 PostgreSQL 数据库"}),
       row("SIKU_S3_ENDPOINT", {"the server of s3:// paths; AWS_… name the credentials",
                                "s3:// 路径所在的服务器；凭据见 AWS_…"}),
       row("SIKU_CACHE", {"copies of what is in S3; else ~/.cache/siku",
                          "S3 内容在本机的副本；默认 ~/.cache/siku"}),
       row("SIKU_PYTHON", {"the Python of Ray, Spark, operators of your own, queries and imports",
                           "运行 Ray、Spark、自定义算子、查询和导入的 Python"}),
       row("SIKU_LANG", {"en or zh; else by the locale", "en 或 zh；默认随系统区域"}),
       row("NO_COLOR", {"no colour", "不用颜色"})});
  return out;
}

std::string GroupHelp(const Context& context, const CommandGroup& group) {
  std::string out(context.Say(group.summary));
  out += "\n" + Head(context, {"Usage", "用法"});
  out += std::string("  siku ") + group.name + " COMMAND [ARGUMENT]...\n";
  out += Head(context, {"Commands", "命令"});
  std::vector<Row> rows;
  for (const CommandEntry& entry : Commands()) {
    if (IsBelow(entry.name, group.name)) {
      rows.push_back(
          {entry.name + std::strlen(group.name) + 1, std::string(context.Say(entry.summary))});
    }
  }
  return out + Rows(context, rows);
}

std::string CommandHelp(const Context& context, const CommandEntry& entry,
                        const Arguments& arguments) {
  std::string out =
      Wrap(context.Say(entry.summary), static_cast<size_t>(context.columns()), 0) + "\n";
  out += Head(context, {"Usage", "用法"}) + "  " + Usage(arguments) + "\n";
  std::vector<Row> positional;
  std::vector<Row> options;
  for (const ArgumentSpec& spec : arguments.specs()) {
    const std::string help(context.Say(spec.help));
    if (spec.positional) {
      positional.push_back({spec.names, help});
    } else {
      options.push_back({OptionLabel(spec), help});
    }
  }
  if (!positional.empty()) out += Head(context, {"Arguments", "参数"}) + Rows(context, positional);
  options.push_back({"-h, --help", std::string(context.Say({"this text", "显示本说明"}))});
  out += Head(context, {"Options", "选项"}) + Rows(context, options);
  if (!arguments.examples().empty()) out += Head(context, {"Examples", "示例"});
  for (const Example& example : arguments.examples()) {
    out += "  " + context.paint().Cyan(example.line) + "\n      " +
           Wrap(context.Say(example.what), static_cast<size_t>(context.columns()), 6) + "\n";
  }
  return out;
}

}  // namespace siku::cli
