// One page: its text with edits, proposals and flags in it, and what is known of the chosen one.
let chosen = null; // item

function openPage(number) {
  view.page = number;
  chosen = null;
  writeAddress();
  drawList();
  drawPage();
}

function label(item) {
  const words = meaning(item.part.step, item.name) || item.name;
  const quoted = (text) => (text === "" ? t("empty") : "“" + text.slice(0, 80) + "”");
  let name;
  if (item.kind === "flag") name = t("flag_name", words, quoted(item.before));
  else {
    name = t(item.kind + "_name", words, quoted(item.before), quoted(item.after),
      ratio(item.confidence));
  }
  const decision = decisions.get(item.key);
  return decision === undefined ? name : t("decided_name", name, t("v_" + decision.verdict));
}

function finding(item, part) {
  const before = part === undefined ? item.before : part;
  const decision = decisions.get(item.key);
  const children = [];
  if (item.kind === "flag") {
    children.push(el("mark", {}, before === "" ? "⚑" : shown(before)));
  } else {
    if (before !== "") children.push(el("del", {}, shownBlanks(before)));
    const after = decision !== undefined && decision.verdict === "alternative"
      ? decision.after : item.after;
    if (after !== "") children.push(el("ins", {}, shownBlanks(after)));
    // What would go needs a sign, as it is not struck through before it is decided.
    else if (item.kind === "proposal") children.push(el("ins", {}, "∅"));
  }
  const verdict = decision === undefined ? "" : " is-" + decision.verdict;
  return el("span", { class: `finding ${item.kind}${verdict}`, role: "button",
    tabindex: item === chosen ? 0 : -1, "aria-label": label(item),
    onfocus: () => choose(item), onmouseenter: () => preview(item),
    onmouseleave: () => preview(chosen), onclick: () => focusItem(item) }, children);
}

function markDecided(item) {
  if (item.elements === undefined) return;
  const fresh = item.elements.map((old) => finding(item, old.shownPart));
  fresh.forEach((element, i) => {
    element.shownPart = item.elements[i].shownPart;
    const focused = document.activeElement === item.elements[i];
    item.elements[i].replaceWith(element);
    if (focused) element.focus({ preventScroll: true });
  });
  item.elements = fresh;
}

function choose(item) {
  if (chosen !== null && chosen !== item && chosen.elements !== undefined) {
    chosen.elements[0].tabIndex = -1;
  }
  chosen = item;
  item.elements[0].tabIndex = 0;
  preview(item);
}

function focusItem(item) {
  if (item.page.number !== view.page) openPage(item.page.number);
  if (item.elements === undefined) return;
  const smooth = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  item.elements[0].focus({ preventScroll: true });
  item.elements[0].scrollIntoView({ block: "center", behavior: smooth ? "smooth" : "auto" });
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
    refilter();
    drawPages();
  }
  focusItem(next);
}

