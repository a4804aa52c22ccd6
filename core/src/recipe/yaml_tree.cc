#include "yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

#include "siku/utf8.h"

namespace siku::recipe {
namespace {

// Leaves the parser; caught in ReadYaml, never outside this file.
struct Refused {
  Error error;
};

size_t CountNodes(const YamlNode& node) {
  size_t count = 1;
  for (const YamlNode& item : node.list) count += CountNodes(item);
  for (const auto& [key, value] : node.map) count += 1 + CountNodes(value);
  return count;
}

class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const std::string& file) : file_(file) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) Refuse("a recipe is one YAML document", {}, At(mark));
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    YamlNode node;
    node.mark = At(mark);
    Add(std::move(node), anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (++aliases_ > kMostAliases) Refuse("more aliases than a recipe may have", "100", At(mark));
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Refuse("an alias refers to what contains it", {}, At(mark));
    nodes_ += CountNodes(found->second);
    Add(found->second, YAML::NullAnchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    CheckTag(mark, tag);
    YamlNode node;
    node.mark = At(mark);
    node.scalar = value;
    node.quoted = tag == "!";
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

  bool has_root() const { return has_root_; }
  YamlNode TakeRoot() { return std::move(root_); }

 private:
  struct OpenNode {
    YamlNode node;
    YAML::anchor_t anchor;
    bool has_key = false;
    YamlNode key{};
  };

  static Mark At(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }
  [[noreturn]] void Refuse(const char* message, std::string value, Mark mark) const {
    throw Refused{{Code::kInvalid, message, std::move(value), Place(file_, mark)}};
  }
  void CheckTag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") {
      Refuse("tags have no meaning in a recipe", tag, At(mark));
    }
  }
  void Open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (static_cast<int>(open_.size()) >= kMostDepth) {
      Refuse("nested deeper than a recipe may be", std::to_string(kMostDepth), At(mark));
    }
    OpenNode open;
    open.node.kind = kind;
    open.node.mark = At(mark);
    open.anchor = anchor;
    open_.push_back(std::move(open));
  }
  void Close() {
    OpenNode closed = std::move(open_.back());
    open_.pop_back();
    Add(std::move(closed.node), closed.anchor);
  }
  void Add(YamlNode node, YAML::anchor_t anchor) {
    if (++nodes_ > kMostNodes) Refuse("more nodes than a recipe may have", "100000", node.mark);
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
    if (open_.empty()) {
      root_ = std::move(node);
      has_root_ = true;
      return;
    }
    OpenNode& parent = open_.back();
    if (parent.node.kind == YamlNode::Kind::kList) {
      parent.node.list.push_back(std::move(node));
    } else if (!parent.has_key) {
      if (node.kind != YamlNode::Kind::kScalar) Refuse("a key must be a plain word", {}, node.mark);
      if (node.scalar == "<<" && !node.quoted)
        Refuse("merge keys have no meaning in a recipe", {}, node.mark);
      if (parent.node.Find(node.scalar) != nullptr) {
        Refuse("the key stands here a second time", node.scalar, node.mark);
      }
      parent.key = std::move(node);
      parent.has_key = true;
    } else {
      parent.node.map.emplace_back(std::move(parent.key), std::move(node));
      parent.has_key = false;
    }
  }

  std::string file_;
  std::vector<OpenNode> open_{};
  std::map<YAML::anchor_t, YamlNode> anchors_{};
  YamlNode root_{};
  bool has_root_ = false;
  int documents_ = 0;
  int aliases_ = 0;
  size_t nodes_ = 0;
};

Mark MarkOfByte(std::string_view text, size_t byte) {
  Mark mark{1, 1};
  for (size_t i = 0; i < byte; ++i) {
    if (text[i] == '\n') {
      ++mark.line;
      mark.column = 1;
    } else {
      ++mark.column;
    }
  }
  return mark;
}

}  // namespace

const YamlNode* YamlNode::Find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::string Place(const std::string& file, Mark mark) {
  if (mark.line == 0) return file;
  return file + ":" + std::to_string(mark.line) + ":" + std::to_string(mark.column);
}

Result<YamlNode> ReadYaml(std::string_view text, const std::string& file) {
  if (text.size() > kMostBytes) {
    return Fail(Code::kInvalid, "a recipe may have at most 1 MiB", std::to_string(text.size()),
                file);
  }
  if (const size_t bad = utf8::FindInvalid(text); bad != std::string_view::npos) {
    return Fail(Code::kInvalid, "a recipe must be UTF-8", "byte " + std::to_string(bad),
                Place(file, MarkOfByte(text, bad)));
  }
  std::istringstream stream{std::string(text)};
  TreeBuilder builder(file);
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refused& refused) {
    return tl::unexpected<Error>(refused.error);
  } catch (const YAML::Exception& e) {
    return Fail(Code::kInvalid, "not YAML", e.msg,
                Place(file, {e.mark.line + 1, e.mark.column + 1}));
  } catch (const std::exception& e) {
    return Fail(Code::kInvalid, "not YAML", e.what(), file);
  }
  if (!builder.has_root()) return Fail(Code::kInvalid, "the recipe is empty", {}, file);
  return builder.TakeRoot();
}

}  // namespace siku::recipe
