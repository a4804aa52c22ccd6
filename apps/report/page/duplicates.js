// Duplicates side by side, with what differs marked.
const MOST_EDITS = 600; // of the difference of two texts; beyond it they are shown as they are
const SHOWN_ALIKE = 160; // characters beside a difference; longer parts that are alike are cut

// The shortest edit between two lists (Myers, 1986), as runs of [kind, text]; null beyond the cap.
function shortestEdit(a, b) {
  const most = Math.min(a.length + b.length, MOST_EDITS);
  let reach = new Int32Array(2 * most + 3);
  const trace = [];
  for (let d = 0; d <= most; ++d) {
    trace.push(reach.slice());
    for (let k = -d; k <= d; k += 2) {
      const at = k + most + 1;
      const down = k === -d || (k !== d && reach[at - 1] < reach[at + 1]);
      let x = down ? reach[at + 1] : reach[at - 1] + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) ++x;
      reach[at] = x;
      if (x >= a.length && x - k >= b.length) return walkBack(a, b, trace, most, d);
    }
  }
  return null;
}

function walkBack(a, b, trace, most, edits) {
  const marks = [];
  let x = a.length;
  let y = b.length;
  for (let d = edits; d >= 0; --d) {
    const reach = trace[d];
    const k = x - y;
    const at = k + most + 1;
    const down = k === -d || (k !== d && reach[at - 1] < reach[at + 1]);
    const before = down ? reach[at + 1] : reach[at - 1] + 1;
    while (x > before) {
      marks.push(["same", a[--x]]);
      --y;
    }
    if (d > 0) marks.push(down ? ["second", b[--y]] : ["first", a[--x]]);
  }
  return marks.reverse();
}

function commonEnds(a, b) {
  let begin = 0;
  while (begin < a.length && begin < b.length && a[begin] === b[begin]) ++begin;
  let end = 0;
  while (end < a.length - begin && end < b.length - begin &&
    a[a.length - 1 - end] === b[b.length - 1 - end]) ++end;
  return [begin, end];
}

// Runs of characters: alike, in the first text alone, in the second alone.
function differences(first, second) {
  const [a, b] = [[...first], [...second]];
  const [begin, end] = commonEnds(a, b);
  const [left, right] = [a.slice(begin, a.length - end), b.slice(begin, b.length - end)];
  const inner = shortestEdit(left, right) ||
    [...left.map((one) => ["first", one]), ...right.map((one) => ["second", one])];
  const marks = [["same", a.slice(0, begin).join("")], ...inner,
    ["same", end === 0 ? "" : a.slice(-end).join("")]];
  const runs = [];
  for (const [kind, text] of marks) {
    const last = runs[runs.length - 1];
    if (last !== undefined && last[0] === kind) last[1] += text;
    else if (text !== "") runs.push([kind, text]);
  }
  return runs;
}

function shownAlike(text, isFirst, isLast) {
  const characters = [...text];
  const head = isFirst ? 0 : SHOWN_ALIKE;
  const tail = isLast ? 0 : SHOWN_ALIKE;
  if (characters.length <= head + tail + SHOWN_ALIKE) return shown(text);
  const cut = characters.length - head - tail;
  return [...shown(characters.slice(0, head).join("")),
    el("span", { class: "left-out" }, t("alike", number(cut))),
    ...shown(tail === 0 ? "" : characters.slice(-tail).join(""))];
}

function sideOf(runs, own) {
  const mine = runs.filter(([kind]) => kind === "same" || kind === own);
  return mine.map(([kind, text], i) => (kind === "same"
    ? shownAlike(text, i === 0, i === mine.length - 1)
    : el("mark", { class: own === "first" ? "only stays" : "only goes" }, shownBlanks(text))));
}

function pairSides(pair) {
  const side = (word, one, nodes) => el("div", {}, el("h4", {}, word, " ", el("small", {}, one.place)),
    el("pre", { class: "side", tabindex: 0, "aria-label": `${word} ${one.place}` }, nodes,
      one.more > 0 ? el("span", { class: "left-out" }, t("more_bytes", number(one.more))) : ""));
  const same = pair.same === undefined ? "" : el("p", { class: "label" },
    t("same_before", number(pair.same)));
  if (pair.kept.text === pair.gone.text) {
    return [same, el("p", { class: "label" }, t("identical", pair.kept.place, pair.gone.place)),
      el("pre", { class: "side", tabindex: 0, "aria-label": pair.kept.place },
        shownAlike(pair.kept.text, false, true))];
  }
  const runs = differences(pair.kept.text, pair.gone.text);
  return [same, el("div", { class: "sides" },
    side(t("stays"), pair.kept, sideOf(runs, "first")),
    side(t("goes"), pair.gone, sideOf(runs, "second")))];
}

// The texts are compared when they are asked for.
function clusterCard(sample, open) {
  const body = el("div", {});
  const draw = () => {
    if (body.childElementCount > 0) return;
    body.append(...sample.pairs.flatMap((pair) => [
      pair.detail === undefined ? "" : el("p", { class: "label" }, both(pair.detail)),
      ...pairSides(pair)]));
  };
  const card = el("details", { ontoggle: draw, open },
    el("summary", {}, t("cluster", number(sample.rows + 1)), " ",
      el("small", {}, sample.pairs[0].kept.place)), body);
  if (open) draw();
  return card;
}

function drawDuplicates() {
  if (DATA.duplicates.length === 0) return;
  section("duplicates", DATA.duplicates.map((one) => {
    const [largest] = one.sizes[one.sizes.length - 1];
    return el("div", { class: "card" },
      el("h3", {}, one.step, " ",
        el("small", {}, DATA.steps.find((step) => step.name === one.step).operator)),
      el("p", {}, t("clusters", number(one.merged), number(one.clusters), number(largest))),
      one.samples.map((sample, i) => clusterCard(sample, i === 0)),
      one.clusters > one.samples.length
        ? el("p", { class: "label" }, t("clusters_shown", number(one.samples.length))) : undefined,
      el("details", {}, el("summary", {}, t("cluster_sizes")),
        table(t("cluster_sizes"), [t("rows_of_cluster"), t("n_clusters")],
          one.sizes.map(([rows, n]) => [number(rows), number(n)]), [0, 1])));
  }));
}
