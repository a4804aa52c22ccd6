import type { Repair } from "../api/client";

/** A part of a text; with a repair it is what the repair wrote, which may be nothing. */
export interface RepairedPiece {
  text: string;
  repair?: Repair;
}

/** Repairs that touch as one: 發(fā) is read as a whole. */
export function joined(repairs: readonly Repair[]): Repair[] {
  const all: Repair[] = [];
  for (const repair of repairs) {
    const last = all.at(-1);
    if (last?.end !== repair.begin) {
      all.push(repair);
      continue;
    }
    const known = last.rules.map((rule) => JSON.stringify(rule));
    all[all.length - 1] = {
      begin: last.begin,
      end: repair.end,
      before: last.before + repair.before,
      rules: [
        ...last.rules,
        ...repair.rules.filter((rule) => !known.includes(JSON.stringify(rule))),
      ],
    };
  }
  return all;
}

/** The text cut at its repairs, which are sorted and disjoint, in code points. */
export function repairedPieces(text: string, repairs: readonly Repair[]): RepairedPiece[] {
  const points = Array.from(text);
  const part = (begin: number, end: number) => points.slice(begin, end).join("");
  const pieces: RepairedPiece[] = [];
  let done = 0;
  for (const repair of repairs) {
    if (repair.begin > done) pieces.push({ text: part(done, repair.begin) });
    pieces.push({ text: part(repair.begin, repair.end), repair });
    done = repair.end;
  }
  if (done < points.length) pieces.push({ text: part(done, points.length) });
  return pieces;
}

/** What has no shape of its own, as a sign, so that it is seen where it was taken out. */
export function visible(text: string): string {
  return text
    .replace(/\r?\n/g, "↵\n")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029]/gu, (one) =>
      one === "\n" || one === "\t"
        ? one
        : `⟨U+${one.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}⟩`,
    )
    .replace(/^ +| +$/g, (spaces) => "␣".repeat(spaces.length));
}
