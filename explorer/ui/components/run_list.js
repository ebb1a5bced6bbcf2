// All runs, one row each. Rows are kept by id, so that an update moves neither focus nor hover. Searching, filtering and
// sorting happen here, on the rows that the server has sent last. Actions on runs are sent to the server as { op, ids }.

const REMEMBERED = "explorer.runs.list";
const PLAIN = { search: "", state: "", tag: "", sort: "newest", turned: false, archived: false, probes: false };
const LIVING = "(alive)";
const OVER = "(over)";

// Filters and order are remembered while this window is open.

function remembered() {
  try { return { ...PLAIN, ...JSON.parse(sessionStorage.getItem(REMEMBERED) || "{}") }; }
  catch { return { ...PLAIN }; }
}

function remember(state) {
  try { sessionStorage.setItem(REMEMBERED, JSON.stringify({ ...state.view, opened: state.opened })); }
  catch { /* a private window keeps nothing */ }
}

const folded = (text) => text.normalize("NFC").toLowerCase();
const haystack = (run) =>
  folded([run.name, run.id, ...run.tags, run.what, run.pipeline, run.state, run.reason, run.note].join("\n"));

// Quick checks and searches for a learning rate are runs too, and are hidden unless a person asks for them.
const isHidden = (state, run) => run.probe && !state.view.probes;

function matches(state, run) {
  const { state: wanted, tag, archived } = state.view;
  if (isHidden(state, run)) return false;
  if (run.archived && !archived) return false;
  if (tag && !run.tags.includes(tag)) return false;
  if (wanted === LIVING ? !run.alive : wanted === OVER ? run.alive : wanted && run.state !== wanted) return false;
  const text = state.rows.get(run.id).text;
  return state.words_sought.every((word) => text.includes(word));
}

// Each order has the value to compare, and 1 for ascending or -1 for descending. Runs without a value are always last.
const ORDERS = {
  newest: [(run) => run.at, -1],
  name: [(run) => run.name, 1],
  state: [(run) => run.rank, 1],
  size: [(run) => run.bytes, -1],
  duration: [(run) => run.seconds, -1],
};

// The scores of a run are in the order of the metrics.
const scoreOf = ({ words }, run, key) => run.scores[Object.keys(words.metrics).indexOf(key)];

// Runs can be sorted by each metric too, better values first.
function order({ view, words }) {
  const metric = words.metrics[view.sort];
  if (metric) return [(run) => scoreOf({ words }, run, view.sort), metric.better === "higher" ? -1 : 1];
  return ORDERS[view.sort] ?? ORDERS.newest;
}

// The tasks of the runs that have scores.
function tasksOf({ runs, words }) {
  const there = new Set(runs.map((run) => run.task));
  const tasks = Object.keys(words.tasks);
  const found = tasks.filter((task) => there.has(task) && words.tasks[task].length);
  return found.length ? found : tasks.slice(0, 1);
}

// The two metrics of a run with a column: the first one of its task, and the one that is sorted by, or else the second.
function columnMetrics({ view, words }, task) {
  const [first, second] = words.tasks[task] ?? [];
  return [first, words.metrics[view.sort] && view.sort !== first ? view.sort : second];
}

// The headings of both: where runs of several tasks are listed, the names of all, and the metric to sort by.
function columnHeads(state) {
  const each = tasksOf(state).map((task) => columnMetrics(state, task));
  return [0, 1].map((place) => {
    const keys = [...new Set(each.map((pair) => pair[place]).filter(Boolean))];
    return { key: keys[0], label: keys.map((key) => state.words.metrics[key].label).join(" / ") };
  });
}

function sorted(state, runs) {
  const [value, natural] = order(state);
  const way = state.view.turned ? -natural : natural;
  const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });
  return runs
    .map((run, place) => ({ run, place, value: value(run) }))
    .sort((a, b) => {
      if ((a.value ?? null) === null || (b.value ?? null) === null)
        return ((a.value ?? null) === null) - ((b.value ?? null) === null) || a.place - b.place;
      const by = typeof a.value === "string" ? names.compare(a.value, b.value) : a.value - b.value;
      return way * by || a.place - b.place;
    })
    .map(({ run }) => run);
}

// Rows

