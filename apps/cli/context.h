// What a command knows of the person in front of it: language, colour, width; and its two streams.
#pragma once

#include <cstdint>
#include <cstdio>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "siku/result.h"
#include "text.h"

namespace siku::cli {

/// Escape sequences of a terminal, or nothing.
class Paint {
 public:
  explicit Paint(bool on) : on_(on) {}
  bool on() const { return on_; }
  std::string Bold(std::string_view text) const { return Wrap("1", text); }
  std::string Dim(std::string_view text) const { return Wrap("2", text); }
  std::string Red(std::string_view text) const { return Wrap("31", text); }
  std::string Green(std::string_view text) const { return Wrap("32", text); }
  std::string Yellow(std::string_view text) const { return Wrap("33", text); }
  std::string Cyan(std::string_view text) const { return Wrap("36", text); }
  /// Red and struck out: what was there.
  std::string Gone(std::string_view text) const { return Wrap("9;31", text); }

 private:
  std::string Wrap(const char* code, std::string_view text) const;
  bool on_;
};

class Context {
 public:
  /// Colour: off with NO_COLOR, on with CLICOLOR_FORCE, else where the stream is a terminal.
  static Context FromEnvironment();

  Language language() const { return language_; }
  bool chinese() const { return language_ == Language::kChinese; }
  std::string_view Say(const Text& text) const { return text.In(language_); }
  const Paint& paint() const { return paint_; }
  const Paint& error_paint() const { return error_paint_; }
  bool terminal() const { return terminal_; }
  bool error_terminal() const { return error_terminal_; }
  /// Of the terminal; 100 where there is none.
  int columns() const { return columns_; }

  /// To standard output. A failure is kept until Finish.
  void Print(std::string_view text);
  void Line(std::string_view text);
  /// From here on what goes to standard error are lines of JSON, for a program: `note`, `error`,
  /// and events.
  void SpeakJson() { json_ = true; }
  bool json() const { return json_; }
  /// A line of JSON on standard error.
  void Event(const nlohmann::json& event) const;
  /// A line on standard error: notes and progress.
  void Note(std::string_view text) const;
  /// The error on standard error.
  void Complain(const Error& error) const;
  /// Flushes standard output and says whether all of it was taken.
  Result<void> Finish();

 private:
  Context(bool color, bool error_color) : paint_(color), error_paint_(error_color) {}
  Language language_ = Language::kEnglish;
  Paint paint_;
  Paint error_paint_;
  bool terminal_ = false;
  bool error_terminal_ = false;
  bool json_ = false;
  int columns_ = 100;
  int failed_ = 0;  // errno of the first failed write
};

}  // namespace siku::cli
