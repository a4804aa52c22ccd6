#include <algorithm>
#include <array>

#include "conditions/condition.h"
#include "conditions/tokens.h"

namespace siku::refine::conditions {

using Node = Condition::Node;
using Operator = Condition::Operator;

// Descends by Python's grammar: or, and, not, comparison, sign, field or constant.
class Parser {
 public:
  Parser(std::string_view text, std::vector<Token> tokens)
      : text_(text), tokens_(std::move(tokens)) {}

  Result<Condition> Parse() {
    SIKU_TRY(made_.root_, Or());
    if (Now().kind != Token::Kind::kEnd) return NoFurther();
    SIKU_TRY(CheckTuples(made_.root_));
    if (made_.root_.only_behind_in) return Misplaced(made_.root_);
    return std::move(made_);
  }

 private:
  // More would not be written by a person, and each level needs stack.
  static constexpr int kMostDepth = 100;

  const Token& Now() const { return tokens_[next_]; }
  bool IsWord(std::string_view word) const {
    return Now().kind == Token::Kind::kWord && Now().text == word;
  }
  bool IsSign(std::string_view sign) const {
    return Now().kind == Token::Kind::kSign && Now().text == sign;
  }
  bool TakeSign(std::string_view sign) { return IsSign(sign) && ++next_ > 0; }
  bool TakeWord(std::string_view word) { return IsWord(word) && ++next_ > 0; }
  Node Make(Node::Kind kind) const {
    Node node;
    node.kind = kind;
    node.at = Now().at;
    return node;
  }

