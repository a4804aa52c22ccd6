#include "arguments.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "amount.h"
#include "siku/operator.h"

namespace siku::cli {

// A declared argument with what was given for it.
struct Arguments::Bound {
  Reader read;
  bool flag = false;
  bool on = false;
  std::vector<std::string> values{};
  // A vector would take the words of the positional arguments behind it.
  std::string value{};
};

namespace {

constexpr const char* kSeeHelp = "`siku COMMAND --help` shows what a command takes";

// "--output" of "-o,--output".
std::string LongName(const std::string& names) { return names.substr(names.rfind(',') + 1); }

std::vector<std::string> OptionNames(const std::vector<ArgumentSpec>& specs) {
  std::vector<std::string> names;
  for (const ArgumentSpec& spec : specs) {
    if (!spec.positional) names.push_back(LongName(spec.names));
  }
  names.emplace_back("--help");
  return names;
}

}  // namespace

std::string WithNearest(const Context& context, const std::string& typed,
                        const std::vector<std::string>& names) {
  const auto near = Nearest(typed, names);
  if (near.empty()) return typed;
  std::string text = typed + std::string(context.Say({"; did you mean ", "；是否想输入 "}));
  for (size_t i = 0; i < near.size(); ++i) {
    if (i > 0) text += context.Say({" or ", " 或 "});
    text += "'" + near[i] + "'";
  }
  return text + std::string(context.Say({"?", "？"}));
}

Arguments::Arguments(std::string command) : command_(std::move(command)) {}
Arguments::~Arguments() = default;

void Arguments::Add(ArgumentSpec spec, Reader reader) {
  auto bound = std::make_unique<Bound>();
  bound->read = std::move(reader);
  bound->flag = spec.value.empty() && !spec.positional;
  bound_.push_back(std::move(bound));
  specs_.push_back(std::move(spec));
}

void Arguments::Positional(const char* name, std::string& to, Text help, Offer offer,
                           bool required) {
  Add({.names = name, .help = help, .offer = offer, .positional = true, .required = required},
      [&to](const std::string& text, const std::string&) -> Result<void> {
        to = text;
        return {};
      });
}

void Arguments::Positionals(const char* name, std::vector<std::string>& to, Text help,
                            Offer offer) {
  Add({.names = name, .help = help, .offer = offer, .positional = true, .many = true},
      [&to](const std::string& text, const std::string&) -> Result<void> {
        to.push_back(text);
        return {};
      });
}

void Arguments::Flag(const char* names, bool& to, Text help) {
  Add({.names = names, .help = help},
      [&to](const std::string&, const std::string&) -> Result<void> {
        to = true;
        return {};
      });
}

void Arguments::Option(const char* names, const char* value, std::string& to, Text help,
                       Offer offer) {
  Add({.names = names, .value = value, .help = help, .offer = offer},
      [&to](const std::string& text, const std::string&) -> Result<void> {
        to = text;
        return {};
      });
}

void Arguments::Options(const char* names, const char* value, std::vector<std::string>& to,
                        Text help, Offer offer) {
  Add({.names = names, .value = value, .help = help, .offer = offer, .many = true},
      [&to](const std::string& text, const std::string&) -> Result<void> {
        to.push_back(text);
        return {};
      });
}

void Arguments::Choice(const char* names, const std::vector<std::string>& choices, std::string& to,
                       Text help) {
  std::string label;
  for (const std::string& choice : choices) label += (label.empty() ? "" : "|") + choice;
  Add({.names = names, .value = label, .help = help, .offer = Offer::kChoice, .choices = choices},
      [&to, choices, label](const std::string& text, const std::string& place) -> Result<void> {
        if (std::find(choices.begin(), choices.end(), text) == choices.end()) {
          return Fail(Code::kInvalid, "this is none of the choices", text + " (" + label + ")",
                      place);
        }
        to = text;
        return {};
      });
}

void Arguments::Integer(const char* names, const char* value, int64_t& to, int64_t least, Text help,
                        int64_t most) {
  Add({.names = names, .value = value, .help = help},
      [&to, least, most](const std::string& text, const std::string& place) -> Result<void> {
        SIKU_TRY(to, ParseInteger(text, least, most, place));
        return {};
      });
}

void Arguments::Real(const char* names, const char* value, double& to, double least, double most,
                     Text help) {
  Add({.names = names, .value = value, .help = help},
      [&to, least, most](const std::string& text, const std::string& place) -> Result<void> {
        SIKU_TRY(to, ParseReal(text, least, most, place));
        return {};
      });
}

void Arguments::Size(const char* names, int64_t& to, Text help, int64_t least) {
  Add({.names = names, .value = "SIZE", .help = help},
      [&to, least](const std::string& text, const std::string& place) -> Result<void> {
        SIKU_TRY(to, ParseSize(text, place));
        if (to < least) return Fail(Code::kInvalid, "this must be at least one byte", text, place);
        return {};
      });
}

void Arguments::Seconds(const char* names, int64_t& to, Text help) {
  Add({.names = names, .value = "TIME", .help = help},
      [&to](const std::string& text, const std::string& place) -> Result<void> {
        SIKU_TRY(to, ParseSeconds(text, place));
        return {};
      });
}

// An option that is not there comes first: the words behind it may have been its value.
Result<void> Arguments::Unknown(const std::vector<std::string>& left,
                                const Context& context) const {
  const auto is_option = [](const std::string& word) {
    return word.size() > 1 && word.starts_with('-') && word != "--";
  };
  const auto found = std::find_if(left.begin(), left.end(), is_option);
  if (found == left.end()) {
    return Fail(Code::kInvalid, "one argument too many", left.front(), "siku " + command_,
                kSeeHelp);
  }
  const std::string name = found->substr(0, found->find('='));
  return Fail(Code::kInvalid, "no such option", WithNearest(context, name, OptionNames(specs_)),
              "siku " + command_, kSeeHelp);
}

Result<void> Arguments::Parse(const std::vector<std::string>& given, const Context& context) {
  try {
    CLI::App app("", "siku");
    app.set_help_flag();
    for (size_t i = 0; i < specs_.size(); ++i) {
      const ArgumentSpec& spec = specs_[i];
      Bound& bound = *bound_[i];
      if (bound.flag) {
        app.add_flag(spec.names, bound.on);
        continue;
      }
      CLI::Option* option = spec.positional && !spec.many
                                ? app.add_option(spec.names, bound.value)
                                : app.add_option(spec.names, bound.values);
      if (!spec.positional) option->allow_extra_args(false)->take_all();
      if (spec.required) option->required();
    }
    std::vector<std::string> reversed(given.rbegin(), given.rend());
    try {
      app.parse(std::move(reversed));
    } catch (const CLI::ExtrasError&) {
      return Unknown(app.remaining(true), context);
    } catch (const CLI::RequiredError& e) {
      return Fail(Code::kInvalid, "an argument is missing",
                  std::string(e.what()).substr(0, std::string(e.what()).find(' ')),
                  "siku " + command_, kSeeHelp);
    } catch (const CLI::ArgumentMismatch& e) {
      const std::string what = e.what();
      return Fail(Code::kInvalid, "the option lacks its value", what.substr(0, what.find(':')),
                  "siku " + command_, kSeeHelp);
    }
  } catch (const CLI::Error& e) {
    return Fail(Code::kInvalid, "the arguments cannot be understood", e.what(), "siku " + command_,
                kSeeHelp);
  }
  for (size_t i = 0; i < specs_.size(); ++i) {
    const std::string place = specs_[i].positional ? specs_[i].names : LongName(specs_[i].names);
    Bound& bound = *bound_[i];
    if (bound.on) SIKU_TRY(bound.read("", place));
    if (!bound.value.empty()) SIKU_TRY(bound.read(bound.value, place));
    for (const std::string& value : bound.values) SIKU_TRY(bound.read(value, place));
  }
  return {};
}

}  // namespace siku::cli
