// Pictures with captions, in groups. Cells are kept by their id, so that a new draw moves neither focus nor scroll, and a
// picture that is painted already is not decoded again.

function makeStage() {
  const stage = element("div", "stage");
  const canvas = element("canvas");
  canvas.setAttribute("role", "img");
  const words = element("p");
  words.append(element("span"));
  stage.append(canvas, words);
  return stage;
}

function makeCell(root, id) {
  const cell = element("button", "cell");
  cell.type = "button";
  cell.dataset.id = id;
  cell.tabIndex = -1;
  const caption = element("span", "caption");
  caption.append(element("b"), element("span"), element("span", "name"));
  cell.append(makeStage(), element("span", "mark"), caption);
  cell.onclick = () => { root.last = id; root.send("choose", id); };
  cell.onfocus = () => rove(root, cell);
  return cell;
}

function kindOf(bytes) {
  return bytes[0] === 0x89 ? "image/png" : "image/jpeg"; // the first byte of every PNG
}

// Returns the decoded picture of a cell, or null if the painted one may stay. A picture is sent once, so a frame that is
// replaced by a newer one before it is painted leaves its pictures in the store.
async function load(root, holder, data, part) {
  if (!data.stamp || holder?.dataset.stamp === data.stamp) return null;
  if (data.picture) root.store.set(data.stamp, decode(part(data.picture), kindOf(part(data.picture))));
  if (!root.store.has(data.stamp)) root.missing = true;
  return root.store.get(data.stamp) ?? null;
}

