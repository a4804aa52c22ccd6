"""Chinese catalogue records, made: 100,000 that differ as those of a city's portal do."""

import random

SEED = 20261130

DISTRICTS = ("福田区 罗湖区 南山区 宝安区 龙岗区 盐田区 龙华区 坪山区 光明区 大鹏新区").split()
SUBJECTS = (
    "公交 地铁 轨道交通 停车场 道路 桥梁 机场 港口 医疗机构 医保 药店 疫苗接种 学校 "
    "幼儿园 图书馆 博物馆 体育场馆 公园 绿地 空气质量 水质 水文 气象 噪声 土壤 垃圾分类 "
    "企业 个体工商户 信用 行政许可 行政处罚 预算 决算 政府采购 招标投标 税收 社保 就业 "
    "人才 人口 户籍 婚姻登记 养老机构 残疾人 住房 公积金 房地产 建筑工程 安全生产 消防 "
    "地震 应急避难 食品 餐饮 农产品 能源 用电 用水 燃气 通信基站 5G基站 知识产权 专利 "
    "科技项目 高新技术企业 旅游景点 酒店 文物 非遗 志愿服务 法律援助 公证 信访"
).split()
KINDS = (
    "基本信息 名录 统计 明细 站点 分布 年度报告 月度数据 实时数据 目录 清单 监测 台账 评价 指标"
).split()
VERBS = ("采集 汇总 核验 登记 备案 发布 更新 统计 分析 审批 监测 评估 公示 共享 归集 治理").split()
FILLERS = (
    "按照 根据 依据 由 各区 各部门 市级 全市 本市 每月 每日 每季度 每年 定期 数据 信息 "
    "平台 系统 单位 机构 名称 地址 编号 时间 日期 数量 面积 金额 状态 类型 范围 标准 "
    "规范 质量 公共数据 开放 利用 主体"
).split()
CYCLES = "realtime daily weekly monthly quarterly yearly irregular once".split()
LICENCES = ["cc-by-4.0", "cc0-1.0", "open-data-shenzhen"]
THEMES = (
    "交通运输 医疗卫生 教育科技 生态环境 市场监管 财税金融 社会保障 城建住房 安全生产 "
    "文化休闲 农业农村 能源"
).split()
FORMATS = ["CSV", "XLSX", "JSON", "Parquet", "API"]


def record(i, organisations):
    """The i-th record, the same on every machine."""
    chance = random.Random(SEED * 1_000_003 + i)
    district, subject, kind = (chance.choice(x) for x in (DISTRICTS, SUBJECTS, KINDS))
    year = chance.randint(2012, 2026)
    words = chance.choices(FILLERS + VERBS + SUBJECTS, k=chance.randint(15, 60))
    for place in range(6, len(words), 7):
        words[place] += "，"
    return {
        "name": f"d{i:06d}",
        "organisation": chance.choice(organisations),
        "title": f"{district}{subject}{kind}（{year}年）",
        "summary": "".join(words) + "。",
        "code": f"307{chance.randint(0, 999):03d}/{i:06d}",
        "class": chance.choices(["unconditional", "conditional"], weights=[9, 1])[0],
        "themes": [chance.choice(THEMES)],
        "keywords": sorted({subject, *chance.choices(SUBJECTS, k=2)}),
        "update_cycle": chance.choice(CYCLES),
        "licence": chance.choice(LICENCES),
        "spatial": district,
        "links": [
            {
                "title": f"{subject}{kind}",
                "url": f"https://data.example.cn/{i}.csv",
                "format": chance.choice(FORMATS),
            }
        ],
    }


def queries(count):
    """What people ask: words, parts of words, several, one character, mixed with letters."""
    chance = random.Random(SEED)
    asked = []
    for i in range(count):
        subject, other = chance.choice(SUBJECTS), chance.choice(SUBJECTS + FILLERS)
        begin = chance.randrange(len(subject))
        asked.append(
            [
                subject,
                subject[begin : begin + 2],
                f"{chance.choice(DISTRICTS)[:2]} {subject}",
                f"{subject}{chance.choice(KINDS)}",
                f"{subject} {other}",
                chance.choice(subject),
                f"{chance.randint(2012, 2026)}年",
                f"{subject} -{other}",
            ][i % 8]
        )
    return asked


def text_of(made, organisation_title):
    """All that a search looks at."""
    return "\n".join(
        [
            made["title"],
            *made["keywords"],
            *made["themes"],
            made["name"],
            made["code"],
            organisation_title,
            made["spatial"],
            made["summary"],
        ]
    )
