// Histograms with the thresholds drawn in, texts next to them, and thresholds to move.
const HISTOGRAM = { height: 168, left: 64, right: 14, bottom: 24, top: 14 };

// Numbers by bar; what lies beyond the drawn range is in the outer ones.
function barsOf(one) {
  const bars = new Array(one.bars.length - 1).fill(0);
  let bar = 0;
  one.min.forEach((value, bin) => {
    while (bar < bars.length - 1 && value >= one.bars[bar + 1]) ++bar;
    bars[bar] += one.count[bin];
  });
  return bars;
}

function beyondOf(one) {
  const last = one.bars[one.bars.length - 1];
  const above = one.count.reduce((all, n, bin) => all + (one.min[bin] >= last ? n : 0), 0);
  const below = one.count.reduce((all, n, bin) => all + (one.max[bin] < one.bars[0] ? n : 0), 0);
  return [below, above];
}

function niceStep(range, ticks) {
  const rough = range / ticks;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((one) => one * power >= rough);
}

function numberAxis(x, from, to, height, width) {
  const step = niceStep(to - from, width < 420 ? 4 : 7);
  const parts = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-9; ++i) {
    parts.push(svg("text", { x: x(i * step), y: height - 7, class: "axis middle" },
      shortNumber(i * step)));
  }
  return parts;
}

function countAxis(most, y, decades, width) {
  const { left, right } = HISTOGRAM;
  const parts = [];
  for (let decade = 0; decade <= decades; ++decade) {
    const at = y(10 ** decade - 1);
    parts.push(svg("line", { x1: left, x2: width - right, y1: at, y2: at, class: "grid" }));
    if (decade > 0) {
      parts.push(svg("text", { x: left - 6, y: at + 4, class: "axis end" }, number(10 ** decade)));
    }
  }
  return parts;
}

// What is dropped is shaded, whatever the number of rows in it.
function shades(interval, x, from, to) {
  const clamp = (value) => Math.min(to, Math.max(from, value));
  const low = clamp(limitOf(interval, "low", "now"));
  const high = clamp(limitOf(interval, "high", "now"));
  const spans = interval.reversed ? [[low, high]] : [[from, low], [high, to]];
  return spans.filter(([a, b]) => b > a).map(([a, b]) => svg("rect", { x: x(a), width: x(b) - x(a),
    y: HISTOGRAM.top, height: HISTOGRAM.height - HISTOGRAM.bottom - HISTOGRAM.top,
    fill: "url(#dropped-hatch)", class: "dropped-ground" }));
}

function borderLines(interval, x, from, to) {
  const line = (value, name) => (value < from || value > to ? [] : [svg("line", { x1: x(value),
    x2: x(value), y1: 2, y2: HISTOGRAM.height - HISTOGRAM.bottom, class: name })]);
  return BORDERS.filter((one) => one.interval === interval).flatMap((border) => [
    ...line(border.value, isMoved(border) ? "least was" : "least"),
    ...(isMoved(border) ? line(border.now, "least now") : []),
  ]);
}

function numberHistogram(interval, width) {
  const one = interval.of;
  const { height, left, right, bottom, top } = HISTOGRAM;
  const bars = barsOf(one);
  const most = Math.max(...bars, 1);
  const decades = Math.max(1, Math.ceil(Math.log10(most + 1)));
  const y = (n) => height - bottom - (Math.log10(n + 1) / decades) * (height - bottom - top);
  const [from, to] = [one.bars[0], one.bars[one.bars.length - 1]];
  const x = (value) => left + ((value - from) / (to - from)) * (width - left - right);
  const shape = bars.map((n, i) => (n === 0 ? null : svg("rect", { class: "number-bar",
    x: x(one.bars[i]) + 0.5, width: Math.max(1, x(one.bars[i + 1]) - x(one.bars[i]) - 1),
    y: y(n), height: y(0) - y(n) }, svg("title", {},
    t("number_bar", shortNumber(one.bars[i]), shortNumber(one.bars[i + 1]), number(n))))));
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": t("number_histogram", one.name, number(sum(one.count)), ruleText(interval, "now")) },
  svg("defs", {}, svg("pattern", { id: "dropped-hatch", width: 7, height: 7,
    patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
  svg("rect", { width: 7, height: 7, class: "gone-ground" }),
  svg("line", { x1: 0, y1: 0, x2: 0, y2: 7, class: "gone-line" }))),
  shades(interval, x, from, to), countAxis(most, y, decades, width), shape,
  borderLines(interval, x, from, to), numberAxis(x, from, to, height, width));
}

