import { expect, test } from "vitest";

import { differences, shortened } from "./diff";
import type { Piece } from "./highlight";

/** "中[国]人": what is marked stands in brackets. */
const shown = (pieces: readonly Piece[]) =>
  pieces.map(({ text, marked }) => (marked ? `[${text}]` : text)).join("");
const both = (before: string, after: string) => {
  const sides = differences(before, after);
  return [shown(sides.before), shown(sides.after)];
};

test("what both texts begin and end with is plain", () => {
  expect(both("深圳市南山区", "深圳市福田区")).toEqual(["深圳市[南山]区", "深圳市[福田]区"]);
  expect(both("同", "同")).toEqual(["同", "同"]);
  expect(both("", "新")).toEqual(["", "[新]"]);
  expect(both("旧", "")).toEqual(["[旧]", ""]);
  // The end does not take what the beginning has taken.
  expect(both("哈哈", "哈哈哈")).toEqual(["哈哈", "哈哈[哈]"]);
});

test("several changes in one text are marked each", () => {
  expect(both("中 国 人", "中国人")).toEqual(["中[ ]国[ ]人", "中国人"]);
  expect(both("電子站牌，設有候車亭", "电子站牌，设有候车亭")).toEqual([
    "[電]子站牌，[設]有候[車]亭",
    "[电]子站牌，[设]有候[车]亭",
  ]);
});

test("one character that is common by chance does not cut a change in two", () => {
  expect(both("1月2日", "3月4日")).toEqual(["[1月2]日", "[3月4]日"]);
});

test("characters outside the basic plane are not cut in half", () => {
  expect(both("𠮷祥", "𠮶祥")).toEqual(["[𠮷]祥", "[𠮶]祥"]);
});

test("both sides are the texts, whatever was marked; unmarked they are equal", () => {
  let seed = 7;
  const next = (most: number) => (seed = (seed * 48271) % 2147483647) % most;
  const text = () => Array.from({ length: next(30) }, () => "天地玄𠮷"[next(3)]).join("");
  for (let round = 0; round < 500; round++) {
    const [before, after] = [text(), text()];
    const sides = differences(before, after);
    expect(sides.before.map((one) => one.text).join("")).toBe(before);
    expect(sides.after.map((one) => one.text).join("")).toBe(after);
    const plain = (all: Piece[]) =>
      all
        .filter((one) => !one.marked)
        .map((one) => one.text)
        .join("");
    expect(plain(sides.before)).toBe(plain(sides.after));
  }
});

test("a long middle is marked as a whole, in no time", () => {
  const before = "甲" + "乙丙".repeat(50_000) + "丁";
  const after = "甲" + "丙乙".repeat(50_000) + "丁";
  expect(differences(before, after).before.map((one) => one.marked)).toEqual([false, true, false]);
});

test("long pieces are cut, next to a change last", () => {
  const long = "一二三四五六七八九十";
  const pieces = [
    { text: long, marked: false },
    { text: "新", marked: true },
    { text: long, marked: false },
    { text: "旧".repeat(9), marked: true },
    { text: long, marked: false },
  ];
  expect(shown(shortened(pieces, 2, 4))).toBe("…九十[新]一二…九十[旧旧旧旧…]一二…");
  expect(shown(shortened([{ text: long, marked: false }], 20))).toBe(long);
});
