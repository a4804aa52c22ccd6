// Search in what stood there, what stands there now, and what would stand there as proposed. A hit
// may reach over several runs of the text, so each version is one string with the runs' places.
const VERSIONS = ["after", "before", "proposed"];

// Lower case of the same length, so that places stay.
function fold(text) {
  const low = text.toLowerCase();
  if (low.length === text.length) return low;
  return [...text].map((one) => {
    const lower = one.toLowerCase();
    return lower.length === one.length ? lower : one;
  }).join("");
}

// `sides[i]`: what of run i stands in this version; null where text is left out.
function sidesOf(part, version) {
  return part.text.map((run, i) => {
    if (typeof run === "string") return run;
    if (typeof run === "number") return null;
    const item = part.items[run[0]];
    const before = run.length > 1 ? run[1] : item.before;
    if (version === "before" || item.kind === "flag") return before;
    // A proposal in several runs is taken up in its first one.
    const after = item.runs[0] === i ? afterOfItem(item) : "";
    return item.kind === "edit" || version === "proposed" ? after : before;
  });
}

function versionsOf(part) {
  if (part.versions !== undefined) return part.versions;
  const changes = part.items.some((item) => item.kind !== "flag");
  const proposes = part.items.some((item) => item.kind === "proposal");
  part.versions = VERSIONS
    .filter((version) => version === "after" || (version === "before" ? changes : proposes))
    .map((version) => {
      const sides = sidesOf(part, version);
      const starts = [];
      let text = "";
      for (const side of sides) {
        starts.push(text.length);
        text += side === null ? "\u0000" : side;
      }
      return { version, text: fold(text), starts, sides };
    });
  return part.versions;
}

// The runs from `begin` to `end` of one version, and which part of each.
function piecesOf({ starts, sides }, begin, end) {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= begin) low = middle;
    else high = middle;
  }
  const pieces = [];
  for (let run = low; run < starts.length && starts[run] < end; ++run) {
    const length = (sides[run] || "").length;
    const from = Math.max(0, begin - starts[run]);
    const to = Math.min(length, end - starts[run]);
    if (from < to) pieces.push({ run, from, to });
  }
  return pieces;
}

// Of one text; a hit that no finding touches is the same in every version.
function hitsOfPart(part, wanted) {
  const found = new Map();
  for (const one of versionsOf(part)) {
    let at = one.text.indexOf(wanted);
    for (; at >= 0; at = one.text.indexOf(wanted, at + wanted.length)) {
      const pieces = piecesOf(one, at, at + wanted.length);
      // Flags, and proposals before they are decided, stand in both; edits differ.
      const side = (run) => {
        if (typeof part.text[run] === "string") return "";
        const item = part.items[part.text[run][0]];
        if (item.kind === "flag" || one.version === "before") return "b";
        return item.kind === "edit" || one.version === "proposed" ? "a" : "b";
      };
      const sided = pieces.map((piece) => ({ ...piece, side: side(piece.run) }));
      const key = sided.map((piece) => `${piece.run}${piece.side}${piece.from}-${piece.to}`).join();
      if (!found.has(key)) found.set(key, { part, pieces: sided });
    }
  }
  return [...found.values()].sort((a, b) =>
    a.pieces[0].run - b.pieces[0].run || a.pieces[0].from - b.pieces[0].from);
}

function hitsOf(page) {
  if (view.search === "") return [];
  const wanted = fold(view.search);
  if (page.found === undefined || page.found.wanted !== wanted) {
    page.found = { wanted, hits: page.parts.flatMap((part) => hitsOfPart(part, wanted)) };
  }
  return page.found.hits;
}

function named(page) {
  return fold(page.place).includes(fold(view.search));
}

function drawSearch() {
  const step = (id, word, sign, by) => el("button", { type: "button", id, "aria-label": t(word),
    onclick: () => goToHit(by) }, sign);
  return el("div", { class: "search" },
    el("label", { for: "search", class: "hidden-text" }, t("search")),
    el("input", { type: "search", id: "search", value: view.search, autocomplete: "off",
      placeholder: t("search"), spellcheck: "false", enterkeyhint: "search", oninput: (event) => search(event.target.value) }),
    el("span", { id: "hits", role: "status" }),
    step("previous-hit", "previous_hit", "‹", -1),
    step("next-hit", "next_hit", "›", 1));
}

function search(text) {
  Object.assign(view, { search: text, hit: null });
  refilter();
  drawList();
  drawPage();
  drawMany();
}

