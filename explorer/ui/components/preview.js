// Before and after, with mask, boxes and keypoints as layers. Opacity and layers change here, with no trip to the server.
// `data` is one binary frame, see frame.js.

const STORE = "explorer.preview";
const BOX_NAMESPACE = "http://www.w3.org/2000/svg";

function remembered() {
  try { return { opacity: 45, boxes: true, ...JSON.parse(localStorage.getItem(STORE) || "{}") }; }
  catch { return { opacity: 45, boxes: true }; }
}

function remember(view) {
  try { localStorage.setItem(STORE, JSON.stringify(view)); } catch { /* a private window keeps nothing */ }
}

// The mask travels as class indices; index 0 stays clear, the others take their class's colour.
async function colourise(bytes, colours) {
  const bitmap = await decode(bytes, "image/png");
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const picture = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const table = new Uint32Array(256);
  for (let index = 1; index < 256; index++) {
    const [red, green, blue] = colours[(index - 1) % colours.length];
    table[index] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  const pixels = new Uint32Array(picture.data.buffer);
  for (let at = 0; at < pixels.length; at++) pixels[at] = table[pixels[at] & 255];
  context.putImageData(picture, 0, 0);
  return canvas;
}

async function load(side, part, colours) {
  const [picture, mask] = await Promise.all([
    decode(part(side.image), side.type),
    side.mask ? colourise(part(side.mask), colours) : null,
  ]);
  return { side, picture, mask };
}

function fill(canvas, source, width, height) {
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  if (source) context.drawImage(source, 0, 0);
}

function shape(name, attributes) {
  const element = document.createElementNS(BOX_NAMESPACE, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function drawBoxes(svg, side, colours) {
  svg.setAttribute("viewBox", `0 0 ${side.width} ${side.height}`);
  const colour = (index) => `rgb(${colours[index % colours.length].join(",")})`;
  const unit = Math.max(side.width, side.height) / 256;
  const boxes = side.boxes.map(([left, top, right, bottom, index]) =>
    shape("rect", { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top), fill: "none",
      stroke: colour(index), "stroke-width": 2 * unit, rx: unit }));
  const points = side.keypoints.map(([x, y, index]) =>
    shape("circle", { cx: x, cy: y, r: 3 * unit, fill: colour(index), stroke: "white", "stroke-width": unit }));
  svg.replaceChildren(...boxes, ...points);
}

function paint(figure, loaded, colours, caption, fresh = true) {
  const { side, picture, mask } = loaded;
  const stage = figure.querySelector(".stage");
  if (fresh) {
    fill(stage.querySelector(".picture"), picture, side.width, side.height);
    fill(stage.querySelector(".mask"), mask, side.width, side.height);
    drawBoxes(stage.querySelector("svg"), side, colours);
  }
  if (caption) {
    figure.querySelector("b").textContent = caption.title;
    figure.querySelector("span").textContent = caption.detail;
    stage.querySelector(".picture").setAttribute("aria-label", `${caption.title}, ${caption.detail}`);
    stage.querySelector(".picture").setAttribute("role", "img");
  }
}

function legend(list, entries) {
  list.replaceChildren(...entries.map(({ name, colour }) => {
    const item = document.createElement("li");
    const swatch = document.createElement("i");
    swatch.style.background = `rgb(${colour.join(",")})`;
    item.append(swatch, name);
    return item;
  }));
}

function mount(root) {
  const view = remembered();
  const slider = root.querySelector(".opacity input");
  const toggle = root.querySelector(".boxes input");
  const apply = () => {
    for (const mask of root.querySelectorAll(".stage .mask")) mask.style.opacity = view.opacity / 100;
    for (const svg of root.querySelectorAll(".stage svg")) svg.style.display = view.boxes ? "" : "none";
    root.querySelector(".opacity output").textContent = `${view.opacity} %`;
    slider.value = view.opacity;
    toggle.checked = view.boxes;
  };
  slider.oninput = () => { view.opacity = Number(slider.value); apply(); remember(view); };
  toggle.onchange = () => { view.boxes = toggle.checked; apply(); remember(view); };
  const after = root.querySelector("[data-side=after]");
  const show = (which) => { const now = root.state.now; if (now) paint(after, now[which], now.colours); };
  const stage = after.querySelector(".stage");
  stage.onpointerdown = (event) => { event.currentTarget.setPointerCapture(event.pointerId); show("before"); };
  stage.onpointerup = stage.onpointercancel = stage.onblur = () => show("after");
  stage.onkeydown = (event) => { if (event.key === " ") { event.preventDefault(); show("before"); } };
  stage.onkeyup = (event) => { if (event.key === " ") show("after"); };
  apply();
  return { generation: 0, painted: 0, beforeId: null, before: null, now: null };
}

async function update(root, data) {
  const state = root.state;
  const generation = ++state.generation;
  const { header, part } = unpack(data);
  const colours = header.colours.join();
  const fresh = header.before.id !== state.beforeId || colours !== state.colours;
  const [before, after] = await Promise.all([
    fresh ? load(header.before, part, header.colours) : state.before,
    load(header.after, part, header.colours),
  ]);
  if (generation !== state.generation) return; // a newer frame has overtaken this one
  Object.assign(state, { beforeId: header.before.id, colours, before, now: { before, after, colours: header.colours } });
  root.querySelectorAll(".stage").forEach((stage) => { stage.style.aspectRatio = `${header.before.width} / ${header.before.height}`; });
  paint(root.querySelector("[data-side=before]"), before, header.colours, header.captions.before, fresh);
  paint(root.querySelector("[data-side=after]"), after, header.colours, header.captions.after);
  legend(root.querySelector(".legend"), header.legend);
  const notice = root.querySelector(".notice");
  notice.textContent = header.notice;
  notice.hidden = !header.notice;
  const remark = root.querySelector(".remark");
  remark.textContent = header.remark;
  remark.hidden = !header.remark;
  root.toggleAttribute("data-stale", header.stale);
  root.querySelector(".opacity").hidden = !header.before.mask && !header.after.mask;
  root.querySelector(".boxes").hidden = !header.before.boxes.length && !header.before.keypoints.length;
  root.querySelector(".opacity span").textContent = header.words.opacity;
  root.querySelector(".boxes span").textContent = header.words.boxes;
  root.querySelector("[data-side=after] .stage").title = header.words.hold;
  root.dataset.painted = ++state.painted; // drawn: the frame that is now made shows it
}

export default function (component) {
  const root = component.parentElement.querySelector(".preview");
  if (!root.state) root.state = mount(root);
  update(root, component.data);
}
