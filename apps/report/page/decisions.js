// What a person decided: kept here, in the browser where it allows it, and in a file to take along.
const DECISIONS_FORMAT = 1;
const CONTEXT = 8; // characters on each side, so that a decision is never applied elsewhere
const STORED = "siku-decisions-" + DATA.run;

const decisions = new Map(); // item key -> {verdict, after}
let elsewhere = []; // decisions on places that this file does not show: handed on as they came
let kept = true;
let keeping = null; // the timer that will keep them
let saved = true; // in a file, or nothing to save

const actions = []; // of actions: what stood before each
const MARKED_ONE_BY_ONE = 40;

// A place that waits for a person.
function isOpen(place) {
  return place.open && place.members.some((item) => !decisions.has(item.key));
}

// One verdict of a place, undefined where nothing is decided; `mixed`: its items were decided apart,
// as a file from elsewhere may.
function verdictOf(place) {
  const given = place.members.map((item) => decisions.get(item.key));
  const found = given.filter((one) => one !== undefined);
  if (found.length === 0) return undefined;
  const rejected = found.filter((one) => one.verdict === "reject").length;
  if (found.length < given.length || (rejected > 0 && rejected < given.length)) return "mixed";
  return given[0].verdict;
}

// What would stand there as decided.
function afterOf(place) {
  return place.members.map(afterOfItem).join("");
}

function afterOfItem(item) {
  const decision = decisions.get(item.key);
  return decision !== undefined && decision.verdict === "alternative" ? decision.after : item.after;
}

// Another reading is one of the first item; what belongs to it is accepted.
function changesOf(place, verdict, after) {
  return place.members.map((item) => {
    if (verdict === undefined) return [item.key, undefined];
    if (item.kind === "flag") return [item.key, { verdict }];
    if (verdict === "alternative" && item === place) return [item.key, { verdict, after }];
    return [item.key,
      { verdict: verdict === "alternative" ? "accept" : verdict, after: item.after }];
  });
}

function decide(place, verdict, after) {
  if (!place.members.every((item) => item.decidable)) return;
  if (verdict === "accept" && place.kind === "flag") return;
  act(changesOf(place, verdict, after), elsewhere, t("v_" + verdict));
}

function takeBack(place) {
  if (verdictOf(place) === undefined) return;
  act(changesOf(place, undefined), elsewhere, t("taken_back"));
}

// Changes decisions so that it can be undone as a whole.
function act(changes, others, words) {
  actions.push({ changes: changes.map(([key]) => [key, decisions.get(key)]), elsewhere });
  put(changes, others);
  say(words);
}

function undoLast() {
  const last = actions.pop();
  if (last === undefined) return say(t("nothing_to_undo"));
  put(last.changes, last.elsewhere);
  say(t("undone", number(last.changes.length)));
  const place = last.changes.length === 0 ? undefined : ITEMS.get(last.changes[0][0]).lead;
  const places = new Set(last.changes.map(([key]) => ITEMS.get(key).lead));
  if (places.size === 1 && place.page.number === view.page) focusItem(place);
}

function put(changes, others) {
  for (const [key, decision] of changes) {
    const item = ITEMS.get(key);
    const other = [decision, decisions.get(key)].some((one) => one && one.verdict === "alternative");
    // The search has other text before it.
    if (other) Object.assign(item.part, { versions: undefined });
    if (other) Object.assign(item.page, { found: undefined });
    if (decision === undefined) decisions.delete(key);
    else decisions.set(key, decision);
  }
  elsewhere = others;
  saved = false;
  keep();
  const places = new Set(changes.map(([key]) => ITEMS.get(key).lead));
  if (places.size > MARKED_ONE_BY_ONE) drawPage();
  else places.forEach(markDecided);
  drawInspector();
  drawBar();
  drawList();
  drawMany();
}

// The text as it stood, run by run, beside the place of one item.
function contextOf(item) {
  const runs = item.part.text;
  if (item.runs.length !== 1 || runs[item.runs[0]].length > 1) return {};
  const textOf = (run) => {
    if (typeof run === "string") return run;
    if (typeof run === "number") return null;
    if (run.length > 1) return run[1];
    const other = item.part.items[run[0]];
    return other.before_bytes === undefined ? other.before : null;
  };
  const gather = (by, join) => {
    let text = "";
    for (let at = item.runs[0] + by; at >= 0 && at < runs.length; at += by) {
      const more = textOf(runs[at]);
      if (more === null) break;
      // Of a long run only what may count.
      text = join(text, by < 0 ? more.slice(-2 * CONTEXT) : more.slice(0, 2 * CONTEXT));
      if (text.length >= 2 * CONTEXT) break;
    }
    return [...text];
  };
  const left = gather(-1, (text, more) => more + text);
  const right = gather(1, (text, more) => text + more);
  return { left: whole(left.slice(-CONTEXT)), right: whole(right.slice(0, CONTEXT)) };
}

