"""Genuine look-alikes of damage, built from clean text in the ways people write them."""

import random

import packages

SPLITS = ("dev", "held-out")

NAMES = [
    "朱镕基（Zhū Róngjī）曾任国务院总理，“镕(róng)”是熔化金属用的模具。",
    "李喆(zhé)和陶喆（Táo Zhé）名字里的“喆”是“哲”的异体字。",
    "演员倪妮(ní nī)、歌手龚琳娜(gōng lín nà)、作家莫言(mò yán)都到场祝贺。",
    "他叫王瑄(xuān)，同事常把“瑄”念成“宣”的第二声。",
    "𠮷野家的“𠮷”（下面是“土”）在许多系统里打不出来，日语读作 yoshi。",
    "任(rén)小姐和单(shàn)先生、仇(qiú)女士、区(ōu)先生、查(zhā)先生同桌。",
    "蔡元培（cài yuán péi，1868—1940），字鹤卿，浙江绍兴人。",
    "尉迟(yù chí)恭、万俟(mò qí)卨、澹台(tán tái)灭明都是复姓。",
    "龘(dá)、鱻(xiān)、淼(miǎo)、垚(yáo)、犇(bēn)都由三个相同的部件组成。",
    "程龍(Cheng Long)是他的藝名，護照上寫作 CHENG, LUNG。",
]
MARKS = [
    "你说什么?！这也能行?！",
    "真的吗？!我不信!!!",
    "他怎么可能?!他明明说过不去的……",
    "(see below) 详见下文 (参见第 3 节)。",
    "价格为 20,000 元 (about $2,800)，a(n) 个元素，f(x) = x^2。",
    "这是 (guan) 还是 (guān)？拼音输入 ze 会得到“则、责、泽”。",
    "WTF?！老板又改需求了,我真的会谢,,,",
    "?！是一个由问号和叹号组成的标点，英文叫 interrobang (‽)。",
    "他问道：“why?”——“因为，”她说，“I don't know!”",
    "A股(ashare)、B股(bshare)和H股(hshare)的区别在于上市地点。",
    "输入：shi(4声) 输出：是、事、市、式。",
    "订单号?id=42&lt=3 不是 HTML 实体，&copy=1 也不是。",
]
QUOTED = [
    "“锟斤拷”是怎么来的：U+FFFD 的 UTF-8 编码是 EF BF BD，两个连在一起按 GBK 读就是“锟斤拷”。",
    "手持两把锟斤拷，口中疾呼烫烫烫。脚踏千朵屯屯屯，笑看万物锘锘锘。",
    "在 Visual C++ 的调试模式下，栈内存填 0xCC，显示“烫烫烫烫”；堆内存填 0xCD，显示为“屯屯屯屯”。",
    "把“中文”按 UTF-8 编码再按 GBK 解码，就会得到“涓枃”；按 Latin-1 解码则是“ä¸­æ–‡”。",
    "网页没有声明 charset 时，“你好”可能变成“浣犲ソ”，也可能变成“ÄãºÃ”。",
    "乱码“鍖椾含”其实是“北京”，“涓婃捣”其实是“上海”，读者可以自己验证。",
    "文件名显示为“Ð¡Ëµ.txt”，原来是 GBK 的“小说.txt”被当成 Latin-1 了。",
    "终端里出现 � 说明程序遇到了无法解码的字节，这个符号叫替换字符。",
    "Python 里 '你好'.encode('utf-8').decode('gbk') 的结果是 '浣犲ソ'。",
    "標題出現「嚙踝蕭」三個字，是 Big5 系統讀到替換字元的結果。",
    "邮件主题变成“=?GB2312?B?xOO6ww==?=”，这是 MIME 编码，不是乱码。",
]
ENTITIES = [
    "在 HTML 里，&lt; 表示小于号，&gt; 表示大于号，&amp; 表示与号，&nbsp; 表示不换行空格。",
    "要显示版权符号，可以写 &copy; 或 &#169; 或 &#xA9;，三种写法结果相同。",
    "<p>请把 &ldquo;引号&rdquo; 写成实体 &amp;ldquo; 和 &amp;rdquo;。</p>",
    "模板引擎会把 <b> 转义成 &lt;b&gt;，以免被注入脚本：&lt;script&gt;alert(1)&lt;/script&gt;。",
    "常见的 HTML 实体：&nbsp; &quot; &apos; &lt; &gt; &amp; &times; &divide; &hellip; &mdash;",
    "nbsp 是 non-breaking space 的缩写，ldquo 是 left double quote 的缩写。",
    "echo \"a &amp;&amp; b\" | sed 's/&amp;/\\&/g' 可以还原与号。",
]
MATHS = [
    "设 f(x) = x² + 2x + 1，则 f′(x) = 2x + 2，∫₀¹ f(x) dx = 7/3。",
    "若 α ∈ ℝ 且 ∀ε > 0, ∃δ > 0 使得 |x − a| < δ ⇒ |f(x) − f(a)| < ε，则称 f 在 a 点连续。",
    "勾股定理：a² + b² = c²；欧拉公式：e^{iπ} + 1 = 0；∑_{n=1}^{∞} 1/n² = π²/6。",
    "矩阵 A = [[1, 2], [3, 4]] 的行列式 |A| = 1×4 − 2×3 = −2 ≠ 0，故 A 可逆。",
    r"用 LaTeX 写作 $\frac{-b \pm \sqrt{b^2-4ac}}{2a}$，其中 $a \neq 0$。",
    "ρ = m/V，水的密度约为 1.0×10³ kg/m³，误差 ±0.5 %，温度 25 ℃，角度 30°15′20″。",
    "集合 A∪B、A∩B、A∖B 与空集 ∅ 的关系：A ⊆ A∪B，|A×B| = |A|·|B|。",
]
EMOJI = [
    "今天天气真好😊👍🏻，一起去爬山吧🏔️！家庭👨‍👩‍👧‍👦出游，国旗🇨🇳，爱心❤️，数字1️⃣2️⃣3️⃣。",
    "哈哈哈哈哈😂😂😂笑死我了🤣…… _(:з」∠)_ (╯°□°)╯︵ ┻━┻ (´･ω･`) ヽ(✿ﾟ▽ﾟ)ノ",
    "【公告】⚠️ 服务器将于 02:00—04:00 维护 🛠️，请提前保存 💾 ✔️ ✘ ★☆ ①②③ ㈠ № ™ ®",
    "颜色测试：🟥🟧🟨🟩🟦🟪⬛⬜，箭头：←↑→↓↔⇒，手势：🤘🏽✊🏿🖖🏼，组合：🏳️‍🌈👩🏽‍🚀",
]
TABLES = [
    "| 城市 | 人口(万) | 面积(km²) |\n|:---|---:|:--:|\n| 北京 | 2,189.3 | 16,410 |",
    "姓名\t年龄\t城市\t备注\n张三\t28\t北京\t\n李四\t35\t上海\t(离职)\n王五\t41\t广州\tN/A",
    "编号,名称,单价,数量\n001,钢笔,12.50,3\n002,笔记本,8.00,10\n003,橡皮(大),1.50,20\n合计,,,33",
    "资产总计　　　１２３４５６．７８　　负债合计　　　６５４３２１．００\r\n（单位：万元）\r\n",
]
GLOSSARY = [
    "{word}（{reading}）：见《{title}》“{line}”。",
    "【{word}】{reading}　出自《{title}》：{line}",
    "{word} {reading} 语出《{title}》，原文为“{line}”",
    "{word}({reading})，《{title}》句：“{line}”",
]


