// A table of colored cells. One of them can have the focus; arrow keys move it, Enter chooses it, and the line above says
// what it holds. An update keeps the focus.

function says(root, state, text) {
  const line = root.querySelector(".says");
  line.textContent = text || state.data.words.hint;
  line.classList.toggle("hint", !text);
}

function cellAt(root, row, column) { return root.querySelector(`td[data-row="${row}"][data-column="${column}"]`); }

function focusOn(root, state, row, column) {
  const next = cellAt(root, row, column);
  if (!next) return;
  for (const cell of root.querySelectorAll("td[tabindex='0']")) cell.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

function onKey(root, state, event, row, column) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const move = MOVES[event.key];
  const last = state.data.rows[row].cells.length - 1;
  if (move) focusOn(root, state, row + move[0], column + move[1]);
  else if (event.key === "Home") focusOn(root, state, row, 0);
  else if (event.key === "End") focusOn(root, state, row, last);
  else if (event.key === "Enter" || event.key === " ") state.send("choose", { row, column });
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function makeCell(root, state, cell, row, column, firsts) {
  const made = element("td", cell.text ? "text" : "", cell.text);
  made.dataset.row = row;
  made.dataset.column = column;
  made.style.background = cell.color;
  made.style.backgroundClip = "padding-box";
  made.classList.toggle("mark", cell.mark);
  made.classList.toggle("group", firsts.has(column));
  const { chosen } = state.data;
  made.classList.toggle("chosen", Boolean(chosen) && chosen[0] === row && chosen[1] === column);
  made.setAttribute("role", "gridcell");
  made.setAttribute("aria-label", cell.says);
  made.tabIndex = -1;
  made.onpointerenter = made.onfocus = () => says(root, state, cell.says);
  made.onpointerleave = () => says(root, state, root.getRootNode().activeElement?.getAttribute?.("aria-label"));
  made.onblur = () => says(root, state, "");
  made.onkeydown = (event) => onKey(root, state, event, row, column);
  made.onclick = () => { focusOn(root, state, row, column); state.send("choose", { row, column }); };
  return made;
}

function makeHead(state) {
  const names = element("tr"), ticks = element("tr");
  names.append(element("th"));
  ticks.append(element("th"));
  for (const head of state.data.heads) {
    const name = Object.assign(element("th", "of group", head.title), { colSpan: head.ticks.length, title: head.help });
    name.setAttribute("scope", "colgroup");
    names.append(name);
    ticks.append(...head.ticks.map((tick, at) => element("th", at ? "tick" : "tick group", tick)));
  }
  return [names, ticks];
}

function draw(root, state) {
  const { data } = state;
  const held = root.getRootNode().activeElement?.dataset;
  const focused = held?.row === undefined ? null : [held.row, held.column];
  const firsts = new Set();
  let at = 0;
  for (const head of data.heads) { firsts.add(at); at += head.ticks.length; }
  const table = root.querySelector("table");
  table.querySelector("colgroup")?.remove();
  const columns = element("colgroup");
  columns.append(element("col", "name"), ...Array.from({ length: at }, (_, place) => element("col", place ? "" : "first")));
  table.prepend(columns);
  table.setAttribute("aria-label", `${data.label} ${data.words.keys}`);
  table.querySelector("thead").replaceChildren(...makeHead(state));
  table.querySelector("tbody").replaceChildren(...data.rows.map((row, number) => {
    const made = element("tr");
    const name = Object.assign(element("th", "", row.title), { title: row.title });
    name.setAttribute("scope", "row");
    made.append(name, ...row.cells.map((cell, column) => makeCell(root, state, cell, number, column, firsts)));
    return made;
  }));
  const first = data.chosen ? cellAt(root, ...data.chosen) : cellAt(root, 0, 0);
  if (first) first.tabIndex = 0;
  if (focused) focusOn(root, state, ...focused);
  else says(root, state, "");
}

const mounted = new WeakMap();

export default function (component) {
  const root = component.parentElement.querySelector(".heat");
  if (!mounted.has(root)) mounted.set(root, {});
  const state = mounted.get(root);
  state.send = component.setTriggerValue;
  const key = JSON.stringify(component.data);
  if (state.key === key) return; // an update must not replace a cell under the pointer
  Object.assign(state, { key, data: component.data });
  draw(root, state);
}
