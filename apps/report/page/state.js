// What the page shows now. Language, theme and page stand in the address, so that a link keeps them.
const DATA = JSON.parse(document.getElementById("data").textContent);

const view = {
  language: /^zh\b/i.test(navigator.language || "") ? "zh" : "en",
  theme: "auto",
  page: 0,
  mode: "changes",
  search: "",
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

// Items know where they stand: page, part, and a key that decisions go by.
const KEY_SEPARATOR = "\u0001";
DATA.pages.forEach((page, number) => {
  page.number = number;
  page.items = [];
  for (const part of page.parts) {
    for (const item of part.items) {
      item.page = page;
      item.part = part;
      item.name = item.kind === "flag" ? item.flag : item.rule;
      item.key = [
        part.step, page.input, page.source, page.position, (page.child || []).join("/"),
        item.begin, item.end, item.kind === "flag" ? "flag" : "edit", item.name,
      ].join(KEY_SEPARATOR);
      // What stands here in part cannot be decided here: a decision holds the text itself.
      item.decidable = item.before_bytes === undefined && item.after_bytes === undefined &&
        part.gone === undefined;
    }
    page.items.push(...part.items.slice().sort((a, b) => a.begin - b.begin || a.end - b.end));
  }
});
const ITEMS = new Map(DATA.pages.flatMap((page) => page.items.map((item) => [item.key, item])));

const DECIDED = ":decided"; // the engine's mark of a rule that a person decided

function namesOf(step) {
  const found = DATA.steps.find((one) => one.name === step);
  return found === undefined ? undefined : DATA.names[found.operator];
}

// What a rule, flag or reason means, from the operator's record.
function meaning(step, name) {
  if (step === "") return WORDS[view.language]["reader_" + name] || "";
  const names = namesOf(step);
  const person = name.endsWith(DECIDED);
  const plain = person ? name.slice(0, -DECIDED.length) : name;
  let text = "";
  for (const list of names === undefined ? [] : [names.rules, names.flags, names.reasons]) {
    if (list[plain] !== undefined) text = list[plain][view.language === "zh" ? 1 : 0];
  }
  return person ? text + " (" + t("decided_by_person") + ")" : text;
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
