// One operator for a terminal.
#include <algorithm>

#include "labels.h"
#include "siku/manual.h"
#include "siku/utf8.h"
#include "wrap.h"

namespace siku {
namespace {

using manual::Entry;
using manual::In;
using manual::Say;
using manual::Wrap;

constexpr size_t kIndent = 2;
constexpr size_t kNarrowest = 40;
constexpr size_t kWidestHead = 28;  // a longer name gets a line of its own

class HelpPage {
 public:
  HelpPage(const Record& record, Language language, size_t width)
      : record_(record), language_(language), width_(width) {}

  std::string Text() {
    Paragraph(Say("{} (version {})", language_, {record_.name, std::to_string(record_.version)}),
              0);
    Paragraph(In(language_, record_.summary, record_.summary_zh), kIndent);
    Parameters();
    Columns();
    Outputs();
    Names("Rules of its edits", record_.rules);
    Names("Reasons of its rejects", record_.reasons);
    Names("Kinds of its flags", record_.flags);
    Traits();
    Example();
    if (!record_.source.empty()) {
      Heading("Source of the method");
      Paragraph(Translate(record_.source, language_), kIndent);
    }
    return text_;
  }

 private:
  void Heading(const char* english) { text_ += "\n" + Say(english, language_) + "\n"; }
  void Paragraph(std::string_view body, size_t indent) {
    for (const std::string& line : Wrap(body, width_ - indent)) {
      text_ += std::string(indent, ' ') + line + "\n";
    }
  }
  template <class List, class NameOf>
  size_t Column(const List& list, NameOf name_of) const {
    size_t widest = 0;
    for (const auto& item : list) {
      const size_t head = utf8::Width(name_of(item));
      if (head <= std::min(kWidestHead, width_ / 3)) widest = std::max(widest, head);
    }
    return kIndent + std::max<size_t>(widest, 4) + 2;
  }
  void Parameters() {
    if (record_.parameters.empty()) return;
    Heading("Parameters");
    const size_t column =
        Column(record_.parameters, [](const ParameterSpec& spec) { return spec.name; });
    for (const ParameterSpec& spec : record_.parameters) {
      text_ +=
          Entry(spec.name, In(language_, spec.summary, spec.summary_zh), kIndent, column, width_);
      text_ += Entry("", manual::ParameterText(spec, language_), 0, column, width_);
    }
  }
  void Columns() {
    if (record_.reads.empty() && record_.writes.empty()) return;
    Heading("Columns");
    const std::string reads = Say("reads", language_), writes = Say("writes", language_);
    const size_t column = kIndent + std::max(utf8::Width(reads), utf8::Width(writes)) + 2;
    const auto line = [&](const std::string& head, const std::vector<std::string>& columns) {
      if (columns.empty()) return;
      text_ += Entry(head, manual::ColumnsText(columns, language_), kIndent, column, width_);
    };
    line(reads, record_.reads);
    line(writes, record_.writes);
  }
  void Outputs() {
    // One output that a bare step name means is nothing to say.
    if (record_.outputs.size() < 2) return;
    Heading("Outputs");
    std::string list =
        Say("{} (what the bare name of a step means)", language_, {record_.outputs.front()});
    for (size_t i = 1; i < record_.outputs.size(); ++i) {
      list += (language_ == Language::kChinese ? "、" : ", ") + record_.outputs[i];
    }
    Paragraph(list, kIndent);
  }
  void Names(const char* heading, const std::vector<Named>& names) {
    if (names.empty()) return;
    Heading(heading);
    const size_t column = Column(names, [](const Named& named) { return named.name; });
    for (const Named& named : names) {
      text_ += Entry(named.name, In(language_, named.summary, named.summary_zh), kIndent, column,
                     width_);
    }
  }
  void Traits() {
    Heading("Rows");
    std::string all;
    for (const std::string& sentence : manual::TraitTexts(record_.traits, language_)) {
      all += (all.empty() || language_ == Language::kChinese ? "" : " ") + sentence;
    }
    Paragraph(all, kIndent);
  }
  // Broken only at spaces and set in further: inside braces that is the same YAML.
  void Example() {
    if (record_.example.empty()) return;
    Heading("Example");
    std::string_view rest = record_.example;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      const size_t set_in = std::min(line.find_first_not_of(' '), line.size());
      size_t indent = kIndent + set_in;
      for (const std::string& part : Wrap(line.substr(set_in), width_ - indent - kIndent)) {
        text_ += std::string(indent, ' ') + part + "\n";
        indent = 2 * kIndent + set_in;
      }
    }
  }

  const Record& record_;
  Language language_;
  size_t width_;
  std::string text_{};
};

}  // namespace

std::string OperatorHelp(const Record& record, Language language, int columns) {
  const size_t width = std::max(kNarrowest, static_cast<size_t>(std::max(columns, 0)));
  return HelpPage(record, language, width).Text();
}

}  // namespace siku
