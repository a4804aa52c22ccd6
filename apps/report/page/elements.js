// Making elements. Text goes in as text, never as markup.
function el(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

function svg(tag, attributes, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(Infinity).filter((one) => one !== undefined && one !== null));
  return element;
}

// Characters that cannot be seen, or that turn the text around, as their number.
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ue000-\uf8ff]/;

function shown(text) {
  if (!UNSEEN.test(text)) return [text];
  const nodes = [];
  let plain = "";
  for (const character of text) {
    if (!UNSEEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") nodes.push(plain);
    plain = "";
    nodes.push(el("span", { class: "code" }, codePoint(character)));
  }
  if (plain !== "") nodes.push(plain);
  return nodes;
}

// The same inside an edit, where blanks matter too.
function shownBlanks(text) {
  if (/[^\s]/.test(text)) return shown(text);
  const signs = { " ": "␣", "\t": "⇥", "\n": "↵\n", "\u3000": "␣␣", "\u00a0": "⍽" };
  return [...text].map((one) => signs[one] || el("span", { class: "code" }, codePoint(one)));
}

function codePoint(character) {
  return "U+" + character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
}

function table(caption, head, rows, right) {
  const cell = (tag, i, content, more) =>
    el(tag, { class: right.includes(i) ? "right" : undefined, ...more }, content);
  return el("div", { class: "scroll", tabindex: 0, role: "group", "aria-label": caption },
    el("table", {},
      el("thead", {}, el("tr", {}, head.map((text, i) => cell("th", i, text, { scope: "col" })))),
      el("tbody", {}, rows.map((row) => el("tr", {}, row.map((one, i) => cell("td", i, one)))))));
}

function section(id, ...children) {
  document.getElementById(id).replaceChildren(
    el("h2", { id: id + "-head" }, t(id)),
    ...children.flat().filter((one) => one !== undefined));
  document.getElementById(id).setAttribute("aria-labelledby", id + "-head");
}

function say(text) {
  document.getElementById("said").textContent = text;
}