def reader():
    packages.use("pypinyin")
    import pypinyin

    def read(text, tones=True):
        style = pypinyin.Style.TONE if tones else pypinyin.Style.NORMAL
        return [one[0] for one in pypinyin.pinyin(text, style=style, errors=lambda x: list(x))]

    return read


def han(character):
    return "一" <= character <= "鿿"


def annotated(line, form, read, chance=None):
    """One line with readings behind its characters: on all of them or on those drawn."""
    left, right, gap = form
    readings = read(line)
    if len(readings) != len(line):
        return line
    out = []
    for character, reading in zip(line, readings, strict=True):
        out.append(character)
        if han(character) and (chance is None or chance()):
            out.append(f"{left}{reading}{right}{gap}")
    return "".join(out).rstrip(" ")


FORMS = [("(", ")", ""), ("(", ")", " "), ("（", "）", ""), ("[", "]", "")]


def textbooks(poems, read):
    draw = random.Random("textbooks")
    for number, (title, author, lines) in enumerate(poems):
        form = FORMS[number % len(FORMS)]
        way = number // len(FORMS) % 4
        if way == 0:
            body = "\n".join(annotated(line, form, read) for line in lines)
        elif way == 1:
            body = "\n".join(
                annotated(line, form, read, lambda: draw.random() < 0.15) for line in lines
            )
        elif way == 2:
            body = "\n".join(" ".join(read(line)) + "\n" + line for line in lines)
        else:
            entries = []
            for line in lines:
                if len(line) >= 5 and all(map(han, line[:2])):
                    entries.append(
                        draw.choice(GLOSSARY).format(
                            word=line[:2], reading=" ".join(read(line[:2])), title=title, line=line
                        )
                    )
            body = "\n".join(entries)
        text = f"{title}\n{author}\n{body}"
        if body and len(text) <= 2000:
            yield text


