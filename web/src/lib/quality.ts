/** Measures of quality as people read them; loaded with the page of quality alone. */

import type { QualityMetric } from "../api/client";
import { datasetAddress } from "./address";

type Language = "zh" | "en";

const WORDS = {
  zh: {
    day: "时效性按 {day} 计算，遵循 {standard}，共 {rows} 行",
    not_assessed: "未评价",
    measure: "指标",
    columns: "信息项",
    counted: "分子 ÷ 分母",
    share: "结果",
    rows: "查看这些行",
    rows_of: "“{title}”发现的行",
    close: "收起",
    least: "最低：{title}",
    inferred: "按取值推断",
    metadata: "元数据评分（MQA）",
    points: "{points} ／ {most} 分",
    reachable: "此处可评 {reachable} 分",
    excellent: "优秀",
    good: "良好",
    sufficient: "合格",
    bad: "较差",
    met: "具备",
    unmet: "缺失",
    previous: "上一页",
    next: "下一页",
  },
  en: {
    day: "{rows} rows, by {standard}; timeliness as of {day}",
    not_assessed: "not assessed",
    measure: "Measure",
    columns: "Columns",
    counted: "Numerator ÷ denominator",
    share: "Result",
    rows: "See these rows",
    rows_of: "Rows found by “{title}”",
    close: "Close",
    least: "least: {title}",
    inferred: "told by the values",
    metadata: "Score of the metadata (MQA)",
    points: "{points} of {most} points",
    reachable: "{reachable} can be assessed here",
    excellent: "Excellent",
    good: "Good",
    sufficient: "Sufficient",
    bad: "Bad",
    met: "there",
    unmet: "missing",
    previous: "Previous",
    next: "Next",
  },
} as const;
export type QualityWord = keyof (typeof WORDS)["en"];

const KINDS: Record<string, [string, string]> = {
  identity: ["公民身份号码", "identity number"],
  credit: ["统一社会信用代码", "social credit code"],
  phone: ["电话号码", "phone number"],
  region: ["行政区划代码", "region code"],
  email: ["电子邮箱", "e-mail address"],
  url: ["网址", "web address"],
  timestamp: ["时间", "time"],
  date: ["日期", "date"],
  number: ["数字", "number"],
};

const REASONS: Record<string, [string, string]> = {
  no_reference: ["没有参照数据", "there is no reference"],
  reference_unreadable: ["您无权读取参照数据", "you may not read the reference"],
  no_cycle: ["没有更新周期", "there is no update cycle"],
  no_column: ["规则所指的列不存在或不可读", "a column of the rule is not there for you"],
  no_period: ["数据集没有时间范围", "the dataset has no period"],
  too_large: ["数据量过大", "there is too much to look at"],
  nothing_to_measure: ["没有可评价的值", "there is nothing to measure"],
  links_not_opened: ["服务器不访问外部地址", "the server opens no address elsewhere"],
  no_dcat: ["没有 DCAT 接口", "there is no DCAT document"],
};

export function word(name: QualityWord, language: Language): string {
  return WORDS[language][name];
}

const either = (pair: [string, string] | undefined, language: Language) =>
  pair?.[language === "zh" ? 0 : 1] ?? "";
export const kindOf = (kind: string, language: Language) => either(KINDS[kind], language);
export const reasonOf = (reason: string, language: Language) => either(REASONS[reason], language);

export interface Group {
  name: string;
  metrics: QualityMetric[];
}

/** Metrics of one name together, the least first; columns that lack nothing come last. */
export function groupsOf(metrics: QualityMetric[]): Group[] {
  const groups: Group[] = [];
  for (const metric of metrics) {
    const known = groups.find(({ name }) => name === metric.name);
    if (known) known.metrics.push(metric);
    else groups.push({ name: metric.name, metrics: [metric] });
  }
  for (const group of groups) group.metrics.sort((a, b) => (a.value ?? 2) - (b.value ?? 2));
  return groups;
}

export function qualityAddress(
  name: string,
  { version, finding, offset }: { version?: number; finding?: string; offset?: number },
): string {
  const query = new URLSearchParams();
  if (version) query.set("version", String(version));
  if (finding) query.set("finding", finding);
  if (offset) query.set("offset", String(offset));
  const text = query.toString();
  return datasetAddress(name, "quality") + (text ? `?${text}` : "");
}