// How many there are, and which one is shown.
function drawHits() {
  const place = document.getElementById("hits");
  if (place === null) return;
  const on = view.search !== "";
  document.querySelector(".search").classList.toggle("on", on);
  document.getElementById("pages").classList.toggle("searching", on);
  let all = 0;
  let at = 0;
  for (const page of on ? listed : []) {
    const hits = hitsOf(page);
    if (view.hit !== null && page.number === view.page) at = all + hits.indexOf(view.hit) + 1;
    all += hits.length;
  }
  for (const id of ["previous-hit", "next-hit"]) document.getElementById(id).disabled = all === 0;
  place.textContent = !on ? "" : all === 0 ? t("no_hit")
    : at > 0 ? t("hit_of", number(at), number(all)) : t("hits", number(all));
}

// Marks what was found where the browser can do that without touching the text.
function highlight() {
  drawHits();
  if (typeof Highlight === "undefined") return;
  CSS.highlights.clear();
  const page = DATA.pages[view.page];
  if (view.search === "" || !listed.includes(page)) return;
  const all = new Highlight();
  for (const hit of hitsOf(page)) {
    for (const range of rangesOf(hit)) all.add(range);
  }
  CSS.highlights.set("found", all);
  if (view.hit === null) return;
  const here = new Highlight(...rangesOf(view.hit));
  here.priority = 1;
  CSS.highlights.set("here", here);
}

function rangesOf(hit) {
  return hit.pieces.flatMap((piece) => {
    const { nodes, before } = nodesOf(hit.part, piece);
    const range = new Range();
    const from = setEnd(range, "Start", nodes, before + piece.from);
    const to = setEnd(range, "End", nodes, before + piece.to);
    return from && to ? [range] : [];
  });
}

// The nodes of a run, and how much of them stands for what comes before it in the same place.
function nodesOf(part, { run, side }) {
  if (side === "") return { nodes: part.nodes[run], before: 0 };
  const item = part.items[part.text[run][0]];
  const elements = item.lead.elements;
  if (elements === undefined) return { nodes: [], before: 0 };
  const element = elements[Math.max(0, item.runs.indexOf(run))];
  const shownAt = element.querySelector(side === "a" ? "ins" : "del, mark");
  let before = 0;
  for (const one of item.lead.members) {
    if (one === item) break;
    before += (side === "a" ? afterOfItem(one) : one.before).length;
  }
  return { nodes: shownAt === null ? [] : [...shownAt.childNodes], before };
}

// One end of a range, at so many characters of what `nodes` stand for.
function setEnd(range, end, nodes, at) {
  let left = at;
  for (const node of nodes) {
    const source = node.source || 0;
    if (left < source || (end === "End" && left === source)) {
      if (node.nodeType === Node.TEXT_NODE && node.data.length === source) {
        range["set" + end](node, left);
      } else {
        range[`set${end}${end === "Start" ? "Before" : "After"}`](node);
      }
      return true;
    }
    left -= source;
  }
  return false;
}

// To the hit after the one shown, or before it; around at the ends.
function goToHit(by) {
  const pages = listed.filter((page) => hitsOf(page).length > 0);
  if (pages.length === 0) return;
  const here = DATA.pages[view.page];
  const hits = hitsOf(here);
  let at = view.hit === null ? (by > 0 ? -1 : hits.length) : hits.indexOf(view.hit);
  let page = here;
  at += by;
  if (hits[at] === undefined) {
    const order = listed.indexOf(here);
    const next = by > 0 ? pages.find((one) => listed.indexOf(one) > order) || pages[0]
      : pages.findLast((one) => listed.indexOf(one) < order) || pages[pages.length - 1];
    page = next;
    at = by > 0 ? 0 : hitsOf(page).length - 1;
  }
  if (page !== here) {
    if (listed.indexOf(page) >= listLength) listLength = listed.indexOf(page) + STEP_OF_LIST;
    openPage(page.number);
  }
  view.hit = hitsOf(page)[at];
  showHit();
}

function showHit() {
  let ranges = rangesOf(view.hit);
  // What the chosen view hides is shown with the changes.
  if (ranges.some((range) => range.getClientRects().length === 0)) {
    setMode("changes");
    ranges = rangesOf(view.hit);
  }
  const touched = view.hit.pieces.find((piece) => piece.side !== "");
  if (touched === undefined) chosen = null;
  else {
    const place = view.hit.part.items[view.hit.part.text[touched.run][0]].lead;
    if (place.elements !== undefined) {
      if (chosen !== null && chosen.elements !== undefined) chosen.elements[0].tabIndex = -1;
      chosen = place;
      place.elements[0].tabIndex = 0;
    }
  }
  preview(chosen);
  highlight();
  if (ranges.length > 0) reveal(ranges[0].getBoundingClientRect());
}

// Back to the text: the place of the hit, or the page in the list.
function leaveSearch() {
  if (chosen !== null && chosen.elements !== undefined) focusItem(chosen);
  else focusEntry();
}
