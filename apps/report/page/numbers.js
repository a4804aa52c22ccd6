// The numbers of measured steps, and what other thresholds would do with them.
const NOT_REACHED = 0xffff;
const NO_NUMBER = 0xfffe;
const NOT_GONE = 0xffff;

function codesOf(base64) {
  const bytes = atob(base64);
  const codes = new Uint16Array(bytes.length / 2);
  for (let i = 0; i < codes.length; ++i) {
    codes[i] = bytes.charCodeAt(2 * i) | (bytes.charCodeAt(2 * i + 1) << 8);
  }
  return codes;
}

// A border that is so far out stands for none.
const FAR = 1e15;
const BORDERS = []; // every threshold of every measured step
const GONE = DATA.numbers === null ? [] : codesOf(DATA.numbers.gone);

function readBorder(step, interval, side) {
  const given = interval[side];
  const parameter = interval[side + "_parameter"];
  const none = given === null || Math.abs(given) >= FAR;
  if (none && parameter === "") return;
  const value = none ? (side === "low" ? -Infinity : Infinity) : given;
  BORDERS.push({ step, interval, side, parameter, value, now: value,
    closed: interval[side + "_closed"] });
}

function readNumbers(step) {
  step.ordinal = DATA.steps.findIndex((one) => one.name === step.step);
  step.counts = DATA.steps[step.ordinal].counts;
  for (const one of step.statistics) {
    one.codes = codesOf(one.codes);
    one.max = one.max || one.min;
    one.whole = one.min.every(Number.isInteger) && one.max.every(Number.isInteger);
  }
  step.intervals.forEach((interval, i) => {
    interval.number = i;
    interval.of = step.statistics[interval.statistic];
    readBorder(step, interval, "low");
    readBorder(step, interval, "high");
  });
  step.intervals = step.intervals.filter((interval) => interval.of !== undefined);
  step.was = passesOf(step, "value");
}

function borderOf(interval, side) {
  return BORDERS.find((one) => one.interval === interval && one.side === side);
}

function limitOf(interval, side, which) {
  const border = borderOf(interval, side);
  return border === undefined ? (side === "low" ? -Infinity : Infinity) : border[which];
}

function keeps(interval, low, high, value) {
  if (interval.zero_passes && value === 0) return true;
  const below = interval.low_closed ? value < low : value <= low;
  const above = interval.high_closed ? value > high : value >= high;
  return (below || above) === interval.reversed;
}

// Of each bin the share that is kept: 0 or 1, and between only where a border lies inside the bin.
function keptShares(interval, which) {
  const low = limitOf(interval, "low", which);
  const high = limitOf(interval, "high", which);
  const { min, max } = interval.of;
  const shares = new Float64Array(min.length);
  for (let bin = 0; bin < min.length; ++bin) {
    const first = keeps(interval, low, high, min[bin]);
    const last = keeps(interval, low, high, max[bin]);
    const inside = [low, high].some((border) => border > min[bin] && border < max[bin]);
    if (first === last && !inside) shares[bin] = first ? 1 : 0;
    else shares[bin] = shareInside(interval, low, high, min[bin], max[bin]);
  }
  return shares;
}

function shareInside(interval, low, high, min, max) {
  const within = (Math.min(high, max) - Math.max(low, min)) / (max - min);
  const share = Math.min(1, Math.max(0, within));
  return Math.min(0.999, Math.max(0.001, interval.reversed ? 1 - share : share));
}

// By row of the matrix: whether it passes all of the step's intervals.
function passesOf(step, which) {
  const passes = new Uint8Array(DATA.numbers.rows).fill(1);
  for (const interval of step.intervals) {
    const kept = keptShares(interval, which);
    const codes = interval.of.codes;
    for (let row = 0; row < codes.length; ++row) {
      if (codes[row] < NO_NUMBER && kept[codes[row]] < 0.5) passes[row] = 0;
    }
  }
  return passes;
}

if (DATA.numbers !== null) DATA.numbers.steps.forEach(readNumbers);

function isMoved(border) {
  return border.now !== border.value;
}

function movedBorders() {
  return BORDERS.filter(isMoved);
}

