// One page: its text with edits, proposals and flags in it, and what is known of the chosen one.
let chosen = null; // item

function openPage(number) {
  view.page = number;
  view.hit = null;
  previewed = null;
  chosen = null;
  writeAddress();
  drawList();
  drawPage();
}

function label(place) {
  const words = meaningOf(place);
  const quoted = (text) => (text === "" ? t("empty") : "“" + text.slice(0, 80) + "”");
  let name;
  if (place.kind === "flag") name = t("flag_name", words, quoted(place.before));
  else {
    name = t(place.kind + "_name", words, quoted(place.whole.before), quoted(place.whole.after),
      ratio(place.whole.confidence));
  }
  const verdict = verdictOf(place);
  return verdict === undefined ? name : t("decided_name", name, t("v_" + verdict));
}

function finding(place, part) {
  const before = part === undefined ? place.whole.before : part;
  const verdict = verdictOf(place);
  const children = [];
  if (place.kind === "flag") {
    children.push(el("mark", {}, before === "" ? "⚑" : shown(before)));
  } else {
    if (before !== "") children.push(el("del", {}, shownBlanks(before)));
    const after = afterOf(place);
    if (after !== "") children.push(el("ins", {}, shownBlanks(after)));
    // What would go needs a sign, as it is not struck through before it is decided.
    else if (place.kind === "proposal") children.push(el("ins", {}, "∅"));
  }
  return el("span", { class: `finding ${place.kind}${verdict === undefined ? "" : " is-" + verdict}`,
    role: "button", tabindex: place === chosen ? 0 : -1, "aria-label": label(place),
    onfocus: () => choose(place), onmousemove: (event) => pointAt(place, event),
    onmouseleave: () => preview(chosen), onclick: () => focusItem(place) }, children);
}

function markDecided(place) {
  if (place.elements === undefined) return;
  const fresh = place.elements.map((old) => finding(place, old.shownPart));
  fresh.forEach((element, i) => {
    element.shownPart = place.elements[i].shownPart;
    const focused = document.activeElement === place.elements[i];
    place.elements[i].replaceWith(element);
    if (focused) element.focus({ preventScroll: true });
  });
  place.elements = fresh;
  highlight();
}

function choose(place) {
  if (chosen !== null && chosen !== place && chosen.elements !== undefined) {
    chosen.elements[0].tabIndex = -1;
  }
  chosen = place;
  place.elements[0].tabIndex = 0;
  preview(place);
  reveal(place.elements[0].getBoundingClientRect());
}

// The text moves under a pointer that rests: only one that moves points at something.
let pointer = "";

function pointAt(place, event) {
  const now = event.screenX + " " + event.screenY;
  if (now === pointer) return;
  pointer = now;
  if (previewed !== place) preview(place);
}

function focusItem(place) {
  if (place.page.number !== view.page) openPage(place.page.number);
  if (place.elements === undefined) return;
  place.elements[0].focus({ preventScroll: true });
  choose(place);
}

// ---- what covers the text ----------------------------------------------------------------------

// From below: the panel where it lies over the page, else the bar; from above: the search.
function covers() {
  const height = document.documentElement.clientHeight;
  const from = (id) => {
    const element = document.getElementById(id);
    const box = element === null ? null : element.getBoundingClientRect();
    if (box === null || box.height === 0) return 0;
    const fixed = getComputedStyle(element).position === "fixed";
    return fixed || id === "bar" ? box.height : 0;
  };
  const search = document.querySelector(".search.on");
  return { above: search === null ? 0 : search.getBoundingClientRect().height,
    below: Math.min(height / 2, Math.max(from("inspector"), from("bar"))) };
}

// Tells the browser, so that whatever it scrolls to itself, as with Tab, is free too; and makes room
// below the last line.
function clearOfCovers() {
  const { above, below } = covers();
  const root = document.documentElement.style;
  root.setProperty("--above", above + "px");
  root.setProperty("--below", below + "px");
  const panel = document.getElementById("inspector");
  const over = panel !== null && getComputedStyle(panel).position === "fixed" &&
    panel.classList.contains("filled");
  root.setProperty("--room", (over ? below : 0) + "px");
}

