// Layers over an image: the mask as outlines or filled, boxes and keypoints, and on the image before the outline of what the
// image after shows. They are painted here from class indices, so that a change of them needs no request to the server.

const SVG = "http://www.w3.org/2000/svg";

async function load(side, part) {
  const [picture, mask] = await Promise.all([decode(part(side.image), "image/jpeg"), side.mask ? readMask(part(side.mask)) : null]);
  return { side, picture, mask };
}

function colorOf({ colors }, index) { return colors[index % colors.length]; }

function nameOf({ names, words }, index, number) { return names[index] ?? words.class.replace("{number}", number); }

function nameOfValue(classes, value) {
  return value < classes.first ? classes.words.background : nameOf(classes, value - classes.first, value);
}

function percent(words, share) {
  if (share > 0 && share < 0.001) return words.below;
  return words.percent.replace("{value}", (share * 100).toFixed(share < 0.1 ? 1 : 0));
}

function shareOf(mask, value) { return mask ? mask.counts[value] / mask.values.length : 0; }

// Values that are not classes are transparent; if one class is shown `alone`, all others are too.
function colorTable(classes, alone) {
  const table = new Uint32Array(VALUES);
  for (let value = classes.first; value < VALUES; value++) {
    if (alone !== null && value - classes.first !== alone) continue;
    const [red, green, blue] = colorOf(classes, value - classes.first);
    table[value] = ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;
  }
  return table;
}

function paintMask(canvas, mask, width, height, classes, view, reach) {
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  if (!mask || view.style === "none") return;
  const table = colorTable(classes, view.alone);
  const image = new ImageData(mask.width, mask.height);
  const pixels = new Uint32Array(image.data.buffer);
  if (view.style === "fill") for (let at = 0; at < pixels.length; at++) pixels[at] = table[mask.values[at]];
  else traceBorders(mask, table, pixels, reach);
  context.putImageData(image, 0, 0);
}

// A pixel belongs to a border if a neighbor at the distance of a line's width has another value.
function traceBorders({ width, height, values }, table, pixels, reach) {
  const down = reach * width;
  for (let y = 0; y < height; y++) {
    const up = y >= reach, below = y + reach < height;
    for (let x = 0, at = y * width; x < width; x++, at++) {
      const value = values[at], color = table[value];
      if (color && ((x >= reach && values[at - reach] !== value) || (x + reach < width && values[at + reach] !== value)
        || (up && values[at - down] !== value) || (below && values[at + down] !== value))) pixels[at] = color;
    }
  }
}

function paintPicture(canvas, picture, width, height) {
  if (canvas.width !== width || canvas.height !== height) { canvas.width = width; canvas.height = height; }
  const context = canvas.getContext("2d");
  context.clearRect(0, 0, width, height);
  context.drawImage(picture, 0, 0);
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

// `unit` is the width of a line of 1, in pixels of the image.
function paintMarks(svg, side, classes, view, outline, unit) {
  svg.setAttribute("viewBox", `0 0 ${side.width} ${side.height}`);
  const color = (index) => `rgb(${colorOf(classes, index).join(",")})`;
  const shown = (rows) => (view.boxes ? rows.filter((row) => view.alone === null || row.at(-1) === view.alone) : []);
  const boxes = shown(side.boxes).map(([left, top, right, bottom, index]) =>
    shape("rect", { x: left, y: top, width: Math.max(0, right - left), height: Math.max(0, bottom - top), fill: "none",
      stroke: color(index), "stroke-width": 2 * unit, rx: unit }));
  const points = shown(side.keypoints).map(([x, y, index]) =>
    shape("circle", { cx: x, cy: y, r: 3 * unit, fill: color(index), stroke: "white", "stroke-width": unit }));
  svg.replaceChildren(...boxes, ...points, ...(outline ? outlineShapes(outline, unit) : []));
}

// White on black is visible on any image. The side that becomes the top is thicker.
function outlineShapes(corners, unit) {
  const points = corners.map((corner) => corner.join(",")).join(" ");
  const [[x1, y1], [x2, y2]] = corners;
  const frame = (stroke, width) => shape("polygon", { class: "outline", points, fill: "none", stroke, "stroke-width": width * unit });
  const top = (stroke, width) => shape("line", { x1, y1, x2, y2, stroke, "stroke-width": width * unit, "stroke-linecap": "round" });
  return [frame("black", 2.4), top("black", 4.4), frame("white", 1.2), top("white", 3)];
}

// Lines have about the same width on the page for images of all sizes.
function unitOf(side) { return Math.max(side.width, side.height) / 256; }

// `stage` holds two canvases and an svg. The painted data is kept in `stage.shown` for the tooltip.
function paintStage(stage, loaded, classes, view, outline = null, fresh = true) {
  const { side, picture, mask } = loaded;
  stage.shown = loaded;
  if (fresh) paintPicture(stage.querySelector(".picture"), picture, side.width, side.height);
  const over = stage.querySelector(".mask");
  paintMask(over, mask, side.width, side.height, classes, view, Math.max(1, Math.round(unitOf(side))));
  over.style.opacity = opacityOf(view) / 100;
  paintMarks(stage.querySelector("svg"), side, classes, view, outline, unitOf(side));
}

function opacityOf(view) { return view.style === "outline" ? view.line : view.opacity; }

// Returns the names of all that is under the mouse; "" if there is nothing.
function under(stage, event, classes) {
  const { side, mask } = stage.shown ?? {};
  if (!side) return "";
  const frame = stage.querySelector(".picture").getBoundingClientRect();
  const scale = Math.min(frame.width / side.width, frame.height / side.height);
  const x = (event.clientX - frame.left - (frame.width - side.width * scale) / 2) / scale;
  const y = (event.clientY - frame.top - (frame.height - side.height * scale) / 2) / scale;
  if (x < 0 || y < 0 || x >= side.width || y >= side.height) return "";
  const found = side.boxes.filter(([left, top, right, bottom]) => x >= left && x <= right && y >= top && y <= bottom)
    .map((box) => classes.words.box.replace("{name}", nameOf(classes, box[4], box[4])));
  if (mask) {
    const value = mask.values[Math.floor(y) * mask.width + Math.floor(x)];
    found.unshift(classes.words.share.replace("{name}", nameOfValue(classes, value)).replace("{share}", percent(classes.words, shareOf(mask, value))));
  }
  return found.join(" · ");
}

function nameUnderMouse(stage, tip, classesNow) {
  stage.addEventListener("pointermove", (event) => {
    const classes = classesNow();
    const text = classes && event.pointerType !== "touch" ? under(stage, event, classes) : "";
    tip.textContent = text;
    tip.hidden = !text;
    const frame = tip.parentElement.getBoundingClientRect();
    const left = event.clientX - frame.left, right = frame.width - left;
    tip.style.left = left < right ? `${left + 14}px` : "auto"; // never under the pointer, never outside
    tip.style.right = left < right ? "auto" : `${right + 14}px`;
    tip.style.top = `${Math.max(0, event.clientY - frame.top - 30)}px`;
  });
  stage.addEventListener("pointerleave", () => { tip.hidden = true; });
}