function drawPart(part, page) {
  for (const item of part.items) item.elements = undefined;
  const text = el("div", { class: "text", lang: "zh" });
  part.text.forEach((run, i) => {
    if (typeof run === "string") text.append(...shown(run));
    else if (typeof run === "number") {
      const last = i === part.text.length - 1 && part.cut !== undefined;
      text.append(el("span", { class: "left-out", lang: view.language }, last
        ? t("left_out_cut", number(run), number(part.cut), number(DATA.page_bytes / 1024))
        : t("left_out", number(run))));
    } else {
      const item = part.items[run[0]];
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
  const modes = el("fieldset", { class: "modes" }, el("legend", {}, t("view")),
    ["changes", "before", "after"].map((mode) => el("label", {},
      el("input", { type: "radio", name: "mode", value: mode, checked: view.mode === mode,
        onchange: () => {
          view.mode = mode;
          place.dataset.mode = mode;
        } }), t("view_" + mode))));
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
  highlight(place);
  drawInspector();
}

// What the search found, where the browser can mark it without touching the text.
function highlight(place) {
  if (typeof Highlight === "undefined") return;
  CSS.highlights.delete("found");
  const wanted = view.search.toLowerCase();
  if (wanted === "") return;
  const found = new Highlight();
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.toLowerCase();
    for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
      if (at + wanted.length > walker.currentNode.data.length) break;
      const range = new Range();
      range.setStart(walker.currentNode, at);
      range.setEnd(walker.currentNode, at + wanted.length);
      found.add(range);
    }
  }
  CSS.highlights.set("found", found);
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

function drawInspector() {
  const place = document.getElementById("inspector");
  if (place === null) return;
  const item = previewed !== null && previewed.page.number === view.page ? previewed : chosen;
  const inside = place.contains(document.activeElement) ? document.activeElement.dataset.act : null;
  place.classList.toggle("filled", item !== null);
  if (item === null) {
    place.replaceChildren(el("h3", {}, t("inspector")), el("p", {}, t("inspector_empty")));
    return;
  }
  const decision = decisions.get(item.key);
  const state = { edit: "i_applied", proposal: "i_proposed", flag: "i_flagged" }[item.kind];
  const row = (word, ...content) => [el("dt", {}, word), el("dd", {}, content)];
  const text = (value) => (value === "" ? el("em", {}, t("empty"))
    : el("span", { lang: "zh", class: "quote" }, shownBlanks(value.slice(0, 400)),
      value.length > 400 ? " …" : ""));
  const inGbk = gbkBytes(item.before);
  const step = (act, sign, word, run) => el("button", { type: "button", "data-act": act,
    "aria-label": t(word), onclick: run }, sign);
  place.replaceChildren(
    el("div", { class: "steps" },
      step("previous", "‹", "previous_place", () => moveItem(-1)),
      step("next", "›", "next_place", () => moveItem(1)),
      step("close", "×", "close", closeInspector)),
    el("h3", {}, meaning(item.part.step, item.name) || item.name),
    el("p", { class: "tags" }, el("span", { class: "tag " + item.kind }, t(state)),
      el("span", { class: "tag" }, item.name),
      decision === undefined ? undefined
        : el("span", { class: "tag decided" }, "✓ " + t("v_" + decision.verdict))),
    item.detail === undefined ? "" : el("p", {}, both(item.detail)),
    el("dl", {},
      row(t("before"), text(item.before)),
      item.kind === "flag" ? [] : row(t("after"), text(
        decision !== undefined && decision.verdict === "alternative" ? decision.after
          : item.after)),
      item.kind === "flag" ? [] : row(t("certainty"), meter(item), " " + ratio(item.confidence))),
    ...verdicts(item, decision),
    el("dl", {},
      row(t("utf8"), el("code", {}, hexadecimal(new TextEncoder().encode(item.before)) || "–")),
      row(t("gbk"), el("code", {}, inGbk === null ? t("no_gbk") : hexadecimal(inGbk) || "–")),
      row(t("place"), t("bytes_span", item.page.place, number(item.begin), number(item.end)))));
  if (inside !== null) {
    const again = place.querySelector(`[data-act="${inside}"]`) || place.querySelector("button");
    if (again !== null) again.focus({ preventScroll: true });
  }
}

function meter(item) {
  return el("meter", { min: 0, max: 1000, value: item.confidence, "aria-label": t("certainty") });
}

function verdicts(item, decision) {
  if (!item.decidable) {
    return [el("p", { class: "note" }, item.part.gone ? t("row_gone") :
      t("too_long", number(Math.max(item.before_bytes || 0, item.after_bytes || 0))))];
  }
  const is = (verdict) => decision !== undefined && decision.verdict === verdict;
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
  if (decision !== undefined) buttons.push(button("undo", t("undo"), "u", false,
    () => takeBack(item)));
  const others = item.alternatives || [];
  return [el("div", { class: "buttons" }, buttons),
    others.length === 0 ? "" : el("div", { class: "others" },
      el("h4", {}, t("alternatives")),
      el("ol", {}, others.map((other, i) => el("li", {},
        el("span", { lang: "zh", class: "quote" }, other === "" ? t("empty") : shown(other)), " ",
        button("other-" + i, t("choose"), String(i + 1),
          is("alternative") && decision.after === other, () => useOther(item, i))))))];
}

function accept(item) {
  decide(item, "accept", item.after);
}
function refuse(item) {
  decide(item, "reject", item.kind === "flag" ? undefined : item.after);
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
    drawFilters(),
    el("div", { class: "reader" },
      el("div", { id: "list", role: "region", "aria-label": t("list") }),
      el("article", { id: "page", "aria-labelledby": "page-name" }),
      el("aside", { id: "inspector", "aria-label": t("inspector") })));
  drawList();
  drawPage();
}
