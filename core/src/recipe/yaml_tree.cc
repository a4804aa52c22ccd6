#include "yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <sstream>

#include "complaints.h"
#include "escaped_pairs.h"
#include "siku/utf8.h"

namespace siku::recipe {
namespace {

// Leaves the parser; caught in ReadYaml, never outside this file.
struct Refused {
  Error error;
};

struct Size {
  size_t nodes = 0;
  size_t bytes = 0;
};

void Measure(const YamlNode& node, Size& size) {
  ++size.nodes;
  size.bytes += node.scalar.size();
  for (const YamlNode& item : node.list) Measure(item, size);
  for (const auto& [key, value] : node.map) {
    Measure(key, size);
    Measure(value, size);
  }
}

// The text by lines: the library counts columns in bytes, people in characters.
class SourceLines {
 public:
  explicit SourceLines(std::string_view text) : text_(text) {
    if (text_.starts_with("\xEF\xBB\xBF")) text_.remove_prefix(3);  // as the library does
    starts_.push_back(0);
    for (size_t i = 0; i < text_.size(); ++i) {
      if (text_[i] == '\n') starts_.push_back(i + 1);
    }
  }
  Mark At(const YAML::Mark& mark) const {
    if (mark.is_null()) return {};
    return {mark.line + 1, Characters(mark.line, Bytes(mark.column)) + 1};
  }
  /// What stands at the mark and behind it.
  std::string_view TextAt(const YAML::Mark& mark) const {
    const auto line = static_cast<size_t>(mark.line);
    if (mark.is_null() || line >= starts_.size()) return {};
    return text_.substr(std::min(starts_[line] + Bytes(mark.column), text_.size()));
  }

 private:
  static size_t Bytes(int column) { return column < 0 ? 0 : static_cast<size_t>(column); }
  std::string_view Line(int line) const {
    const auto index = static_cast<size_t>(line);
    if (line < 0 || index >= starts_.size()) return {};
    const size_t end = index + 1 < starts_.size() ? starts_[index + 1] - 1 : text_.size();
    return text_.substr(starts_[index], end - starts_[index]);
  }
  // Counts on from the last place asked for: a whole recipe may stand in one line.
  int Characters(int line, size_t bytes) const {
    const std::string_view text = Line(line);
    bytes = std::min(bytes, text.size());
    if (line != last_line_) {
      last_line_ = line;
      last_bytes_ = 0;
      last_characters_ = 0;
    }
    const size_t low = std::min(bytes, last_bytes_), high = std::max(bytes, last_bytes_);
    const auto between = static_cast<int>(utf8::Length(text.substr(low, high - low)));
    last_characters_ += bytes >= last_bytes_ ? between : -between;
    last_bytes_ = bytes;
    return last_characters_;
  }

  std::string_view text_;
  std::vector<size_t> starts_{};
  mutable int last_line_ = -1;
  mutable size_t last_bytes_ = 0;
  mutable int last_characters_ = 0;
};

// The library says that `null` is nothing; for us it is a word. `is_key`: a colon follows a key.
std::string_view NullWord(std::string_view text, bool is_key) {
  for (const std::string_view word : {"null", "Null", "NULL", "~"}) {
    if (!text.starts_with(word)) continue;
    const std::string_view rest = text.substr(word.size());
    const size_t next = rest.find_first_not_of(" \t");
    // The next key, where a value is missing.
    const bool colon = next != std::string_view::npos && rest[next] == ':';
    return colon == is_key ? word : std::string_view();
  }
  return {};
}

// What stands between the quotes, where `text` begins with a quoted scalar or with its anchor.
std::optional<std::string_view> BetweenQuotes(std::string_view text) {
  if (text.starts_with('&')) {
    text.remove_prefix(std::min(text.find_first_of(" \t\n"), text.size()));
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  }
  if (!text.starts_with('"') && !text.starts_with('\'')) return std::string_view();
  const char quote = text[0];
  for (size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != quote) {
        return text.substr(1, at - 1);
      }
      ++at;
    }
  }
  return std::nullopt;
}

