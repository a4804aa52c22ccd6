import { expect, test } from "vitest";

import type { Repair } from "../api/client";
import { joined, repairedPieces, visible } from "./repairs";

const repair = (begin: number, end: number, before: string): Repair => ({
  begin,
  end,
  before,
  rules: [],
});

/** As it is now, and as it was. */
function both(text: string, repairs: Repair[]): [string, string] {
  const pieces = repairedPieces(text, repairs);
  return [
    pieces.map((piece) => piece.text).join(""),
    pieces.map((piece) => piece.repair?.before ?? piece.text).join(""),
  ];
}

test("places are code points, and nothing is lost on either side", () => {
  expect(both("😀。《北京市", [repair(1, 5, "?！侗本┦")])).toEqual([
    "😀。《北京市",
    "😀?！侗本┦市",
  ]);
  expect(both("则", [repair(0, 1, " ze")])).toEqual(["则", " ze"]);
});

test("repairs that touch are one, with the rules of both", () => {
  const rule = (rule: string) => ({ step: "repaired", rule, confidence: 1 });
  const two = [
    { ...repair(1, 2, "發"), rules: [rule("simplify")] },
    { ...repair(2, 2, "(fā)"), rules: [rule("strip"), rule("simplify")] },
    repair(3, 4, "x"),
  ];
  const [first, second] = joined(two);
  expect(first).toEqual({ ...repair(1, 2, "發(fā)"), rules: [rule("simplify"), rule("strip")] });
  expect(second).toEqual(two[2]);
  expect(both("开发好了", joined(two))).toEqual(both("开发好了", two));
});

test("what was taken out stands between, at the ends too", () => {
  expect(both("ab", [repair(0, 0, "x"), repair(1, 1, "y"), repair(2, 2, "z")])).toEqual([
    "ab",
    "xaybz",
  ]);
  expect(repairedPieces("ab", [])).toEqual([{ text: "ab" }]);
  expect(repairedPieces("", [])).toEqual([]);
});

test("what cannot be seen is shown by its number", () => {
  expect(visible("甲\u200b乙")).toBe("甲⟨U+200B⟩乙");
  expect(visible("a\r\nb\nc")).toBe("a↵\nb↵\nc");
  expect(visible(" x  ")).toBe("␣x␣␣");
});
