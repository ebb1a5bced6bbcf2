// Validation images with their true and predicted masks. Epochs, views, opacity and classes change here without the
// server, which is asked for another image only, and for the probabilities of a pixel. An update keeps what a person chose.

const ZOOM = 1.3;
const MOST_ZOOM = 24;
const WIPE_STEP = 2; // percent
const PLAY_MS = 450;
const AGAIN_MS = 1000;
const MOST_FETCHES = 20; // for the masks around one epoch
const NEAR = 5; // epochs before and after the one that is shown whose masks are asked for ahead
const FETCH_MS = 80; // so that a slider that is dragged asks where it comes to rest
const CLICK = 4; // px that the pointer may move within a click
const VIEWS = ["image", "truth", "predicted", "difference", "swipe"];
const KEPT = Symbol.for("explorer.masks");
const kept = (window[KEPT] ??= new Map()); // what was chosen, by run, while its section is closed

// Epochs and images

function pick(root, choice) { root.state.choice = choice; load(root); }

// The server sorts its images by the epoch that is looked at.
function settle(root) {
  const { state } = root;
  const epoch = now(root);
  if (!epoch || state.timer || state.settled === epoch.number) return;
  state.settled = epoch.number;
  root.send("settle", epoch.number);
}

function lacksNear(root) {
  const at = place(root);
  return root.state.epochs.slice(Math.max(0, at - NEAR), at + NEAR + 1).some((epoch) => epoch.mask === undefined);
}

// The server sends the masks of a few epochs at once, those around the one that it is asked for. It is asked again while
// they do not come: an answer may get lost when another one overtakes it.
function fetchNear(root) {
  clearTimeout(root.fetching);
  if (!lacksNear(root)) return;
  let left = MOST_FETCHES;
  const ask = () => {
    if (!root.isConnected || !lacksNear(root)) return;
    root.send("fetch", now(root).number);
    if ((left -= 1)) root.fetching = setTimeout(ask, AGAIN_MS);
  };
  root.fetching = setTimeout(ask, FETCH_MS);
}

function step(root, by) {
  const { epochs } = root.state;
  const at = Math.min(epochs.length - 1, Math.max(0, place(root) + by));
  if (epochs[at]) pick(root, epochs[at].number);
  clearTimeout(root.settling);
  root.settling = setTimeout(() => settle(root), 400);
}

function stop(root) { clearInterval(root.state.timer); root.state.timer = null; draw(root); settle(root); }

function play(root) {
  const { state } = root;
  if (state.timer) { stop(root); return; }
  let at = place(root) === state.epochs.length - 1 ? 0 : place(root);
  pick(root, state.epochs[at].number);
  state.timer = setInterval(() => {
    at += 1;
    if (!root.isConnected || at >= state.epochs.length) stop(root);
    else pick(root, state.epochs[at].number);
  }, PLAY_MS);
}

function turn(root, name) {
  const { header } = root.state;
  if (header[name] === null) return;
  leave(root);
  root.send("look", header[name]);
}

function show(root, view) { root.state.view = view; draw(root); }

// Pixels and zoom

function pixelAt(root, event) {
  const { state } = root;
  if (!state.shown) return null;
  const box = root.querySelector("canvas").getBoundingClientRect();
  const seen = frameOf(state);
  const x = Math.floor(seen.x + ((event.clientX - box.left) / box.width) * seen.width);
  const y = Math.floor(seen.y + ((event.clientY - box.top) / box.height) * seen.height);
  const [top, left, height, width] = state.shown.card.part;
  return x >= left && y >= top && x < left + width && y < top + height ? { x, y } : null;
}

function pin(root, at) {
  const { state } = root;
  if (!at) return;
  state.pin = { ...at, epoch: now(root)?.number ?? 0 };
  draw(root);
  root.send("pixel", { image: state.shown.card.place, ...state.pin });
}

function leave(root) {
  const { state } = root;
  if (!state.pin) return;
  state.pin = null;
  draw(root);
  root.send("leave", String(state.stamp));
}

// What is under `at` keeps its place.
function zoom(root, factor, at = null) {
  const { state } = root;
  if (!state.shown) return;
  const before = frameOf(state);
  const to = Math.min(MOST_ZOOM, Math.max(1, state.zoom * factor));
  const [shareX, shareY] = at ?? [0.5, 0.5];
  const [x, y] = [before.x + shareX * before.width, before.y + shareY * before.height];
  const scale = state.zoom / to;
  state.zoom = to;
  Object.assign(state, { x: x + (0.5 - shareX) * before.width * scale, y: y + (0.5 - shareY) * before.height * scale });
  draw(root);
}

