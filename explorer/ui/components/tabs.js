// Tells a row of tabs that it has lost the focus, which it may not have noticed.
//
// While a page runs again, Streamlit may disable a tab for a moment. The focus then falls from it to nothing while React
// changes the page, and React hears of no event meanwhile. The row would believe that it still has the focus, and at a later
// run take it from whatever has it by then and scroll to its tab.

const REGISTRY = Symbol.for("explorer.tabs");

function fall(event) {
  const row = event.target.closest?.("[role=tablist]");
  if (!row || !event.isTrusted || event.relatedTarget) return;
  // Afterwards React has changed the page and hears again.
  queueMicrotask(() => { if (!row.contains(document.activeElement)) row.dispatchEvent(new FocusEvent("focusout", { bubbles: true })); });
}

export default function () {
  if (window[REGISTRY]) return;
  window[REGISTRY] = true;
  window.addEventListener("focusout", fall, true);
}