function makeRow(state, id) {
  const item = element("li");
  item.dataset.id = id;
  const box = Object.assign(element("input"), { type: "checkbox", tabIndex: -1 });
  const status = element("span", "state");
  status.append(element("i"), element("span"));
  const link = Object.assign(element("a", "name"), { tabIndex: -1, href: `?run=${encodeURIComponent(id)}` });
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    state.opened = id;
    remember(state);
    state.send("open", id);
  };
  const more = element("div", "more");
  more.append(element("span", "marks"), element("span", "reason"), element("span", "note"));
  more.firstChild.style.display = "contents";
  const fields = ["what", "pipeline", "score", "score-second", "size", "took", "started"];
  item.append(box, status, link, ...fields.map((name) => element("span", name)), more);
  return item;
}

function fillRow(state, item, run) {
  item.querySelector("i").style.background = state.words.colors[run.state];
  item.querySelector(".state span").textContent = state.words.states[run.state];
  item.querySelector("input").setAttribute("aria-label", state.words.select.replace("{name}", run.name));
  fillScores(state, item, run);
  for (const name of ["name", "what", "pipeline", "size", "took", "started", "reason", "note"]) {
    const element = item.querySelector(`.${name}`);
    element.textContent = run[name];
    element.title = name === "took" ? run.epochs : name === "name" ? `${run.name}\n${run.id}` : run[name];
  }
  const tags = run.tags.map((tag) => {
    const chip = Object.assign(element("button", "tag", tag), { type: "button", tabIndex: -1, title: state.words.tag_hint.replace("{tag}", tag) });
    chip.onclick = () => look(state, { tag: state.view.tag === tag ? "" : tag });
    return chip;
  });
  if (run.archived) tags.unshift(element("span", "label", state.words.archived_mark));
  item.querySelector(".marks").replaceChildren(...tags);
}

const shownScore = (value) => (value ?? null) === null ? "" : value.toFixed(3);

function fillScores(state, item, run) {
  const known = Object.entries(state.words.metrics).filter(([key]) => scoreOf(state, run, key) !== null);
  const title = known.map(([key, { title }]) => `${title} ${shownScore(scoreOf(state, run, key))}`).join("\n");
  const several = tasksOf(state).length > 1;
  columnMetrics(state, run.task).forEach((key, place) => {
    const element = item.querySelector(place ? ".score-second" : ".score");
    const shown = key ? shownScore(scoreOf(state, run, key)) : "";
    element.textContent = shown;
    element.dataset.of = several && shown ? state.words.metrics[key].label : "";
    element.title = title;
  });
}

// Another order may change the metric of the second column.
function drawColumns(state) {
  const both = columnHeads(state);
  const shown = both.map(({ label }) => label).join();
  if (state.columnKeys === shown) return;
  state.columnKeys = shown;
  const heads = state.words.columns.map(([css, text, sort]) => {
    const metric = { score: both[0], "score-second": both[1] }[css];
    return metric?.key ? heading(state, css, metric.label, metric.key) : heading(state, css, text, sort);
  });
  state.root.querySelector(".columns").replaceChildren(element("span", "pick"), ...heads);
  for (const run of state.runs) fillScores(state, state.rows.get(run.id).item, run);
}

function mark(state) {
  for (const run of state.shown) {
    const { item } = state.rows.get(run.id);
    const chosen = state.chosen.has(run.id);
    item.className = [run.alive && "alive", run.archived && "put-away", chosen && "chosen"].filter(Boolean).join(" ");
    item.querySelector("input").checked = chosen;
    for (const chip of item.querySelectorAll(".tag")) chip.classList.toggle("set", chip.textContent === state.view.tag);
  }
}

// The row that has the focus keeps it, also where it moves.
function arrange(state) {
  const { list } = state;
  const focused = state.root.getRootNode().activeElement;
  const items = state.shown.map((run) => state.rows.get(run.id).item);
  arrangeRows(list, items);
  if (focused && list.contains(focused) && state.root.getRootNode().activeElement !== focused) focused.focus({ preventScroll: true });
  const current = state.shown.some((run) => run.id === state.current) ? state.current : state.shown[0]?.id;
  setCurrent(state, current);
}

