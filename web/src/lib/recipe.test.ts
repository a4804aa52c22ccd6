import { expect, test } from "vitest";

import { placeIn, recipeOver } from "./recipe";

test("a recipe begins with the version that was chosen", () => {
  expect(recipeOver("stops@3")).toContain("rows: {dataset: stops@3}");
  expect(recipeOver("stops@3")).toContain("output: stops.repaired\n");
});

test("a place is a line and a column", () => {
  expect(placeIn("recipe:3:15")).toEqual({ line: "3", column: "15" });
  expect(placeIn("recipe:3:15 (rows)")).toEqual({ line: "3", column: "15" });
  expect(placeIn("recipe")).toBeUndefined();
});
