// Before and after, with mask, boxes and keypoints as layers. Opacity and layers change here, with no trip to the server.
// `data` is one binary frame, see frame.js; layers.js paints, large.js is the large view.

const STORE = "explorer.preview";
const STYLES = ["outline", "fill", "none"]; // of a mask; M goes from one to the next
const CLICK_MS = 250; // a longer press shows the image before
const CLICK_PX = 5;

// style: how masks are shown. line, opacity: the opacity of outlines and of filled masks in percent. alone: the only shown class.
const DEFAULTS = { style: "outline", line: 100, opacity: 45, boxes: true };

function remembered() {
  try { return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(STORE) || "{}"), alone: null }; }
  catch { return { ...DEFAULTS, alone: null }; }
}

function remember({ style, line, opacity, boxes }) {
  try { localStorage.setItem(STORE, JSON.stringify({ style, line, opacity, boxes })); } catch { /* a private window keeps nothing */ }
}

function caption(figure, { title, detail }) {
  figure.querySelector("b").textContent = title;
  figure.querySelector("b").title = title;
  figure.querySelector("span").textContent = detail;
  const picture = figure.querySelector(".picture");
  picture.setAttribute("aria-label", `${title}, ${detail}`);
  picture.setAttribute("role", "img");
}

function show(root, which) {
  const { now, view } = root.state;
  if (!now) return;
  const stage = root.querySelector("[data-side=after] .stage");
  paintStage(stage, now[which], now.classes, view, which === "before" ? now.outline : null);
  caption(root.querySelector("[data-side=after]"), now.captions[which]);
}

function paintAll(root, fresh = true) {
  const { now, view } = root.state;
  if (!now) return;
  paintStage(root.querySelector("[data-side=before] .stage"), now.before, now.classes, view, now.outline, fresh);
  caption(root.querySelector("[data-side=before]"), now.captions.before);
  show(root, root.state.held ? "before" : "after");
  legend(root);
  controls(root);
  paintLarge(root);
}

// Lists the classes that are in one of the two images, with the share of each class of the mask.
function legend(root) {
  const { now: { before, after, classes }, view } = root.state;
  const found = new Map();
  const add = (index, entry) => found.set(index, { ...found.get(index), ...entry });
  for (let value = classes.first; value < VALUES; value++) {
    const shares = [before, after].map(({ mask }) => (mask ? shareOf(mask, value) : null));
    if (shares.some((share) => share > 0)) add(value - classes.first, { name: nameOfValue(classes, value), shares });
  }
  for (const { side } of [before, after]) for (const row of [...side.boxes, ...side.keypoints]) {
    const index = row.at(-1);
    if (!found.has(index)) add(index, { name: nameOf(classes, index, index) });
  }
  if (view.alone !== null && !found.has(view.alone)) add(view.alone, { name: nameOf(classes, view.alone, view.alone + classes.first), shares: [0, 0] });
  const list = root.querySelector(".legend");
  const had = list.querySelector(":focus")?.dataset.index;
  list.replaceChildren(...[...found].sort(([one], [other]) => one - other).map(([index, entry]) => legendItem(root, index, entry)));
  list.querySelector(`[data-index="${had}"]`)?.focus({ preventScroll: true });
}

function legendItem(root, index, { name, shares }) {
  const { now: { classes }, view } = root.state;
  const item = document.createElement("li");
  const button = document.createElement("button");
  const swatch = document.createElement("i");
  const text = document.createElement("span");
  button.type = "button";
  button.dataset.index = index;
  button.setAttribute("aria-pressed", String(view.alone === index));
  button.toggleAttribute("data-faded", view.alone !== null && view.alone !== index);
  swatch.style.background = `rgb(${colorOf(classes, index).join(",")})`;
  text.textContent = name;
  button.append(swatch, text);
  if (shares) {
    const [before, after] = shares.map((share) => (share === null ? null : percent(classes.words, share)));
    button.append(Object.assign(document.createElement("small"), { textContent: after ?? before }));
    button.title = classes.words.shares.replace("{name}", name).replace("{before}", before).replace("{after}", after ?? before);
  } else button.title = name;
  button.onclick = () => { view.alone = view.alone === index ? null : index; paintAll(root, false); };
  item.append(button);
  return item;
}

function controls(root) {
  const { now, view } = root.state;
  const { words } = now.classes;
  const masked = Boolean(now.before.mask || now.after.mask);
  const marked = [now.before, now.after].some(({ side }) => side.boxes.length || side.keypoints.length);
  root.querySelector(".style").hidden = root.querySelector(".opacity").hidden = !masked;
  root.querySelector(".opacity").hidden ||= view.style === "none";
  root.querySelector(".boxes").hidden = !marked;
  root.querySelector(".opacity input").value = opacityOf(view);
  root.querySelector(".opacity output").textContent = `${opacityOf(view)} %`;
  root.querySelector(".boxes input").checked = view.boxes;
  const select = root.querySelector(".style select");
  if (!select.options.length) select.replaceChildren(...STYLES.map((style) => new Option(words.styles[style], style)));
  select.value = view.style;
  for (const [place, text] of [[".style", words.mask], [".opacity", words.opacity], [".boxes", words.boxes]]) root.querySelector(`${place} span`).textContent = text;
  root.querySelector(".style").title = words.mask_help;
  for (const name of ["hold", "enlarge"]) {
    const button = root.querySelector(`.${name}`);
    button.querySelector("span").textContent = words[name];
    button.title = words[`${name}_help`];
  }
  root.querySelector("[data-side=after] .stage").setAttribute("aria-description", words.hold_help);
}

