// The large view: before and after in one place with a slider between them, zoom and pan. It takes no part in layout.

const MOST_ZOOM = 40; // device pixels for a pixel of the image
const ZOOM_STEP = 1.25;
const PAN_STEP = 60; // CSS px of an arrow key
const LINE = 1.3; // CSS px
const WIPE_STEP = 2; // percent

function mountLarge(root) {
  const dialog = root.querySelector(".large");
  const view = dialog.querySelector(".view");
  const state = { dialog, view, x: 0, y: 0, scale: 1, fitted: true, wipe: 50, held: false };
  root.large = state;
  const tools = { zoom_in: () => zoom(root, ZOOM_STEP), zoom_out: () => zoom(root, 1 / ZOOM_STEP), fit: () => fit(root),
    actual: () => zoomTo(root, 1 / devicePixelRatio), close: () => dialog.close() };
  for (const button of dialog.querySelectorAll("[data-tool]")) button.onclick = tools[button.dataset.tool];
  const slider = dialog.querySelector(".wipe");
  slider.oninput = () => { state.wipe = Number(slider.value); place(root); };
  view.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(root, ZOOM_STEP ** (event.deltaY < 0 ? 1 : -1), event);
  }, { passive: false });
  view.onpointerdown = (event) => startDrag(root, event);
  dialog.addEventListener("keydown", (event) => largeKey(root, event));
  dialog.addEventListener("keyup", (event) => { if (event.key === " ") hold(root, false); });
  dialog.addEventListener("close", () => { hold(root, false); root.querySelector("[data-side=after] .stage").focus({ preventScroll: true }); });
  for (const layer of dialog.querySelectorAll(".layer")) nameUnderMouse(layer, dialog.querySelector(".tip"), () => root.state.now?.classes);
  new ResizeObserver(() => { if (dialog.open) (state.fitted ? fit : place)(root); }).observe(view);
}

function openLarge(root) {
  if (!root.state.now || root.large.dialog.open) return;
  root.large.dialog.showModal();
  root.large.view.focus({ preventScroll: true });
  root.large.wipe = 50;
  paintLarge(root);
  fit(root);
}

function paintLarge(root) {
  const { now, view } = root.state;
  if (!root.large.dialog.open || !now) return;
  const { words } = now.classes;
  for (const which of ["before", "after"]) {
    paintStage(root.large.dialog.querySelector(`.layer[data-layer=${which}]`), now[which], now.classes, view);
    root.large.dialog.querySelector(`.name[data-layer=${which}]`).textContent = now.captions[which].title;
  }
  root.large.dialog.setAttribute("aria-label", words.large);
  root.large.dialog.querySelector(".help").textContent = words.large_help;
  root.large.dialog.querySelector(".wipe").setAttribute("aria-label", words.wipe);
  for (const button of root.large.dialog.querySelectorAll("[data-tool]")) {
    button.title = words[button.dataset.tool];
    button.setAttribute("aria-label", words[button.dataset.tool]);
  }
  for (const button of root.large.dialog.querySelectorAll("[data-text]")) button.textContent = words[button.dataset.tool];
  place(root);
}

function sizes(root) {
  const { width, height } = root.state.now.before.side;
  const { clientWidth, clientHeight } = root.large.view;
  return { width, height, clientWidth, clientHeight };
}

function fit(root) {
  const { width, height, clientWidth, clientHeight } = sizes(root);
  Object.assign(root.large, { scale: Math.min(clientWidth / width, clientHeight / height), x: 0, y: 0, fitted: true });
  place(root);
}

function zoom(root, factor, at = null) { zoomTo(root, root.large.scale * factor, at); }

// x and y are the offset of the image's center from the view's center. The point under the mouse keeps its place.
function zoomTo(root, scale, at = null) {
  const { large } = root;
  const { width, height, clientWidth, clientHeight } = sizes(root);
  const least = Math.min(clientWidth / width, clientHeight / height, 1 / devicePixelRatio);
  const next = Math.min(MOST_ZOOM / devicePixelRatio, Math.max(least, scale));
  const frame = large.view.getBoundingClientRect();
  const from = at ? { x: at.clientX - frame.left - clientWidth / 2, y: at.clientY - frame.top - clientHeight / 2 } : { x: 0, y: 0 };
  const factor = next / large.scale;
  Object.assign(large, { x: from.x - (from.x - large.x) * factor, y: from.y - (from.y - large.y) * factor, scale: next, fitted: false });
  place(root);
}

