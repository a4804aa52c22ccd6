// Puts the page together, and again when the language changes.
function applyTheme() {
  const root = document.documentElement;
  if (view.theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = view.theme;
  document.getElementById("theme").textContent = t("theme_" + view.theme);
}

function switchTheme() {
  const order = ["auto", "light", "dark"];
  view.theme = order[(order.indexOf(view.theme) + 1) % order.length];
  applyTheme();
  writeAddress();
}

function switchLanguage() {
  view.language = view.language === "zh" ? "en" : "zh";
  say(""); // what was said last was in the other one
  writeAddress();
  drawAll();
}

function drawAll() {
  const again = chosen;
  document.documentElement.lang = view.language === "zh" ? "zh-CN" : "en";
  document.title = `${DATA.recipe} · ${t("title")}`;
  document.getElementById("title").textContent = `${t("title")} · ${DATA.recipe}`;
  document.getElementById("subtitle").textContent = t("subtitle", DATA.run);
  const language = document.getElementById("language");
  language.textContent = t("other_language");
  language.lang = view.language === "zh" ? "en" : "zh-CN";
  for (const element of document.querySelectorAll("[data-t]")) {
    element.textContent = t(element.dataset.t);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
  }
  const sections = ["overview", "kinds", "funnel", "thresholds", "duplicates", "dropped",
    "confidence", "pages", "origin"]
    .filter((id) => id !== "thresholds" || DATA.numbers !== null)
    .filter((id) => id !== "duplicates" || DATA.duplicates.length > 0);
  document.getElementById("sections").replaceChildren(...sections.map((id) =>
    el("a", { href: "#" + id, onclick: (event) => goTo(event, id) }, t(id))));
  applyTheme();
  drawOverview();
  drawKinds();
  drawFunnel();
  drawThresholds();
  drawDuplicates();
  drawDropped();
  drawConfidence();
  refilter();
  drawPages();
  drawOrigin();
  drawBar();
  if (again !== null && again.page.number === view.page && again.elements !== undefined) {
    choose(again);
  }
}

// The address holds language and page, so links inside the page do not go there.
function goTo(event, id) {
  event.preventDefault();
  const place = document.getElementById(id);
  place.tabIndex = -1;
  place.focus({ preventScroll: true });
  place.scrollIntoView();
}

readAddress();
recall();
if (!/\bpage=/.test(location.hash)) {
  const open = DATA.pages.findIndex((page) => page.items.some(isOpen)); // what waits comes first
  view.page = Math.max(open, 0);
}
document.getElementById("language").addEventListener("click", switchLanguage);
document.getElementById("theme").addEventListener("click", switchTheme);
document.getElementById("show-keys").addEventListener("click", showKeys);
document.querySelector(".skip").addEventListener("click", (event) => goTo(event, "pages"));
document.addEventListener("keydown", onKey);
window.addEventListener("hashchange", () => {
  readAddress();
  drawAll();
});
let lastWidth = window.innerWidth;
window.addEventListener("resize", () => {
  clearOfCovers();
  if (window.innerWidth === lastWidth) return;
  lastWidth = window.innerWidth;
  drawConfidence();
  drawThresholds();
});
drawAll();
