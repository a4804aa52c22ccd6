// Where the objects of a JSON file are: lines, the elements of an array, or of one within an
// object.
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "siku/catalog/import.h"
#include "siku/result.h"

namespace siku::catalog {

/// A file's bytes, one by one, with their place.
class JsonBytes {
 public:
  static Result<std::unique_ptr<JsonBytes>> Open(const std::string& path);
  /// Below 0 at the end.
  int Get() {
    if (at_ == end_ && !Fill()) return -1;
    const char c = buffer_[at_++];
    line_ += c == '\n' ? 1 : 0;
    return static_cast<unsigned char>(c);
  }
  int64_t position() const { return before_ + static_cast<int64_t>(at_); }  // of the next
  int64_t line() const { return line_; }
  bool failed() const { return failed_; }

 private:
  bool Fill();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_{};
  std::string buffer_{};
  size_t at_ = 0, end_ = 0;
  int64_t before_ = 0;  // bytes before the buffer
  int64_t line_ = 1;
  bool failed_ = false;
};

/// Follows brackets and, along objects, the keys that lead to arrays.
class JsonWalk {
 public:
  enum class Event : uint8_t { kNone, kArray, kObjectIn, kEnd, kBroken };
  Event Feed(char c);
  /// RFC 6901, of the array that was begun last.
  std::string Pointer() const;
  int64_t depth() const { return depth_; }
  bool in_string() const { return in_string_; }

 private:
  struct Frame {
    bool array = false;
    bool key_next = false;
    std::string key{};  // as it is written
  };
  bool Tracked() const { return static_cast<int64_t>(frames_.size()) == depth_ && depth_ > 0; }
  Event Open(bool array);
  Event Close();
  void InString(char c);

  std::vector<Frame> frames_{};
  int64_t depth_ = 0;
  bool in_string_ = false, escaped_ = false, taking_key_ = false;
};

/// What a file may be read as.
struct JsonShape {
  bool lines = false;
  std::vector<std::pair<std::string, int64_t>> arrays{};  // pointer, objects in it; in order
};

/// Looks at all of it. kData, with line and byte: it ends within a value, or has brackets that
/// close nothing.
Result<JsonShape> ShapeOfJson(const std::string& path, const ImportProgress& progress);

struct JsonPiece {
  std::string_view raw{};  // good until the next; empty when too long
  int64_t position = 0;
  int64_t line = 0;
  int64_t bytes = 0;
  bool too_long = false;
};

class JsonElements {
 public:
  static Result<std::unique_ptr<JsonElements>> Open(const std::string& path, bool lines,
                                                    const std::string& array, int64_t max_record);
  /// False at the end. kData: the file ends within the array, or goes on behind it.
  Result<bool> Next(JsonPiece& piece);
  int64_t bytes_done() const { return bytes_->position(); }

 private:
  JsonElements() = default;
  Result<void> FindArray(const std::string& array);
  Result<bool> NextLine(JsonPiece& piece);
  Result<bool> NextElement(JsonPiece& piece);
  Result<bool> EndOfArray();
  void Add(char c) {
    ++length_;
    if (length_ <= max_record_) text_ += c;
  }
  bool Give(JsonPiece& piece);

  std::unique_ptr<JsonBytes> bytes_{};
  bool lines_ = false;
  bool root_ = false;  // the file is the array
  bool first_ = true;  // no element yet
  bool ended_ = false;
  int64_t max_record_ = 0;
  int64_t length_ = 0;
  std::string text_{};
};

}  // namespace siku::catalog