  Result<Node> Or() {
    if (++depth_ > kMostDepth) {
      return Unreadable(text_, Now().at, "a condition may be nested at most 100 deep");
    }
    SIKU_TRY(auto node, Joined("or", Node::Kind::kAny, &Parser::And));
    --depth_;
    return node;
  }
  Result<Node> And() { return Joined("and", Node::Kind::kAll, &Parser::Not); }
  Result<Node> Joined(std::string_view word, Node::Kind kind, Result<Node> (Parser::*part)()) {
    Node all = Make(kind);
    do {
      SIKU_TRY(auto one, (this->*part)());
      all.parts.push_back(std::move(one));
    } while (TakeWord(word));
    if (all.parts.size() > 1) return all;
    Node only = std::move(all.parts.front());
    return only;
  }
  Result<Node> Not() {
    if (!IsWord("not")) return Comparison();
    return Behind(Node::Kind::kNot, &Parser::Not);
  }
  // A word or sign before its operand.
  Result<Node> Behind(Node::Kind kind, Result<Node> (Parser::*part)()) {
    if (++depth_ > kMostDepth) {
      return Unreadable(text_, Now().at, "a condition may be nested at most 100 deep");
    }
    Node node = Make(kind);
    ++next_;
    SIKU_TRY(auto one, (this->*part)());
    node.parts.push_back(std::move(one));
    --depth_;
    return node;
  }
  Result<Node> Comparison() {
    Node chain = Make(Node::Kind::kCompare);
    SIKU_TRY(auto first, Signed());
    chain.parts.push_back(std::move(first));
    while (TakeOperator(chain.operators)) {
      SIKU_TRY(auto next, Signed());
      chain.parts.push_back(std::move(next));
    }
    if (!chain.operators.empty()) return chain;
    Node only = std::move(chain.parts.front());
    return only;
  }
  bool TakeOperator(std::vector<Operator>& operators) {
    static constexpr std::array<std::pair<std::string_view, Operator>, 6> kSigns = {
        {{"<", Operator::kLess},
         {"<=", Operator::kLessEqual},
         {">", Operator::kMore},
         {">=", Operator::kMoreEqual},
         {"==", Operator::kEqual},
         {"!=", Operator::kOther}}};
    for (const auto& [sign, op] : kSigns) {
      if (!TakeSign(sign)) continue;
      operators.push_back(op);
      return true;
    }
    if (TakeWord("in")) {
      operators.push_back(Operator::kIn);
      return true;
    }
    if (!IsWord("not") || tokens_[next_ + 1].text != "in") return false;
    next_ += 2;
    operators.push_back(Operator::kNotIn);
    return true;
  }
  Result<Node> Signed() {
    if (IsSign("-")) return Behind(Node::Kind::kMinus, &Parser::Signed);
    if (IsSign("+")) return Behind(Node::Kind::kPlus, &Parser::Signed);
    return Atom();
  }
  Result<Node> Atom() {
    Node node = Make(Node::Kind::kConstant);
    if (Now().kind == Token::Kind::kConstant) {
      node.constant = tokens_[next_++].constant;
      return node;
    }
    if (Now().kind == Token::Kind::kWord) return Word();
    if (TakeSign("[")) return ListUpTo("]", false);
    if (TakeSign("{")) return ListUpTo("}", true);
    if (TakeSign("(")) return Parenthesised();
    return Unreadable(text_, Now().at, "a value is wanted here");
  }
  Result<Node> Word() {
    static constexpr std::array<std::string_view, 12> kOfPython = {
        "and", "or", "not", "in", "is", "if", "else", "for", "lambda", "await", "yield", "from"};
    Node node = Make(Node::Kind::kConstant);
    const std::string word = Now().text;
    if (std::find(kOfPython.begin(), kOfPython.end(), word) != kOfPython.end()) {
      return Unreadable(text_, Now().at, "a value is wanted here");
    }
    ++next_;
    if (word == "None") return node;
    if (word == "True" || word == "False") {
      node.constant = Value{word == "True"};
      return node;
    }
    std::vector<std::string> path = {word};
    while (TakeSign(".")) {
      if (Now().kind != Token::Kind::kWord) {
        return Unreadable(text_, Now().at, "a member's name is wanted here");
      }
      path.push_back(tokens_[next_++].text);
    }
    if (IsSign("(") || IsSign("[")) {
      return Unreadable(text_, Now().at, "a condition calls nothing and takes no elements");
    }
    node.kind = Node::Kind::kField;
    auto& fields = made_.fields_;
    const auto known = std::find(fields.begin(), fields.end(), path);
    node.field = static_cast<size_t>(known - fields.begin());
    if (known == fields.end()) fields.push_back(std::move(path));
    return node;
  }
  Result<Node> Parenthesised() {
    Node tuple = Make(Node::Kind::kList);
    tuple.at = tokens_[next_ - 1].at;
    tuple.only_behind_in = true;
    if (TakeSign(")")) return tuple;
    SIKU_TRY(auto first, Or());
    if (TakeSign(")")) return first;
    tuple.parts.push_back(std::move(first));
    if (!TakeSign(",")) return NoFurther();
    SIKU_TRY(ReadParts(")", tuple));
    return tuple;
  }
  Result<Node> ListUpTo(std::string_view end, bool only_behind_in) {
    Node list = Make(Node::Kind::kList);
    list.at = tokens_[next_ - 1].at;
    list.only_behind_in = only_behind_in;
    SIKU_TRY(ReadParts(end, list));
    return list;
  }
  Result<void> ReadParts(std::string_view end, Node& list) {
    while (!TakeSign(end)) {
      SIKU_TRY(auto part, Or());
      list.parts.push_back(std::move(part));
      if (!TakeSign(",") && !IsSign(end)) return NoFurther();
    }
    return {};
  }
  tl::unexpected<Error> NoFurther() const {
    return Unreadable(text_, Now().at, "a condition does not go on like this");
  }

  // To Python a tuple or a set equals no list: here they stand only where that makes no difference.
  Result<void> CheckTuples(const Node& node) const {
    for (size_t i = 0; i < node.parts.size(); ++i) {
      const Node& part = node.parts[i];
      const bool behind_in = node.kind == Node::Kind::kCompare && i > 0 &&
                             node.operators[i - 1] >= Operator::kIn && (i == node.operators.size());
      if (part.only_behind_in && !behind_in) return Misplaced(part);
      SIKU_TRY(CheckTuples(part));
    }
    return {};
  }
  tl::unexpected<Error> Misplaced(const Node& node) const {
    return Unreadable(text_, node.at, "a tuple or a set stands only behind `in`");
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  size_t next_ = 0;
  int depth_ = 0;
  Condition made_{};
};

Result<Condition> Condition::Parse(std::string_view text) {
  SIKU_TRY(auto tokens, Tokens(text));
  return Parser(text, std::move(tokens)).Parse();
}

}  // namespace siku::refine::conditions
