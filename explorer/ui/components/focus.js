// Brings a field of the page into sight and puts the focus into it, once for each landing.

const REGISTRY = Symbol.for("explorer.focus");
const PATIENCE_MS = 5000; // the page is drawn from top to bottom: the field may come later than this

function land(selector, until) {
  const place = document.querySelector(selector);
  // Of a row of choices the chosen one: it is where Tab leads. The button that explains comes before it, and is none.
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
