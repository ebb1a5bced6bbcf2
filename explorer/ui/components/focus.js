// Scrolls to a field of the page and focuses it, once for each visit by a link.

const REGISTRY = Symbol.for("explorer.focus");
const PATIENCE_MS = 5000; // the page is drawn from top to bottom, so the field may appear after this component

function land(selector, until) {
  const place = document.querySelector(selector);
  // In a row of choices the chosen one gets the focus, as with Tab. The help button before it is not an input.
  const field = place?.querySelector("input:checked") ?? place?.querySelector("input, textarea");
  if (!field) {
    if (performance.now() < until) setTimeout(land, 50, selector, until);
    return;
  }
  place.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

export default function (component) {
  const { field, landing } = component.data;
  if (!field || window[REGISTRY] === landing) return;
  window[REGISTRY] = landing;
  land(`.st-key-${CSS.escape(field)}`, performance.now() + PATIENCE_MS);
}
