// One chart that lives as long as its place on the page: every update goes through Plotly.react, so that the node, the
// zoom and the hover stay.

const REGISTRY = Symbol.for("explorer.plot");
const shared = (window[REGISTRY] ??= { script: null, mounts: new Map() });

function pageBase(path) {
  // The address from which the page's own script was loaded, which is right also behind a proxy that adds a prefix.
  const script = document.querySelector("script[type=module][src*='static/js/']");
  const root = script ? new URL(script.src).href.split("static/js/")[0] : new URL("./", document.baseURI).href;
  return new URL(path, root).href;
}

function loadPlotly(path) {
  if (window.Plotly) return Promise.resolve(window.Plotly);
  shared.script ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: pageBase(path), async: true });
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : reject(new Error(script.src)));
    script.onerror = () => { shared.script = null; script.remove(); reject(new Error(script.src)); };
    document.head.append(script);
  });
  return shared.script;
}

function savedAs(root) {
  const { label, file } = root.state.data;
  return { title: label, file, background: getComputedStyle(root).getPropertyValue("--st-background-color").trim() };
}

function draw(root) {
  const { state } = root;
  const canvas = root.querySelector(".canvas");
  const { figure, label } = state.data;
  canvas.style.height = `${figure.layout.height}px`;
  const styles = getComputedStyle(root);
  state.color = styles.color;
  state.config ??= figureConfig(() => savedAs(root), state.data.words);
  root.setAttribute("aria-label", label);
  const width = root.clientWidth || undefined;
  const layout = { ...themed(figure.layout, styles), width, autosize: false };
  if (state.view !== layout.uirevision) Object.assign(state, { view: layout.uirevision, zoom: {} });
  for (const [axis, range] of Object.entries(state.zoom)) layout[axis] = { ...layout[axis], range };
  state.queue = state.queue.then(() => window.Plotly.react(canvas, themed(figure.data, styles), layout, state.config)).then(() => {
    if (!state.listening) listen(root, canvas);
    setHome(root);
    root.dataset.updates = ++state.updates;
    root.dataset.revision = state.revision;
    placeMark(root);
  });
}

// Axes that fit the data move with them. Plotly keeps the zoom of a person only where they stay, so it is kept here; and
// a double click goes back to the axes of the present figure instead of the first.
const AXES = ["xaxis", "xaxis2", "yaxis"];

function ownRange(root, axis) { return root.state.data.figure.layout[axis]?.range; }

function keepZoom(root) {
  const { layout } = root.querySelector(".canvas");
  for (const axis of AXES) {
    const own = ownRange(root, axis), now = layout[axis]?.range;
    if (own && now && own.some((end, at) => Math.abs(end - now[at]) > 1e-9 * Math.abs(own[1] - own[0]))) root.state.zoom[axis] = [...now];
    else delete root.state.zoom[axis];
  }
}

function setHome(root) {
  const axes = root.querySelector(".canvas")._fullLayout;
  for (const axis of AXES) {
    const own = ownRange(root, axis);
    if (own && axes[axis]) Object.assign(axes[axis], { _rangeInitial0: own[0], _rangeInitial1: own[1] });
  }
}

// The chosen threshold as a dot, a line, or both over the chart. They are not plotly's own, which takes many times longer
// to draw a chart again. What lies outside of the axes is shown at their edge, as a ring.
function placeMark(root) {
  const { state } = root, { mark } = state.data;
  const canvas = root.querySelector(".canvas"), axes = canvas._fullLayout;
  if (!mark || !axes?.xaxis) return;
  const place = marksOf(mark.channel)[mark.name] ?? {};
  const along = (axis, value) => (value === null || value === undefined ? null : axis.d2p(value));
  const within = (axis, at) => Math.min(axis._length, Math.max(0, at));
  const x = along(axes.xaxis, place.x), y = along(axes.yaxis, place.y);
  const [line, dot] = state.marks ??= ["mark-line", "mark-dot"].map((name) => root.appendChild(element("i", name)));
  line.hidden = x === null || !mark.line || x !== within(axes.xaxis, x);
  dot.hidden = x === null || y === null;
  if (!line.hidden) Object.assign(line.style, { left: `${axes.xaxis._offset + x}px`, top: `${axes.yaxis._offset}px`, height: `${axes.yaxis._length}px` });
  if (dot.hidden) return;
  const [left, top] = [within(axes.xaxis, x), within(axes.yaxis, y)];
  Object.assign(dot.style, { left: `${axes.xaxis._offset + left}px`, top: `${axes.yaxis._offset + top}px` });
  dot.classList.toggle("outside", left !== x || top !== y);
}

function choose(root, trace, point) {
  const cell = trace.type === "heatmap" ? { row: point[0], column: point[1] } : { row: point, column: trace.meta.column ?? 0 };
  root.state.send("cell", cell);
}

function listen(root, canvas) {
  const { state } = root;
  state.listening = true;
  canvas.on("plotly_click", (event) => {
    if (!state.data.clickable) return;
    const point = event.points.find(({ data }) => data.type === "heatmap") ?? event.points.find(({ data }) => data.meta?.rows);
    if (point) choose(root, point.data, point.pointNumber);
  });
  whenKeyed(root, canvas, (trace, point) => choose(root, trace, point));
  canvas.on("plotly_relayout", () => keepZoom(root));
  // Also while it is zoomed; a chart that is drawn again for another reason is placed in `draw`.
  canvas.on("plotly_afterplot", () => placeMark(root));
  if (state.data.mark) whenMarked(root, () => placeMark(root));
  state.observer = new ResizeObserver(() => {
    const width = root.clientWidth;
    if (!width || width === canvas.layout?.width) return;
    state.queue = state.queue.then(() => window.Plotly.relayout(canvas, { width }));
  });
  state.observer.observe(root);
}

function mount(root, key) {
  const mounts = (shared.mounts.get(key) ?? 0) + 1;
  shared.mounts.set(key, mounts);
  root.dataset.mounts = mounts;
  root.state = {
    updates: 0, revision: null, color: null, queue: Promise.resolve(), listening: false, zoom: {},
    config: null,
  };
  root.addEventListener("transitionend", (event) => {
    if (event.target === root && getComputedStyle(root).color !== root.state.color && window.Plotly) draw(root);
  });
}

function fail(root, words) {
  const problem = root.querySelector(".problem");
  problem.textContent = words;
  problem.hidden = false;
}

export default function (component) {
  const root = component.parentElement.querySelector(".explorer-plot");
  const { data } = component;
  if (!root.state) mount(root, data.key);
  const { state } = root;
  state.send = component.setTriggerValue;
  if (state.revision !== data.revision) {
    Object.assign(state, { data, revision: data.revision });
    root.classList.toggle("clickable", data.clickable);
    root.setAttribute("role", data.clickable ? "application" : "img"); // whose keys a screen reader leaves alone
    if (data.clickable) root.tabIndex = 0;
    root.dataset.key = data.key;
    state.queue = state.queue.then(() => loadPlotly(data.script));
    state.queue.then(() => { root.querySelector(".problem").hidden = true; draw(root); }).catch(() => fail(root, data.words.failed));
  }
  return () => {
    if (root.isConnected) return; // an update, not the end
    state.observer?.disconnect();
    window.Plotly?.purge(root.querySelector(".canvas"));
  };
}
