// The rows of all runs, sent once; the list of runs, which ticks, is told only what has changed since.
const HELD = "explorer:runs";

function heldRows() { return window.explorerRuns ?? { stamp: null, rows: [] }; }

function holdRows(stamp, rows) {
  window.explorerRuns = { stamp, rows };
  window.dispatchEvent(new Event(HELD));
}

// Until `element` has left the page.
function whenRowsAreHeld(element, listener) {
  const heard = () => (element.isConnected ? listener() : window.removeEventListener(HELD, heard));
  window.addEventListener(HELD, heard);
}
