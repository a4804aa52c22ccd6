import { expect, test } from "vitest";

import { excerpt, pieces } from "./highlight";

/** The text with what is marked in brackets. */
function shown(text: string, spans?: number[][]): string {
  return pieces(text, spans)
    .map((piece) => (piece.marked ? `[${piece.text}]` : piece.text))
    .join("");
}

test("spans are counted in code points, not in UTF-16 units", () => {
  expect(shown("𠮷野家公交站", [[3, 5]])).toBe("𠮷野家[公交]站");
  expect(shown("😀😀 stop 😀", [[3, 7]])).toBe("😀😀 [stop] 😀");
  expect(shown("𠮷", [[0, 1]])).toBe("[𠮷]");
});

test("without spans the text is one piece", () => {
  expect(pieces("公交")).toEqual([{ text: "公交", marked: false }]);
  expect(pieces("", [])).toEqual([]);
});

test("spans at the ends and beside each other", () => {
  expect(shown("abcd", [[0, 1], [3, 4]])).toBe("[a]bc[d]"); // prettier-ignore
  expect(shown("abcd", [[1, 2], [2, 3]])).toBe("a[b][c]d"); // prettier-ignore
});

test("no text is lost or doubled by wrong spans", () => {
  const text = "公交𠮷站点";
  const wrong = [[[3, 99]], [[4, 2]], [[0, 3], [1, 4]], [[2, 3], [0, 1]], [[-5, 2]], [[]], [[9, 12]]]; // prettier-ignore
  for (const spans of wrong) {
    const all = pieces(text, spans);
    expect(all.map((piece) => piece.text).join("")).toBe(text);
    expect(all.every((piece) => piece.text !== "")).toBe(true);
  }
});

test("an excerpt is what stands around the first span", () => {
  const text = "😀".repeat(100) + "地铁5号线" + "站".repeat(100) + "地铁";
  const spans = [[100, 102], [205, 207]]; // prettier-ignore
  const cut = excerpt(text, spans, 30);
  expect(Array.from(cut.text)).toHaveLength(32);
  expect(cut.text.startsWith("…😀") && cut.text.endsWith("站…")).toBe(true);
  expect(shown(cut.text, cut.spans)).toContain("😀[地铁]5号线站");
  expect(excerpt("地铁站", [[0, 2]], 30)).toEqual({ text: "地铁站", spans: [[0, 2]] });
  expect(excerpt("地铁站", [], 2)).toEqual({ text: "地铁…", spans: [] });
});