// `0.25 ≤ alnum_ratio ≤ 0.8`, or what is dropped where the range is reversed.
function ruleText(interval, which) {
  const low = limitOf(interval, "low", which);
  const high = limitOf(interval, "high", which);
  const left = Number.isFinite(low) ? `${shortNumber(low)} ${interval.low_closed ? "≤" : "<"} ` : "";
  const right = Number.isFinite(high) ? ` ${interval.high_closed ? "≤" : "<"} ${shortNumber(high)}` : "";
  const range = left === "" && right === "" ? t("any_number", interval.of.name)
    : left + interval.of.name + right;
  return interval.reversed ? t("kept_outside", range) : range;
}

function intervalId(interval, step) {
  return `i-${DATA.numbers.steps.indexOf(step)}-${interval.number}`;
}

function borderControl(border) {
  const id = `${intervalId(border.interval, border.step)}-${border.side}`;
  const bins = border.interval.of.min.length;
  const name = border.parameter;
  const finite = (value) => (Number.isFinite(value) ? value : "");
  const slider = el("input", { type: "range", id: id + "-slide", min: 0, max: bins, step: 1,
    value: placeOfBorder(border), "aria-label": `${border.step.step} ${name}`,
    "aria-valuetext": shortNumber(border.now) });
  const field = el("input", { type: "number", id: id + "-field", step: "any",
    value: finite(border.now), placeholder: t("no_limit"), "aria-label": `${border.step.step} ${name}` });
  const set = (value) => {
    border.now = value;
    slider.setAttribute("aria-valuetext", shortNumber(value));
    redrawMoved(border);
  };
  slider.addEventListener("input", () => {
    const at = Number(slider.value);
    const start = placeOfBorder({ ...border, now: border.value });
    set(at === start ? border.value : valueAt(border, at));
    field.value = finite(border.now);
  });
  field.addEventListener("input", () => {
    const none = border.side === "low" ? -Infinity : Infinity;
    if (field.value === "" && Number.isFinite(border.value)) return;
    set(field.value === "" ? none : field.valueAsNumber);
    slider.value = placeOfBorder(border);
  });
  return el("div", { class: "mover" },
    el("span", {}, el("code", {}, name), " ", el("small", {}, t("in_run", shortNumber(border.value)))),
    slider, field);
}

// Texts on both sides of a threshold, the nearest first.
function neighbours(step, interval) {
  const found = step.borders.filter((one) => one.interval === interval.number &&
    one.kept.length + one.dropped.length > 0 &&
    Number.isFinite(limitOf(interval, one.low ? "low" : "high", "value")));
  const list = (rows, word) => el("div", {}, el("h4", {}, word),
    rows.length === 0 ? el("p", { class: "label" }, t("none_near")) : el("ul", { class: "samples" },
      rows.map((row) => el("li", {}, el("strong", {}, shortNumber(row.value)), " ",
        el("small", {}, row.place),
        el("pre", { tabindex: 0, "aria-label": row.place }, shown(row.text),
          row.more > 0 ? t("more_bytes", number(row.more)) : "")))));
  return found.map((one) => el("details", {},
    el("summary", {}, t("texts_near", shortNumber(interval[one.low ? "low" : "high"]))),
    el("div", { class: "sides" }, list(one.dropped, t("just_dropped")),
      list(one.kept, t("just_kept")))));
}

function intervalFigure(step, interval, width) {
  const id = intervalId(interval, step);
  const [below, above] = beyondOf(interval.of);
  const notes = [];
  if (below > 0) notes.push(t("beyond_left", number(below)));
  if (above > 0) notes.push(t("beyond_right", number(above)));
  if (interval.of.none > 0) notes.push(t("no_number", number(interval.of.none)));
  if (interval.zero_passes) notes.push(t("zero_passes"));
  return el("figure", { id },
    el("figcaption", {}, el("span", { id: id + "-rule" }, ruleText(interval, "now"))),
    interval.of.bars.length < 2 ? el("p", { class: "label" }, t("no_numbers"))
      : el("div", { id: id + "-picture" }, numberHistogram(interval, width)),
    notes.length === 0 ? undefined : el("p", { class: "label" }, notes.join(" ")),
    interval.of.bars.length < 2 ? undefined
      : BORDERS.filter((one) => one.interval === interval && one.parameter !== "").map(borderControl),
    neighbours(step, interval));
}

function figureWidth(step) {
  const all = document.getElementById("thresholds").clientWidth - 36;
  const columns = step.intervals.length > 1 && all > 900 ? 2 : 1;
  return Math.max(260, Math.min(1300, (all - 24 * (columns - 1)) / columns));
}

