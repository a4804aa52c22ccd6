// Everything above the pages: figures, kinds, rows, what was dropped, how sure; and below: origin.
function total(name) {
  return DATA.steps.reduce((all, step) => all + sum(step.counts[name]), 0);
}

function figure(value, word, note) {
  return el("li", {}, el("strong", {}, number(value)), el("span", {}, word), el("small", {}, note));
}

function drawOverview() {
  const dropped = DATA.steps.reduce(
    (all, step) => all + step.counts.rejected + step.counts.merged, sum(DATA.rejected));
  const out = (DATA.outputs || []).reduce((all, one) => all + one.rows, 0);
  const edited = DATA.steps.reduce((all, step) => all + step.counts.edited_rows, 0);
  const sealed = DATA.steps.filter((step) => step.sealed).map((step) => step.name);
  section("overview",
    el("ul", { class: "figures" },
      figure(DATA.rows, t("rows_read"),
        t("rows_read_note", size(DATA.input_bytes), number((DATA.sources || []).length))),
      figure(total("edits"), t("applied"), t("applied_note", number(edited))),
      figure(total("proposed"), t("proposed"), t("proposed_note")),
      figure(total("flags") + sum(DATA.read_flags), t("flagged"), t("flagged_note")),
      figure(dropped, t("dropped_rows"), t("dropped_note")),
      figure(out, t("rows_out"), t("rows_out_note", (DATA.outputs || [])
        .map((one) => one.dataset + "@" + one.ordinal).join(", ")))),
    DATA.limit >= 0 ? el("p", { class: "note" }, t("limited", number(DATA.limit))) : undefined,
    DATA.decisions === undefined ? undefined : takenDecisions(DATA.decisions),
    sealed.length > 0 ? el("p", { class: "note" }, t("sealed", sealed.join(", "))) : undefined);
}

// What became of the decisions that the run was given.
function takenDecisions(given) {
  const words = t("taken", number(given.applied), number(given.idle), number(given.unfit.length));
  if (given.unfit.length === 0) return el("p", { class: "note" }, words);
  return el("details", { class: "note" }, el("summary", {}, words),
    table(t("decisions"), ["#", t("step"), t("place"), t("reason")],
      given.unfit.map((one) => [number(one.number), one.step,
        t("bytes_span", placeOf(one), number(one.begin), number(one.end)),
        t("unfit_" + one.reason)]), [0]));
}

// As the pages are named: file, record, and where one was taken apart, which part.
function placeOf(one) {
  return [`${one.source}:${one.position}`, ...(one.child || [])].join("/");
}

function drawKinds() {
  const rows = [];
  let most = 1;
  for (const [name, count] of Object.entries(DATA.read_flags)) {
    most = Math.max(most, count);
    rows.push({ step: "", name, counts: [0, 0, count] });
  }
  for (const step of DATA.steps) {
    const names = new Set([...Object.keys(step.counts.edits), ...Object.keys(step.counts.proposed),
      ...Object.keys(step.counts.flags)]);
    for (const name of names) {
      const counts = ["edits", "proposed", "flags"].map((kind) => step.counts[kind][name] || 0);
      most = Math.max(most, ...counts);
      rows.push({ step: step.name, name, counts });
    }
  }
  rows.sort((a, b) => sum(b.counts) - sum(a.counts) || (a.name < b.name ? -1 : 1));
  if (rows.length === 0) return section("kinds", el("p", {}, t("nothing_found")));
  const bar = (count, kind) => {
    if (count === 0) return "";
    const mark = svg("svg", { class: "bar-cell " + kind, viewBox: "0 0 100 6",
      preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { width: Math.max(2, (100 * Math.log10(count + 1)) / Math.log10(most + 1)),
      height: 6 }));
    return [number(count), mark];
  };
  section("kinds", table(t("kinds"),
    [t("meaning"), t("k_applied"), t("k_proposed"), t("k_flagged"), t("kind"), t("step")],
    rows.map((row) => [
      meaning(row.step, row.name) || row.name,
      bar(row.counts[0], "applied"),
      bar(row.counts[1], "proposed"),
      bar(row.counts[2], "flagged"),
      row.step === "" ? el("code", {}, row.name)
        : el("button", { type: "button", class: "link", title: t("show_pages", row.name),
          onclick: () => showRule(row.name) }, row.name),
      row.step || t("reading"),
    ]), [1, 2, 3]));
}

