// What a command takes: declared once, used for parsing, help and completion.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "context.h"
#include "siku/result.h"
#include "text.h"

namespace siku::cli {

/// What a shell may offer in an argument's place.
enum class Offer {
  kNothing,
  kFile,
  kFolder,
  kDataset,
  kRun,
  kOperator,
  kChoice,
  kEncoding,
  kOverride
};

struct ArgumentSpec {
  std::string names;    // "-o,--output"; or "FILE" of a positional one
  std::string value{};  // what help calls the value; empty: a flag
  Text help{};
  Offer offer = Offer::kNothing;
  std::vector<std::string> choices{};
  bool positional = false;
  bool required = false;
  bool many = false;
};

struct Example {
  const char* line = "";
  Text what{};
};

class Arguments {
 public:
  /// `command`: "run", "dataset ls".
  explicit Arguments(std::string command);
  ~Arguments();

  void Positional(const char* name, std::string& to, Text help, Offer offer, bool required = true);
  void Positionals(const char* name, std::vector<std::string>& to, Text help, Offer offer);
  void Flag(const char* names, bool& to, Text help);
  void Option(const char* names, const char* value, std::string& to, Text help,
              Offer offer = Offer::kNothing);
  /// May be given several times.
  void Options(const char* names, const char* value, std::vector<std::string>& to, Text help,
               Offer offer = Offer::kNothing);
  void Choice(const char* names, const std::vector<std::string>& choices, std::string& to,
              Text help);
  void Integer(const char* names, const char* value, int64_t& to, int64_t least, Text help,
               int64_t most = std::numeric_limits<int64_t>::max());
  void Real(const char* names, const char* value, double& to, double least, double most, Text help);
  void Size(const char* names, int64_t& to, Text help, int64_t least = 0);
  void Seconds(const char* names, int64_t& to, Text help);
  void Shows(const char* line, Text what) { examples_.push_back({line, what}); }

  /// Fills the targets. kInvalid with the nearest name where there is one.
  Result<void> Parse(const std::vector<std::string>& given, const Context& context);

  const std::string& command() const { return command_; }
  const std::vector<ArgumentSpec>& specs() const { return specs_; }
  const std::vector<Example>& examples() const { return examples_; }

 private:
  struct Parser;
  struct Bound;
  using Reader = std::function<Result<void>(const std::string& text, const std::string& place)>;
  void Add(ArgumentSpec spec, Reader reader);
  Result<void> Unknown(const std::vector<std::string>& left, const Context& context) const;

  std::string command_;
  std::vector<ArgumentSpec> specs_;
  std::vector<Example> examples_;
  std::vector<std::unique_ptr<Bound>> bound_;
};

/// `typed`, and what it may have been meant for: `'--thread'; did you mean '--threads'?`
std::string WithNearest(const Context& context, const std::string& typed,
                        const std::vector<std::string>& names);

}  // namespace siku::cli