// Scrolls where something is not in full view: to the middle of what is free, or to its begin.
function reveal(box) {
  const { above, below } = covers();
  const edge = 8;
  const top = above + edge;
  const bottom = document.documentElement.clientHeight - below - edge;
  if (box.top >= top && box.bottom <= bottom) return;
  const at = box.height > bottom - top ? top : top + (bottom - top - box.height) / 2;
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.scrollBy({ top: box.top - at, behavior: smooth ? "smooth" : "instant" });
}

// The findings of the page that are on show, in reading order.
function placed() {
  return DATA.pages[view.page].items.filter((item) => item.elements !== undefined);
}

function moveItem(by) {
  const all = placed();
  if (all.length === 0) return;
  const at = all.indexOf(chosen);
  const next = at < 0 ? (by > 0 ? 0 : all.length - 1) : at + by;
  if (next >= 0 && next < all.length) focusItem(all[next]);
  else if (turnPage(by)) {
    const there = placed();
    if (there.length > 0) focusItem(by > 0 ? there[0] : there[there.length - 1]);
  }
}

function nextOpen() {
  const order = [...DATA.pages.slice(view.page), ...DATA.pages.slice(0, view.page)];
  const here = DATA.pages[view.page].items;
  const at = here.indexOf(chosen);
  const items = [...here.slice(at + 1), ...order.slice(1).flatMap((page) => page.items),
    ...here.slice(0, at + 1)];
  const next = items.find(isOpen);
  if (next === undefined) return say(t("all_decided"));
  if (!listed.includes(next.page)) {
    Object.assign(view, { search: "", state: "all" });
    view.rules.clear();
    view.page = next.page.number;
    view.hit = null;
    refilter();
    drawPages();
  }
  focusItem(next);
}

function drawPart(part, page) {
  for (const item of part.items) item.elements = undefined;
  part.nodes = []; // of each run, where it is plain text
  const text = el("div", { class: "text", lang: "zh" });
  part.text.forEach((run, i) => {
    if (typeof run === "string") {
      part.nodes[i] = shown(run);
      text.append(...part.nodes[i]);
    } else if (typeof run === "number") {
      const last = i === part.text.length - 1 && part.cut !== undefined;
      text.append(el("span", { class: "left-out", lang: view.language }, last
        ? t("left_out_cut", number(run), number(part.cut), number(DATA.page_bytes / 1024))
        : t("left_out", number(run))));
    } else {
      const item = part.items[run[0]];
      if (item.lead !== item) return;
      const element = finding(item, run[1]);
      element.shownPart = run[1];
      item.elements = [...(item.elements || []), element];
      text.append(element);
    }
  });
  return el("div", { class: "part" },
    el("h4", {}, t("part_head", part.step, part.column, number(part.bytes))),
    part.gone ? el("p", { class: "note" }, t("row_gone")) : undefined, text);
}

function drawPage() {
  const place = document.getElementById("page");
  const page = DATA.pages[view.page];
  if (place === null || page === undefined) return;
  const at = listed.indexOf(page);
  if (at < 0) {
    for (const item of page.items) item.elements = undefined;
    chosen = null;
    place.replaceChildren(el("p", { id: "page-name" }, t("no_match")),
      el("p", {}, el("button", { type: "button", onclick: showAll }, t("show_all"))));
    highlight();
    return drawInspector();
  }
  const modes = el("fieldset", { class: "modes" }, el("legend", {}, t("view")),
    ["changes", "before", "after"].map((mode) => el("label", {},
      el("input", { type: "radio", name: "mode", value: mode, checked: view.mode === mode,
        onchange: () => setMode(mode) }), t("view_" + mode))));
  place.dataset.mode = view.mode;
  const turn = (word, sign, by) => el("button", { type: "button", "aria-label": t(word),
    disabled: listed[at + by] === undefined, onclick: () => turnPage(by) }, sign);
  place.replaceChildren(
    el("div", { class: "page-head" },
      el("h3", { id: "page-name" }, page.place),
      el("div", { class: "turn" }, turn("previous_page", "‹", -1),
        el("span", {}, t("page_head", number(at + 1), number(listed.length))),
        turn("next_page", "›", 1)),
      modes),
    ...page.parts.map((part) => drawPart(part, page)));
  const first = placed()[0];
  if (chosen === null && first !== undefined) first.elements[0].tabIndex = 0;
  highlight();
  drawInspector();
}