def mixed(name, snippets, texts, count, read=None):
    """Snippets set between paragraphs of real text."""
    draw = random.Random(name)
    for _ in range(count):
        paragraphs = draw.choice(texts).split("\n")[:6]
        for snippet in draw.sample(snippets, min(len(snippets), draw.randint(1, 3))):
            paragraphs.insert(draw.randint(0, len(paragraphs)), snippet)
        yield "\n".join(paragraphs)[:2000]


def sources(made, verses):
    read = reader()
    poems = []
    for path, count in (
        ("宋词三百首.json", 120),
        ("shijing.json", 100),
        (r"quantangshi/poet\.tang\.1000\.json", 240),
        (r"quantangshi/poet\.song\.1000\.json", 120),
    ):
        found = [v for v in verses(path) if 2 <= len(v[2]) <= 40]
        poems += found[:count]
    plan = {
        "textbooks": ("poem-with-readings", list(dict.fromkeys(textbooks(poems, read)))),
    }
    prose = {
        split: [
            row["text"]
            for name, rows in made.items()
            for row in rows[:60]
            if row["split"] == split and row["kind"] in ("simplified", "traditional")
        ]
        for split in SPLITS
    }
    crafted = {
        "names": ("names", NAMES),
        "typed-marks": ("typed-marks", MARKS),
        "quoted": ("quoted-mojibake", QUOTED),
        "entities": ("entities", ENTITIES),
        "maths": ("mathematics", MATHS),
        "emoji": ("emoji", EMOJI),
        "small-tables": ("table", TABLES),
    }
    out = {}
    for name, (kind, texts) in plan.items():
        out[name] = [
            {
                "id": f"{name}-{i:05}",
                "source": name,
                "split": SPLITS[i % 2],
                "kind": kind,
                "text": text,
            }
            for i, text in enumerate(texts)
        ]
    for name, (kind, snippets) in crafted.items():
        rows = []
        for part, split in enumerate(SPLITS):
            chosen = snippets[part::2]  # the two splits share no snippet
            for text in mixed(f"{name} {split}", chosen, prose[split], 60):
                rows.append((split, text))
        out[name] = [
            {"id": f"{name}-{i:05}", "source": name, "split": split, "kind": kind, "text": text}
            for i, (split, text) in enumerate(dict.fromkeys(rows))
        ]
    return out