function paint(holder, data, picture, words) {
  const stage = holder.querySelector(".stage");
  const canvas = stage.querySelector("canvas");
  if (picture) {
    Object.assign(canvas, { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    holder.dataset.stamp = data.stamp;
  }
  canvas.setAttribute("aria-label", data.alt);
  canvas.classList.toggle("exact", Boolean(data.exact));
  const waiting = !data.stamp && !data.message;
  holder.classList.toggle("waiting", waiting);
  holder.classList.toggle("failed", Boolean(data.message));
  const text = stage.querySelector("p");
  text.hidden = Boolean(data.stamp);
  text.firstChild.textContent = data.message || (waiting ? words.waiting : "");
}

function fill(cell, data, picture, { words, picks }) {
  paint(cell, data, picture, words);
  if (picks) cell.setAttribute("aria-pressed", String(Boolean(data.mark)));
  cell.classList.toggle("marked", Boolean(data.mark));
  const mark = cell.querySelector(".mark");
  mark.textContent = data.mark;
  mark.hidden = !data.mark;
  mark.ariaHidden = String(picks);
  const [title, note, name] = cell.querySelector(".caption").children;
  // A narrow cell breaks a long name between its words.
  title.textContent = data.title.replace(/([a-z])([A-Z])/g, "$1\u200b$2");
  for (const [line, text] of [[note, data.note], [name, data.name]]) Object.assign(line, { textContent: text, title: text, hidden: !text });
  cell.title = data.message || data.search || words.hint;
  cell.sought = inWords(`${data.title} ${data.title.replace(/([a-z])([A-Z])/g, "$1 $2")} ${data.search}`);
}

// Tab reaches one cell, and arrow keys the others. If the cells are few pictures to pick from, Tab reaches each.
function rove(root, cell) {
  const all = root.classList.contains("picks");
  for (const other of root.querySelectorAll(".cell")) other.tabIndex = all || other === cell ? 0 : -1;
}

function keepOneReachable(root) {
  const cells = seen(root);
  if (!cells.some((cell) => cell.tabIndex === 0) && cells.length) rove(root, cells[0]);
}

function seen(root) {
  return [...root.querySelectorAll(".cell")].filter((cell) => !cell.hidden && !cell.closest(".group").hidden);
}

// The next cell in a direction: left and right in reading order, up and down to the nearest one of the next row.
function neighbour(cells, cell, key) {
  const at = cells.indexOf(cell);
  if (key === "Home") return cells[0];
  if (key === "End") return cells.at(-1);
  if (key === "ArrowLeft") return cells[at - 1];
  if (key === "ArrowRight") return cells[at + 1];
  const place = (one) => one.getBoundingClientRect();
  const here = place(cell);
  const beyond = cells.filter((one) => (key === "ArrowUp" ? place(one).bottom <= here.top + 1 : place(one).top >= here.bottom - 1));
  const far = (one) => Math.abs(place(one).top - here.top) * 10 + Math.abs(place(one).left - here.left);
  return beyond.sort((one, other) => far(one) - far(other))[0];
}

const WAYS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Home", "End"]);

function onKey(root, event) {
  const cell = event.target.closest?.(".cell");
  const turn = { PageUp: -1, PageDown: 1 }[event.key];
  if (turn && root.pages) {
    event.preventDefault();
    event.stopPropagation();
    turnPage(root, turn);
  }
  if (!cell || !WAYS.has(event.key)) return;
  const next = neighbour(seen(root), cell, event.key);
  event.preventDefault();
  event.stopPropagation();
  next?.focus();
}

function onLargeKey(root, event) {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key !== "Escape" && !step) return;
  event.preventDefault();
  event.stopPropagation();
  if (step) go(root, step); else close(root);
}

function close(root) {
  root.send("choose", "");
}

function turnPage(root, step) {
  const next = root.pages.number + step;
  if (next >= 0 && next < root.pages.count) root.send("page", String(next));
}

function showPages(root, header) {
  const nav = root.querySelector(".pages");
  const turned = root.pages && header.pages && root.pages.number !== header.pages.number;
  root.pages = header.pages;
  nav.hidden = !header.pages || Boolean(header.large);
  if (!header.pages) return;
  const [back, text, on] = nav.children;
  const { number, count, keys } = header.pages;
  Object.assign(back, { textContent: header.pages.back, title: keys, disabled: number === 0, onclick: () => turnPage(root, -1) });
  Object.assign(on, { textContent: header.pages.on, title: keys, disabled: number === count - 1, onclick: () => turnPage(root, 1) });
  text.textContent = header.pages.text;
  // The cell that had the focus has gone with its page.
  if (turned && !header.large && !root.contains(root.getRootNode().activeElement)) seen(root)[0]?.focus({ preventScroll: true });
}

function go(root, step) {
  if (root.neighbors) {
    const id = root.neighbors[step < 0 ? 0 : 1];
    if (!id) return;
    root.last = id;
    root.send("choose", id);
    return;
  }
  const ids = [...root.querySelectorAll(".cell")].map((cell) => cell.dataset.id);
  const next = ids[ids.indexOf(root.shown) + step * root.querySelectorAll(".figures figure").length];
  if (next === undefined) return;
  root.last = next;
  root.send("choose", next);
}

// Words are found by their beginning: "rain" is in RandomRain and not in "constraint".
function inWords(text) {
  return ` ${text.toLowerCase().split(/[^\p{L}\p{N}]+/u).join(" ")}`;
}

function search(root) {
  const sought = inWords(root.querySelector(".find input").value).split(" ").filter(Boolean);
  let shown = 0;
  for (const group of root.querySelectorAll(".group")) {
    let some = false;
    for (const cell of group.querySelectorAll(".cell")) {
      cell.hidden = !sought.every((word) => cell.sought.includes(` ${word}`));
      if (!cell.hidden) { some = true; shown += 1; }
    }
    group.hidden = !some;
  }
  const count = root.querySelectorAll(".cell").length;
  const words = root.words;
  root.querySelector(".find output").textContent = words.found.replace("{shown}", shown).replace("{count}", count);
  const nothing = root.querySelector(".nothing");
  nothing.hidden = shown > 0 || !words.search;
  nothing.textContent = words.nothing;
  keepOneReachable(root);
}

function arrange(root, header, cells) {
  const groups = root.querySelector(".groups");
  groups.className = `groups ${header.abreast ? "abreast" : ""}`;
  const columns = header.columns ? `repeat(${header.columns}, minmax(0, 1fr))` : `repeat(auto-fill, minmax(${header.width}rem, 1fr))`;
  header.groups.forEach((data, at) => {
    const group = groups.children[at] ?? groups.appendChild(makeGroup());
    const [head, inside] = group.children;
    head.hidden = !data.title && !data.note;
    head.children[0].textContent = data.title;
    head.children[1].textContent = data.note;
    inside.setAttribute("aria-label", data.title || header.words.label);
    inside.style.gridTemplateColumns = columns;
    inside.style.setProperty("--aspect", header.aspect);
    const wanted = data.cells.map((cell) => cells.get(cell.id));
    // Moving a cell would take the focus from it.
    if (wanted.length === inside.children.length && wanted.every((cell, i) => inside.children[i] === cell)) return;
    const focused = inside.getRootNode().activeElement;
    inside.replaceChildren(...wanted);
    if (wanted.includes(focused)) focused.focus({ preventScroll: true });
  });
  while (groups.children.length > header.groups.length) groups.lastChild.remove();
}

function makeGroup() {
  const group = element("section", "group");
  const head = element("header");
  head.append(element("h3"), element("span"));
  const inside = element("div", "cells");
  inside.setAttribute("role", "group");
  group.append(head, inside);
  return group;
}

function button(text, act, css = "") {
  const made = element("button", css, text);
  made.type = "button";
  made.onclick = act;
  return made;
}

function enlarge(root, header, figures, pictures) {
  const large = root.querySelector(".large");
  const { words } = header;
  const opened = large.hidden;
  const title = element("b", "", header.large.title);
  const actions = Object.entries(header.large.actions).map(([name, label]) => button(label, () => root.send("act", name), "action"));
  const bar = large.querySelector(".bar");
  const focused = [...bar.children].indexOf(bar.getRootNode().activeElement);
  bar.replaceChildren(title, button(words.previous, () => go(root, -1)), button(words.following, () => go(root, 1)), ...actions,
    button(words.back, () => close(root)));
  if (focused >= 0) bar.children[focused]?.focus();
  header.large.cells.forEach((cell, at) => {
    paint(figures[at], cell, pictures[at], words);
    const [name, note] = figures[at].querySelector("figcaption").children;
    name.textContent = header.large.cells.length > 1 ? cell.title : "";
    note.textContent = cell.note;
  });
  large.querySelector(".figures").replaceChildren(...figures);
  large.style.setProperty("--height", header.height ? `${header.height}rem` : "");
  large.querySelector(".text").textContent = header.large.text;
  root.shown = header.large.id;
  root.neighbors = header.large.neighbors;
  large.hidden = false;
  root.querySelector(".groups").hidden = true;
  if (opened) large.focus({ preventScroll: true });
  if (opened && header.height) large.scrollIntoView({ block: "nearest", behavior: "smooth" });
}

function shrink(root) {
  const large = root.querySelector(".large");
  root.querySelector(".groups").hidden = false;
  if (large.hidden) return;
  large.hidden = true;
  [...root.querySelectorAll(".cell")].find((cell) => cell.dataset.id === (root.last ?? root.shown))?.focus({ preventScroll: true });
}

function figuresOf(root, large) {
  const old = [...root.querySelectorAll(".figures figure")];
  return (large?.cells ?? []).map((_, at) => {
    if (old[at]) return old[at];
    const figure = element("figure");
    const caption = element("figcaption");
    caption.append(element("b"), element("span"));
    figure.append(makeStage(), caption);
    return figure;
  });
}

async function update(root, data) {
  const generation = (root.generation = (root.generation ?? 0) + 1);
  const { header, part } = unpack(data);
  const rows = header.groups.flatMap((group) => group.cells);
  const known = new Map([...root.querySelectorAll(".cell")].map((cell) => [cell.dataset.id, cell]));
  const figures = figuresOf(root, header.large);
  root.missing = false;
  const [pictures, largePictures] = await Promise.all([
    Promise.all(rows.map((row) => load(root, known.get(row.id), row, part))),
    Promise.all((header.large?.cells ?? []).map((cell, at) => load(root, figures[at], cell, part))),
  ]);
  if (generation !== root.generation) return; // a newer frame has arrived
  root.store.clear();
  root.words = header.words;
  root.classList.toggle("picks", header.picks);
  const cells = new Map();
  rows.forEach((row, at) => {
    const cell = known.get(row.id) ?? makeCell(root, row.id);
    fill(cell, row, pictures[at], header);
    cells.set(row.id, cell);
  });
  root.setAttribute("aria-label", header.words.label);
  const notice = root.querySelector(".notice");
  notice.textContent = header.notice;
  notice.hidden = !header.notice;
  arrange(root, header, cells);
  const find = root.querySelector(".find");
  find.hidden = !header.words.search || Boolean(header.large);
  const field = find.querySelector("input");
  field.placeholder = header.words.search;
  field.setAttribute("aria-label", header.words.search);
  if (!header.words.search) field.value = "";
  search(root);
  if (header.large) enlarge(root, header, figures, largePictures); else shrink(root);
  showPages(root, header);
  if (root.missing) root.send("missing", String(generation));
  const waits = (one) => !one.stamp && !one.message;
  root.dataset.waiting = rows.filter(waits).length;
  if (header.poll && (header.large ? header.large.cells : rows).some(waits)) {
    setTimeout(() => { if (generation === root.generation) root.send("more", String(generation)); }, header.poll);
  }
  root.dataset.painted = (Number(root.dataset.painted) || 0) + 1;
}

export default function (component) {
  const root = component.parentElement.querySelector(".board");
  root.send = component.setTriggerValue;
  if (!root.ready) {
    root.store = new Map();
    root.querySelector(".groups").onkeydown = (event) => onKey(root, event);
    root.querySelector(".large").onkeydown = (event) => onLargeKey(root, event);
    const field = root.querySelector(".find input");
    field.oninput = () => search(root);
    field.onkeydown = (event) => {
      if (event.key === "Escape") { field.value = ""; search(root); }
      if (event.key === "ArrowDown") { event.preventDefault(); seen(root)[0]?.focus(); }
    };
    root.ready = true;
  }
  update(root, component.data);
}
