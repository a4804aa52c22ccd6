#include "conditions/tokens.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "siku/utf8.h"

namespace siku::refine::conditions {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<uint8_t>(c) >= 0x80;
}
bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  Result<std::vector<Token>> Read() {
    for (;;) {
      while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
      Token token;
      token.at = at_;
      if (at_ == text_.size()) {
        tokens_.push_back(std::move(token));
        return std::move(tokens_);
      }
      SIKU_TRY(ReadOne(token));
      tokens_.push_back(std::move(token));
    }
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  Result<void> ReadOne(Token& token) {
    if (IsDigit(Peek()) || (Peek() == '.' && IsDigit(Peek(1)))) return ReadNumber(token);
    if (Peek() == '\'' || Peek() == '"') return ReadText(token, false);
    if (IsLetter(Peek())) return ReadWord(token);
    token.kind = Token::Kind::kSign;
    for (const std::string_view sign :
         {"==", "!=", "<=", ">=", "<", ">", "(", ")", "[", "]", "{", "}", ",", ".", "-", "+"}) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      token.text = sign;
      at_ += sign.size();
      return {};
    }
    return Unreadable(text_, at_, "a condition has no such sign");
  }

  Result<void> ReadWord(Token& token) {
    const size_t begin = at_;
    while (at_ < text_.size() && (IsLetter(text_[at_]) || IsDigit(text_[at_]))) ++at_;
    token.text = text_.substr(begin, at_ - begin);
    if (Peek() == '\'' || Peek() == '"') {
      const bool raw = token.text == "r" || token.text == "R";
      if (raw || token.text == "u" || token.text == "U") return ReadText(token, raw);
      return Unreadable(text_, begin, "a text has no such prefix");
    }
    token.kind = Token::Kind::kWord;
    return {};
  }

  Result<void> ReadNumber(Token& token) {
    const size_t begin = at_;
    token.kind = Token::Kind::kConstant;
    std::string digits;
    bool real = false;
    const auto letter = static_cast<char>(Peek(1) | 0x20);
    const bool based = Peek() == '0' && (letter == 'x' || letter == 'o' || letter == 'b');
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool exponent = !based && (c == 'e' || c == 'E');
      const bool sign = (c == '-' || c == '+') && !digits.empty() && !based &&
                        (digits.back() == 'e' || digits.back() == 'E');
      if (!IsDigit(c) && !IsLetter(c) && c != '.' && !sign) break;
      real = real || exponent || (c == '.' && !based);
      if (c != '_') digits += c;
      ++at_;
    }
    const auto value = real ? RealOf(digits) : WholeOf(digits, based ? letter : '\0');
    if (!value) return Unreadable(text_, begin, "this is no number");
    token.constant = *value;
    return {};
  }
  static std::optional<Value> RealOf(const std::string& digits) {
    double number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return Value{number};
  }
  static std::optional<Value> WholeOf(std::string_view digits, char letter) {
    const int base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    if (base != 10) digits.remove_prefix(2);
    const bool zeros = digits.find_first_not_of('0') == std::string_view::npos;
    if (base == 10 && digits.starts_with('0') && !zeros) return std::nullopt;
    int64_t number = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), number, base);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return Value{number};
  }

  Result<void> ReadText(Token& token, bool raw) {
    const size_t begin = at_;
    const std::string quote(text_.substr(at_).starts_with(std::string(3, Peek())) ? 3 : 1, Peek());
    at_ += quote.size();
    std::string text;
    while (!text_.substr(at_).starts_with(quote)) {
      if (at_ >= text_.size()) return Unreadable(text_, begin, "this quote is not closed");
      if (Peek() != '\\' || at_ + 1 >= text_.size()) {
        text += text_[at_++];
      } else if (raw) {
        text += text_.substr(at_, 2);
        at_ += 2;
      } else {
        SIKU_TRY(ReadEscape(text));
      }
    }
    at_ += quote.size();
    // Texts side by side are one.
    if (!tokens_.empty() && tokens_.back().kind == Token::Kind::kConstant) {
      if (const auto* before = std::get_if<std::string>(&tokens_.back().constant.of)) {
        text = *before + text;
        token.at = tokens_.back().at;
        tokens_.pop_back();
      }
    }
    token.kind = Token::Kind::kConstant;
    token.constant = Value{std::move(text)};
    return {};
  }
  Result<void> ReadEscape(std::string& text) {
    static constexpr std::string_view kLetters = "\\'\"abfnrtv";
    static constexpr std::string_view kMeant = "\\'\"\a\b\f\n\r\t\v";
    const size_t begin = at_;
    const char c = Peek(1);
    at_ += 2;
    if (c == '\n') return {};
    if (const size_t known = kLetters.find(c); known != std::string_view::npos) {
      text += kMeant[known];
    } else if (c == 'x' || c == 'u' || c == 'U') {
      return ReadCode(text, begin, c == 'x' ? 2 : c == 'u' ? 4 : 8, 16);
    } else if (c >= '0' && c <= '7') {
      --at_;
      size_t digits = 1;
      while (digits < 3 && Peek(digits) >= '0' && Peek(digits) <= '7') ++digits;
      return ReadCode(text, begin, digits, 8);
    } else if (c == 'N') {
      return Unreadable(text_, begin, "characters by name are not known here");
    } else {
      text += text_.substr(begin, 2);
    }
    return {};
  }
  Result<void> ReadCode(std::string& text, size_t begin, size_t digits, int base) {
    uint32_t code = 0;
    const std::string_view given = text_.substr(at_, digits);
    const auto [end, error] =
        std::from_chars(given.data(), given.data() + given.size(), code, base);
    const bool whole = given.size() == digits && end == given.data() + digits;
    if (error != std::errc() || !whole || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
      return Unreadable(text_, begin, "this is no character");
    }
    at_ += digits;
    utf8::Append(code, text);
    return {};
  }

  std::string_view text_;
  size_t at_ = 0;
  std::vector<Token> tokens_{};
};

}  // namespace

Result<std::vector<Token>> Tokens(std::string_view text) { return Reader(text).Read(); }

tl::unexpected<Error> Unreadable(std::string_view text, size_t at, const char* why) {
  return Fail(Code::kInvalid, why,
              "character " + std::to_string(utf8::Length(text.substr(0, at)) + 1),
              "filter_condition");
}

}  // namespace siku::refine::conditions
