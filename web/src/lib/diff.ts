import type { Piece } from "./highlight";

/** Two texts beside each other, what changed in each marked. */
export interface Sides {
  before: Piece[];
  after: Piece[];
}

// Beyond so many pairs of code points the changed middle is marked as a whole.
const MOST_PAIRS = 1_000_000;

/**
 * What changed between two texts, by code points: what both begin and end with is plain, and in the
 * middle the longest common subsequence (dynamic programming; of several, the one that begins first).
 */
export function differences(before: string, after: string): Sides {
  const a = Array.from(before);
  const b = Array.from(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  const most = Math.min(a.length, b.length) - start;
  while (end < most && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const middleA = a.slice(start, a.length - end);
  const middleB = b.slice(start, b.length - end);
  const runs = calm([
    { same: true, a: a.slice(0, start), b: b.slice(0, start) },
    ...middle(middleA, middleB),
    { same: true, a: a.slice(a.length - end), b: b.slice(b.length - end) },
  ]);
  return {
    before: joined(runs.map(({ same, a }) => ({ text: a.join(""), marked: !same }))),
    after: joined(runs.map(({ same, b }) => ({ text: b.join(""), marked: !same }))),
  };
}

/** Code points that both texts have (`a` equals `b`), or that stand in place of each other. */
interface Run {
  same: boolean;
  a: string[];
  b: string[];
}

function middle(a: string[], b: string[]): Run[] {
  if (a.length * b.length > MOST_PAIRS) return [{ same: false, a, b }];
  const lengths = commonLengths(a, b);
  const width = b.length + 1;
  const runs: Run[] = [];
  const run = (same: boolean): Run => {
    if (runs.at(-1)?.same !== same) runs.push({ same, a: [], b: [] });
    return runs.at(-1)!;
  };
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      const { a: left, b: right } = run(true);
      left.push(a[i++]!);
      right.push(b[j++]!);
    } else if (
      j === b.length ||
      (i < a.length && lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)
    ) {
      run(false).a.push(a[i++]!);
    } else {
      run(false).b.push(b[j++]!);
    }
  }
  return runs;
}

/** At i * (|b| + 1) + j: the length of the longest common subsequence of a[i…] and b[j…]. */
function commonLengths(a: string[], b: string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const at = i * width + j;
      lengths[at] =
        a[i] === b[j]
          ? lengths[at + width + 1]! + 1
          : Math.max(lengths[at + width]!, lengths[at + 1]!);
    }
  }
  return lengths;
}

/** Takes for changed what is common by chance: a run shorter than the changes on both its sides. */
function calm(runs: Run[]): Run[] {
  const size = (run?: Run) => (run && !run.same ? run.a.length + run.b.length : 0);
  const result: Run[] = [];
  runs.forEach((run, index) => {
    const around = Math.min(size(result.at(-1)), size(runs[index + 1]));
    const same = run.same && run.a.length >= around;
    const last = result.at(-1);
    if (last && !same && !last.same) {
      result[result.length - 1] = { same, a: last.a.concat(run.a), b: last.b.concat(run.b) };
    } else {
      result.push({ ...run, same });
    }
  });
  return result;
}

function joined(pieces: Piece[]): Piece[] {
  return pieces.filter(({ text }) => text !== "");
}

/**
 * The pieces with long ones cut: of plain text `about` code points next to what is marked stay, of
 * marked text the first `most`.
 */
export function shortened(pieces: readonly Piece[], about = 40, most = 600): Piece[] {
  return pieces.map(({ text, marked }, index) => {
    const points = Array.from(text);
    const head = marked ? most : index === 0 && pieces.length > 1 ? 0 : about;
    const tail = marked || index === pieces.length - 1 ? 0 : about;
    if (points.length <= head + tail + 1) return { text, marked };
    const kept = points.slice(0, head).join("") + "…" + points.slice(points.length - tail).join("");
    return { text: kept, marked };
  });
}
