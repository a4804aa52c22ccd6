// What a person decided: kept here, in the browser where it allows it, and in a file to take along.
const DECISIONS_FORMAT = 1;
const CONTEXT = 8; // characters on each side, so that a decision is never applied elsewhere
const STORED = "siku-decisions-" + DATA.run;

const decisions = new Map(); // item key -> {verdict, after}
let elsewhere = []; // decisions on places that this file does not show: handed on as they came
let kept = true;

function isOpen(item) {
  return item.kind !== "edit" && item.decidable && !decisions.has(item.key);
}

function openItems() {
  return [...ITEMS.values()].filter(isOpen);
}

function decide(item, verdict, after) {
  if (!item.decidable || (verdict === "accept" && item.kind === "flag")) return;
  decisions.set(item.key, { verdict, after });
  changed(item);
  say(t("v_" + verdict));
}

function takeBack(item) {
  if (!decisions.delete(item.key)) return;
  changed(item);
  say(t("undo"));
}

function changed(item) {
  keep();
  markDecided(item);
  drawInspector();
  drawBar();
  drawList();
}

// The text as it stood, run by run, beside the place of one item.
function contextOf(item) {
  const runs = item.part.text;
  const own = runs.map((run, i) => (Array.isArray(run) && item.part.items[run[0]] === item ? i : -1))
    .filter((i) => i >= 0);
  if (own.length !== 1 || runs[own[0]].length > 1) return {};
  const textOf = (run) => {
    if (typeof run === "string") return run;
    if (typeof run === "number") return null;
    if (run.length > 1) return run[1];
    const other = item.part.items[run[0]];
    return other.before_bytes === undefined ? other.before : null;
  };
  const gather = (order, join) => {
    let text = "";
    for (const run of order) {
      const more = textOf(run);
      if (more === null || [...text].length >= CONTEXT) break;
      text = join(text, more);
    }
    return [...text];
  };
  const left = gather(runs.slice(0, own[0]).reverse(), (text, more) => more + text);
  const right = gather(runs.slice(own[0] + 1), (text, more) => text + more);
  return { left: left.slice(-CONTEXT).join(""), right: right.slice(0, CONTEXT).join("") };
}

function entryOf(item, decision) {
  const entry = { step: item.part.step, input: item.page.input, source: item.page.source,
    position: item.page.position };
  if (item.page.child !== undefined) entry.child = item.page.child;
  Object.assign(entry, { begin: item.begin, end: item.end });
  if (item.kind === "flag") entry.flag = item.flag;
  else entry.rule = item.rule.endsWith(DECIDED) ? item.rule.slice(0, -DECIDED.length) : item.rule;
  Object.assign(entry, { before: item.before }, contextOf(item));
  if (item.kind !== "flag") entry.after = decision.after;
  entry.verdict = decision.verdict;
  return entry;
}

// In the order of the pages, so that the same decisions give the same file.
function decisionFile() {
  const mine = DATA.pages.flatMap((page) => page.items)
    .filter((item) => decisions.has(item.key))
    .map((item) => entryOf(item, decisions.get(item.key)));
  return JSON.stringify({ siku_decisions: DECISIONS_FORMAT, recipe: DATA.recipe, run: DATA.run,
    decisions: [...mine, ...elsewhere] }, null, 1) + "\n";
}

function keyOf(entry) {
  return [entry.step, entry.input, entry.source, entry.position, (entry.child || []).join("/"),
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
  if (file.recipe !== DATA.recipe) {
    throw new Error(t("import_bad", t("import_other", String(file.recipe))));
  }
  let foreign = 0;
  for (const entry of file.decisions) {
    const key = keyOf(entry);
    const item = ITEMS.get(key) || ITEMS.get(key + DECIDED);
    if (item !== undefined && item.before === entry.before &&
        ["accept", "reject", "alternative"].includes(entry.verdict)) {
      decisions.set(item.key, { verdict: entry.verdict, after: entry.after });
    } else {
      ++foreign;
      elsewhere = [...elsewhere.filter((one) => keyOf(one) !== key), entry];
    }
  }
  return [file.decisions.length, foreign];
}

function keep() {
  try {
    if (decisions.size + elsewhere.length === 0) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, decisionFile());
  } catch {
    kept = false;
  }
}

function recall() {
  try {
    const text = localStorage.getItem(STORED);
    if (text !== null) takeDecisions(text);
  } catch {
    kept = false;
  }
}

function exportDecisions() {
  const address = URL.createObjectURL(new Blob([decisionFile()], { type: "application/json" }));
  const link = el("a", { href: address, download: `decisions-${DATA.recipe}-${DATA.run}.json` });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
  say(t("export_note"));
}

async function importDecisions(input) {
  const file = input.files[0];
  input.value = "";
  if (file === undefined) return;
  try {
    say(t("imported", ...takeDecisions(await file.text())));
    keep();
  } catch (error) {
    say(error.message);
  }
  drawAll();
  document.getElementById("bar-note").textContent = document.getElementById("said").textContent;
}

function clearDecisions() {
  const all = decisions.size + elsewhere.length;
  if (all === 0 || !window.confirm(t("clear_sure", number(all)))) return;
  decisions.clear();
  elsewhere = [];
  keep();
  drawAll();
}

function drawBar() {
  const bar = document.getElementById("bar");
  bar.hidden = ITEMS.size === 0;
  if (bar.hidden) return;
  const focused = bar.contains(document.activeElement) ? document.activeElement.id : "";
  const decidable = [...ITEMS.values()].filter((item) => item.kind !== "edit" && item.decidable);
  const done = decidable.filter((item) => decisions.has(item.key)).length;
  const edits = decisions.size - done;
  const words = [t("decided", number(done), number(decidable.length))];
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
      el("progress", { max: Math.max(1, decidable.length), value: done,
        "aria-label": t("decisions") }),
      el("span", {}, words.join(" · "))),
    el("div", { class: "buttons" },
      button("next-open", "next_open", nextOpen, done === decidable.length),
      button("export", "export", exportDecisions, none),
      button("import", "import", () => choose.click(), false), choose,
      button("clear", "clear", clearDecisions, none)),
    el("small", { id: "bar-note" }, kept ? t("export_note") : t("not_kept")));
  if (focused !== "") document.getElementById(focused).focus();
}