function whole(root) { Object.assign(root.state, { zoom: 1, x: null, y: null }); draw(root); }

function press(root, event) {
  if (event.button !== 0) return;
  const { state } = root;
  const canvas = event.currentTarget;
  const begun = { x: event.clientX, y: event.clientY, from: { x: state.x, y: state.y }, moved: false };
  canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = (move) => {
    if (Math.hypot(move.clientX - begun.x, move.clientY - begun.y) > CLICK) begun.moved = true;
    if (!begun.moved || !state.shown) return;
    if (state.zoom > 1) {
      const scale = frameOf(state).width / canvas.clientWidth;
      Object.assign(state, { x: begun.from.x - (move.clientX - begun.x) * scale, y: begun.from.y - (move.clientY - begun.y) * scale });
    } else if (state.view === "swipe") {
      const box = canvas.getBoundingClientRect();
      state.wipe = Math.min(100, Math.max(0, ((move.clientX - box.left) / box.width) * 100));
    }
    draw(root);
  };
  canvas.onpointerup = (up) => { hover(root, canvas); if (!begun.moved) pin(root, pixelAt(root, up)); };
  canvas.onpointercancel = () => hover(root, canvas);
}

function hover(root, canvas) {
  canvas.onpointerup = canvas.onpointercancel = null;
  canvas.onpointermove = (event) => { if (event.pointerType !== "touch") { root.state.over = pixelAt(root, event); words(root); } };
  canvas.onpointerleave = () => { root.state.over = null; words(root); };
}

function wipe(root, by) { root.state.wipe = Math.min(100, Math.max(0, root.state.wipe + by)); draw(root); }

function middle(root) {
  const seen = frameOf(root.state);
  return { x: Math.floor(seen.x + seen.width / 2), y: Math.floor(seen.y + seen.height / 2) };
}

function onKey(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !root.state.shown) return;
  if (event.target.matches("input") && event.target.type !== "checkbox" && event.key !== "Escape") return;
  if (event.target.closest(".views") && event.key.startsWith("Arrow")) return;
  const acts = {
    ArrowLeft: () => step(root, -1), ArrowRight: () => step(root, 1), ArrowUp: () => turn(root, "previous"), ArrowDown: () => turn(root, "next"),
    p: () => turn(root, "previous"), n: () => turn(root, "next"), Escape: () => leave(root), 0: () => whole(root),
    "+": () => zoom(root, ZOOM), "=": () => zoom(root, ZOOM), "-": () => zoom(root, 1 / ZOOM), ",": () => wipe(root, -WIPE_STEP), ".": () => wipe(root, WIPE_STEP),
  };
  VIEWS.forEach((view, at) => { acts[at + 1] = () => show(root, view); });
  if (event.target.matches("canvas")) acts.Enter = () => pin(root, root.state.pin ?? middle(root));
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}

// Mounting

function mountViews(root, texts) {
  const group = root.querySelector(".views");
  group.setAttribute("aria-label", texts.view);
  for (const view of VIEWS) {
    const button = Object.assign(element("button", "", texts.views[view]), { type: "button", title: texts.view_help[view], onclick: () => show(root, view) });
    button.setAttribute("role", "radio");
    button.dataset.view = view;
    group.append(button);
  }
  group.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    show(root, VIEWS[(VIEWS.indexOf(root.state.view) + by + VIEWS.length) % VIEWS.length]);
    group.querySelector("[aria-checked=true]").focus();
  };
}

function mountButtons(root, texts) {
  const icons = [["out", "zoom_out", texts.zoom_out, () => zoom(root, 1 / ZOOM)], ["in", "zoom_in", texts.zoom_in, () => zoom(root, ZOOM)],
    ["all", "fit_screen", texts.zoom_all, () => whole(root)], ["back", "arrow_upward", texts.back, () => turn(root, "previous")],
    ["on", "arrow_downward", texts.on, () => turn(root, "next")]];
  for (const [name, icon, title, act] of icons) {
    const button = Object.assign(root.querySelector(`.${name}`), { textContent: icon, title, onclick: act });
    button.setAttribute("aria-label", title);
  }
  root.querySelector(".play").onclick = () => play(root);
  for (const name of ["best", "latest"]) root.querySelector(`.${name}`).onclick = () => { if (root.state.timer) stop(root); pick(root, name); settle(root); };
  const all = (text, name, act) => Object.assign(root.querySelector(`.${name}`), { textContent: text, onclick: () => { act(); draw(root); } });
  all(texts.all, "every", () => root.state.hidden.clear());
  all(texts.no_class, "none", () => { root.state.hidden = new Set(root.state.header.names.keys()); });
}