// Rows that reached the step in this run and that it would keep. Of a step with one interval the
// bins tell of every row; of others the matrix does, which may be a sample.
function keptNow(step) {
  const change = { kept: step.counts.kept, rough: false };
  if (step.intervals.length === 1) {
    const [interval] = step.intervals;
    const was = keptShares(interval, "value");
    const is = keptShares(interval, "now");
    let kept = 0;
    interval.of.count.forEach((count, bin) => {
      kept += count * (is[bin] - was[bin]);
      change.rough = change.rough || (is[bin] > 0 && is[bin] < 1);
    });
    change.kept += Math.round(kept);
    return change;
  }
  const is = passesOf(step, "now");
  const codes = step.statistics[0].codes;
  let kept = 0;
  for (let row = 0; row < codes.length; ++row) {
    if (codes[row] !== NOT_REACHED) kept += is[row] - step.was[row];
  }
  change.kept += kept * DATA.numbers.one_in;
  change.rough = DATA.numbers.one_in > 1 || step.intervals.some((interval) =>
    keptShares(interval, "now").some((one) => one > 0 && one < 1));
  return change;
}

// All steps together: rows that leave the recipe now and would not, and rows that would pass the
// step that dropped them; of these the later steps have measured nothing.
function replay() {
  const { steps, rows, one_in: oneIn } = DATA.numbers;
  const moved = new Set(movedBorders().map((border) => border.step));
  const now = steps.map((step) => (moved.has(step) ? passesOf(step, "now") : step.was));
  let lost = 0;
  let released = 0;
  for (let row = 0; row < rows; ++row) {
    let open = true;
    for (let s = 0; s < steps.length && open; ++s) {
      const step = steps[s];
      if (step.statistics[0].codes[row] === NOT_REACHED) continue;
      if (now[s][row] === 0) {
        open = false;
        if (GONE[row] === NOT_GONE) ++lost;
      } else if (GONE[row] === step.ordinal && step.was[row] === 0) {
        open = false;
        ++released;
      }
    }
  }
  // Where no step follows, what passes is in the result.
  const certain = movedBorders().every((border) =>
    !DATA.steps.some((step) => step.from.includes(border.step.step)));
  return { lost: lost * oneIn, released: released * oneIn, certain, rough: oneIn > 1 };
}

// The number with the fewest digits of those that part the two bins in the same way.
function roundest(from, to, withFrom) {
  const fits = (x) => (withFrom ? x >= from && x < to : x > from && x <= to);
  for (let digits = 0; digits <= 15; ++digits) {
    for (const turn of [Math.floor, Math.ceil]) {
      const edge = withFrom ? from : to;
      const rounded = Number((turn(edge * 10 ** digits) / 10 ** digits).toFixed(digits));
      if (fits(rounded)) return rounded;
    }
  }
  return withFrom ? from : to;
}

// Where the slider stands: `at` bins lie below the border.
function valueAt(border, at) {
  const { min, max } = border.interval.of;
  const low = border.side === "low";
  if (at === 0 && low) return min[0] > 0 && border.interval.of.whole ? 0 : Math.min(min[0], border.value);
  if (at === min.length && !low) return Number.isFinite(border.value) && border.value > max[at - 1]
    ? border.value : max[at - 1];
  const below = at === 0 ? min[0] - 1 : max[at - 1];
  const above = at === min.length ? max[at - 1] + 1 : min[at];
  return roundest(below, above, low ? !border.closed : border.closed);
}

function placeOfBorder(border) {
  const { min, max } = border.interval.of;
  const takesOwn = border.side === "low" ? !border.closed : border.closed;
  let at = 0;
  while (at < min.length && (takesOwn ? max[at] <= border.now : max[at] < border.now)) ++at;
  return at;
}

function shortNumber(value) {
  if (!Number.isFinite(value)) return t("no_limit");
  return Number(value.toPrecision(6)).toString();
}

function commandLine() {
  const sets = movedBorders().filter((one) => Number.isFinite(one.now))
    .map((one) => `--set ${one.step.step}.${one.parameter}=${one.now}`);
  return ["siku run", t("recipe_file"), ...sets].join(" ");
}