// Tab reaches one row, and arrow keys the others.
function setCurrent(state, id) {
  const old = state.rows.get(state.current)?.item;
  if (old) old.querySelector("a").tabIndex = -1;
  state.current = id ?? null;
  const item = state.rows.get(id)?.item;
  if (item) item.querySelector("a").tabIndex = 0;
}

function go(state, place) {
  const run = state.shown[Math.max(0, Math.min(place, state.shown.length - 1))];
  if (!run) return;
  setCurrent(state, run.id);
  const { item } = state.rows.get(run.id);
  item.querySelector("a").focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
}

// Choosing

const picked = (state) => state.shown.filter((run) => state.chosen.has(run.id));

function choose(state, id, on = !state.chosen.has(id), through = false) {
  const ids = state.shown.map((run) => run.id);
  const [from, to] = [ids.indexOf(state.anchor), ids.indexOf(id)];
  const many = through && from >= 0 ? ids.slice(Math.min(from, to), Math.max(from, to) + 1) : [id];
  for (const one of many) if (on) state.chosen.add(one); else state.chosen.delete(one);
  state.anchor = id;
  state.asking = null;
  mark(state);
  drawBar(state);
}

function chooseAll(state, on) {
  for (const run of state.shown) if (on) state.chosen.add(run.id); else state.chosen.delete(run.id);
  state.asking = null;
  mark(state);
  drawBar(state);
}

// What can be done to several runs

function button(text, action, css = "") {
  const found = Object.assign(element("button", css, text), { type: "button" });
  found.onclick = action;
  return found;
}

function act(state, op) {
  state.send("act", { op, ids: picked(state).map((run) => run.id) });
  state.chosen.clear();
  state.asking = null;
  mark(state);
  drawBar(state);
}

function ask(state, op) {
  state.asking = op;
  drawBar(state);
  state.root.querySelector(".actions .strong").focus();
}

function compareButton(state, runs) {
  const found = button(state.words.compare, () => state.send("compare", runs.map((run) => run.id)), "strong");
  found.title = state.words.compare_hint.replaceAll("{most}", state.words.most_compared);
  found.disabled = runs.length > state.words.most_compared;
  return found;
}

function buttons(state, runs) {
  const { words } = state;
  if (state.asking) return [
    element("span", "", words.keep_best_asked),
    button(words.keep_best_yes, () => act(state, state.asking), "strong"),
    button(words.no, () => { state.asking = null; drawBar(state); }),
  ];
  const away = runs.every((run) => run.archived);
  return [
    ...(runs.length > 1 ? [compareButton(state, runs)] : []),
    button(away ? words.unarchive : words.archive, () => act(state, away ? "unarchive" : "archive")),
    button(words.keep_best, () => ask(state, "keep_best")),
    button(words.remove, () => act(state, "delete")),
    button(words.clear_choice, () => chooseAll(state, false)),
  ];
}

function drawBar(state) {
  const runs = picked(state);
  const { count, all, actions } = state.parts;
  const offered = state.runs.filter((run) => !isHidden(state, run)).length;
  const text = state.words.count.replace("{shown}", state.shown.length).replace("{all}", offered);
  const chosen = runs.length ? ` · ${state.words.chosen.replace("{count}", runs.length)}` : "";
  if (count.textContent !== text + chosen) count.textContent = text + chosen;
  all.checked = runs.length > 0 && runs.length === state.shown.length;
  all.indeterminate = runs.length > 0 && !all.checked;
  all.disabled = !state.shown.length;
  // Drawn again only for another choice: an update must not replace a button under the pointer.
  const key = JSON.stringify([state.asking, runs.map((run) => [run.id, run.archived])]);
  if (state.barKey === key) return;
  state.barKey = key;
  actions.replaceChildren(...(runs.length ? buttons(state, runs) : []));
}

// The tools

function look(state, change) {
  Object.assign(state.view, change);
  remember(state);
  draw(state);
}

function options(select, choices, value) {
  const key = JSON.stringify([choices, value]);
  if (select.dataset.key === key) return;
  select.dataset.key = key;
  select.replaceChildren(...choices.map(([id, text]) => Object.assign(element("option", "", text), { value: id })));
  select.value = value;
}

