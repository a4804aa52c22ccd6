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
const UNSEEN = new RegExp("[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u00ad\\u034f\\u061c" +
  "\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\u3164" +
  "\\ue000-\\uf8ff\\ufeff\\uffa0\\ufff0-\\ufffb\\u{e0000}-\\u{e00ff}\\u{f0000}-\\u{10ffff}]", "u");

// Nodes know how much of the text they stand for (`source`), so that what is found can be marked.
function standsFor(node, source) {
  return Object.assign(typeof node === "string" ? document.createTextNode(node) : node, { source });
}

function shown(text) {
  if (!UNSEEN.test(text)) return [standsFor(text, text.length)];
  const nodes = [];
  let plain = "";
  for (const character of text) {
    if (!UNSEEN.test(character)) {
      plain += character;
      continue;
    }
    if (plain !== "") nodes.push(standsFor(plain, plain.length));
    plain = "";
    nodes.push(standsFor(el("span", { class: "code" }, codePoint(character)), character.length));
  }
  if (plain !== "") nodes.push(standsFor(plain, plain.length));
  return nodes;
}

// The same inside an edit, where blanks matter too.
function shownBlanks(text) {
  if (text === "" || /[^\s]/.test(text)) return shown(text);
  const signs = { " ": "␣", "\t": "⇥", "\n": "↵\n", "\u3000": "␣␣", "\u00a0": "⍽" };
  return [...text].map((one) =>
    standsFor(signs[one] || el("span", { class: "code" }, codePoint(one)), one.length));
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
  drawNote();
}
