interface Context {
  source?: string;
}
type Reviver = (key: string, value: unknown, context?: Context) => unknown;

/**
 * Parses JSON without rounding: a whole number that a double does not hold is given as its text.
 * Browsers before 2025 that hand no source to the reviver (TC39 "JSON.parse source text access")
 * still round.
 */
export function exactJson(text: string): unknown {
  const keep: Reviver = (_key, value, context) =>
    typeof value === "number" &&
    !Number.isSafeInteger(value) &&
    /^-?\d+$/.test(context?.source ?? "")
      ? context!.source
      : value;
  return JSON.parse(text, keep);
}
