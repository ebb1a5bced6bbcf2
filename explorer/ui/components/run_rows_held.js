// The rows of all runs are sent once. The list of runs, which is updated periodically, gets only the changes since then.
const HELD = "explorer:runs";

function heldRows() { return window.explorerRuns ?? { stamp: null, rows: [] }; }

function holdRows(stamp, rows) {
  window.explorerRuns = { stamp, rows };
  window.dispatchEvent(new Event(HELD));
}

// Calls `listener` for each new set of rows until `element` has left the page.
function whenRowsAreHeld(element, listener) {
  const heard = () => (element.isConnected ? listener() : window.removeEventListener(HELD, heard));
  window.addEventListener(HELD, heard);
}
