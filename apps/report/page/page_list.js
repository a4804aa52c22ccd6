// The list of pages: rules, state; undecided ones first.
const STEP_OF_LIST = 100;
let listed = []; // pages that match, in the order shown
let listLength = STEP_OF_LIST;

function matches(page) {
  if (view.rules.size > 0 && !page.items.some(hasRule)) return false;
  if (view.state === "open" && !page.items.some(isOpen)) return false;
  if (view.state === "done" && !page.items.some((item) => verdictOf(item) !== undefined)) {
    return false;
  }
  return view.search === "" || named(page) || hitsOf(page).length > 0;
}

function hasRule(place) {
  return place.members.some((item) => view.rules.has(item.name));
}

// Takes every filter away.
function showAll() {
  Object.assign(view, { search: "", state: "all", hit: null });
  view.rules.clear();
  refilter();
  drawPages();
  document.getElementById("search").focus();
}

function refilter() {
  const open = new Map(DATA.pages.map((page) => [page, page.items.some(isOpen)]));
  listed = DATA.pages.filter(matches)
    .sort((a, b) => open.get(b) - open.get(a) || a.number - b.number);
  listLength = STEP_OF_LIST;
  if (listed.length > 0 && !listed.includes(DATA.pages[view.page])) {
    view.page = listed[0].number;
    view.hit = null;
    chosen = null;
    writeAddress();
  }
}

function showRule(name) {
  Object.assign(view, { rules: new Set([name]), search: "", state: "all", hit: null });
  refilter();
  drawPages();
  document.getElementById("pages").focus();
  document.getElementById("pages").scrollIntoView();
}

function counts(page) {
  const of = (kind) => page.items.filter((item) => item.kind === kind).length;
  const open = page.items.filter(isOpen).length;
  const cut = page.parts.reduce((all, part) => all + (part.cut || 0), 0);
  return [["edit", "n_edits"], ["proposal", "n_proposals"], ["flag", "n_flags"]]
    .filter(([kind]) => of(kind) > 0)
    .map(([kind, word]) => el("span", { class: "tag " + kind }, t(word, number(of(kind)))))
    .concat(cut > 0 ? [el("span", { class: "tag" }, t("n_cut", number(cut)))] : [])
    .concat(open > 0 ? [el("span", { class: "tag open" }, t("n_open", number(open)))] : []);
}

function drawFilters() {
  const names = new Map();
  const words = new Map();
  for (const page of DATA.pages) {
    for (const place of page.items) {
      for (const item of place.members) {
        if (!names.has(item.name)) names.set(item.name, new Set());
        names.get(item.name).add(page);
        if (!words.has(item.name)) words.set(item.name, meaning(item.part.step, item.name));
      }
    }
  }
  const chip = (word, note, pressed, act, title) => el("button", { type: "button", class: "chip", title,
    "aria-pressed": String(pressed), onclick: act }, word,
  note === undefined ? undefined : el("small", {}, note));
  const again = () => {
    refilter();
    drawPages();
  };
  return el("div", { class: "filters" },
    el("div", { role: "group", "aria-label": t("rules_filter"), class: "chips" },
      el("span", { class: "label" }, t("rules_filter")),
      [...names].sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1)).map(([name, pages]) =>
        chip(name, number(pages.size), view.rules.has(name), () => {
          if (!view.rules.delete(name)) view.rules.add(name);
          again();
        }, words.get(name)))),
    el("div", { role: "group", "aria-label": t("state_filter"), class: "chips" },
      el("span", { class: "label" }, t("state_filter")),
      ["all", "open", "done"].map((state) => chip(t("state_" + state), undefined,
        view.state === state, () => {
          view.state = state;
          again();
        }))));
}

function drawList() {
  const list = document.getElementById("list");
  if (list === null) return;
  const focused = list.contains(document.activeElement);
  const rows = listed.slice(0, listLength).map((page) => el("li", {},
    el("button", { type: "button", class: "entry", "data-page": page.number,
      "aria-current": page.number === view.page ? "true" : undefined,
      onclick: () => openPage(page.number) },
    el("span", { class: "name" }, page.place), el("span", { class: "tags" }, counts(page)))));
  const more = listed.length - listLength;
  list.replaceChildren(
    el("p", { class: "label", role: "status" },
      listed.length === 0 ? t("no_match") : t("matching", number(listed.length))),
    el("ul", {}, rows),
    more > 0 ? el("button", { type: "button", onclick: () => {
      listLength += STEP_OF_LIST;
      drawList();
    } }, t("show_more", number(Math.min(more, STEP_OF_LIST)))) : "");
  if (focused) focusEntry();
}

function focusEntry() {
  const entry = document.querySelector('#list [aria-current="true"]');
  if (entry !== null) entry.focus();
}

// Moves through the pages that match.
function turnPage(by) {
  const at = listed.indexOf(DATA.pages[view.page]);
  const next = listed[at + by];
  if (next === undefined) return false;
  if (at + by >= listLength) listLength += STEP_OF_LIST;
  openPage(next.number);
  return true;
}
