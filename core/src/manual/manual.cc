// All operators as Markdown.
#include "siku/manual.h"

#include "labels.h"

namespace siku {
namespace {

using manual::In;
using manual::Say;

// A table ends at a line end and parts its cells with bars.
std::string Cell(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    if (c == '|') cell += '\\';
    cell += c == '\n' ? ' ' : c;
  }
  return cell;
}

std::string Code(std::string_view text) { return "`" + std::string(text) + "`"; }

std::string Row(const std::vector<std::string>& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row += " " + Cell(cell) + " |";
  return row + "\n";
}

class ManualPage {
 public:
  explicit ManualPage(Language language) : language_(language) {}

  std::string Text(const std::vector<const Operator*>& operators) {
    text_ = "# " + Say("Operators", language_) + "\n\n" +
            Say("Printed from the operators' records; do not edit.", language_) + "\n\n";
    Contents(operators);
    for (const Operator* op : operators) Section(op->record());
    return text_;
  }

 private:
  void Contents(const std::vector<const Operator*>& operators) {
    if (operators.empty()) return;
    Table({Say("operator", language_), Say("what it does", language_)});
    for (const Operator* op : operators) {
      const Record& record = op->record();
      text_ += Row({"[" + Code(record.name) + "](#" + Anchor(record.name) + ")",
                    In(language_, record.summary, record.summary_zh)});
    }
  }
  // As GitHub and GitLab make them of headings.
  static std::string Anchor(const std::string& name) {
    std::string anchor;
    for (const char c : name) {
      if (c != '.') anchor += c;
    }
    return anchor;
  }
  void Table(const std::vector<std::string>& heads) {
    text_ += Row(heads) + Row(std::vector<std::string>(heads.size(), "---"));
  }
  void Section(const Record& record) {
    text_ += "\n## " + record.name + "\n\n";
    text_ += In(language_, record.summary, record.summary_zh) + "\n\n";
    for (const std::string& sentence : manual::TraitTexts(record.traits, language_)) {
      text_ += sentence + (language_ == Language::kChinese ? "" : " ");
    }
    text_ += Say("Version {}.", language_, {std::to_string(record.version)}) + "\n";
    Parameters(record);
    Columns(record);
    Names("rule of an edit", record.rules);
    Names("reason of a reject", record.reasons);
    Names("kind of a flag", record.flags);
    if (!record.example.empty()) {
      text_ +=
          "\n```yaml\n" + record.example + (record.example.ends_with('\n') ? "" : "\n") + "```\n";
    }
    if (!record.source.empty()) {
      text_ += "\n" +
               Say("Source of the method: {}", language_,
                   {std::string(Translate(record.source, language_))}) +
               "\n";
    }
  }
  void Parameters(const Record& record) {
    if (record.parameters.empty()) return;
    text_ += "\n";
    Table({Say("parameter", language_), Say("value", language_), Say("meaning", language_)});
    for (const ParameterSpec& spec : record.parameters) {
      text_ += Row({Code(spec.name), manual::ParameterText(spec, language_),
                    In(language_, spec.summary, spec.summary_zh)});
    }
  }
  void Columns(const Record& record) {
    const bool ports = record.outputs.size() > 1;
    if (record.reads.empty() && record.writes.empty() && !ports) return;
    text_ += "\n";
    const auto line = [&](const char* format, const std::string& list) {
      text_ += "- " + Say(format, language_, {list}) + "\n";
    };
    if (!record.reads.empty()) {
      line("Reads columns: {}", manual::ColumnsText(record.reads, language_));
    }
    if (!record.writes.empty()) {
      line("Writes columns: {}", manual::ColumnsText(record.writes, language_));
    }
    if (!ports) return;
    std::string list;
    for (const std::string& port : record.outputs) {
      list += (list.empty() ? "" : language_ == Language::kChinese ? "、" : ", ") + Code(port);
    }
    line("Outputs: {}", list);
  }
  void Names(const char* head, const std::vector<Named>& names) {
    if (names.empty()) return;
    text_ += "\n";
    Table({Say(head, language_), Say("meaning", language_)});
    for (const Named& named : names) {
      text_ += Row({Code(named.name), In(language_, named.summary, named.summary_zh)});
    }
  }

  Language language_;
  std::string text_{};
};

}  // namespace

std::string OperatorManual(const OperatorSet& operators, Language language) {
  return ManualPage(language).Text(operators.All());
}

}  // namespace siku
