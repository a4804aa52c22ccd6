import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { en } from "./en";
import { fill } from "./fill";
import * as imports from "./import";
import { zh } from "./zh";

const tables = {
  en: { ...en, ...imports.en },
  zh: { ...zh, ...imports.zh },
} as Record<string, Record<string, string>>;

/** What the portal is made of, but for its words and tests. */
function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(
      (one) =>
        /\.(svelte|ts)$/.test(one.name) && !/\.test\.ts$|^(en|zh|import)\.ts$/.test(one.name),
    )
    .map((one) => readFileSync(join(one.parentPath, one.name), "utf8"))
    .join("\n");
}

test("both languages have the same keys", () => {
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  expect(Object.keys(imports.zh)).toEqual(Object.keys(imports.en));
});

test("both languages have the same places, and no text is empty", () => {
  for (const key of Object.keys(tables.en!)) {
    const places = Object.values(tables).map((table) =>
      [...new Set(table[key]!.match(/\{\w+\}/g))].sort(),
    );
    expect(places[0], key).toEqual(places[1]);
    for (const table of Object.values(tables)) expect(table[key]!.trim(), key).not.toBe("");
  }
});

test("no text stands in the table that no page shows", () => {
  const source = sources(join(import.meta.dirname, ".."));
  const made =
    /^(class|cycle|state|facet|sort|download|op|role|run|phase|setting|scope|diff|kind|version|why|note)_/;
  const unused = Object.keys(tables.en!).filter(
    (key) => !made.test(key) && !source.includes(`"${key}"`),
  );
  expect(unused).toEqual([]);
});

test("no text of the pages stands outside the table", () => {
  const source =
    sources(join(import.meta.dirname, "../pages")) + sources(join(import.meta.dirname, "../parts"));
  const withoutComments = source.replace(/<!--[^]*?-->|\/\*[^]*?\*\/|\/\/.*/g, "");
  // The switch names each language in itself.
  expect(withoutComments.replace('"中文"', "").match(/\p{Script=Han}+/gu)).toBeNull();
});

test("places are filled, and one is not many", () => {
  expect(fill("{n} row|{n} rows", { n: 1 })).toBe("1 row");
  expect(fill("{n} row|{n} rows", { n: "1,000" })).toBe("1,000 rows");
  expect(fill("{n} row|{n} rows", { n: 0 })).toBe("0 rows");
  expect(fill("{a} to {b}", { a: "x" })).toBe("x to {b}");
  expect(fill("共 {n} 行", { n: 1 })).toBe("共 1 行");
});