// Without half of a character beyond U+FFFF, where a run was cut.
function whole(characters) {
  return characters.filter((one) => !/^[\ud800-\udfff]$/.test(one)).join("");
}

function entryOf(item, decision) {
  const entry = { step: item.part.step, input: item.page.input, source: item.page.source,
    position: item.page.position };
  if (item.page.child !== undefined) entry.child = item.page.child;
  Object.assign(entry, { begin: item.begin, end: item.end });
  if (item.kind === "flag") entry.flag = item.flag;
  else entry.rule = plainName(item.rule);
  Object.assign(entry, { before: item.before }, contextOf(item));
  if (item.kind !== "flag") entry.after = decision.after;
  entry.verdict = decision.verdict;
  return entry;
}

// In the order of the pages, so that the same decisions give the same file.
function decisionFile() {
  const mine = PLACES.flatMap((place) => place.members)
    .filter((item) => decisions.has(item.key))
    .map((item) => entryOf(item, decisions.get(item.key)));
  return JSON.stringify({ siku_decisions: DECISIONS_FORMAT, recipe: DATA.recipe, run: DATA.run,
    decisions: [...mine, ...elsewhere] }, null, 1) + "\n";
}

function keyOf(entry) {
  return [entry.step, entry.input, entry.source, entry.position, [entry.child || []].flat().join("/"),
    entry.begin, entry.end, entry.flag === undefined ? "edit" : "flag",
    entry.flag === undefined ? entry.rule : entry.flag].join(KEY_SEPARATOR);
}

// Takes what `decisionFile` gave, from this report or another of the same recipe.
function takeDecisions(text) {
  let file;
  try {
    file = JSON.parse(text);
  } catch (error) {
    throw new Error(t("import_bad", error.message));
  }
  if (file === null || typeof file !== "object" || !Array.isArray(file.decisions)) {
    throw new Error(t("import_bad", typeof file));
  }
  if (file.siku_decisions !== DECISIONS_FORMAT) {
    throw new Error(t("import_bad", t("import_newer", String(file.siku_decisions))));
  }
  // One written by hand may leave it out.
  if (![undefined, "", DATA.recipe].includes(file.recipe)) {
    throw new Error(t("import_bad", t("import_other", String(file.recipe))));
  }
  let foreign = 0;
  const changes = [];
  const others = new Map(elsewhere.map((one) => [keyOf(one), one]));
  for (const entry of file.decisions) {
    if (entry === null || typeof entry !== "object") throw new Error(t("import_bad", "decisions"));
    const key = keyOf(entry);
    const item = ITEMS.get(key) || ITEMS.get(key + DECIDED);
    if (fits(entry, item)) {
      changes.push([item.key, { verdict: entry.verdict, after: entry.after }]);
    } else {
      ++foreign;
      others.set(key, entry);
    }
  }
  return { changes, elsewhere: [...others.values()], words: [file.decisions.length, foreign] };
}

function fits(entry, item) {
  if (item === undefined || item.before !== entry.before || !item.decidable) return false;
  if (item.kind === "flag") return entry.verdict === "reject";
  return ["accept", "reject", "alternative"].includes(entry.verdict) &&
    typeof entry.after === "string";
}

// A little later, so that many decisions in a row are written once.
function keep() {
  clearTimeout(keeping);
  keeping = setTimeout(keepNow, 400);
}

function keepNow() {
  clearTimeout(keeping);
  keeping = null;
  try {
    if (decisions.size + elsewhere.length === 0) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, decisionFile());
    kept = true;
  } catch {
    kept = false;
  }
  drawNote();
}

function recall() {
  try {
    const text = localStorage.getItem(STORED);
    if (text === null) return;
    const taken = takeDecisions(text);
    for (const [key, decision] of taken.changes) decisions.set(key, decision);
    elsewhere = taken.elsewhere;
    saved = false;
  } catch {
    kept = false;
  }
}

