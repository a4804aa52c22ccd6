import { describe, expect, test } from "vitest";

import { figure, share, shortNumber } from "./statistics";

describe("a figure", () => {
  test("keeps six digits that matter", () => {
    expect(shortNumber(1234567)).toBe("1,234,567");
    expect(shortNumber(1234.5678)).toBe("1,234.57");
    expect(shortNumber(-0.125)).toBe("-0.125");
    expect(shortNumber(1e300)).toBe("1e+300");
    expect(shortNumber(1.5e-9)).toBe("1.5e-9");
  });

  test("of another kind is what it is", () => {
    expect(figure("9223372036854775807")).toBe("9223372036854775807");
    expect(figure(null)).toBe("");
    expect(figure(false)).toBe("false");
  });
});

describe("a share", () => {
  test("hides neither the few nor the missing", () => {
    expect(share(1, 100_000)).toBe("< 0.1 %");
    expect(share(99_999, 100_000)).toBe("> 99.9 %");
    expect(share(1, 3)).toBe("33.3 %");
    expect(share(0, 5)).toBe("0 %");
    expect(share(5, 5)).toBe("100 %");
    expect(share(0, 0)).toBe("0 %");
  });
});