function setMode(mode) {
  view.mode = mode;
  document.getElementById("page").dataset.mode = mode;
  const input = document.querySelector(`#page input[value="${mode}"]`);
  if (input !== null) input.checked = true;
}

// ---- the chosen place --------------------------------------------------------------------------

let gbk = null; // character -> its bytes in GBK, as the browser's own decoder has them

function gbkBytes(text) {
  if (gbk === null) {
    gbk = new Map();
    const decoder = new TextDecoder("gbk");
    for (let lead = 0x81; lead <= 0xfe; ++lead) {
      for (let trail = 0x40; trail <= 0xfe; ++trail) {
        const character = decoder.decode(new Uint8Array([lead, trail]));
        if (trail !== 0x7f && [...character].length === 1 && character !== "\ufffd") {
          if (!gbk.has(character)) gbk.set(character, [lead, trail]);
        }
      }
    }
  }
  const bytes = [];
  for (const character of text) {
    const found = character < "\u0080" ? [character.charCodeAt(0)] : gbk.get(character);
    if (found === undefined) return null;
    bytes.push(...found);
  }
  return bytes;
}

function hexadecimal(bytes) {
  const MOST = 96;
  const text = [...bytes.slice(0, MOST)].map((one) => one.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > MOST ? text + " …" : text;
}

let previewed = null;

function preview(item) {
  previewed = item;
  drawInspector();
}

// The place that the panel speaks of and that keys decide.
function current() {
  return previewed !== null && previewed.page.number === view.page ? previewed : chosen;
}

function drawInspector() {
  fillInspector();
  for (const element of document.querySelectorAll(".finding.current")) {
    element.classList.remove("current");
  }
  const place = current();
  for (const element of (place !== null && place.elements) || []) element.classList.add("current");
  clearOfCovers();
}

function fillInspector() {
  const place = document.getElementById("inspector");
  if (place === null) return;
  const item = current();
  const inside = place.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  place.classList.toggle("filled", item !== null);
  if (item === null) {
    place.replaceChildren(el("h3", {}, t("inspector")), el("p", {}, t("inspector_empty")));
    return;
  }
  const verdict = verdictOf(item);
  const state = { edit: "i_applied", proposal: "i_proposed", flag: "i_flagged" }[item.kind];
  const row = (word, ...content) => [el("dt", {}, word), el("dd", {}, content)];
  const text = (value) => (value === "" ? el("em", {}, t("empty"))
    : el("span", { lang: "zh", class: "quote" }, shownBlanks(value.slice(0, 400)),
      value.length > 400 ? " …" : ""));
  const inGbk = gbkBytes(item.whole.before);
  const step = (act, sign, word, run) => el("button", { type: "button", "data-act": act,
    "aria-label": t(word), onclick: run }, sign);
  place.replaceChildren(
    el("div", { class: "steps" },
      PLACES.some(isOpen) ? el("button", { type: "button", "data-act": "next-open",
        onclick: nextOpen }, t("next_open")) : "",
      step("previous", "‹", "previous_place", () => moveItem(-1)),
      step("next", "›", "next_place", () => moveItem(1)),
      step("close", "×", "close", closeInspector)),
    el("h3", {}, meaningOf(item)),
    el("p", { class: "tags" }, el("span", { class: "tag " + item.kind }, t(state)),
      item.members.map((one) => el("span", { class: "tag" }, one.name)),
      verdict === undefined ? undefined
        : el("span", { class: "tag decided" }, "✓ " + t("v_" + verdict))),
    item.detail === undefined ? "" : el("p", {}, both(item.detail)),
    el("dl", {},
      row(t("before"), text(item.whole.before)),
      item.kind === "flag" ? [] : row(t("after"), text(afterOf(item))),
      item.kind === "flag" ? []
        : row(t("certainty"), meter(item), " " + ratio(item.whole.confidence))),
    ...verdicts(item, verdict),
    el("dl", {},
      row(t("utf8"),
        el("code", {}, hexadecimal(new TextEncoder().encode(item.whole.before)) || "–")),
      row(t("gbk"), el("code", {}, inGbk === null ? t("no_gbk") : hexadecimal(inGbk) || "–")),
      row(t("place"),
        t("bytes_span", item.page.place, number(item.begin), number(item.whole.end)))));
  if (inside !== null) {
    const again = place.querySelector(`[data-act="${inside}"]`) || place.querySelector("button");
    if (again !== null) again.focus({ preventScroll: true });
  }
}

function meter(item) {
  return el("meter", { min: 0, max: 1000, value: item.whole.confidence, "aria-label": t("certainty") });
}

function verdicts(item, verdict) {
  if (!item.members.every((one) => one.decidable)) {
    return [el("p", { class: "note" }, item.part.gone ? t("row_gone") :
      t("too_long", number(Math.max(item.before_bytes || 0, item.after_bytes || 0))))];
  }
  const is = (one) => verdict === one;
  const button = (act, word, key, pressed, run) => el("button", { type: "button", "data-act": act,
    class: act, "aria-pressed": String(pressed), "aria-keyshortcuts": key, onclick: run },
  word, " ", el("kbd", { "aria-hidden": "true" }, key));
  const buttons = [];
  if (item.kind !== "flag") {
    buttons.push(button("accept", t(item.kind === "edit" ? "confirm" : "accept"), "a",
      is("accept"), () => accept(item)));
  }
  buttons.push(button("reject", t(item.kind === "flag" ? "dismiss" : "reject"), "r",
    is("reject"), () => refuse(item)));
  if (verdict !== undefined) buttons.push(button("undo", t("undo"), "u", false,
    () => takeBack(item)));
  const others = item.alternatives || [];
  return [el("div", { class: "buttons" }, buttons),
    others.length === 0 ? "" : el("div", { class: "others" },
      el("h4", {}, t("alternatives")),
      el("ol", {}, others.map((other, i) => el("li", {},
        el("span", { lang: "zh", class: "quote" }, other === "" ? t("empty") : shown(other)), " ",
        button("other-" + i, t("choose"), String(i + 1),
          is("alternative") && decisions.get(item.key).after === other, () => useOther(item, i))))))];
}

function accept(item) {
  decide(item, "accept");
}
function refuse(item) {
  decide(item, "reject");
}
function useOther(item, i) {
  const other = (item.alternatives || [])[i];
  if (other !== undefined) decide(item, "alternative", other);
}

function drawPages() {
  const shownAll = DATA.texts_shown === DATA.texts_total;
  if (DATA.pages.length === 0) {
    return section("pages", el("p", {}, t("nothing_found")));
  }
  section("pages",
    el("p", { class: "label" }, shownAll ? t("pages_all", number(DATA.texts_total))
      : t("pages_shown", number(DATA.texts_shown), number(DATA.texts_total))),
    drawSearch(),
    drawFilters(),
    el("details", { id: "many", open: manyOpen,
      ontoggle: (event) => {
        if (manyOpen === event.target.open) return;
        manyOpen = event.target.open;
        drawMany();
      } }),
    el("div", { class: "reader" },
      el("div", { id: "list", role: "region", "aria-label": t("list") }),
      el("article", { id: "page", "aria-labelledby": "page-name" }),
      el("aside", { id: "inspector", "aria-label": t("inspector") })));
  drawMany();
  drawList();
  drawPage();
}
