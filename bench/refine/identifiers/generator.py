"""Identifiers that nobody owns, and numbers that look like them. Shares no code and no table with
the kernel it measures: check characters come from the standards' own formulas (powers of 2 and 3),
ranges from the operators' lists."""

# ruff: noqa: E501 (templates stand one a line)

import random

# First digits by operator; 154, 161, 179, 194 and others are not given out.
MOBILE = (
    "134 135 136 137 138 139 147 150 151 152 157 158 159 172 178 182 183 184 187 188 195 197 198 "
    "130 131 132 145 155 156 166 167 171 175 176 185 186 196 "
    "133 149 153 173 177 180 181 189 190 191 193 199 192 170 162 165"
).split()
DIVISIONS = (
    "110101 110108 120103 130102 140105 150102 210102 220102 230103 310101 310115 320102 330106 "
    "340104 350203 360102 370202 410105 420111 430102 440305 450103 460105 500103 510104 520102 "
    "530102 540102 610113 620102 630103 640104 650102"
).split()
AREAS = {
    "010": 8, "021": 8, "022": 8, "023": 8, "020": 8, "025": 8, "027": 8, "028": 8, "029": 8,
    "024": 8, "0571": 8, "0512": 8, "0755": 8, "0532": 8, "0411": 8, "0591": 8, "0731": 8,
    "0371": 8, "0551": 8, "0311": 8, "0771": 7, "0898": 8, "0991": 7, "0891": 7, "0931": 7,
    "0971": 7, "0951": 7, "0851": 8, "0871": 8, "0471": 7, "0746": 7, "0668": 7, "0310": 7,
}  # fmt: skip
CARDS = {
    "622202": 19, "621700": 19, "622848": 19, "621661": 19, "622588": 16, "625965": 16,
    "436742": 16, "458123": 16, "552245": 16, "524094": 16, "379382": 15, "356827": 16,
}  # fmt: skip
PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
NAMES = ["张伟", "王芳", "李娜", "刘洋", "陈静", "杨帆", "赵磊", "黄敏", "周杰", "吴霞"]
HIDDEN = "\u200b\u00ad\u2060\ufeff"
FULL = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x21, 0x7F)})


def digits(rng, n):
    return "".join(rng.choice("0123456789") for _ in range(n))


def resident_id(rng):
    body = rng.choice(DIVISIONS)
    body += f"{rng.randint(1940, 2015)}{rng.randint(1, 12):02}{rng.randint(1, 28):02}" + digits(
        rng, 3
    )
    # ISO 7064 MOD 11-2: the whole is 1 modulo 11 when character i weighs 2 to the 17 - i.
    rest = sum(int(c) * 2 ** (17 - i) for i, c in enumerate(body)) % 11
    check = (1 - rest) % 11
    return body + ("X" if check == 10 else str(check))