function drawDropped() {
  const groups = [];
  for (const [reason, count] of Object.entries(DATA.rejected)) {
    groups.push({ step: "", reason, count });
  }
  for (const step of DATA.steps) {
    for (const [reason, count] of Object.entries(step.counts.reasons)) {
      groups.push({ step: step.name, reason, count, sealed: step.sealed });
    }
  }
  if (groups.length === 0) return section("dropped", el("p", {}, t("nothing_dropped")));
  section("dropped", groups.map((group) => {
    const samples = DATA.rejects.filter(
      (one) => one.step === group.step && one.reason === group.reason);
    return el("details", { class: "card" },
      el("summary", {},
        el("strong", {}, number(group.count)), " ",
        meaning(group.step, group.reason) || group.reason, " ",
        el("small", {}, `${group.step || t("reading")} · ${group.reason} · ` +
          (samples.length === 0 ? t("samples_sealed")
            : t("samples", number(samples.length), number(group.count))))),
      el("ul", { class: "samples" }, samples.map((one) => el("li", {},
        el("small", {}, one.place,
          one.partner === undefined ? "" : " → " + t("merged_into", one.partner),
          one.detail === undefined ? "" : " · " + both(one.detail)),
        el("pre", { tabindex: 0, "aria-label": one.place }, shown(one.text),
          one.more === undefined ? "" : t("more_bytes", number(one.more)))))));
  }));
}

function drawConfidence() {
  const byStep = new Map();
  for (const one of DATA.confidences) {
    if (!byStep.has(one.step)) {
      byStep.set(one.step, { step: one.step, applied: Array(50).fill(0), proposed: Array(50).fill(0) });
    }
    const all = byStep.get(one.step);
    one.applied.forEach((n, i) => (all.applied[i] += n));
    one.proposed.forEach((n, i) => (all.proposed[i] += n));
  }
  // A step all of whose edits are certain says nothing here.
  const charts = [...byStep.values()].filter((one) => {
    const below = one.applied.slice(0, 49).some((n) => n > 0);
    return below || one.proposed.some((n) => n > 0);
  });
  if (charts.length === 0) return section("confidence", el("p", {}, t("no_confidence")));
  const width = Math.max(300, Math.min(1300,
    document.getElementById("confidence").clientWidth - 36));
  section("confidence",
    el("p", { class: "legend" }, el("span", { class: "swatch applied" }), t("k_applied"),
      el("span", { class: "swatch proposed" }), t("k_proposed"), el("small", {}, t("scale"))),
    charts.map((one) => {
      const least = DATA.steps.find((step) => step.name === one.step).min_confidence;
      const rows = one.applied
        .map((n, i) => [ratio(i * BIN) + "–" + ratio((i + 1) * BIN), n, one.proposed[i]])
        .filter((row) => row[1] + row[2] > 0)
        .map((row) => [row[0], number(row[1]), number(row[2])]);
      return el("figure", { class: "card" }, el("figcaption", {}, one.step),
        histogram(width, one, least),
        el("details", {}, el("summary", {}, t("as_table")),
          table(t("confidence") + ": " + one.step, [t("from_to"), t("k_applied"), t("k_proposed")],
            rows, [1, 2])));
    }));
}

function drawOrigin() {
  const code = (text) => el("code", {}, text);
  section("origin",
    el("h3", {}, t("versions")),
    table(t("versions"), [t("dataset"), t("rows"), t("size"), t("version")],
      (DATA.outputs || []).map((one) => [
        `${one.dataset}@${one.ordinal}` + (one.unchanged ? ` (${t("unchanged")})` : ""),
        number(one.rows), size(one.bytes), code(one.version)]), [1, 2]),
    el("p", {}, t("ledger", size(DATA.ledger_bytes), DATA.run)),
    el("details", {}, el("summary", {}, `${t("sources")} (${number((DATA.sources || []).length)})`),
      table(t("sources"),
        [t("file"), t("input"), t("format"), t("encoding"), t("size"), t("digest")],
        (DATA.sources || []).map((one) => [one[1], one[0], one[2], one[3], size(one[4]),
          code(one[5])]), [4])),
    el("details", {}, el("summary", {}, `${t("steps")} (${number(DATA.steps.length)})`),
      table(t("steps"), [t("step"), t("operator"), t("meaning")],
        DATA.steps.map((step) => [step.name, code(`${step.operator} ${step.version}`),
          DATA.names[step.operator] === undefined ? "" : both(DATA.names[step.operator].summary)]),
        [])),
    DATA.tables.length === 0 ? undefined
      : el("details", {}, el("summary", {}, t("tables")),
        table(t("tables"), [t("table"), "SHA-256"],
          DATA.tables.map((one) => [one[0], code(one[1])]), [])),
    DATA.yaml === undefined ? undefined
      : el("details", {}, el("summary", {}, t("recipe")),
        el("pre", { tabindex: 0, "aria-label": t("recipe") }, shown(DATA.yaml))));
}
