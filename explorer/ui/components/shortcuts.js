// Keys that work on every page, with one listener for the window.

const REGISTRY = Symbol.for("explorer.shortcuts");

function typing(target) {
  return target?.closest?.("input, textarea, select, [contenteditable=true], [role=combobox]");
}

export default function (component) {
  const first = !window[REGISTRY];
  window[REGISTRY] = component.data.help;
  if (!first) return;
  window.addEventListener("keydown", (event) => {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey || typing(event.composedPath()[0])) return;
    const link = [...document.querySelectorAll("[data-testid=stTopNavLink], header a")]
      .find((each) => new URL(each.href, location.href).pathname.endsWith(`/${window[REGISTRY]}`));
    if (!link) return;
    event.preventDefault();
    link.click();
  });
}
