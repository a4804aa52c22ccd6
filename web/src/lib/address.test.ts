import { describe, expect, test } from "vitest";

import {
  comparisonAddress,
  comparisonOf,
  datasetAddress,
  isWebAddress,
  lineageAddress,
  nextOf,
  nextSort,
  pageNumbers,
  partAddress,
  routeOf,
  rowAddress,
  rowPlaceOf,
  searchAddress,
  searchOf,
  toggled,
  whole,
} from "./address";

describe("a search", () => {
  test("comes back from its address whole", () => {
    const address =
      "/?q=%E5%85%AC%E4%BA%A4+%F0%A0%AE%B7&class=closed&organisation=b&organisation=a&sort=modified&page=3";
    const search = searchOf(address.slice(1));
    expect(search.q).toBe("公交 𠮷");
    expect(search.chosen.organisation).toEqual(["b", "a"]);
    expect(searchAddress(search)).toBe(address);
  });

  test("that is the default has the shortest address", () => {
    expect(searchAddress(searchOf(""))).toBe("/");
    expect(searchAddress(searchOf("?q=&sort=relevance&page=1&unknown=x"))).toBe("/");
  });

  test("takes no page or order that there is not", () => {
    for (const page of ["0", "-1", "1.5", "1e3", "x", "9".repeat(40)]) {
      expect(searchOf(`?page=${page}`).page).toBe(1);
    }
    expect(searchOf("?sort=;drop").sort).toBe("relevance");
  });

  test("names a value once", () => {
    expect(searchOf("?theme=a&theme=a").chosen.theme).toEqual(["a"]);
  });

  test("goes to its first page when a filter changes, and back when it is taken out", () => {
    const before = searchOf("?q=x&page=4");
    const after = toggled(before, "theme", "交通");
    expect(searchAddress(after)).toBe("/?q=x&theme=%E4%BA%A4%E9%80%9A");
    expect(searchAddress(toggled(after, "theme", "交通"))).toBe("/?q=x");
    expect(before.chosen.theme).toEqual([]);
  });
});

describe("a path", () => {
  test("is a page", () => {
    expect(routeOf("/")).toEqual({ page: "find" });
    expect(routeOf("/audit")).toEqual({ page: "audit" });
    expect(routeOf("/audit/")).toEqual({ page: "audit" });
    expect(routeOf("/datasets/a")).toEqual({ page: "dataset", name: "a", part: "overview" });
    expect(routeOf("/datasets/a/rows")).toEqual({ page: "dataset", name: "a", part: "rows" });
  });

  test("keeps any name of a dataset", () => {
    for (const name of ["公交站点", "a/b", "100%", "a?b#c", "rows"]) {
      const path = datasetAddress(name, "versions");
      expect(routeOf(path)).toEqual({ page: "dataset", name, part: "versions" });
    }
  });

  test("that is none says so", () => {
    for (const path of [
      "/x",
      "/datasets",
      "/datasets/",
      "/datasets/a/b",
      "/datasets/%E5",
      "/toString",
    ]) {
      expect(routeOf(path)).toEqual({ page: "nothing" });
    }
  });
});

describe("a place among rows", () => {
  test("comes back from its address", () => {
    const filters = [
      { field: "名", op: "contains" as const, value: '"&=' },
      { field: "n", op: "null" as const, value: "" },
    ];
    const place = { version: 2, offset: 4_999_950, limit: 200, filters, sort: "-n" };
    const address = rowAddress("a", place);
    expect(rowAddress("a", { ...place, filters: [], sort: "" })).toBe(
      "/datasets/a/rows?version=2&offset=4999950&limit=200",
    );
    expect(rowPlaceOf(new URL(address, "http://x").search)).toEqual({ ...place, q: "" });
    expect(rowAddress("a", rowPlaceOf(""))).toBe("/datasets/a/rows");
    // Words go without filters and sort.
    const words = rowPlaceOf("q=%E5%9C%B0%E9%93%81&sort=-n&filter=%7B%7D&offset=50");
    expect(words).toMatchObject({ q: "地铁", sort: "", filters: [], offset: 50 });
    expect(rowPlaceOf(new URL(rowAddress("a", words), "http://x").search)).toEqual(words);
  });

  test("asks for no more than the server gives", () => {
    expect(rowPlaceOf("?limit=5000").limit).toBe(1000);
    expect(rowPlaceOf("?limit=0").limit).toBe(50);
  });
});

