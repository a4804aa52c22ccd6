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
