/** The language of the page: chosen by the switch, else the browser's. */

import { en } from "../words/en";
import { fill, type Values } from "../words/fill";
import { zh } from "../words/zh";

export type Language = "zh" | "en";
export type Word = keyof typeof en;

const KEY = "siku-language";
const tables: Record<Language, Record<Word, string>> = { zh, en };

function first(): Language {
  const kept = localStorage.getItem(KEY);
  if (kept === "zh" || kept === "en") return kept;
  const known = navigator.languages.find((one) => /^(zh|en)\b/i.test(one));
  return known && /^en/i.test(known) ? "en" : "zh";
}

let chosen = $state<Language>(first());
document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";

export const language = {
  get now(): Language {
    return chosen;
  },
  choose(next: Language): void {
    chosen = next;
    localStorage.setItem(KEY, next);
    document.documentElement.lang = next === "zh" ? "zh-CN" : "en";
  },
};

/** A text in the language of the page. */
export function t(word: Word, values?: Values): string {
  return fill(tables[chosen][word], values);
}