function room(root) {
  const { width, height, clientWidth, clientHeight } = sizes(root);
  const { scale } = root.large;
  return { x: Math.max(0, (width * scale - clientWidth) / 2), y: Math.max(0, (height * scale - clientHeight) / 2) };
}

function place(root) {
  const { large } = root;
  const { width, height, clientWidth, clientHeight } = sizes(root);
  const limit = room(root);
  large.x = Math.max(-limit.x, Math.min(limit.x, large.x));
  large.y = Math.max(-limit.y, Math.min(limit.y, large.y));
  const left = clientWidth / 2 + large.x - (width * large.scale) / 2;
  const top = clientHeight / 2 + large.y - (height * large.scale) / 2;
  const cut = large.held ? clientWidth : (clientWidth * large.wipe) / 100;
  for (const layer of large.dialog.querySelectorAll(".layer")) {
    const clip = layer.dataset.layer === "before" ? `inset(0 ${left + width * large.scale - cut}px 0 0)` : `inset(0 0 0 ${cut - left}px)`;
    Object.assign(layer.style, { left: `${left}px`, top: `${top}px`, width: `${width * large.scale}px`, height: `${height * large.scale}px`, clipPath: clip });
  }
  paintLargeMarks(root);
  large.view.toggleAttribute("data-pixels", large.scale * devicePixelRatio >= 2);
  large.dialog.querySelector(".handle").style.left = `${cut}px`;
  large.dialog.querySelector(".wipe").value = large.wipe;
  large.dialog.querySelector(".zoom").textContent = `${Math.round(large.scale * devicePixelRatio * 100)} %`;
}

// Lines keep their width on the screen, so that a zoom enlarges only the pixels.
function paintLargeMarks(root) {
  const { now, view } = root.state;
  const { width, height } = now.before.side;
  for (const layer of root.large.dialog.querySelectorAll(".layer")) {
    const { side } = layer.shown;
    const scale = root.large.scale * Math.min(width / side.width, height / side.height);
    paintMarks(layer.querySelector("svg"), side, now.classes, view, layer.dataset.layer === "before" ? now.outline : null, LINE / scale);
  }
}

// A drag moves the image. If all of the image is visible, or if it starts on the line between the two, it moves the line.
function startDrag(root, event) {
  if (event.button !== 0) return;
  const { large } = root;
  const frame = large.view.getBoundingClientRect();
  const limit = room(root);
  const wiping = event.target.closest(".handle") || (!limit.x && !limit.y);
  const begun = { x: event.clientX - large.x, y: event.clientY - large.y };
  const move = (moved) => {
    if (wiping) large.wipe = Math.max(0, Math.min(100, ((moved.clientX - frame.left) / frame.width) * 100));
    else Object.assign(large, { x: moved.clientX - begun.x, y: moved.clientY - begun.y });
    place(root);
  };
  large.view.setPointerCapture(event.pointerId);
  large.view.onpointermove = move;
  large.view.onpointerup = large.view.onpointercancel = () => { large.view.onpointermove = null; };
  if (wiping) move(event);
}

function hold(root, held) {
  if (root.large.held === held) return;
  root.large.held = held;
  if (root.large.dialog.open) place(root);
}

function largeKey(root, event) {
  if (event.target.matches("input, button") && [" ", "Enter", "ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"].includes(event.key)) return;
  const { large } = root;
  const pan = (x, y) => { large.x += x; large.y += y; large.fitted = false; };
  const wipe = (by) => { large.wipe = Math.max(0, Math.min(100, large.wipe + by)); };
  const act = {
    "+": () => zoom(root, ZOOM_STEP), "=": () => zoom(root, ZOOM_STEP), "-": () => zoom(root, 1 / ZOOM_STEP),
    0: () => fit(root), 1: () => zoomTo(root, 1 / devicePixelRatio), " ": () => hold(root, true),
    ArrowLeft: () => pan(PAN_STEP, 0), ArrowRight: () => pan(-PAN_STEP, 0), ArrowUp: () => pan(0, PAN_STEP), ArrowDown: () => pan(0, -PAN_STEP),
    ",": () => wipe(-WIPE_STEP), ".": () => wipe(WIPE_STEP),
  }[event.key];
  if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
  place(root);
}