test("what is no filter is left out of a place among rows", () => {
  for (const text of ["", "x", "null", "[]", "{}", '{"field":"a","op":"drop"}', '{"op":"eq"}']) {
    expect(rowPlaceOf(`?filter=${encodeURIComponent(text)}`).filters).toEqual([]);
  }
});

test("a column's head sorts up, down, not at all", () => {
  expect(nextSort("", "n")).toBe("n");
  expect(nextSort("n", "n")).toBe("-n");
  expect(nextSort("-n", "n")).toBe("");
  expect(nextSort("-m", "n")).toBe("n");
});

test("a query is kept in the address of its page", () => {
  const address = partAddress("a", "sql", 2, "SELECT 'a&b'\nFROM rows");
  expect(new URL(address, "http://x").searchParams.get("sql")).toBe("SELECT 'a&b'\nFROM rows");
  expect(routeOf(address.split("?")[0]!)).toEqual({ page: "dataset", name: "a", part: "sql" });
  expect(partAddress("a", "statistics", 0)).toBe("/datasets/a/statistics");
});

test("after signing in nobody is led to another host", () => {
  expect(nextOf("?next=/audit%3Fafter=100")).toBe("/audit?after=100");
  for (const next of [
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "javascript:x",
    "",
  ]) {
    expect(nextOf(`?next=${encodeURIComponent(next)}`)).toBe("/");
  }
});

test("only addresses of the web become links", () => {
  expect(["http://a.example/x", "HTTPS://a.example"].every(isWebAddress)).toBe(true);
  for (const text of ["javascript:alert(1)", " https://a.example", "data:text/html,x", "//a", ""]) {
    expect(isWebAddress(text)).toBe(false);
  }
});

test("a whole number is digits only", () => {
  expect(whole("12", 0)).toBe(12);
  for (const text of [null, "", " 1", "+1", "0x1", "1_0", "1,0"]) expect(whole(text, 7)).toBe(7);
  expect(whole("0", 7, 1)).toBe(7);
});

test("of many pages the first, the last and those about the present one are offered", () => {
  expect(pageNumbers(1, 1)).toEqual([1]);
  expect(pageNumbers(1, 4)).toEqual([1, 2, 3, 4]);
  expect(pageNumbers(10, 26)).toEqual([1, 0, 8, 9, 10, 11, 12, 0, 26]);
  expect(pageNumbers(26, 26)).toEqual([1, 0, 24, 25, 26]);
});

test("two versions to compare come back from their address, and nothing else does", () => {
  const compared = { before: 1, after: 12 };
  const address = comparisonAddress("公交", compared);
  expect(address).toBe("/datasets/%E5%85%AC%E4%BA%A4/versions?before=1&after=12");
  expect(comparisonOf(address.split("?")[1]!)).toEqual(compared);
  for (const query of ["", "?before=1", "?before=0&after=2", "?before=a&after=2"]) {
    expect(comparisonOf(query)).toBeUndefined();
  }
});

test("the lineage of a version has an address", () => {
  const address = lineageAddress("公交", 12);
  expect(routeOf(address)).toEqual({ page: "dataset", name: "公交", part: "lineage", version: 12 });
  for (const path of ["versions/0/lineage", "versions/x/lineage", "versions/1", "rows/1/lineage"]) {
    expect(routeOf(`/datasets/a/${path}`)).toEqual({ page: "nothing" });
  }
});
