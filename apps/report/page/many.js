// Deciding many places at once: of one kind, from or below a confidence.
let manyOpen = false;
const many = { name: "", side: "from", confidence: 0.95, listed: false };

function kindsToDecide() {
  const kinds = new Map();
  for (const place of PLACES.filter(isOpen)) {
    if (!kinds.has(place.name)) kinds.set(place.name, { count: 0, place });
    ++kinds.get(place.name).count;
  }
  return [...kinds].sort((a, b) => b[1].count - a[1].count || (a[0] < b[0] ? -1 : 1));
}

function chosenMany() {
  const limit = Math.round(many.confidence * 1000);
  return PLACES.filter((place) => isOpen(place) && place.name === many.name &&
    (!many.listed || listed.includes(place.page)) &&
    (place.kind === "flag" || (many.side === "from" ? place.whole.confidence >= limit
      : place.whole.confidence < limit)));
}

function decideMany(verdict) {
  const places = chosenMany();
  if (places.length === 0) return;
  act(places.flatMap((place) => changesOf(place, verdict)), elsewhere,
    t("many_" + verdict, number(places.length)));
}

function drawMany() {
  const place = document.getElementById("many");
  if (place === null) return;
  const kinds = kindsToDecide();
  place.hidden = kinds.length === 0;
  if (place.hidden) return;
  const focused = place.contains(document.activeElement) ? document.activeElement.id : "";
  place.replaceChildren(el("summary", { id: "many-head" }, t("many")),
    ...(manyOpen ? [manyForm(kinds)] : []));
  if (focused === "") return;
  const back = document.getElementById(focused);
  (back === null || back.disabled ? place.firstChild : back).focus();
}

function manyForm(kinds) {
  if (!kinds.some(([name]) => name === many.name)) many.name = kinds[0][0];
  const again = (name, value) => {
    many[name] = value;
    drawMany();
  };
  const option = (value, text, chosen_) => el("option", { value, selected: value === chosen_ }, text);
  const flags = PLACES.some((one) => isOpen(one) && one.name === many.name && one.kind === "flag");
  return el("div", { class: "many" },
    el("label", {}, t("many_kind"), el("select", { id: "many-kind",
      onchange: (event) => again("name", event.target.value) },
    kinds.map(([name, { count, place }]) => option(name,
      `${name} (${number(count)}) · ${meaning(place.part.step, name)}`, many.name)))),
    flags ? "" : el("label", {}, t("certainty"), el("select", { id: "many-side",
      onchange: (event) => again("side", event.target.value) },
    option("from", t("many_from"), many.side), option("below", t("many_below"), many.side)),
    el("input", { id: "many-confidence", type: "number", min: 0, max: 1, step: 0.01,
      value: shownConfidence(), "aria-label": t("certainty"), oninput: readConfidence,
      onchange: (event) => { event.target.value = shownConfidence(); } })),
    el("label", {}, el("input", { id: "many-listed", type: "checkbox", checked: many.listed,
      onchange: (event) => again("listed", event.target.checked) }), t("many_listed")),
    manyButtons(flags),
    el("p", { class: "label" }, t("many_note")));
}

function manyButtons(flags) {
  const found = chosenMany();
  const button = (id, word, verdict) => el("button", { type: "button", id,
    disabled: found.length === 0, onclick: () => decideMany(verdict) },
  t(word, number(found.length)));
  return el("div", { class: "buttons" },
    flags ? button("many-reject", "many_dismiss", "reject") : [
      button("many-accept", "many_do_accept", "accept"),
      button("many-reject", "many_do_reject", "reject")]);
}

// Only the buttons are drawn anew: the field is being typed in. What is no number chooses nothing.
function readConfidence(event) {
  many.confidence = Math.min(1, Math.max(0, event.target.valueAsNumber));
  document.querySelector("#many .buttons").replaceWith(manyButtons(false));
}

function shownConfidence() {
  return Number.isNaN(many.confidence) ? "" : many.confidence;
}
