/** Figures of columns as people read them. */

import { cell, number } from "./format";

/** A number with at most six digits that matter: 1,234.57, 1.23457e+20. */
export function shortNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return number(value);
  const short = Number(value.toPrecision(6));
  if (Math.abs(short) >= 1e15 || (short !== 0 && Math.abs(short) < 1e-6)) {
    return short.toExponential();
  }
  const [whole = "", fraction] = String(short).split(".");
  return number(Number(whole)).replace(/^0$/, whole) + (fraction ? `.${fraction}` : "");
}

/** A value of a column, whatever it is. */
export function figure(value: unknown): string {
  return typeof value === "number" ? shortNumber(value) : cell(value);
}

/** A share in per cent; what is there is never 0 %, and what is missing never 100 %. */
export function share(part: number, whole: number): string {
  if (whole === 0) return "0 %";
  const percent = (part / whole) * 100;
  if (part > 0 && percent < 0.1) return "< 0.1 %";
  if (part < whole && percent > 99.9) return "> 99.9 %";
  return `${Number(percent.toFixed(1))} %`;
}
