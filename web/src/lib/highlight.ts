export interface Piece {
  text: string;
  marked: boolean;
}

/**
 * Cuts a text at spans that are counted in code points, half-open. Spans that overlap, run backwards
 * or past the end are clipped: a wrong span must not cost the reader the text.
 */
export function pieces(text: string, spans: readonly (readonly number[])[] = []): Piece[] {
  const points = Array.from(text);
  const result: Piece[] = [];
  const push = (start: number, end: number, marked: boolean) => {
    if (end > start) result.push({ text: points.slice(start, end).join(""), marked });
  };
  let done = 0;
  for (const [from = 0, to = 0] of [...spans].sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))) {
    const start = Math.max(from, done);
    const end = Math.min(to, points.length);
    if (end <= start) continue;
    push(done, start, false);
    push(start, end, true);
    done = end;
  }
  push(done, points.length, false);
  return result;
}

/** What stands around the first span: the text and its spans, cut to about `most` code points. */
export function excerpt(
  text: string,
  spans: readonly (readonly number[])[],
  most: number,
): { text: string; spans: number[][] } {
  const points = Array.from(text);
  const first = spans[0]?.[0] ?? 0;
  const begin = points.length <= most ? 0 : Math.max(0, first - Math.floor(most / 3));
  const end = Math.min(points.length, begin + most);
  const before = begin > 0 ? "…" : "";
  const shift = before.length - begin;
  return {
    text: before + points.slice(begin, end).join("") + (end < points.length ? "…" : ""),
    spans: spans
      .filter(([from = 0]) => from < end)
      .map(([from = 0, to = 0]) => [from + shift, Math.min(to, end) + shift]),
  };
}