function stepChange(step) {
  const now = keptNow(step);
  const sign = now.rough ? "≈ " : "";
  const before = t("kept_of", number(step.counts.kept), number(step.counts.in));
  if (now.kept === step.counts.kept) return before;
  const change = now.kept - step.counts.kept;
  return `${before} → ${sign}${number(now.kept)} (${change > 0 ? "+" : "−"}${number(Math.abs(change))})`;
}

function totalChange() {
  const change = replay();
  const near = change.rough ? "≈ " : "";
  const single = (DATA.outputs || []).length === 1 && !laterStep((step) => step.counts.expanded > 0);
  const out = single ? DATA.outputs[0].rows : null;
  const lines = [];
  lines.push(t("would_lose", near + number(change.lost)));
  lines.push(t(change.certain ? "would_pass" : "would_release", near + number(change.released)));
  if (out !== null) {
    const least = out - change.lost + (change.certain ? change.released : 0);
    const most = out - change.lost + change.released;
    lines.push(least === most ? t("rows_out_then", number(out), near + number(least))
      : t("rows_out_between", number(out), near + number(least), near + number(most)));
  }
  return lines;
}

// Whether a step behind one whose threshold is moved is of a kind.
function laterStep(is) {
  const first = Math.min(...movedBorders().map((one) => one.step.ordinal));
  return DATA.steps.some((step, i) => i > first && is(step));
}

function changeLines() {
  const lines = totalChange().map((line) => [line, false]);
  if (laterStep((step) => step.counts.merged > 0)) lines.push([t("compares_rows"), true]);
  if (laterStep((step) => step.counts.expanded > 0)) lines.push([t("expands_rows"), true]);
  return lines;
}

function drawChange() {
  const place = document.getElementById("change");
  if (place === null) return;
  const moved = movedBorders();
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.classList.toggle("on", moved.length > 0);
  place.replaceChildren(...(moved.length === 0 ? [el("p", { class: "label" }, t("move_one"))] : [
    el("strong", {}, t("would_change")),
    el("div", { role: "status" }, el("ul", {}, changeLines().map(([line, note]) =>
      el("li", { class: note ? "label" : undefined }, line)))),
    el("pre", { class: "command", tabindex: 0, id: "set-line", "aria-label": t("command") },
      commandLine()),
    el("div", { class: "buttons" },
      el("button", { type: "button", id: "copy-set", onclick: copyCommand }, t("copy_set")),
      el("button", { type: "button", id: "reset-set", onclick: resetBorders }, t("reset_set"))),
  ]));
  const back = focused === "" ? null : document.getElementById(focused);
  if (back !== null) back.focus();
}

async function copyCommand() {
  const line = document.getElementById("set-line");
  getSelection().selectAllChildren(line);
  let done = false;
  try {
    await navigator.clipboard.writeText(commandLine());
    done = true;
  } catch {
    done = document.execCommand("copy"); // pages from disk have no other way in some browsers
  }
  say(t(done ? "copied" : "copy_by_hand"));
  document.getElementById("copy-set").textContent = t(done ? "copied" : "copy_by_hand");
}

function resetBorders() {
  for (const border of BORDERS) border.now = border.value;
  drawThresholds();
  document.getElementById("thresholds").tabIndex = -1;
  document.getElementById("thresholds").focus({ preventScroll: true });
}

// The controls stay: one of them is in the reader's hand.
function redrawMoved(border) {
  const { step, interval } = border;
  const id = intervalId(interval, step);
  document.getElementById(id + "-rule").textContent = ruleText(interval, "now");
  document.getElementById(id + "-picture").replaceChildren(
    numberHistogram(interval, figureWidth(step)));
  document.getElementById(id.slice(0, id.lastIndexOf("-")) + "-change").textContent = stepChange(step);
  drawChange();
}

function drawThresholds() {
  if (DATA.numbers === null) return;
  const { steps, one_in: oneIn } = DATA.numbers;
  section("thresholds",
    el("p", { class: "label" }, t("thresholds_note")),
    oneIn > 1 ? el("p", { class: "note" }, t("sampled", number(oneIn))) : undefined,
    el("div", { id: "change", class: "change card" }),
    steps.map((step, s) => el("div", { class: "card measured" },
      el("h3", {}, step.step, " ", el("small", {}, DATA.steps[step.ordinal].operator)),
      el("p", { id: `i-${s}-change`, class: "step-change" }, stepChange(step)),
      el("div", { class: step.intervals.length > 1 ? "figures-grid" : undefined },
        step.intervals.map((interval) => intervalFigure(step, interval, figureWidth(step)))))));
  drawChange();
}