function drawTools(state) {
  const { view, words } = state;
  const { search, selects, archived, probes, turn } = state.parts;
  if (search.value !== view.search) search.value = view.search;
  const there = new Set(state.runs.map((run) => run.state)).add(view.state);
  const states = Object.entries(words.states).filter(([id]) => there.has(id));
  options(selects.state, [["", words.any_state], [LIVING, words.living], [OVER, words.over], ...states], view.state);
  const tags = new Set(state.runs.flatMap((run) => run.tags));
  if (view.tag) tags.add(view.tag);
  options(selects.tag, [["", words.any_tag], ...[...tags].sort((a, b) => a.localeCompare(b)).map((tag) => [tag, tag])], view.tag);
  selects.tag.hidden = !tags.size;
  const byMetric = Object.entries(words.metrics).map(([key, { title }]) => [key, title]);
  options(selects.sort, [...Object.entries(words.sorts), ...byMetric], view.sort);
  selects.state.classList.toggle("set", Boolean(view.state));
  selects.tag.classList.toggle("set", Boolean(view.tag));
  archived.checked = view.archived;
  turn.setAttribute("aria-pressed", String(view.turned));
  const tried = state.runs.filter((run) => run.probe).length;
  probes.checked = view.probes;
  state.root.querySelector(".probes span").textContent = state.words.probes.replace("{count}", tried);
  state.root.querySelector(".probes").hidden = !tried;
  for (const cell of state.root.querySelectorAll(".columns button")) {
    const way = order(state)[1] * (view.turned ? -1 : 1);
    cell.dataset.way = cell.dataset.sort === view.sort ? (way > 0 ? "up" : "down") : "";
  }
  state.root.querySelector(".archived").hidden = !view.archived && !state.runs.some((run) => run.archived);
}

function draw(state) {
  state.words_sought = folded(state.view.search).split(/\s+/).filter(Boolean);
  state.shown = sorted(state, state.runs.filter((run) => matches(state, run)));
  drawColumns(state);
  arrange(state);
  mark(state);
  drawTools(state);
  drawBar(state);
  state.root.querySelector(".nothing").hidden = state.shown.length > 0;
}

// Keys

function onKey(state, event) {
  const row = event.target.closest("li");
  const inSearch = event.target === state.parts.search;
  const at = state.shown.findIndex((run) => run.id === (row ?? {}).dataset?.id);
  const held = event.ctrlKey || event.metaKey;
  if (event.altKey) return;
  if (event.key === "Escape" && (inSearch || row)) {
    if (state.asking) { state.asking = null; drawBar(state); }
    else if (state.view.search) look(state, { search: "" });
    else if (row) chooseAll(state, false);
    else return;
  } else if (inSearch && !held) {
    if (event.key !== "ArrowDown") return event.stopPropagation();
    go(state, 0);
  } else if (!row) return;
  else if (event.key === "/" && !held) {
    state.parts.search.focus();
    state.parts.search.select();
  } else if (held && event.key.toLowerCase() === "a") chooseAll(state, true);
  else if (held) return;
  else if (event.key === " " && !event.target.matches(".tag")) choose(state, row.dataset.id, undefined, event.shiftKey);
  else if (event.key === "ArrowDown") go(state, at + 1);
  else if (event.key === "ArrowUp") go(state, at - 1);
  else if (event.key === "Home") go(state, 0);
  else if (event.key === "End") go(state, state.shown.length - 1);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// Mounting

function mount(root) {
  const find = (selector) => root.querySelector(selector);
  const state = {
    root, list: find("ul"), rows: new Map(), runs: [], shown: [], chosen: new Set(), anchor: null, current: null, asking: null,
    view: remembered(), words_sought: [], barKey: null,
    parts: {
      search: find(".search input"), count: find(".count"), all: find(".all input"), actions: find(".actions"),
      archived: find(".archived input"), probes: find(".probes input"), turn: find("[data-do=turn]"),
      selects: Object.fromEntries(Array.from(root.querySelectorAll("select"), (one) => [one.dataset.field, one])),
    },
  };
  ({ opened: state.returning = null } = state.view);
  delete state.view.opened;
  root.addEventListener("keydown", (event) => onKey(state, event));
  const { search, selects, archived, probes, all, turn } = state.parts;
  search.addEventListener("input", () => look(state, { search: search.value }));
  for (const [field, select] of Object.entries(selects)) select.onchange = () => look(state, { [field]: select.value });
  archived.onchange = () => look(state, { archived: archived.checked });
  probes.onchange = () => look(state, { probes: probes.checked });
  turn.onclick = () => look(state, { turned: !state.view.turned });
  all.onchange = () => chooseAll(state, all.checked);
  find(".nothing button").onclick = () => look(state, { ...PLAIN, sort: state.view.sort, turned: state.view.turned });
  state.list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (row) setCurrent(state, row.dataset.id);
    if (event.target.matches("li > input")) choose(state, row.dataset.id, event.target.checked, event.shiftKey);
  });
  return state;
}

