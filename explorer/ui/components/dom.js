// Elements that several components make, and the order of their rows.
function element(name, css = "", text = "") {
  return Object.assign(document.createElement(name), { className: css, textContent: text });
}

// Puts rows into a list in their order. Only what is new or elsewhere is touched: the browser lays out a thousand rows again
// for as many moves, and a row that is moved loses the focus.
function arrangeRows(list, rows) {
  const wanted = new Set(rows);
  for (const row of [...list.children]) if (!wanted.has(row)) row.remove();
  let next = list.firstElementChild;
  for (const row of rows) {
    if (row === next) next = next.nextElementSibling;
    else list.insertBefore(row, next);
  }
}
