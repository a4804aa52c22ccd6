#include "repair/damaging_converter.h"

#include <map>

#include "siku/encoding.h"
#include "siku/utf8.h"

namespace siku::refine {
namespace {

// SplitMix64 (Steele, Lea, Flood 2014): the same numbers on every system.
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  bool Hit(double share) {
    state_ += 0x9E3779B97F4A7C15;
    uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return static_cast<double>((z ^ (z >> 31)) >> 11) < share * 9007199254740992.0;
  }

 private:
  uint64_t state_;
};

constexpr uint8_t kPutIn = 0x1F;  // between lead and trail; which byte it was is not known

// The marks that pages of such converters show narrowed.
char32_t NarrowMark(char32_t c) {
  constexpr std::u32string_view kMarks = U"！，；：？（）";
  return kMarks.find(c) == std::u32string_view::npos ? c : c - 0xFEE0;
}

class Converter {
 public:
  Converter(const Tables& tables, const Habits& habits)
      : tables_(tables), habits_(habits), dice_(habits.seed) {}

  std::string Run(std::string_view text) {
    Load(text);
    for (size_t at = 0; at < bytes_.size(); ++at) {
      if (bytes_[at] < 0x80) {
        out_.push_back(bytes_[at]);
        slipped_ = false;
      } else {
        at = Whole(at, PairAt(at));
      }
    }
    return Decoded();
  }

 private:
  void Load(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      char32_t c = utf8::Next(text, at);
      const auto old = tables_.ToOld(c);
      if (habits_.traditional && !old.empty()) c = c == U'着' ? U'著' : c == U'为' ? U'為' : old[0];
      begins_.push_back(true);
      if (c < 0x80) {
        bytes_.push_back(static_cast<uint8_t>(c));
        continue;
      }
      uint16_t pair = gbk::Encode(c);
      if (pair == 0) pair = gbk::Encode(U'〓');
      begins_.push_back(false);
      bytes_.push_back(static_cast<uint8_t>(pair >> 8));
      bytes_.push_back(static_cast<uint8_t>(pair & 0xFF));
    }
  }

  uint16_t PairAt(size_t at) const {
    if (at + 1 >= bytes_.size()) return 0;
    return static_cast<uint16_t>(bytes_[at] << 8 | bytes_[at + 1]);
  }

  // One character of two bytes, whatever the converter puts into and behind it.
  size_t Whole(size_t at, uint16_t pair) {
    const char32_t c = CharacterOf(pair);
    if (Annotates(c) && dice_.Hit(habits_.lost)) {
      Put(" " + ReadingOf(c, false));
      return at + 1;
    }
    out_.push_back(bytes_[at]);
    // The pair of this trail and the next lead, which is none of the text.
    const uint16_t next = PairAt(at + 1);
    const bool inside = next >= 0x8181 && at + 2 < bytes_.size() && begins_[at + 2];
    if (inside && !slipped_ && Slips(CharacterOf(next))) {
      out_.push_back(kPutIn);
      slipped_ = true;
    }
    out_.push_back(bytes_[at + 1]);
    if (bytes_[at + 1] < 0x80) slipped_ = false;
    if (Annotates(c)) {
      Annotate(c);
    } else if (habits_.across && inside && Annotates(CharacterOf(next))) {
      out_.push_back(bytes_[at + 2]);
      Annotate(CharacterOf(next));
      out_.push_back(bytes_[at + 3]);
      return at + 3;
    }
    return at + 1;
  }

  static char32_t CharacterOf(uint16_t pair) {
    return gbk::Decode(static_cast<uint8_t>(pair >> 8), static_cast<uint8_t>(pair & 0xFF));
  }

  bool Slips(char32_t c) {
    return c != 0 && habits_.marks.find(c) != std::u32string::npos && dice_.Hit(habits_.slips);
  }

  // Does this page's table hold the character? Drawn once for each.
  bool Annotates(char32_t c) {
    if (c == 0 || tables_.Readings(c).empty()) return false;
    if (habits_.at_random) return dice_.Hit(habits_.annotated);
    if (!habits_.traditional || tables_.ToSimple(c).empty()) return false;
    const auto [found, fresh] = chosen_.try_emplace(c, false);
    if (fresh) found->second = Dice(habits_.seed * 65536 + c).Hit(habits_.annotated);
    return found->second;
  }

  std::string ReadingOf(char32_t c, bool toned) const {
    const uint16_t reading = tables_.Readings(c)[0];
    return std::string(toned ? tables_.TonedText(reading)
                             : tables_.BareText(tables_.BareOf(reading)));
  }

  void Annotate(char32_t c) {
    slipped_ = false;
    Put("(" + ReadingOf(c, habits_.tones) + ")" + (habits_.space_behind ? " " : ""));
  }

  void Put(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      const char32_t c = utf8::Next(text, at);
      if (c < 0x80) {
        out_.push_back(static_cast<uint8_t>(c));
        continue;
      }
      const uint16_t pair = gbk::Encode(c);
      out_.push_back(static_cast<uint8_t>(pair >> 8));
      out_.push_back(static_cast<uint8_t>(pair & 0xFF));
    }
  }

  // An orphaned lead byte becomes "?"; unassigned pairs are dropped.
  std::string Decoded() const {
    std::string text;
    for (size_t at = 0; at < out_.size(); ++at) {
      const uint8_t lead = out_[at];
      if (lead < 0x80) {
        text.push_back(static_cast<char>(lead));
        continue;
      }
      const uint8_t trail = at + 1 < out_.size() ? out_[at + 1] : uint8_t{0};
      if (trail < 0x40) {
        text.push_back('?');
        // The byte that was put in, and the bracket of a reading, go with the lead they tore.
        if (trail == kPutIn || trail == '(') ++at;
        continue;
      }
      ++at;
      const char32_t c = gbk::Decode(lead, trail);
      if (c != 0) utf8::Append(habits_.narrow ? NarrowMark(c) : c, text);
    }
    return text;
  }

  const Tables& tables_;
  const Habits& habits_;
  Dice dice_;
  std::vector<uint8_t> bytes_, out_;
  std::vector<bool> begins_;  // a character
  std::map<char32_t, bool> chosen_;
  bool slipped_ = false;  // the decoder is out of step here
};

}  // namespace

std::string Damaged(std::string_view simplified, const Tables& tables, const Habits& habits) {
  return Converter(tables, habits).Run(simplified);
}

std::string Narrow(std::string_view text) {
  std::string out;
  for (size_t at = 0; at < text.size();) utf8::Append(NarrowMark(utf8::Next(text, at)), out);
  return out;
}

bool InGbk(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const char32_t c = utf8::Next(text, at);
    if (c >= 0x80 && gbk::Encode(c) == 0) return false;
  }
  return true;
}

}  // namespace siku::refine
