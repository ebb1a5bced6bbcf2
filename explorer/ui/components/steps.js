// The list of steps. The server owns it: every gesture becomes a command, and the next data shows what came of it.
// Only the selection moves at once, so that the keyboard never waits.

const KEYS = { ArrowUp: -1, ArrowDown: 1 };

function command(root, op, extra = {}) {
  const id = root.selected;
  root.send("command", { op, id, ...extra });
}

function select(root, id, tell = true) {
  if (!id || root.selected === id) return;
  root.selected = id;
  mark(root);
  if (tell) command(root, "select");
}

function mark(root) {
  const list = root.querySelector("ul");
  for (const row of list.children) row.setAttribute("aria-selected", String(row.dataset.id === root.selected));
  list.setAttribute("aria-activedescendant", root.selected ? `step-${root.selected}` : "");
  const row = [...list.children].find((item) => item.dataset.id === root.selected);
  for (const button of root.querySelectorAll(".toolbar button")) {
    const { op } = button.dataset;
    if (op === "undo" || op === "redo") button.disabled = !root.can[op];
    else if (op === "up") button.disabled = !row || !row.previousElementSibling;
    else if (op === "down") button.disabled = !row || !row.nextElementSibling;
    else button.disabled = !row;
    if (op === "toggle") button.textContent = row && row.classList.contains("off") ? "visibility" : "visibility_off";
  }
}

function onKey(root, event) {
  const rows = [...root.querySelectorAll("li")];
  const at = rows.findIndex((row) => row.dataset.id === root.selected);
  const step = KEYS[event.key];
  const held = event.ctrlKey || event.metaKey;
  if (step && event.altKey) command(root, step < 0 ? "up" : "down");
  else if (step) select(root, rows[Math.min(rows.length - 1, Math.max(0, at + step))]?.dataset.id);
  else if (event.key === " ") command(root, "toggle");
  else if (event.key === "Delete" || event.key === "Backspace") command(root, "remove");
  else if (held && event.key.toLowerCase() === "d") command(root, "duplicate");
  else if (held && event.key.toLowerCase() === "z") command(root, event.shiftKey ? "redo" : "undo");
  else if (held && event.key.toLowerCase() === "y") command(root, "redo");
  else return;
  event.preventDefault();
}

function draggable(root, row) {
  row.draggable = true;
  const clear = () => root.querySelectorAll("li").forEach((item) => item.classList.remove("target", "below", "dragged"));
  row.ondragstart = (event) => { root.dragged = row.dataset.id; row.classList.add("dragged"); event.dataTransfer.effectAllowed = "move"; };
  row.ondragend = clear;
  const below = (event) => event.offsetY > row.offsetHeight / 2;
  row.ondragover = (event) => {
    event.preventDefault();
    root.querySelectorAll("li").forEach((item) => item.classList.remove("target", "below"));
    row.classList.add("target");
    row.classList.toggle("below", below(event));
  };
  row.ondrop = (event) => {
    event.preventDefault();
    const ids = [...root.querySelectorAll("li")].map((item) => item.dataset.id);
    const from = ids.indexOf(root.dragged);
    let to = ids.indexOf(row.dataset.id) + (below(event) ? 1 : 0);
    if (to > from) to -= 1;
    clear();
    if (from >= 0 && to !== from) { root.selected = root.dragged; command(root, "move", { delta: to - from }); }
  };
}

function makeRow(root, node, words) {
  const row = document.createElement("li");
  row.id = `step-${node.id}`;
  row.dataset.id = node.id;
  row.setAttribute("role", "option");
  row.className = [node.enabled ? "" : "off", node.error ? "wrong" : ""].join(" ");
  row.title = node.error || node.title;
  row.style.marginLeft = `${node.depth}rem`;
  const title = Object.assign(document.createElement("span"), { className: "title", textContent: node.title });
  const bar = Object.assign(document.createElement("span"), { className: "bar" });
  const level = document.createElement("i");
  level.style.width = `${node.p * 100}%`;
  bar.append(level);
  const p = Object.assign(document.createElement("span"), { className: "p", textContent: node.enabled ? `p ${node.p}` : words.off });
  row.append(title, bar, p);
  row.onclick = () => select(root, node.id);
  draggable(root, row);
  return row;
}

function mount(root) {
  root.querySelector("ul").onkeydown = (event) => onKey(root, event);
  for (const button of root.querySelectorAll(".toolbar button")) button.onclick = () => command(root, button.dataset.op);
  root.ready = true;
}

export default function (component) {
  const root = component.parentElement.querySelector(".steps");
  const { nodes, selected, can, words } = component.data;
  root.send = component.setTriggerValue;
  if (!root.ready) mount(root);
  Object.assign(root, { selected, can });
  root.querySelector("ul").replaceChildren(...nodes.map((node) => makeRow(root, node, words)));
  root.querySelector("ul").setAttribute("aria-label", words.list);
  root.querySelector("ul").hidden = !nodes.length;
  const empty = root.querySelector(".empty");
  empty.hidden = nodes.length > 0;
  empty.textContent = words.empty;
  for (const button of root.querySelectorAll(".toolbar button")) {
    button.title = words[button.dataset.op];
    button.setAttribute("aria-label", words[button.dataset.op]);
  }
  mark(root);
}
