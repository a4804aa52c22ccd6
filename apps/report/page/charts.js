// The picture of confidences, as plain SVG; it stands beside the same figures in words.
const BIN = 20; // per mille

// Edits by confidence: applied below, proposed above, hatched. Drawn for the width there is.
function histogram(width, one, least) {
  const height = 190;
  const left = 56;
  const right = 18;
  const bottom = 26;
  const top = 16;
  const most = Math.max(...one.applied.map((n, i) => n + one.proposed[i]), 1);
  const decades = Math.max(1, Math.ceil(Math.log10(most + 1)));
  const y = (n) => height - bottom - (Math.log10(n + 1) / decades) * (height - bottom - top);
  const used = one.applied.map((n, i) => (n + one.proposed[i] > 0 ? i : 99));
  const floor = Math.min(...used, least === null ? 25 : Math.floor((least * 1000) / BIN) - 3, 40);
  const first = Math.max(0, floor - (floor % 5));
  const step = (width - left - right) / (50 - first);
  const x = (bin) => left + (bin - first) * step;
  const parts = [
    svg("defs", {}, svg("pattern", { id: "hatch", width: 6, height: 6,
      patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("rect", { width: 6, height: 6, class: "hatch-ground" }),
    svg("line", { x1: 0, y1: 0, x2: 0, y2: 6, class: "hatch-line" }))),
  ];
  for (let decade = 0; decade <= decades; ++decade) {
    const at = height - bottom - (decade / decades) * (height - bottom - top);
    parts.push(svg("line", { x1: left, x2: width - right, y1: at, y2: at, class: "grid" }));
    if (decade > 0) {
      parts.push(svg("text", { x: left - 6, y: at + 4, class: "axis end" },
        number(10 ** decade - (decade === 0 ? 1 : 0))));
    }
  }
  for (let bin = first; bin <= 50; bin += width < 500 ? 10 : 5) {
    parts.push(svg("text", { x: x(bin), y: height - 8, class: "axis middle" },
      ratio(bin * BIN)));
  }
  for (let bin = first; bin < 50; ++bin) {
    const [done, open] = [one.applied[bin], one.proposed[bin]];
    if (done + open === 0) continue;
    const text = t("bar_title", ratio(bin * BIN), ratio((bin + 1) * BIN), number(done), number(open));
    const bar = svg("g", {}, svg("title", {}, text));
    const at = { x: x(bin) + 1, width: Math.max(1, step - 2) };
    if (done > 0) {
      bar.append(svg("rect", { ...at, y: y(done), height: y(0) - y(done), class: "applied" }));
    }
    if (open > 0) {
      bar.append(svg("rect", { ...at, y: y(done + open), height: y(done) - y(done + open),
        fill: "url(#hatch)", class: "proposed" }));
    }
    parts.push(bar);
  }
  if (least !== null) {
    const at = x((least * 1000) / BIN);
    const near = at > width - 150;
    parts.push(svg("line", { x1: at, x2: at, y1: top - 12, y2: height - bottom, class: "least" }),
      svg("text", { x: at + (near ? -6 : 6), y: top - 3, class: near ? "axis end" : "axis" },
        t("line_note", least)));
  }
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img",
    "aria-label": t("histogram_label", one.step, number(sum(one.applied)),
      number(sum(one.proposed)), least === null ? 0 : least) }, parts);
}
