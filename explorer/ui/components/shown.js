// The state of the preview, for other components of the page: the seed, and the status of each node with it.
const SHOWN = "explorer:shown";

function whatIsShown() { return window.explorerShown ?? { seed: 0, statuses: {} }; }

function sayShown(seed, statuses) {
  window.explorerShown = { seed, statuses };
  window.dispatchEvent(new Event(SHOWN));
}

// Calls `listener` for each new image until `element` has left the page.
function whenShown(element, listener) {
  const heard = () => (element.isConnected ? listener() : window.removeEventListener(SHOWN, heard));
  window.addEventListener(SHOWN, heard);
}
