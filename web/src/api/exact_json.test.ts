import { expect, test } from "vitest";

import { exactJson } from "./exact_json";

test("whole numbers that a double does not hold keep their digits", () => {
  const text =
    '[9007199254740993,-9223372036854775808,9007199254740991,1e300,0.1,"9007199254740993"]';
  expect(exactJson(text)).toEqual([
    "9007199254740993",
    "-9223372036854775808",
    9007199254740991,
    1e300,
    0.1,
    "9007199254740993",
  ]);
});
