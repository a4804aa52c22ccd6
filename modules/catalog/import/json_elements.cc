#include "import/json_elements.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "durable.h"

namespace siku::catalog {
namespace {

using nlohmann::json;

constexpr int64_t kPathDepth = 8;
constexpr size_t kLongestKey = 1000;  // bytes
constexpr size_t kMostArrays = 100;
constexpr int64_t kProgressBytes = 8 << 20;
constexpr size_t kBuffer = 1 << 20;

bool IsBlank(int c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

tl::unexpected<Error> NotJson(const char* message, const JsonBytes& at) {
  return Fail(Code::kData, message, {},
              std::to_string(at.line()) + " (byte " + std::to_string(at.position()) + ")");
}

}  // namespace

Result<std::unique_ptr<JsonBytes>> JsonBytes::Open(const std::string& path) {
  auto bytes = std::make_unique<JsonBytes>();
  bytes->file_.reset(std::fopen(path.c_str(), "rb"));
  if (bytes->file_ == nullptr) return Errno("cannot read", path);
  bytes->buffer_.resize(kBuffer);
  // The mark of UTF-8 is no part of the text.
  if (bytes->Fill() && bytes->buffer_.starts_with("\xEF\xBB\xBF")) bytes->at_ = 3;
  return bytes;
}

bool JsonBytes::Fill() {
  before_ += static_cast<int64_t>(end_);
  end_ = std::fread(buffer_.data(), 1, buffer_.size(), file_.get());
  at_ = 0;
  failed_ = std::ferror(file_.get()) != 0;
  return end_ > 0;
}

void JsonWalk::InString(char c) {
  if (escaped_) {
    escaped_ = false;
  } else if (c == '\\') {
    escaped_ = true;
  } else if (c == '"') {
    in_string_ = taking_key_ = false;
    return;
  }
  if (taking_key_ && frames_.back().key.size() < kLongestKey) frames_.back().key += c;
}

JsonWalk::Event JsonWalk::Open(bool array) {
  const bool inside = Tracked() && frames_.back().array;
  const bool follow = depth_ == 0 || (Tracked() && !frames_.back().array && depth_ < kPathDepth);
  ++depth_;
  if (follow) frames_.push_back({.array = array, .key_next = !array});
  if (follow && array) return Event::kArray;
  return inside && !array ? Event::kObjectIn : Event::kNone;
}

JsonWalk::Event JsonWalk::Close() {
  if (depth_ == 0) return Event::kBroken;
  if (Tracked()) frames_.pop_back();
  return --depth_ == 0 ? Event::kEnd : Event::kNone;
}

JsonWalk::Event JsonWalk::Feed(char c) {
  if (in_string_) {
    InString(c);
    return Event::kNone;
  }
  switch (c) {
    case '"':
      in_string_ = true;
      taking_key_ = Tracked() && frames_.back().key_next;
      if (taking_key_) frames_.back().key.clear();
      return Event::kNone;
    case ':':
      if (Tracked()) frames_.back().key_next = false;
      return Event::kNone;
    case ',':
      if (Tracked()) frames_.back().key_next = !frames_.back().array;
      return Event::kNone;
    case '{':
    case '[':
      return Open(c == '[');
    case '}':
    case ']':
      return Close();
    default:
      return Event::kNone;
  }
}

std::string JsonWalk::Pointer() const {
  std::string pointer;
  for (size_t i = 0; i + 1 < frames_.size(); ++i) {
    const json key = json::parse("\"" + frames_[i].key + "\"", nullptr, false);
    pointer += '/';
    for (const char c : key.is_string() ? key.get<std::string>() : frames_[i].key) {
      pointer += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
  }
  return pointer;
}

Result<JsonShape> ShapeOfJson(const std::string& path, const ImportProgress& progress) {
  SIKU_TRY(const auto bytes, JsonBytes::Open(path));
  JsonShape shape;
  JsonWalk walk;
  bool ended = false;
  bool object = false;
  bool counted = false;  // the newest array is listed
  for (int c = bytes->Get(); c >= 0; c = bytes->Get()) {
    if (bytes->position() % kProgressBytes == 0 && progress && !progress(bytes->position())) {
      return Fail(Code::kInterrupted, "the import was ended");
    }
    if (IsBlank(c) && !walk.in_string()) continue;
    if (ended) {
      if (!object) return NotJson("the file goes on behind its array", *bytes);
      // Another value behind an object: a record a line.
      return JsonShape{.lines = true};
    }
    object |= walk.depth() == 0 && c == '{';
    const auto event = walk.Feed(static_cast<char>(c));
    if (event == JsonWalk::Event::kArray) {
      counted = shape.arrays.size() < kMostArrays;
      if (counted) shape.arrays.emplace_back(walk.Pointer(), 0);
    } else if (event == JsonWalk::Event::kObjectIn && counted) {
      ++shape.arrays.back().second;
    } else if (event == JsonWalk::Event::kBroken) {
      return NotJson("not JSON: a bracket closes nothing", *bytes);
    }
    ended = event == JsonWalk::Event::kEnd;
  }
  if (bytes->failed()) return Errno("cannot read", path);
  if (!ended) return NotJson("the file ends within a JSON value", *bytes);
  std::erase_if(shape.arrays, [](const auto& one) { return one.second == 0; });
  shape.lines = object && shape.arrays.empty();
  return shape;
}

Result<std::unique_ptr<JsonElements>> JsonElements::Open(const std::string& path, bool lines,
                                                         const std::string& array,
                                                         int64_t max_record) {
  std::unique_ptr<JsonElements> elements(new JsonElements());
  SIKU_TRY(elements->bytes_, JsonBytes::Open(path));
  elements->lines_ = lines;
  elements->root_ = array.empty();
  elements->max_record_ = max_record;
  if (!lines) SIKU_TRY(elements->FindArray(array));
  return elements;
}

Result<void> JsonElements::FindArray(const std::string& array) {
  JsonWalk walk;
  for (int c = bytes_->Get(); c >= 0; c = bytes_->Get()) {
    const auto event = walk.Feed(static_cast<char>(c));
    if (event == JsonWalk::Event::kArray && walk.Pointer() == array) return {};
    if (event == JsonWalk::Event::kEnd || event == JsonWalk::Event::kBroken) break;
  }
  return Fail(Code::kData, "the file has no such array", array, "array");
}

Result<bool> JsonElements::Next(JsonPiece& piece) {
  text_.clear();
  length_ = 0;
  return lines_ ? NextLine(piece) : NextElement(piece);
}

bool JsonElements::Give(JsonPiece& piece) {
  piece.bytes = length_;
  piece.too_long = length_ > max_record_;
  if (piece.too_long) text_.clear();
  while (!text_.empty() && IsBlank(text_.back())) text_.pop_back();
  piece.raw = text_;
  return true;
}

Result<bool> JsonElements::NextLine(JsonPiece& piece) {
  piece = {.position = bytes_->position(), .line = bytes_->line()};
  int c = bytes_->Get();
  if (c < 0 && bytes_->failed()) return Fail(Code::kIo, "cannot read");
  if (c < 0) return false;
  for (; c >= 0 && c != '\n'; c = bytes_->Get()) Add(static_cast<char>(c));
  return Give(piece);
}

Result<bool> JsonElements::EndOfArray() {
  ended_ = true;
  for (int c = root_ ? bytes_->Get() : -1; c >= 0; c = bytes_->Get()) {
    if (!IsBlank(c)) return NotJson("the file goes on behind its array", *bytes_);
  }
  return false;
}

Result<bool> JsonElements::NextElement(JsonPiece& piece) {
  if (ended_) return false;
  int c = bytes_->Get();
  while (IsBlank(c)) c = bytes_->Get();
  if (c == ']' && first_) return EndOfArray();
  first_ = false;
  piece = {.position = bytes_->position() - 1, .line = bytes_->line()};
  JsonWalk walk;
  for (; c >= 0; c = bytes_->Get()) {
    const bool outside = walk.depth() == 0 && !walk.in_string();
    if (outside && c == ',') return Give(piece);
    if (outside && c == ']') {
      SIKU_TRY(EndOfArray());
      return Give(piece);
    }
    walk.Feed(static_cast<char>(c));
    Add(static_cast<char>(c));
  }
  if (bytes_->failed()) return Fail(Code::kIo, "cannot read");
  return NotJson("the file ends within its array", *bytes_);
}

}  // namespace siku::catalog