function mountFields(root, texts) {
  const slider = root.querySelector(".epoch");
  slider.oninput = () => { if (root.state.timer) stop(root); pick(root, root.state.epochs[Number(slider.value)].number); };
  slider.onchange = () => settle(root);
  const opacity = root.querySelector(".opacity");
  opacity.querySelector("span").textContent = texts.opacity;
  opacity.querySelector("input").oninput = (event) => { root.state.opacity = Number(event.target.value); draw(root); };
  const line = root.querySelector(".wipe");
  line.setAttribute("aria-label", texts.line);
  line.oninput = () => { root.state.wipe = Number(line.value); draw(root); };
  const [title, truth, predicted, dice] = root.querySelectorAll("th");
  Object.assign(title, { textContent: texts.classes });
  for (const [head, text] of [[truth, texts.true_share], [predicted, texts.predicted_share], [dice, texts.dice]]) Object.assign(head, { textContent: text, title: texts.shares_help });
}

function mount(root, header) {
  root.state = kept.get(header.key) ?? {
    stamp: null, header: null, epochs: [], bytes: new Map(), decoded: new Map(), choice: header.choice, view: "predicted", opacity: 60, wipe: 50,
    hidden: new Set(header.hidden), zoom: 1, x: null, y: null, pin: null, over: null, shown: null, counts: null, timer: null, turn: 0, settled: null, focus: 0, lost: false,
  };
  clearInterval(root.state.timer);
  Object.assign(root.state, { stamp: null, timer: null });
  kept.set(header.key, root.state);
  mountViews(root, header.words);
  mountButtons(root, header.words);
  mountFields(root, header.words);
  const canvas = root.querySelector("canvas");
  canvas.onpointerdown = (event) => press(root, event);
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return; // without a key held, the wheel scrolls the page
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(root, event.deltaY < 0 ? ZOOM : 1 / ZOOM, [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]);
  }, { passive: false });
  hover(root, canvas);
  root.addEventListener("keydown", (event) => onKey(root, event));
  root.querySelector(".uncounted i").style.background = `repeating-linear-gradient(135deg, ${header.stripes.map((color, at) => `rgb(${color}) ${4 * at}px, rgb(${color}) ${4 * at + 4}px`)})`;
  root.querySelector(".wrong i").style.background = `rgb(${header.different})`;
  new ResizeObserver(() => draw(root)).observe(root);
}

// An image or a cell that another part of the page leads to.
function follow(root, focus) {
  const { state } = root;
  if (!focus || focus.number <= state.focus) return;
  Object.assign(state, { focus: focus.number, zoom: 1, x: null, y: null, pin: null });
  if (focus.view) state.view = focus.view;
  if (focus.epoch !== null) { state.choice = focus.epoch; state.settled = null; }
}

// Asks for an image that is still read, soon and then each second: an answer may get lost when another one overtakes it.
function awaitImage(root) {
  clearInterval(root.waiting);
  const { poll } = root.state.header;
  if (!poll) return;
  const ask = () => { if (root.isConnected) root.send("more", String(Date.now())); else clearInterval(root.waiting); };
  setTimeout(() => { if (root.state.header.poll) ask(); }, poll);
  root.waiting = setInterval(ask, AGAIN_MS);
}

export default function (component) {
  const root = component.parentElement.querySelector(".masks");
  root.send = component.setTriggerValue;
  if (!root.state) mount(root, unpack(component.data).header);
  const before = root.state.header?.card?.place ?? null;
  if (!read(root, component.data)) return;
  const { header } = root.state;
  if (header.card && before !== null && header.card.place !== before) Object.assign(root.state, { zoom: 1, x: null, y: null, over: null });
  if (root.state.pin?.known && !header.pixel) root.state.pin = null; // the server has forgotten it
  follow(root, header.focus);
  awaitImage(root);
  load(root);
  settle(root);
}