def credit_code(rng):
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    kind = rng.choice(["91", "91", "91", "92", "93", "12", "51", "52", "31", "N2"])
    body = "MA" + "".join(rng.choice(alphabet) for _ in range(6))
    total = sum(int(c, 36) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    check = 11 - total % 11
    body += {10: "X", 11: "0"}.get(check, str(check))
    code = kind + rng.choice(DIVISIONS) + body
    rest = sum(alphabet.index(c) * pow(3, i, 31) for i, c in enumerate(code)) % 31
    return code + alphabet[-rest % 31]


def mobile(rng):
    return rng.choice(MOBILE) + digits(rng, 8)


def bank_card(rng):
    prefix, length = rng.choice(sorted(CARDS.items()))
    body = prefix + digits(rng, length - 7)
    total = 0
    for i, c in enumerate(reversed(body)):
        total += sum(divmod(int(c) * (2 if i % 2 == 0 else 1), 10))
    return body + str(-total % 10)


def plate(rng):
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
    head = rng.choice(PROVINCES) + rng.choice("ABCDEFGHJKL")
    if rng.random() < 0.3:
        if rng.random() < 0.8:
            return head + rng.choice("DF") + digits(rng, 5)
        return head + digits(rng, 5) + rng.choice("DF")
    serial = list(digits(rng, 5))
    for at in rng.sample(range(5), rng.randint(0, 2)):
        serial[at] = rng.choice(letters)
    return head + "".join(serial)


def passport(rng):
    if rng.random() < 0.3:
        return "E" + rng.choice("ABCDEFGHJKL") + digits(rng, 7)
    return rng.choice("EEEEGDSP") + digits(rng, 8)


def armed_police(rng):
    serial = digits(rng, 4) + rng.choice("0123456789XBT")
    if rng.random() < 0.3:
        return f"WJ{rng.randint(1, 31):02}-{serial}"
    return "WJ" + rng.choice(["", "·"]) + rng.choice(PROVINCES) + rng.choice(["", "·"]) + serial


def hidden(rng, spelling):
    """With something of no width inside, as copying from a page leaves it."""
    at = rng.randrange(1, len(spelling))
    return spelling[:at] + rng.choice(HIDDEN) + spelling[at:]


def email(rng):
    local = rng.choice(["zhang.san", "li_si", "wangwu", "a.b-c", "service+cn", digits(rng, 9)])
    host = rng.choice(
        ["example.com", "mail.example.com.cn", "example.org", "corp-mail.example.net"]
    )
    if rng.random() < 0.1:
        return f"{rng.choice(['客服', '张三', '采购部'])}@{host}".translate(FULL)
    address = f"{local}{rng.randint(1, 999)}@{host}"
    return hidden(rng, address) if rng.random() < 0.1 else address


def ip_address(rng):
    if rng.random() < 0.3:
        head = rng.choice(["2001:db8", "240e:3a1", "fe80:", "fd12:3456"])
        return (
            head
            + "".join(f":{rng.randrange(1, 65536):x}" for _ in range(2))
            + "::1" * (not head.endswith(":"))
        )
    while True:
        octets = [rng.randint(1, 223)] + [rng.randrange(256) for _ in range(3)]
        if octets[0] != 127 and max(octets) > 9:
            return ".".join(map(str, octets))


def landline(rng):
    area, length = rng.choice(sorted(AREAS.items()))
    return area, rng.choice("2345678") + digits(rng, length - 1)


def dressed_mobile(rng):
    m = mobile(rng)
    form = rng.randrange(12)
    if form == 8:
        return f"{m[:3]}.{m[3:7]}.{m[7:]}"
    if form == 9:
        return f"{m[:3]} {m[3:].replace('20', '53').replace('19', '53')}"
    if form == 10:
        return hidden(rng, m)
    if form == 0:
        return f"{m[:3]}-{m[3:7]}-{m[7:]}"
    if form == 1:
        return f"{m[:3]} {m[3:7]} {m[7:]}"
    if form == 2:
        return "+86" + m
    if form == 3:
        return f"+86 {m[:3]} {m[3:7]} {m[7:]}"
    if form == 4:
        return f"(+86){m}"
    if form == 5:
        return f"0086-{m}"
    if form == 6:
        return m.translate(FULL)
    return m


def dressed_landline(rng):
    area, number = landline(rng)
    form = rng.randrange(5)
    if form == 0:
        return f"({area}){number}"
    if form == 1:
        return f"（{area}）{number}"
    if form == 2:
        return f"+86-{area[1:]}-{number}"
    if form == 3:
        return f"{area} {number}"
    return f"{area}-{number}"


def dressed_card(rng):
    c = bank_card(rng)
    return " ".join(c[i : i + 4] for i in range(0, len(c), 4)) if rng.random() < 0.4 else c


def dressed_id(rng):
    i = resident_id(rng)
    form = rng.randrange(5)
    if form == 0:
        return i.translate(FULL)
    if form == 1:
        return f"{i[:6]} {i[6:14]} {i[14:]}"
    if form == 3:
        return hidden(rng, i)
    return i.lower() if form == 2 else i


def dressed_plate(rng):
    if rng.random() < 0.1:
        return armed_police(rng)
    p = plate(rng)
    return p[:2] + "·" + p[2:] if rng.random() < 0.4 else p


# How people write them; {} is the identifier. Some say nothing of what it is.
PLANTED = {
    "resident_id": (dressed_id, ["身份证号{}", "身份证：{}，", "（{}）", "{name}，{}，住址不详", "ID:{}"]),
    "mobile": (dressed_mobile, ["手机{}", "请拨打{}。", "{name} {}", "联系电话：{}；", "微信同号：{}", "{}", "电话{}元旦后开通", "_{}_"]),
    "landline": (dressed_landline, ["电话：{}", "传真{}。", "办公室 {}", "咨询请致电{}，"]),
    "bank_card": (dressed_card, ["卡号{}", "银行卡：{}，户名{name}", "汇款至账号 {} 即可", "尾号见卡号{}。"]),
    "plate": (dressed_plate, ["车牌{}", "驾驶{}号小型轿车", "{}闯红灯", "停着一辆{}。"]),
    "passport": (passport, ["护照号{}", "护照号码：{}", "持护照（{}）入境", "Passport No. {}"]),
    "credit_code": (credit_code, ["统一社会信用代码{}", "信用代码：{}。", "{}", "（{}）"]),
    "email": (email, ["邮箱{}", "请发至{}。", "E-mail: {}", "<{}>", "{name}（{}）"]),
    "ip_address": (ip_address, ["IP {}", "来自{}的访问", "ssh root@host {} ", "地址：{}，", "http://{}/" ]),
}  # fmt: skip


def luhn_less(rng, n):
    while True:
        number = digits(rng, n)
        if number[0] != "0":
            return number


# Each gives a text in which nothing identifies anybody.
LOOK_ALIKES = {
    "order_number": lambda r: f"订单号{r.choice(['', '：', ' '])}{luhn_less(r, r.choice([11, 12, 16, 18, 19]))}",
    "tracking_number": lambda r: f"快递单号 {r.choice(['SF', 'YT', 'JD', ''])}{luhn_less(r, r.randint(11, 15))}",
    "dated_number": lambda r: f"流水20{r.randint(10, 25)}{r.randint(1, 12):02}{r.randint(1, 28):02}{digits(r, r.choice([6, 8, 10]))}",
    "statistic": lambda r: f"总产值{r.randint(10**10, 2 * 10**10)}元，同比增长{r.random() * 20:.2f}%",
    "grouped": lambda r: f"共计{r.randint(10**9, 10**12):,}人",
    "decimal": lambda r: f"系数为{r.randint(0, 20)}.{digits(r, r.randint(9, 18))}",
    "date": lambda r: f"{r.randint(1949, 2025)}-{r.randint(1, 12):02}-{r.randint(1, 28):02} {r.randint(0, 23):02}:{r.randint(0, 59):02}:{r.randint(0, 59):02}",
    "long_digits": lambda r: f"校验串{luhn_less(r, r.randint(20, 60))}",
    "isbn": lambda r: f"ISBN 978-7-{r.randint(100, 999)}-{digits(r, 5)}-{r.randrange(10)}",
    "isbn_plain": lambda r: f"书号9787{digits(r, 9)}",
    "version": lambda r: f"版本{r.randint(1, 20)}.{r.randint(0, 99)}.{r.randint(0, 99)}.{r.randint(0, 99)}",
    "section": lambda r: f"{r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)}.{r.randint(1, 9)} 概述",
    "hexadecimal": lambda r: f"提交 {r.randrange(16**40):040x}",
    "uuid": lambda r: "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}".format(*(r.randrange(16**n) for n in (8, 4, 3, 3, 12))),
    "url": lambda r: f"https://example.com/item/{luhn_less(r, 11)}?id={luhn_less(r, 18)}",
    "time_of_machine": lambda r: f"时间戳17{digits(r, 11)}",
    "mac_address": lambda r: ":".join(f"{r.randrange(256):02x}" for _ in range(6)),
    "image_name": lambda r: f"icon@{r.randint(2, 3)}x.png",
    "mention": lambda r: f"@用户{digits(r, 6)} 你好",
    "bad_check_id": lambda r: (lambda i: f"样例{i[:17]}{(int(i[16]) + 1) % 10 if i[17] == 'X' else (int(i[17]) + 1) % 10}")(resident_id(r)),
    "impossible_date_id": lambda r: f"序列{r.choice(DIVISIONS)}{r.randint(1940, 2015)}{r.randint(13, 99)}{digits(r, 6)}",
    "unassigned_mobile": lambda r: f"数字{r.choice(['154', '161', '194', '120', '110', '100'])}{digits(r, 8)}",
    "table": lambda r: " ".join(str(r.randint(1, 9999)) for _ in range(12)),
    "standard": lambda r: f"GB/T {r.randint(1000, 40000)}-{r.randint(1990, 2024)}",
    "case_number": lambda r: f"（{r.randint(2000, 2024)}）京{r.randint(1, 9):02}民终{r.randint(1, 99999)}号",
    "patent": lambda r: f"专利号ZL20{r.randint(10, 24)}1{digits(r, 7)}.{r.randrange(10)}",
    "article": lambda r: f"DOI 10.{r.randint(1000, 9999)}/j.cnki.{digits(r, 11)}",
    "coordinates": lambda r: f"东经{r.randint(73, 135)}.{digits(r, 6)}，北纬{r.randint(18, 53)}.{digits(r, 6)}",
    "model": lambda r: f"型号{r.choice('EGPS')}{digits(r, 8)}",
    "counter": lambda r: f"{r.choice(['阅读', '播放量：', '浏览 ', '点击数为', '粉丝'])}{mobile(r)}",
    "name_of_program": lambda r: f"{r.choice(['x', 'img', 'file'])}_{mobile(r)}_{r.choice(['1.jpg', 'v2', 'a'])}",
    "browser": lambda r: f"Chrome/{r.randint(100, 199)}.0.{r.randint(1000, 9999)}.{r.randint(10, 999)}版本",
    "count_and_day": lambda r: f"共{r.randint(130, 199)} 20{r.randint(10, 25)}{r.randint(1, 12):02}{r.randint(1, 28):02}",
    "amount": lambda r: f"支付{mobile(r)}{r.choice(['元', '万元', '次', '股'])}",
    "mention_of_site": lambda r: f"{r.choice(['转自', '关注', '来自'])}@example.com",
    "model_of_tool": lambda r: f"型号WJ{digits(r, r.choice([4, 5, 6]))}",
    "phone_service": lambda r: f"客服热线{r.choice(['95588', '10086', '12345', '110'])}",
    "mask": lambda r: "掩码255.255.255.0，本机127.0.0.1",
}  # fmt: skip

FILLER = (
    "数据 要素 市场 培育 公共 开放 平台 算力 模型 训练 治理 发展 创新 应用 产业 安全 流通".split()
)


def filler(rng):
    return "".join(rng.choice(FILLER) for _ in range(rng.randint(2, 10))) + rng.choice("，。；")


def planted(rng, kind):
    """A clause and the identifier in it."""
    make, templates = PLANTED[kind]
    spelling = make(rng)
    return rng.choice(templates).format(spelling, name=rng.choice(NAMES)), spelling


def document(rng, share_planted=0.5, clauses=8):
    """A text, and (begin, end, kind) of what is planted in it: code points."""
    text, spans = "", []
    for _ in range(clauses):
        text += filler(rng)
        if rng.random() < share_planted:
            kind = rng.choice(sorted(PLANTED))
            clause, spelling = planted(rng, kind)
            begin = len(text) + clause.index(spelling)
            spans.append((begin, begin + len(spelling), kind))
            text += clause
        else:
            text += LOOK_ALIKES[rng.choice(sorted(LOOK_ALIKES))](rng)
        text += rng.choice(["，", "。", "\n"])
    return text, spans


if __name__ == "__main__":
    print(document(random.Random(1))[0])