// The library loses line breaks at the end of a quoted scalar: all but two, or but one where there
// is nothing else.
bool LosesLineBreaks(std::string_view between) {
  const size_t last = between.find_last_not_of(" \t\r\n");
  const size_t tail = last == std::string_view::npos ? 0 : last + 1;
  return std::count(between.begin() + static_cast<std::ptrdiff_t>(tail), between.end(), '\n') >
         (tail == 0 ? 1 : 2);
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  /// `pairs_moved`: the text went through MovePairs.
  TreeBuilder(const std::string& file, const SourceLines& lines, bool pairs_moved)
      : file_(file), lines_(lines), pairs_moved_(pairs_moved) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Refuse(At(mark), Error{Code::kInvalid, "a recipe is one YAML document"});
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.mark = At(mark);
    const bool is_key =
        !open_.empty() && open_.back().node.kind == YamlNode::Kind::kMap && !open_.back().has_key;
    node.scalar = NullWord(lines_.TextAt(mark), is_key);
    node.missing = node.scalar.empty();
    Add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (++aliases_ > kMostAliases)
      Refuse(At(mark), Error{Code::kInvalid, "a recipe may have at most {} aliases",
                             std::to_string(kMostAliases)});
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      Refuse(At(mark), Error{Code::kInvalid, "an alias refers to what contains it"});
    Count(found->second, At(mark));
    YamlNode node = found->second;
    node.mark = At(mark);
    Add(std::move(node), YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    YamlNode node;
    node.mark = At(mark);
    node.scalar = value;
    node.quoted = tag == "!";
    if (node.quoted) CheckQuotes(mark);
    if (pairs_moved_ && !MovePairsBack(node.scalar)) {
      Refuse(At(mark), Error{Code::kInvalid, "an escape is half a character"});
    }
    Add(std::move(node), anchor);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
    Open(YamlNode::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { Close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    CheckTag(mark, tag);
    Open(YamlNode::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { Close(); }

  YamlNode TakeRoot() { return std::move(root_); }

 private:
  struct OpenNode {
    YamlNode node;
    YAML::anchor_t anchor;
    bool has_key = false;
    YamlNode key{};
    std::set<std::string, std::less<>> keys{};
  };

  Mark At(const YAML::Mark& mark) const { return lines_.At(mark); }
  [[noreturn]] void Refuse(Mark mark, Error error) const {
    error.place = Place(file_, mark);
    throw Refused{std::move(error)};
  }
  void CheckTag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse(At(mark),
             Error{Code::kInvalid, "tags have no meaning in a recipe: '{}'", Parts({tag})});
    }
  }
  void CheckQuotes(const YAML::Mark& mark) const {
    const auto between = BetweenQuotes(lines_.TextAt(mark));
    if (!between) Refuse(At(mark), Error{Code::kInvalid, "this quote is not closed"});
    if (!LosesLineBreaks(*between)) return;
    Refuse(At(mark), Error{Code::kInvalid,
                           "line breaks that end a quoted text are not read as they stand",
                           {},
                           {},
                           "write them as \"\\n\""});
  }
  void Open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (static_cast<int>(open_.size()) >= kMostDepth) {
      Refuse(At(mark), Error{Code::kInvalid, "a recipe may be nested at most {} deep",
                             std::to_string(kMostDepth)});
    }
    OpenNode open;
    open.node.kind = kind;
    open.node.mark = At(mark);
    Count(open.node, open.node.mark);
    open.anchor = anchor;
    open_.push_back(std::move(open));
  }
  void Close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    Add(std::move(closed.node), closed.anchor);
  }
  // Before the copy is made: a few aliases of aliases could name more than memory holds.
  void Count(const YamlNode& node, Mark mark) {
    Measure(node, size_);
    if (size_.nodes > kMostNodes) {
      Refuse(mark, Error{Code::kInvalid, "a recipe may have at most {} nodes",
                         std::to_string(kMostNodes)});
    }
    if (size_.bytes > kMostExpandedBytes) {
      Refuse(mark, Error{Code::kInvalid, "aliases may make a recipe at most {} bytes long",
                         std::to_string(kMostExpandedBytes)});
    }
  }
  void Add(YamlNode node, YAML::anchor_t anchor) {
    if (node.kind == YamlNode::Kind::kScalar) Count(node, node.mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.list.push_back(std::move(node));
    } else if (!parent.has_key) {
      if (node.kind != YamlNode::Kind::kScalar)
        Refuse(node.mark, Error{Code::kInvalid, "a key must be a plain word"});
      if (node.missing) Refuse(node.mark, Error{Code::kInvalid, "a key must be a plain word"});
      if (node.scalar == "<<" && !node.quoted) {
        Refuse(node.mark, Error{Code::kInvalid, "merge keys have no meaning in a recipe"});
      }
      if (!parent.keys.insert(node.scalar).second) {
        Refuse(node.mark, Error{Code::kInvalid, "the key '{}' stands here a second time",
                                Parts({node.scalar})});
      }
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      // The library puts it where the next token is.
      if (node.missing) node.mark = parent.key.mark;
      parent.node.map.emplace_back(std::move(parent.key), std::move(node));
      parent.has_key = false;
    }
  }

  std::string file_;
  const SourceLines& lines_;
  bool pairs_moved_;
  std::vector<OpenNode> open_{};
  std::map<YAML::anchor_t, YamlNode> anchors_{};
  YamlNode root_{.missing = true};
  int documents_ = 0;
  int aliases_ = 0;
  Size size_{};
};

Mark MarkOfByte(std::string_view text, size_t byte) {
  const std::string_view before = text.substr(0, byte);
  const size_t line = before.rfind('\n') + 1;  // npos + 1 is 0
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(utf8::Length(before.substr(line))) + 1};
}

}  // namespace

std::string Place(const std::string& file, Mark mark) {
  if (mark.line == 0) return file;
  return file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

Result<YamlNode> ReadYaml(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes) {
    return Fail(Code::kInvalid, "a recipe may have at most 1 MiB, not {} bytes",
                std::to_string(text.size()), file);
  }
  if (const size_t bad = utf8::FindInvalid(text); bad != std::string_view::npos) {
    return Fail(Code::kInvalid, "byte {} of the recipe is not UTF-8", std::to_string(bad),
                Place(file, MarkOfByte(text, bad)));
  }
  // The library would take zeros for UTF-16.
  if (const size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return Fail(Code::kInvalid, "byte {} of the recipe is zero", std::to_string(zero),
                Place(file, MarkOfByte(text, zero)));
  }
  std::string read(text);
  const bool moved = MovePairs(read);
  std::istringstream stream{std::move(read)};
  const SourceLines lines(text);
  TreeBuilder builder(file, lines, moved);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    return tl::unexpected<Error>(refused.error);
  } catch (const YAML::Exception& e) {
    return Fail(Code::kInvalid, "not YAML", Parts({e.msg}), Place(file, lines.At(e.mark)));
  } catch (const std::exception& e) {
    return Fail(Code::kInvalid, "not YAML", Parts({e.what()}), file);
  }
  YamlNode root = builder.TakeRoot();
  if (root.missing) return Fail(Code::kInvalid, "the recipe is empty", {}, file);
  return root;
}

}  // namespace siku::recipe
