// The chosen threshold, for the charts of the page: a place on each chart by its name, for each channel, which is a run.
const MARKS = "explorer:marks";

function marksOf(channel) { return window.explorerMarks?.[channel] ?? {}; }

function sayMarks(channel, marks) {
  (window.explorerMarks ??= {})[channel] = marks;
  window.dispatchEvent(new Event(MARKS));
}

// Calls `listener` for each new choice until `element` has left the page.
function whenMarked(element, listener) {
  const heard = () => (element.isConnected ? listener() : window.removeEventListener(MARKS, heard));
  window.addEventListener(MARKS, heard);
}
