// The keyboard. Keys are off while something is typed.
function onKey(event) {
  if (document.querySelector("dialog[open]") !== null) return;
  const target = event.target;
  const typing = target.matches("input:not([type=radio]), textarea, select");
  if (typing) {
    if (event.key === "Escape") {
      event.preventDefault();
      leaveSearch();
    } else if (event.key === "Enter" && target.id === "search" && !event.isComposing) {
      event.preventDefault();
      goToHit(event.shiftKey ? -1 : 1);
    }
    return;
  }
  if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key === "z") {
    event.preventDefault();
    return undoLast();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const act = keyAct(event.key, target);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function keyAct(key, target) {
  if (PLACES.length === 0 && !["l", "?"].includes(key)) return undefined;
  const inList = target.closest("#list") !== null;
  const onItem = target.closest(".finding") !== null;
  const inInspector = target.closest("#inspector") !== null;
  const item = current();
  const move = (by) => () => {
    if (!inList) return moveItem(by);
    if (turnPage(by)) focusEntry();
  };
  switch (key) {
    case "j":
      return move(1);
    case "k":
      return move(-1);
    case "ArrowDown":
      return inList || onItem ? move(1) : undefined;
    case "ArrowUp":
      return inList || onItem ? move(-1) : undefined;
    case "ArrowRight":
      return onItem ? move(1) : undefined;
    case "ArrowLeft":
      return onItem ? move(-1) : undefined;
    case "]":
      return () => turnPage(1);
    case "[":
      return () => turnPage(-1);
    case "n":
      return nextOpen;
    case "h":
      return () => goToHit(1);
    case "H":
      return () => goToHit(-1);
    case "z":
      return undoLast;
    case "l":
      return switchLanguage;
    case "?":
      return showKeys;
    case "/":
      return () => document.getElementById("search") && document.getElementById("search").focus();
    case "Escape":
      if (inInspector && chosen !== null) return () => focusItem(chosen);
      if (target.closest(".search, #many") !== null) return leaveSearch;
      return item === null ? undefined : closeInspector;
    case "Enter":
    case " ":
      return onItem ? () => enterInspector() : undefined;
  }
  if (item === null) return undefined;
  if (key === "a") return () => accept(item);
  if (key === "r") return () => refuse(item);
  if (key === "u") return () => takeBack(item);
  if (/^[1-9]$/.test(key)) return () => useOther(item, Number(key) - 1);
  return undefined;
}

function enterInspector() {
  const first = document.querySelector("#inspector .buttons button");
  if (first !== null) first.focus();
}

function closeInspector() {
  const item = chosen;
  previewed = null;
  chosen = null;
  drawInspector();
  // Where the reader was; the focus would choose it again.
  const inside = document.activeElement === document.body;
  if (item !== null && inside && item.elements !== undefined) {
    document.getElementById("page").tabIndex = -1;
    document.getElementById("page").focus({ preventScroll: true });
  }
}

function showKeys() {
  const dialog = document.getElementById("keys");
  dialog.replaceChildren(
    el("h2", { id: "keys-head" }, t("key_help")),
    el("dl", {}, WORDS[view.language].key_list.map(([key, what]) =>
      [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)])),
    el("button", { type: "button", onclick: () => dialog.close() }, t("close")));
  dialog.showModal();
}
