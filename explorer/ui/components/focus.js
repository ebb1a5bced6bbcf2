// Scrolls to a field of the page and focuses it, or only scrolls to a place that is not seen, once for each landing.

const REGISTRY = Symbol.for("explorer.focus");
const PATIENCE_MS = 5000; // the page is drawn from top to bottom, so the field may appear after this component

const TOO_LOW = 0.7; // of the height of the window: what begins below is not seen

function land(selector, until, reveals) {
  const place = document.querySelector(selector);
  if (place && reveals) {
    const { top } = place.getBoundingClientRect();
    if (top < 0 || top > TOO_LOW * window.innerHeight) place.scrollIntoView({ block: "center", behavior: "smooth" });
    return;
  }
  // In a row of choices the chosen one gets the focus, as with Tab. The help button before it is not an input.
  const field = place?.querySelector("input:checked") ?? place?.querySelector("input, textarea");
  if (!field) {
    if (performance.now() < until) setTimeout(land, 50, selector, until, reveals);
    return;
  }
  place.scrollIntoView({ block: "center" });
  field.focus({ preventScroll: true });
}

export default function (component) {
  const { field, landing, reveals } = component.data;
  if (!field || window[REGISTRY] === landing) return;
  window[REGISTRY] = landing;
  land(`.st-key-${CSS.escape(field)}`, performance.now() + PATIENCE_MS, reveals);
}
