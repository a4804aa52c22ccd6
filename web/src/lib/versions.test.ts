import { expect, test } from "vitest";

import type { DatasetPage } from "../api/client";
import { newestFirst, versionOf } from "./versions";

const dataset = {
  versions: [
    { ordinal: 1, state: "published" },
    { ordinal: 10, state: "withdrawn" },
    { ordinal: 9, state: "published" },
  ],
} as unknown as DatasetPage;

test("the newest version is the last that has not been withdrawn", () => {
  expect(versionOf(dataset, 0)?.ordinal).toBe(9);
  expect(versionOf(dataset, 10)?.state).toBe("withdrawn");
  expect(versionOf(dataset, 4)).toBeUndefined();
  expect(versionOf({ ...dataset, versions: [] }, 0)).toBeUndefined();
});

test("versions are ordered by number, and the list is left as it was", () => {
  expect(newestFirst(dataset.versions).map((one) => one.ordinal)).toEqual([10, 9, 1]);
  expect(dataset.versions[0]?.ordinal).toBe(1);
});
