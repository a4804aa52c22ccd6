"""Crafted documents of the parity corpus: edges of every rule, and edits of real texts."""

import random

LINE_ENDS = ["\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"]
SPACES = list("\t\x1f \xa0\u1680\u2000\u2002\u2003\u2009\u200a\u202f\u205f\u3000\u200b\u2060\ufeff")
CHARACTERS = (
    list("aZ0_-.,!?#{}[]()<>@&%$\\\"'`~")
    + SPACES
    + LINE_ENDS
    + list("的国國１Ａａ。，！？、；：“”‘’（）《》「」【】…—～·•●■◆□①⑳Ⅷ㈱℃√½²")
    + list("éßİıſΣςДاकกあア가𠀀𝟘𝒜😀🇨👩👍🏽❤️‍\x00\x01\x08\x7f\x80\x9f\xad\u0301\u0e33\u093e")
    + list("\ud7ff\ue000\uf8ff\ufffc\ufffd\ufffe\uffff\ufdd0\U0001fffe\U0010ffff\U000f0000")
)
EMOJI = ["😀", "👩‍👩‍👧‍👦", "👍🏽", "🇨🇳", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🫠", "🪿", "⌚", "©", "™"]
CONTACTS = [
    "请发邮件到 zhang.san+test@example.com.cn 或 LI-SI@sub.domain.org，谢谢。",
    "服务器 192.168.1.254、10.0.0.1、256.1.1.1、1.2.3.4.5 "
    "和 2001:0db8:85a3:0000:0000:8a2e:0370:7334。",
    "见 https://www.example.com/路径/a_b(c)?q=1&r=2#top，或 www.gov.cn/index.html；ftp://x.y/z。",
    "Mail root@localhost, a@b.c, x@Y.COM, or visit http://[::1]/ and example.com/ today.",
    "手机 13812345678，座机 010-62345678，身份证 11010519491231002X，卡号 6222021234567890128。",
    "版本 1.2.3 不是地址，比例 3.14 也不是；订单 202405061234567890 不是证件号。",
]
HTML = [
    "<html><head><title>标题</title><style>p{color:red}</style></head><body><h1>大标题</h1>"
    "<p>第一段&nbsp;文字 &amp; 更多。</p><ul><li>甲</li><li>乙</li></ul><ol><li>one</li></ol>"
    "<script>var a = '<p>';</script><br/>末尾<table><tr><td>1</td><td>2</td></tr></table></body>",
    "不是标签 a < b 且 c > d，<未闭合 &lt;p&gt; &#20013; &unknown; <p>后面<div>嵌套<span>内</div>",
    "<!-- 注释 --><p>text<br>line</p><pre>  keep   space\n\n</pre><textarea>x</textarea>",
]
LATEX = [
    "\\documentclass{article}\n\\usepackage{amsmath}\n\\newcommand{\\R}{\\mathbb{R}}\n"
    "\\def\\half{\\frac12}\n% whole line comment\n\\begin{document}\n\\section{Introduction}\n"
    "Let $x \\in \\R $ and \\half of it. % inline comment\nEscaped 50\\% stays.\n"
    "\\subsection*{方法}\n中文内容。\n\\begin{thebibliography}{9}\n\\bibitem{a} Someone.\n"
    "\\end{thebibliography}\n\\end{document}\n",
    "preamble only \\title{x}\n\\newcommand*{\\name}{Siku}\nHello \\name, bye \\name.\n",
    "\\chapter[短]{长标题} 正文 \\bibliography{refs} 之后\n\\appendix 附录\n",
    "text\n%%% comment\nx%y\n100\\%z % w\n\\paragraph{p} tail "
    "\\begin{references}r\\end{references}",
]
CODE = [
    "/*\n * Copyright (c) 2020 Someone\n * All rights reserved.\n */\nint main() { return 0; }\n",
    "/* not that word */\nint x; /* Copyright */\n",
    "// SPDX\n# comment\n-- sql\n\nreal code = 1\n# later comment\n",
    "#!/bin/sh\n# Copyright\necho hi\n",
    "function f() { return {a: 1}; } // javascript\n",
]
TABLES = [
    "标题\nname age city\nTom 12 Paris\nAnn 15 Rome\nBob 18 Oslo\n\n结束\n",
    "head\na\tb\tc\td\n1\t2\t3\t4\n5\t6\t7\t8\ntail of the text\n",
    "x\n姓名|年龄\n张三|12\n李四|15\n\n\nend",
]
WEB = [
    "This site uses cookies. Please read our Privacy Policy before you go on.",
    "You need JavaScript to see this page properly, they say.",
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit.",
    "A statement with sources[1][23][] and [edit] and one more [citation needed].",
    "He said the work was done... and then it was.",
    "An ending with an ellipsis...",
    "The use of cookies and the terms of use are explained there.",
    "A line with { a bracket that C4 does not like.",
    "展开更多内容……",
    "• 要点一",
    "- item two of the list",
    "### heading with marks ###",
    "短句。",
    "ＦＵＬＬ　ＷＩＤＴＨ　１２３，全角。",
    "臺灣的軟體與資訊，後來於臺北發展；為了與會者。",
    "我们的目标是在2024年3月15日之前完成1,234.56万元的项目，增长率为12.5%。",
    "Don't you think it's Mr. Smith's U.S. dollar (US$5.00/kg) at 10a.m.? Yes, e.g. i.e. etc.",
    "https://example.org/a?b=c and user@example.org and #tag and @name and 12:30pm, 3km, $5, 5€.",
]


def ends_of_lines():
    for end in LINE_ENDS:
        yield end.join(["第一行有一些文字", "第二行", "", "第二行", "第四行。"])
        yield end.join(["The first line is here.", "The second one.", "", "The second one."]) + end
        yield end * 3
        yield "甲" + end + end + "乙" + end + "\n" + "丙"


def words_of_length():
    for length in (29, 30, 31, 100, 999, 1000, 1001, 5000):
        yield "a" * length
        yield "汉" * length
        yield f"Here is {'b' * length} as one word in a line of text."
        yield "\n".join(["x" * length + "."] * 3)


def repeated():
    for unit in (
        "哈",
        "ab",
        "重复的一句话。",
        "the same words again and again ",
        "😀",
        "\n",
        " 　",
    ):
        for count in (2, 3, 9, 10, 11, 12, 60, 400):
            yield unit * count


def edges():
    """Documents that stand alone: (kind, text)."""
    yield "empty", ""
    for character in CHARACTERS:
        yield "character", character
        yield "character", character * 12
        yield "character", f"前{character}后 before{character}after{character}"
    for emoji in EMOJI:
        yield "emoji", emoji
        yield "emoji", f"今天{emoji}很好{emoji * 3}。Good{emoji} day {emoji}!"
    for text in [
        " ",
        "  ",
        " \n ",
        "\t\t",
        "\n" * 30,
        "".join(SPACES),
        "　" * 50,
        " \x0b\x0c\r\n ",
    ]:
        yield "blank", text
    for text in ends_of_lines():
        yield "line-end", text
    for text in words_of_length():
        yield "long-word", text
    for text in repeated():
        yield "repeated", text
    groups = {"contact": CONTACTS, "html": HTML, "latex": LATEX, "code": CODE, "table": TABLES}
    for kind, texts in {**groups, "web": WEB}.items():
        for text in texts:
            yield kind, text
            yield kind, "\n".join([text] * 6)


def edit_points(random_, text, share, alphabet):
    """Replaces, drops and inserts single characters."""
    made = []
    for character in text:
        draw = random_.random()
        if draw < share:
            made.append(random_.choice(alphabet))
        elif draw < share * 1.3:
            continue
        else:
            made.append(character)
            if draw > 1 - share * 0.3:
                made.append(random_.choice(alphabet))
    return "".join(made)


def edit_span(random_, text, share, other):
    """Replaces one stretch by as many characters of another text."""
    length = max(1, int(len(text) * share))
    start = random_.randrange(max(1, len(text) - length))
    return (
        text[:start]
        + (other * (length // max(1, len(other)) + 1))[:length]
        + text[start + length :]
    )


def with_lines(random_, text):
    """A text with crafted lines among its own."""
    lines = text.split("\n")
    for _ in range(random_.randint(1, 6)):
        group = random_.choice([WEB, WEB, CONTACTS, HTML, LATEX, CODE, TABLES])
        lines.insert(random_.randint(0, len(lines)), random_.choice(group))
    return "\n".join(lines)


def with_repeats(random_, text):
    """A text that repeats lines, paragraphs or a stretch of its own."""
    lines = text.split("\n")
    kind = random_.randrange(4)
    if kind == 0:
        line = random_.choice(lines)
        for _ in range(random_.randint(1, 8)):
            lines.insert(random_.randint(0, len(lines)), line)
        return "\n".join(lines)
    if kind == 1:
        return "\n\n".join(lines + [random_.choice(lines)] * random_.randint(1, 4))
    start = random_.randrange(max(1, len(text)))
    part = text[start : start + random_.randint(5, 60)]
    if kind == 2:
        return text + part * random_.randint(1, 30)
    return text[:start] + (part + " ") * random_.randint(2, 12) + text[start:]


def with_ends(random_, text):
    """The same lines under other line ends."""
    ends = [random_.choice(LINE_ENDS) for _ in range(3)]
    return "".join(line + random_.choice(ends) for line in text.split("\n"))


def with_marks(random_, text):
    """Bullets, ellipses, headings, tabs, capitals and widths."""
    lines = text.split("\n")
    mark = random_.choice(["• ", "- ", "-", "* ", "# ", "  • ", "\t"])
    tail = random_.choice(["", "...", "…", "。", ".", "！", " ", '"', "”"])
    share = random_.random() * 1.3
    lines = [
        (mark if random_.random() < share else "")
        + line
        + (tail if random_.random() < share else "")
        for line in lines
    ]
    made = "\n".join(lines)
    draw = random_.randrange(5)
    if draw == 0:
        return made.upper()
    if draw == 1:
        return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in made)
    if draw == 2:
        return made.replace(" ", "\t").replace("，", "， ")
    return made


EDITS = [with_lines, with_repeats, with_ends, with_marks]
ALPHABETS = {"zh": "的一是在不了有和人这中大为上个国，。2", "en": "etaoin shrdlu,."}


def edited(seed, rows, count):
    """Edits of real documents: (kind, language, text)."""
    random_ = random.Random(seed)
    for number in range(count):
        language, text = random_.choice(rows)
        edit = EDITS[number % len(EDITS)]
        for _ in range(random_.randint(1, 2)):
            text = edit(random_, text)
        yield edit.__name__.removeprefix("with_"), language, text


def planted(seed, rows, count):
    """Near duplicates: (kind, language, text, number of the original)."""
    random_ = random.Random(seed)
    long = [i for i, (_, text) in enumerate(rows) if len(text) >= 60]
    for number in range(count):
        index = random_.choice(long)
        language, text = rows[index]
        share = random_.choice([0.005, 0.01, 0.02, 0.05, 0.1])
        if number % 4 == 0:
            yield "copy", language, random_.choice([text, text + "\n", "  " + text]), index
        elif number % 4 == 3:
            other = rows[random_.randrange(len(rows))][1]
            yield "near-span", language, edit_span(random_, text, share * 2, other or "x"), index
        else:
            yield (
                "near-points",
                language,
                edit_points(random_, text, share, ALPHABETS[language]),
                index,
            )
