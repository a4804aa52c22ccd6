import { t, type Word } from "../state/language.svelte";
import { en } from "../words/en";

/** The title of a coded value in the reader's language; of others, what the server says. */
export function valueTitle(kind: string, value: string, title = value): string {
  const prefix = kind === "update_cycle" ? "cycle" : kind;
  const word = `${prefix}_${value}`;
  if (prefix === "format") return value.toUpperCase();
  return word in en ? t(word as Word) : title || value;
}
