export type Values = Record<string, string | number>;

/** Puts values in the places of a text: "{n} row|{n} rows" takes the first form where n is 1. */
export function fill(text: string, values: Values = {}): string {
  const forms = text.split("|");
  const form = forms.length > 1 && values.n !== 1 && values.n !== "1" ? forms[1]! : forms[0]!;
  return form.replace(/\{(\w+)\}/g, (place, name: string) =>
    name in values ? String(values[name]) : place,
  );
}
