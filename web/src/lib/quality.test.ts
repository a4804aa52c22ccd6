import { expect, test } from "vitest";

import type { QualityMetric } from "../api/client";
import { groupsOf, kindOf, qualityAddress, reasonOf } from "./quality";

const metric = (name: string, column: string, value: number | null) =>
  ({ name, id: `${name}/${column}`, columns: [column], value }) as QualityMetric;

test("metrics of one name are together, the least first, those without a value last", () => {
  const groups = groupsOf([
    metric("elements", "a", 1),
    metric("form", "b", null),
    metric("elements", "c", 0.5),
    metric("form", "d", 0),
  ]);
  expect(groups.map(({ name }) => name)).toEqual(["elements", "form"]);
  expect(groups[0]!.metrics.map(({ id }) => id)).toEqual(["elements/c", "elements/a"]);
  expect(groups[1]!.metrics.map(({ id }) => id)).toEqual(["form/d", "form/b"]);
});

test("an address holds the version, the finding and the page of its rows", () => {
  expect(qualityAddress("stops", {})).toBe("/datasets/stops/quality");
  expect(qualityAddress("stops", { version: 2, finding: "form/日&期", offset: 20 })).toBe(
    "/datasets/stops/quality?version=2&finding=form%2F%E6%97%A5%26%E6%9C%9F&offset=20",
  );
});

test("what has no word has none", () => {
  expect(kindOf("identity", "zh")).toBe("公民身份号码");
  expect(kindOf("", "en")).toBe("");
  expect(reasonOf("new_reason", "en")).toBe("");
});