function exportDecisions() {
  const name = `decisions-${DATA.recipe}-${DATA.run}.json`;
  const address = URL.createObjectURL(new Blob([decisionFile()], { type: "application/json" }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  saved = true;
  say(t("exported"));
  showNext(name);
}

// What to do with the file.
function showNext(name) {
  const of = (...verdicts) => PLACES.filter((one) => verdicts.includes(verdictOf(one))).length;
  const left = PLACES.filter(isOpen).length;
  const dialog = document.getElementById("exported");
  dialog.replaceChildren(
    el("h2", { id: "exported-head" }, t("exported")),
    el("p", {}, el("code", {}, name)),
    el("ul", { class: "points" }, [
      ["exported_accepted", of("accept", "alternative")], ["exported_rejected", of("reject")],
      ["exported_mixed", of("mixed")], ["exported_elsewhere", elsewhere.length],
      ["exported_left", left],
    ].filter(([, count]) => count > 0).map(([word, count]) => el("li", {}, t(word, number(count))))),
    el("p", {}, t("exported_run", DATA.recipe)),
    el("pre", { tabindex: 0, class: "command", "aria-label": t("command") },
      `siku run ${t("recipe_file")} --decisions ${name}`),
    el("ul", { class: "points" }, t("exported_then").map((one) => el("li", {}, one))),
    el("button", { type: "button", onclick: () => dialog.close() }, t("close")));
  dialog.showModal();
}

async function importDecisions(input) {
  const file = input.files[0];
  input.value = "";
  if (file === undefined) return;
  try {
    const taken = takeDecisions(await file.text());
    act(taken.changes, taken.elsewhere, t("imported", ...taken.words.map(number)));
  } catch (error) {
    say(error.message);
  }
}

function clearDecisions() {
  const all = decisions.size + elsewhere.length;
  if (all === 0 || !window.confirm(t("clear_sure", number(all)))) return;
  act([...decisions.keys()].map((key) => [key, undefined]), [], t("taken_back"));
}

// The last thing said, or what is always true.
function drawNote() {
  const note = document.getElementById("bar-note");
  if (note === null) return;
  const said = document.getElementById("said").textContent;
  note.classList.toggle("said", said !== "");
  const always = kept ? t("export_note") : t("not_kept");
  note.textContent = said === "" ? always : kept ? said : said + " · " + always;
  clearOfCovers();
}

function drawBar() {
  const bar = document.getElementById("bar");
  bar.hidden = PLACES.length === 0;
  if (bar.hidden) return;
  const focused = bar.contains(document.activeElement) ? document.activeElement.id : "";
  const decidable = PLACES.filter((place) => place.open);
  const done = decidable.filter((place) => !isOpen(place)).length;
  const edits = PLACES.filter((one) => !one.open && verdictOf(one) !== undefined).length;
  const words = [decidable.length === 0 ? t("none_to_decide")
    : t("decided", number(done), number(decidable.length))];
  if (edits > 0) words.push(t("also_edits", number(edits)));
  if (elsewhere.length > 0) words.push(t("elsewhere", number(elsewhere.length)));
  const none = decisions.size + elsewhere.length === 0;
  const choose = el("input", { type: "file", accept: ".json,application/json", id: "import-file",
    class: "hidden-text", tabindex: -1, "aria-label": t("import"),
    onchange: (event) => importDecisions(event.target) });
  const button = (id, word, act, off) =>
    el("button", { type: "button", id, disabled: off, onclick: act }, t(word));
  bar.replaceChildren(
    el("div", { class: "progress" },
      decidable.length === 0 ? "" : el("progress", { max: decidable.length, value: done,
        "aria-label": t("decisions") }),
      el("span", {}, words.join(" · "))),
    el("div", { class: "buttons" },
      button("next-open", "next_open", nextOpen, done === decidable.length),
      button("undo-last", "undo_last", undoLast, actions.length === 0),
      button("export", "export", exportDecisions, none),
      button("import", "import", () => choose.click(), false), choose,
      button("clear", "clear", clearDecisions, none)),
    el("small", { id: "bar-note" }));
  drawNote();
  if (focused !== "") {
    const again = document.getElementById(focused);
    (again.disabled ? document.getElementById("import") : again).focus();
  }
}

window.addEventListener("pagehide", () => {
  if (keeping !== null) keepNow();
});
window.addEventListener("beforeunload", (event) => {
  if (keeping !== null) keepNow();
  if (!kept && !saved && decisions.size > 0) event.preventDefault();
});
