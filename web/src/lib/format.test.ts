import { expect, test } from "vitest";

import { beginning, bytes, cell, isNumeric, members, moment, number } from "./format";

test("sizes have a unit and at most three digits", () => {
  expect(bytes(0)).toBe("0 B");
  expect(bytes(1023)).toBe("1023 B");
  expect(bytes(1024)).toBe("1.00 KiB");
  expect(bytes(1_265_664)).toBe("1.21 MiB");
  expect(bytes(435_159_040)).toBe("415 MiB");
  expect(bytes(2 ** 60)).toBe("1024 PiB");
});

test("numbers are grouped by three", () => {
  expect([0, 999, 1000, 1234567].map(number)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

test("times are of the reader's zone, and what is no time stays as it is", () => {
  expect(moment("2026-11-30T18:05:09Z")).toMatch(/^2026-(11-30|12-01) \d\d:05:09$/);
  expect(moment("soon")).toBe("soon");
});

test("cells show text as it is and nested values as JSON", () => {
  expect(cell(" 001 ")).toBe(" 001 ");
  expect(cell(["M1", 2])).toBe('["M1",2]');
  expect(cell(false)).toBe("false");
  expect(cell(null)).toBe("");
});

test("members of an object in words", () => {
  expect(members({ roles: ["auditor", "reader"], ordinal: 3, reason: "" })).toBe(
    "roles: auditor, reader; ordinal: 3",
  );
  expect(members({})).toBe("");
  expect(members("text")).toBe("text");
});

test("the beginning of a text never ends in half a character", () => {
  expect(beginning("公交站", 3)).toBe("公交站");
  expect(beginning("公交站点", 3)).toBe("公交站…");
  expect(beginning("公交𠮷", 3)).toBe("公交…");
  expect(beginning("公𠮷交", 3)).toBe("公𠮷…");
});

test("types of numbers", () => {
  expect(["integer", "number"].every(isNumeric)).toBe(true);
  expect(["text", "boolean", "timestamp", "list"].some(isNumeric)).toBe(false);
});
