import { expect, test } from "vitest";

import { lineageNodes, lineageRows, type LineageNode } from "./lineage";

const step = (...from: string[]) => ({
  from,
  operator: "refine.text.repair",
  version: 3,
  parameters: { column: "text" },
});
const lineage = {
  inputs: { pages: { files: 2, sha256: "ab12" } },
  recipe: {
    inputs: [
      { kind: "files", name: "pages" },
      { kind: "dataset", name: "more" },
      { kind: "files", name: "elsewhere" },
    ],
    outputs: { corpus: "unique.rows", other: "aside.rows" },
    steps: {
      aside: step("elsewhere"),
      parts: step("tidy.rows"),
      tidy: step("pages", "more"),
      unique: step("parts.outline", "tidy.rows"),
    },
  },
};
const node = (id: string, ...from: string[]): LineageNode => ({
  id,
  kind: "step",
  name: id,
  from: from.map((one) => ({ id: one, port: "rows" })),
});

test("only what led to the output is there, each after what it is made from", () => {
  const nodes = lineageNodes(lineage, "corpus@2");
  expect(nodes.map((one) => one.id)).toEqual([
    "pages",
    "more",
    "tidy",
    "parts",
    "unique",
    ".output",
  ]);
  expect(nodes[0]!.input).toEqual({ kind: "files", files: 2, sha256: "ab12" });
  expect(nodes[1]!.input).toEqual({ kind: "dataset", files: undefined, sha256: undefined });
  expect(nodes[3]!.step).toEqual({
    operator: "refine.text.repair",
    version: 3,
    parameters: [["column", "text"]],
  });
  expect(nodes[4]!.from).toEqual([
    { id: "parts", port: "outline" },
    { id: "tidy", port: "rows" },
  ]);
  expect(nodes[5]!.name).toBe("corpus");
});

test("an input may be the output", () => {
  const recipe = { inputs: [{ kind: "files", name: "a" }], outputs: { b: "a" }, steps: {} };
  expect(lineageNodes({ recipe }, "b@1").map((one) => one.id)).toEqual(["a", ".output"]);
});

test("what holds no recipe, or not this output, is no graph", () => {
  for (const one of [null, {}, [], "x", { recipe: 1 }, lineage]) {
    expect(lineageNodes(one, "none@1")).toEqual([]);
  }
});

test("a chain stays in one lane", () => {
  const rows = lineageRows([node("a"), node("b", "a"), node("c", "b")]);
  expect(rows.map(({ lane, into, past, out }) => [lane, into, past, out])).toEqual([
    [0, [], [], true],
    [0, [0], [], true],
    [0, [0], [], false],
  ]);
});

test("lines come together, pass by and part", () => {
  const rows = lineageRows(lineageNodes(lineage, "corpus@2"));
  expect(rows.map(({ node, lane, into, past, out }) => [node.id, lane, into, past, out])).toEqual([
    ["pages", 0, [], [], true],
    ["more", 1, [], [0], true],
    ["tidy", 0, [0, 1], [], true],
    // tidy is needed once more.
    ["parts", 1, [0], [0], true],
    ["unique", 0, [1, 0], [], true],
    [".output", 0, [0], [], false],
  ]);
});
