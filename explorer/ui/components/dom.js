// Functions that several components share: making an element, and ordering the rows of a list.
function element(name, css = "", text = "") {
  return Object.assign(document.createElement(name), { className: css, textContent: text });
}

// Puts rows into a list in their order. Only rows that are new or at another place are touched, because each move costs a
// layout, and a row that is moved loses the focus.
function arrangeRows(list, rows) {
  const wanted = new Set(rows);
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  let next = list.firstElementChild;
  for (const row of rows) {
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
  }
}
