// Where rows and bytes went, step by step, and for which reasons.
// One row of the funnel: from so many in to so many out, as shares of the widest.
function funnelShape(label, before, after, widest, kind) {
  const half = (count) => (widest === 0 ? 0 : Math.max((50 * count) / widest, count > 0 ? 0.6 : 0));
  const a = half(before);
  const b = half(after);
  return svg("svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", role: "img",
    "aria-label": label, class: "funnel " + kind },
  svg("polygon", { points: `${50 - a},0 ${50 + a},0 ${50 + b},20 ${50 - b},20` }));
}

function share(part, whole) {
  if (whole === 0) return "0%";
  const percent = (100 * part) / whole;
  return (percent > 0 && percent < 0.1 ? "<0.1" : percent.toFixed(1)) + "%";
}

// A second port of a step that looks at all rows has rows about rows, which are not counted here.
function rowsOut(step) {
  return step.counts.expanded > 0 ? sum(step.counts.out) : step.counts.kept;
}

function bytesOut(step) {
  return sum(step.counts.bytes_out);
}

function reasonRows(step) {
  const bytes = step.counts.reason_bytes || {};
  return Object.entries(step.counts.reasons).sort((a, b) => b[1] - a[1]).map(([reason, rows]) => {
    const words = [number(rows), share(rows, step.counts.in)];
    if (bytes[reason] !== undefined) words.push(size(bytes[reason]));
    return el("li", {}, el("span", { class: "count" }, words.join(" · ")),
      el("span", {}, meaning(step.name, reason) || reason), " ", el("code", {}, reason));
  });
}

function funnelCell(kind, label, before, after, widest, show) {
  const lost = before - after;
  const change = lost === 0 ? "" : ` (${lost > 0 ? "−" : "+"}${share(Math.abs(lost), before)})`;
  return el("div", { class: "flow" }, funnelShape(label, before, after, widest, kind),
    el("span", {}, t("from_to_" + kind, show(before), show(after)) + change));
}

function funnelTags(counts) {
  const words = ["rejected", "merged", "expanded"]
    .filter((fate) => counts[fate] > 0).map((fate) => t(fate, number(counts[fate])));
  const few = (counts.reported || {}).too_short || 0;
  if (few > 0) words.push(t(2 * few > counts.in ? "too_short_most" : "too_short", number(few)));
  if (counts.edited_rows > 0) words.push(t("edited", number(counts.edited_rows)));
  return words.map((word) => el("span", { class: "tag" }, word));
}

function drawFunnel() {
  const steps = DATA.steps;
  const hasBytes = steps.some((step) => step.counts.bytes_in > 0);
  const widest = Math.max(DATA.rows + sum(DATA.rejected),
    ...steps.flatMap((step) => [step.counts.in, rowsOut(step)]));
  const most = Math.max(...steps.flatMap((step) => [step.counts.bytes_in, bytesOut(step)]),
    0);
  const bad = sum(DATA.rejected);
  const row = (name, note, cells, tags, reasons) => el("li", {},
    el("div", { class: "what" }, el("strong", {}, name), el("small", {}, note),
      el("div", { class: "tags" }, tags)),
    cells,
    reasons.length === 0 ? undefined : el("ul", { class: "reasons" }, reasons));
  const head = el("li", { class: "funnel-head", "aria-hidden": "true" }, el("span", {}, t("step")),
    el("span", {}, t("rows")), hasBytes ? el("span", {}, t("text_bytes")) : undefined);
  const read = row(t("read_step"), size(DATA.input_bytes),
    [funnelCell("rows", t("funnel_label", t("read_step"), DATA.rows + bad, DATA.rows, DATA.rows,
      bad, 0, 0), DATA.rows + bad, DATA.rows, widest, number), hasBytes ? el("div", {}) : undefined],
    bad > 0 ? [el("span", { class: "tag" }, t("rejected", number(bad)))] : [],
    Object.entries(DATA.rejected).map(([reason, count]) => el("li", {},
      el("span", { class: "count" }, number(count)), el("span", {}, meaning("", reason)), " ",
      el("code", {}, reason))));
  section("funnel", hasBytes ? el("p", { class: "label" }, t("bytes_note")) : undefined,
    el("ol", { class: "funnels" + (hasBytes ? " with-bytes" : "") }, head, read,
      steps.map((step) => {
        const counts = step.counts;
        const out = rowsOut(step);
        const label = t("funnel_label", step.name, counts.in, out, counts.kept, counts.rejected,
          counts.merged, counts.expanded);
        const bytes = bytesOut(step);
        return row(step.name, step.operator,
          [funnelCell("rows", label, counts.in, out, widest, number),
            hasBytes ? funnelCell("bytes", t("funnel_bytes", step.name, size(counts.bytes_in),
              size(bytes)), counts.bytes_in, bytes, most, size) : undefined],
          funnelTags(counts), reasonRows(step));
      })));
}
