// What the page shows now. Language, theme and page stand in the address, so that a link keeps them.
const DATA = JSON.parse(document.getElementById("data").textContent);

const view = {
  language: /^zh\b/i.test(navigator.language || "") ? "zh" : "en",
  theme: "auto",
  page: 0,
  mode: "changes",
  search: "",
  hit: null, // of the search, the one gone to
  rules: new Set(),
  state: "all",
};

function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.get("lang") === "zh" || given.get("lang") === "en") view.language = given.get("lang");
  if (["auto", "light", "dark"].includes(given.get("theme"))) view.theme = given.get("theme");
  const page = Number(given.get("page"));
  if (Number.isInteger(page) && page >= 1 && page <= DATA.pages.length) view.page = page - 1;
}

function writeAddress() {
  const now = new URLSearchParams({ lang: view.language });
  if (view.theme !== "auto") now.set("theme", view.theme);
  if (DATA.pages.length > 0) now.set("page", String(view.page + 1));
  history.replaceState(null, "", "#" + now);
}

const DECIDED = ":decided"; // the engine's mark of a rule that a person decided

function plainName(name) {
  return name.endsWith(DECIDED) ? name.slice(0, -DECIDED.length) : name;
}

// A reading that goes, behind a character that changes: one place, one decision, though the ledger
// and the file of decisions hold both.
const BELONGS_TO = { strip_annotation: "simplify" };

function belongs(item, before) {
  return item.kind === before.kind && item.kind !== "flag" && item.begin === before.end &&
    BELONGS_TO[plainName(item.name)] === plainName(before.lead.name);
}

// Items know where they stand: page, part, runs of the text, and a key that decisions go by. Those
// that belong together are a place, which its first item leads.
const KEY_SEPARATOR = "\u0001";

function readItems(page, part) {
  for (const item of part.items) {
    Object.assign(item, { page, part, runs: [], lead: item, members: [item],
      name: item.kind === "flag" ? item.flag : item.rule,
      // What stands here in part cannot be decided here: a decision holds the text itself.
      decidable: item.before_bytes === undefined && item.after_bytes === undefined &&
        part.gone === undefined });
    item.key = [
      part.step, page.input, page.source, page.position, (page.child || []).join("/"),
      item.begin, item.end, item.kind === "flag" ? "flag" : "edit", item.name,
    ].join(KEY_SEPARATOR);
  }
  let last = null;
  part.text.forEach((run, i) => {
    const item = Array.isArray(run) ? part.items[run[0]] : null;
    if (item !== null) item.runs.push(i);
    const whole = item !== null && run.length === 1;
    if (whole && last !== null && belongs(item, last)) {
      item.lead = last.lead;
      item.lead.members.push(item);
    }
    last = whole ? item : null;
  });
}

function readPlace(lead) {
  const of = (name) => lead.members.map((item) => item[name] || "").join("");
  const least = Math.min(...lead.members.map((item) => item.confidence || 0));
  lead.whole = { before: of("before"), after: of("after"), confidence: least,
    end: lead.members[lead.members.length - 1].end };
  lead.open = lead.kind !== "edit" && lead.members.every((item) => item.decidable);
}

DATA.pages.forEach((page, number) => {
  page.number = number;
  for (const part of page.parts) readItems(page, part);
  page.items = page.parts.flatMap((part) => part.items
    .filter((item) => item.lead === item)
    .sort((a, b) => a.begin - b.begin || a.end - b.end));
  page.items.forEach(readPlace);
});
const PLACES = DATA.pages.flatMap((page) => page.items);
const ITEMS = new Map(
  PLACES.flatMap((place) => place.members.map((item) => [item.key, item])));

function namesOf(step) {
  const found = DATA.steps.find((one) => one.name === step);
  return found === undefined ? undefined : DATA.names[found.operator];
}

// What a rule, flag or reason means, from the operator's record.
function meaning(step, name) {
  if (step === "") return WORDS[view.language]["reader_" + name] || "";
  const names = namesOf(step);
  const plain = plainName(name);
  let text = "";
  for (const list of names === undefined ? [] : [names.rules, names.flags, names.reasons]) {
    if (list[plain] !== undefined) text = list[plain][view.language === "zh" ? 1 : 0];
  }
  return plain === name ? text : text + " (" + t("decided_by_person") + ")";
}

// What a place is, in words: of each of its rules.
function meaningOf(place) {
  const words = place.members.map((item) => meaning(item.part.step, item.name) || item.name);
  return [...new Set(words)].join(view.language === "zh" ? "" : " ");
}

function both(pair) {
  return pair === undefined ? "" : pair[view.language === "zh" ? 1 : 0];
}

function number(value) {
  return value.toLocaleString(view.language === "zh" ? "zh-CN" : "en-GB");
}

function size(bytes) {
  const units = ["KiB", "MiB", "GiB", "TiB"];
  if (bytes < 1024) return number(bytes) + (view.language === "zh" ? " 字节" : " bytes");
  let unit = -1;
  for (; bytes >= 1024 && unit < units.length - 1; ++unit) bytes /= 1024;
  return bytes.toFixed(1) + " " + units[unit];
}

function ratio(perMille) {
  return (perMille / 1000).toFixed(perMille % 10 === 0 ? 2 : 3);
}

function sum(counts) {
  return Object.values(counts).reduce((all, one) => all + one, 0);
}