// The head of a column. A click sorts by it, and a second click reverses the order.
function heading(state, css, text, sort) {
  if (!sort) return element("span", css, text);
  const cell = Object.assign(element("button", css, text), { type: "button", title: state.words.sort_by.replace("{column}", text) });
  cell.dataset.sort = sort;
  cell.onclick = () => look(state, { sort, turned: state.view.sort === sort && !state.view.turned });
  return cell;
}

function speak(state, words) {
  if (state.words) return;
  state.words = words;
  const { search, selects, turn } = state.parts;
  state.list.setAttribute("aria-label", words.list);
  state.list.setAttribute("aria-description", words.keys);
  search.placeholder = words.search;
  search.setAttribute("aria-label", words.search);
  search.title = words.search_hint;
  for (const [field, select] of Object.entries(selects)) {
    select.setAttribute("aria-label", words.fields[field]);
    select.title = words.fields[field];
  }
  turn.title = words.turn;
  turn.setAttribute("aria-label", words.turn);
  state.parts.all.setAttribute("aria-label", words.select_all);
  state.root.querySelector(".archived span").textContent = words.archived;
  state.root.querySelector(".nothing span").textContent = words.nothing;
  state.root.querySelector(".nothing button").textContent = words.show_all;
}

// Returns the held rows with the changes since; null until the rows that the changes refer to have arrived.
function withChanges({ stamp, rows, gone }) {
  const held = heldRows();
  if (held.stamp !== stamp) return null;
  const changed = new Map(rows.map((run) => [run.id, run]));
  const away = new Set(gone);
  const kept = held.rows.filter((run) => !away.has(run.id)).map((run) => {
    const now = changed.get(run.id);
    changed.delete(run.id);
    return now ?? run;
  });
  return [...changed.values(), ...kept];
}

// Takes new rows and returns whether anything has changed.
function take(state, runs) {
  const before = state.runs.length;
  let news = 0;
  state.runs = runs;
  const ids = new Set(runs.map((run) => run.id));
  for (const id of [...state.rows.keys()]) if (!ids.has(id)) {
    state.rows.delete(id);
    state.chosen.delete(id);
  }
  for (const run of runs) {
    const kept = state.rows.get(run.id);
    if (kept?.run === run) continue;
    const key = JSON.stringify(run);
    if (kept?.key === key) continue;
    const item = kept?.item ?? makeRow(state, run.id);
    fillRow(state, item, run);
    state.rows.set(run.id, { run, key, item, text: haystack(run) });
    news += 1;
  }
  return news > 0 || before !== runs.length;
}

function update(state) {
  const runs = withChanges(state.changes);
  if (runs === null) return;
  if (take(state, runs) || !state.drawn) draw(state);
  state.drawn = true;
  comeBack(state);
}

// A person who comes back from a run finds the list at the same place.
function comeBack(state) {
  const id = state.returning;
  if (!id || !state.rows.get(id)?.item.isConnected) return;
  state.returning = null;
  remember(state);
  setCurrent(state, id);
  state.rows.get(id).item.scrollIntoView({ block: "nearest" });
}

const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".runs");
  if (!mounted.has(root)) {
    mounted.set(root, mount(root));
    whenRowsAreHeld(root, () => { if (mounted.get(root).changes) update(mounted.get(root)); });
  }
  const state = mounted.get(root);
  state.send = setTriggerValue;
  state.changes = data;
  speak(state, data.words);
  update(state);
}
