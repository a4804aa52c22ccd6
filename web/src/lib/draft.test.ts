import { expect, test } from "vitest";

import type { DatasetPage } from "../api/client";
import { EMPTY_DRAFT, draftOf, elementsOf, entries } from "./draft";

const dataset = {
  name: "stops",
  title: "公交站点",
  summary: "",
  code: "3074403",
  organisation: { name: "jtj", title: "交通局" },
  class: "conditional",
  conditions: "须说明用途",
  themes: ["交通"],
  keywords: ["公交", "Shenzhen, China"],
  update_cycle: "daily",
  licence: "CC-BY-4.0",
  spatial: "深圳",
  temporal: { start: "2024-01", end: "" },
  contacts: [
    { name: "甲", email: "a@example.org", phone: "" },
    { name: "乙", email: "b@example.org", phone: "" },
  ],
} as unknown as DatasetPage;

test("commas of both scripts part entries, spaces within stay", () => {
  expect(entries("公交，bus stop、 地铁;公交,,")).toEqual(["公交", "bus stop", "地铁"]);
  expect(entries("  ")).toEqual([]);
  expect(entries("Shenzhen, China\n公交\n\n")).toEqual(["Shenzhen, China", "公交"]);
});

test("what is edited without a change is sent as it was, hidden contacts too", () => {
  const sent = elementsOf(draftOf(dataset), dataset);
  expect(sent).toEqual({ ...dataset, organisation: "jtj" });
});

test("what is emptied is sent empty, so that it goes", () => {
  const sent = elementsOf({ ...EMPTY_DRAFT, name: " a ", class: "closed" });
  expect(sent.update_cycle).toBe("");
  expect(sent.temporal).toEqual({ start: "", end: "" });
  expect(sent.contacts).toEqual([]);
  expect(sent.name).toBe("a");
});

test("conditions go with the field that shows them", () => {
  const draft = { ...draftOf(dataset), class: "unconditional" };
  expect(elementsOf(draft).conditions).toBe("");
});
