#include "json_lines.h"

#include <algorithm>
#include <charconv>

#include "io/json_line.h"
#include "repair/explain.h"
#include "siku/residue.h"
#include "siku/utf8.h"

namespace siku::cli {
namespace {

using io::Member;
using refine::TextEdit;

// Members may be named twice; the last one counts, as for every reader.
const Member* FindMember(const std::vector<Member>& members, std::string_view key) {
  for (auto it = members.rbegin(); it != members.rend(); ++it) {
    if (it->key == key) return &*it;
  }
  return nullptr;
}

// Walks a JSON string and the text it stands for side by side.
class RawWalk {
 public:
  /// `raw`: between the quotes.
  explicit RawWalk(std::string_view raw) : raw_(raw) {}

  /// The raw position of the text's byte `position`, a character border not before the last one.
  size_t To(size_t position) {
    while (text_at_ < position) Step();
    return raw_at_;
  }

 private:
  void Step() {
    if (raw_[raw_at_] != '\\') {
      const std::string_view rest = raw_.substr(raw_at_);
      // The bytes that no decoder takes became one U+FFFD.
      const bool sound = utf8::FindInvalid(rest.substr(0, 4)) != 0;
      size_t length = 0;
      if (sound) {
        utf8::Next(rest, length);
      } else {
        length = utf8::InvalidLength(rest);
      }
      raw_at_ += length;
      text_at_ += sound ? length : 3;
      return;
    }
    if (raw_[raw_at_ + 1] != 'u') {
      raw_at_ += 2;
      text_at_ += 1;
      return;
    }
    const unsigned unit = UnitAt(raw_at_);
    const unsigned next = UnitAt(raw_at_ + 6);
    // Half a pair was read as U+FFFD, three bytes like any other.
    const bool pair = unit >= 0xD800 && unit < 0xDC00 && next >= 0xDC00 && next < 0xE000;
    raw_at_ += pair ? 12 : 6;
    text_at_ += pair ? 4 : unit < 0x80 ? 1 : unit < 0x800 ? 2 : 3;
  }
  // The code unit that is escaped at `at`; 0 where none is.
  unsigned UnitAt(size_t at) const {
    if (at + 6 > raw_.size() || raw_[at] != '\\' || raw_[at + 1] != 'u') return 0;
    unsigned unit = 0;
    std::from_chars(raw_.data() + at + 2, raw_.data() + at + 6, unit, 16);
    return unit;
  }

  std::string_view raw_;
  size_t raw_at_ = 0;
  size_t text_at_ = 0;
};

// The JSON string with the edits made in it, spelled as it was elsewhere.
void AppendEdited(std::string_view raw, const std::vector<TextEdit>& edits, std::string& to) {
  const bool ascii = raw.find("\\u") != std::string_view::npos &&
                     std::all_of(raw.begin(), raw.end(), [](char c) { return (c & 0x80) == 0; });
  RawWalk walk(raw);
  size_t at = 0;
  for (const TextEdit& edit : edits) {
    const size_t begin = walk.To(edit.begin);
    to.append(raw.substr(at, begin - at));
    const std::string spelled = JsonString(edit.after, ascii);
    to.append(spelled, 1, spelled.size() - 2);
    at = walk.To(edit.end);
  }
  to.append(raw.substr(at));
}

class Line {
 public:
  Line(const refine::Repairer& repairer, const std::string& key, const Wanted& wanted,
       Product& product)
      : repairer_(repairer), key_(key), wanted_(wanted), product_(product) {}

  void Go(std::string_view line, Place& place) {
    if (!parsed_.Parse(line)) {
      const bool blank = line.find_first_not_of(" \t\r\n") == std::string_view::npos;
      product_.counts.not_objects += !blank;
      return Pass(line);
    }
    const Member* member = FindMember(parsed_.members(), key_);
    if (member == nullptr || member->kind != Member::Kind::kString) {
      ++product_.counts.without_text;
      return Pass(line);
    }
    const Document document = RepairDocument(repairer_, member->text);
    product_.counts.Count(document);
    if (wanted_.edits || wanted_.explain) {
      const Member* id = FindMember(parsed_.members(), "id");
      place.id = id == nullptr ? "" : line.substr(id->begin, id->end - id->begin);
    }
    if (wanted_.edits) AppendEdits(document, place, product_.edits);
    if (wanted_.explain && (document.changed() || !document.repaired.flags.empty())) {
      product_.explain += ExplainHead(place, wanted_.color);
      product_.explain += Explain(document, wanted_.color) + "\n";
    }
    if (wanted_.out) Put(line, *member, document);
  }

 private:
  void Pass(std::string_view line) {
    if (wanted_.out) product_.out += line;
  }

  void Put(std::string_view line, const Member& text, const Document& document) {
    if (!document.changed() && !wanted_.flags) return Pass(line);
    std::string& out = product_.out;
    const Member* flags = wanted_.flags ? FindMember(parsed_.members(), "flags") : nullptr;
    if (flags == &text) flags = nullptr;
    const bool flags_first = flags != nullptr && flags->begin < text.begin;
    size_t at = 0;
    const auto put_flags = [&] {
      out.append(line.substr(at, flags->begin - at)).append(FlagsJson(document));
      at = flags->end;
    };
    if (flags_first) put_flags();
    out.append(line.substr(at, text.begin + 1 - at));
    AppendEdited(line.substr(text.begin + 1, text.end - text.begin - 2), document.repaired.edits,
                 out);
    at = text.end - 1;
    if (flags != nullptr && !flags_first) put_flags();
    if (wanted_.flags && flags == nullptr) {
      const size_t brace = line.rfind('}');
      out.append(line.substr(at, brace - at));
      out.append(R"(,"flags":)").append(FlagsJson(document));
      at = brace;
    }
    out.append(line.substr(at));
  }

  const refine::Repairer& repairer_;
  const std::string& key_;
  const Wanted& wanted_;
  Product& product_;
  io::JsonLine parsed_{};
};

}  // namespace

void RepairJsonLines(const refine::Repairer& repairer, std::string_view lines, int64_t first_line,
                     const std::string& file, const std::string& text_key, const Wanted& wanted,
                     Product& product) {
  Line one(repairer, text_key, wanted, product);
  Place place{.file = file, .line = first_line, .id = {}};
  if (wanted.out) product.out.reserve(product.out.size() + lines.size() + lines.size() / 64);
  for (; !lines.empty(); ++place.line) {
    const size_t end = lines.find('\n');
    const size_t length = end == std::string_view::npos ? lines.size() : end + 1;
    one.Go(lines.substr(0, length), place);
    lines.remove_prefix(length);
  }
}

}  // namespace siku::cli