function change(root, values) {
  Object.assign(root.state.view, values);
  remember(root.state.view);
  paintAll(root, false);
}

// `held` is the element that is held down, or null. Only that element can release, because others lose the focus at that moment.
function press(root, element) {
  if (root.state.held) return;
  root.state.held = element;
  show(root, "before");
}

function release(root, element) {
  if (root.state.held !== element) return;
  root.state.held = null;
  show(root, "after");
}

function mountStages(root) {
  for (const stage of root.querySelectorAll(".stage")) {
    const after = stage.closest("[data-side]").dataset.side === "after";
    let begun = null;
    stage.onpointerdown = (event) => {
      if (event.button !== 0) return;
      begun = { at: performance.now(), x: event.clientX, y: event.clientY };
      if (after) { stage.setPointerCapture(event.pointerId); press(root, stage); }
    };
    stage.onpointerup = (event) => {
      release(root, stage);
      const near = begun && Math.hypot(event.clientX - begun.x, event.clientY - begun.y) < CLICK_PX;
      if (near && performance.now() - begun.at < CLICK_MS) openLarge(root);
      begun = null;
    };
    stage.onpointercancel = stage.onblur = () => { begun = null; release(root, stage); };
    stage.onkeydown = (event) => {
      if (event.key === " ") { event.preventDefault(); press(root, stage); }
      if (event.key === "Enter") openLarge(root);
    };
    stage.onkeyup = (event) => { if (event.key === " ") release(root, stage); };
    nameUnderMouse(stage, stage.querySelector(".tip"), () => root.state.now?.classes);
  }
}

function mountBar(root) {
  const slider = root.querySelector(".opacity input");
  slider.oninput = () => change(root, { [root.state.view.style === "outline" ? "line" : "opacity"]: Number(slider.value) });
  root.querySelector(".boxes input").onchange = (event) => change(root, { boxes: event.target.checked });
  root.querySelector(".style select").onchange = (event) => change(root, { style: event.target.value });
  root.querySelector(".enlarge").onclick = () => openLarge(root);
  const button = root.querySelector(".hold");
  button.onpointerdown = (event) => { button.setPointerCapture(event.pointerId); press(root, button); };
  button.onpointerup = button.onpointercancel = button.onblur = () => release(root, button);
  button.onkeydown = (event) => { if (event.key === " " || event.key === "Enter") { event.preventDefault(); press(root, button); } };
  button.onkeyup = () => release(root, button);
}

// Keys of the whole page, except while a person types.
function listen(root) {
  const keys = {
    m: () => change(root, { style: STYLES[(STYLES.indexOf(root.state.view.style) + 1) % STYLES.length] }),
    e: () => openLarge(root),
  };
  const onKey = (event) => {
    if (!root.isConnected) { document.removeEventListener("keydown", onKey); return; }
    const target = event.composedPath()[0];
    const typing = target.isContentEditable || target.matches?.("textarea, select, input:not([type=range]):not([type=checkbox])");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !root.state.now) return;
    keys[event.key.toLowerCase()]?.();
  };
  document.addEventListener("keydown", onKey);
}

function mount(root) {
  root.state = { generation: 0, painted: 0, beforeId: null, now: null, held: null, view: remembered() };
  mountStages(root);
  mountBar(root);
  mountLarge(root);
  listen(root);
}

async function update(root, data, send) {
  const state = root.state;
  const generation = ++state.generation;
  const { header, part } = unpack(data);
  const fresh = header.before.id !== state.beforeId;
  const [before, after] = await Promise.all([fresh ? load(header.before, part) : state.now.before, load(header.after, part)]);
  if (generation !== state.generation) return; // a newer frame has arrived
  const { colors, names, first, words, captions, outline } = header;
  if (state.now && names.join() !== state.now.classes.names.join()) state.view.alone = null;
  Object.assign(state, { beforeId: header.before.id, now: { before, after, captions, outline, classes: { colors, names, first, words } } });
  root.querySelectorAll(".stage").forEach((stage) => { stage.style.aspectRatio = `${before.side.width} / ${before.side.height}`; });
  paintAll(root, fresh);
  for (const place of ["notice", "remark"]) {
    const line = root.querySelector(`.${place}`);
    line.textContent = header[place];
    line.hidden = !header[place];
  }
  root.toggleAttribute("data-stale", header.stale);
  sayShown(header.seed, header.statuses);
  root.dataset.painted = ++state.painted; // drawn: the frame that is now made shows it
  if (header.awaited) send("painted", "painted");
}

export default function (component) {
  const root = component.parentElement.querySelector(".preview");
  if (!root.state) mount(root);
  update(root, component.data, component.setTriggerValue);
}
