// Masks as canvases over an image, painted from class indices, so that toggles, opacity and epochs need no server.

const NOWHERE = 255; // in true masks: the pixel does not count
const STRIPE = 1 / 80; // of the side, the width of a stripe over pixels that do not count

function packed([red, green, blue], alpha = 255) { return ((alpha << 24) | (blue << 16) | (green << 8) | red) >>> 0; }

function canvasOf(width, height) { return Object.assign(document.createElement("canvas"), { width, height }); }

// `color(at)` gives a packed color for each pixel; 0 is transparent.
function layerOf({ width, height }, color) {
  const canvas = canvasOf(width, height);
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < pixels.length; at++) pixels[at] = color(at);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return canvas;
}

function tableOf(look) {
  const table = new Uint32Array(VALUES);
  look.colors.forEach((color, index) => { if (!look.hidden.has(index)) table[index] = packed(color); });
  return table;
}

function striped(look, width) {
  const period = Math.max(2, Math.round(width * STRIPE));
  const colors = look.stripes.map((color) => packed(color));
  return (at) => colors[Math.floor(((at % width) + Math.floor(at / width)) / period) % 2];
}

function paintClasses(mask, look, uncounted = null) {
  const table = tableOf(look);
  const stripes = striped(look, mask.width);
  return layerOf(mask, (at) => (uncounted?.values[at] === NOWHERE ? stripes(at) : table[mask.values[at]]));
}

// Where the predicted class is wrong; with a cell only its pixels.
function paintDifference(truth, predicted, look) {
  const color = packed(look.different);
  const stripes = striped(look, truth.width);
  const { cell, hidden } = look;
  const inCell = (row, column) => (cell.row === null || cell.row === row) && (cell.column === null || cell.column === column);
  return layerOf(truth, (at) => {
    const row = truth.values[at], column = predicted.values[at];
    if (row === NOWHERE) return stripes(at);
    if (cell) return inCell(row, column) ? color : 0;
    return row !== column && !(hidden.has(row) && hidden.has(column)) ? color : 0;
  });
}

// The image without colors and darker, so that one color stands out.
function darkened(picture) {
  const canvas = canvasOf(picture.width, picture.height);
  const context = canvas.getContext("2d");
  context.drawImage(picture, 0, 0);
  const image = context.getImageData(0, 0, canvas.width, canvas.height);
  for (let at = 0; at < image.data.length; at += 4) {
    const [red, green, blue] = image.data.subarray(at, at + 3);
    image.data.fill(0.45 * (0.299 * red + 0.587 * green + 0.114 * blue), at, at + 3);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}

// Pixels of each class: true, predicted, and both; of all that count, and that are wrong.
function tally(truth, predicted, classes) {
  const count = () => new Float64Array(classes);
  const found = { truth: count(), predicted: count(), both: count(), counted: 0, wrong: 0, ignored: 0 };
  truth.values.forEach((row, at) => {
    if (row === NOWHERE) { found.ignored += 1; return; }
    found.counted += 1;
    found.truth[row] += 1;
    if (!predicted) return;
    const column = predicted.values[at];
    if (column < classes) found.predicted[column] += 1;
    if (row === column) found.both[row] += 1; else found.wrong += 1;
  });
  return found;
}

// The line of the comparison, with the names of both sides where there is room for them.
function drawLine(root, context, x, ratio) {
  const { height, width: all } = context.canvas;
  const { views } = root.state.header.words;
  for (const [color, width] of [["black", 4], ["white", 2]]) {
    Object.assign(context, { strokeStyle: color, lineWidth: width * ratio });
    context.beginPath(); context.moveTo(x, 0); context.lineTo(x, height); context.stroke();
  }
  Object.assign(context, { font: `600 ${12 * ratio}px ${getComputedStyle(root).fontFamily}`, textBaseline: "top", fillStyle: "white", strokeStyle: "black", lineJoin: "round" });
  const gap = 8 * ratio;
  for (const [text, align, at, room] of [[views.truth, "right", x - gap, x], [views.predicted, "left", x + gap, all - x]]) {
    if (context.measureText(text).width + 2 * gap > room) continue;
    context.textAlign = align;
    context.lineWidth = 3 * ratio;
    context.strokeText(text, at, gap);
    context.fillText(text, at, gap);
  }
}

function drawPin(context, seen, canvas, pin, ratio) {
  const x = ((pin.x + 0.5 - seen.x) / seen.width) * canvas.width;
  const y = ((pin.y + 0.5 - seen.y) / seen.height) * canvas.height;
  const side = Math.max(8 * ratio, canvas.width / seen.width);
  for (const [color, width] of [["black", 4], ["white", 2]]) {
    Object.assign(context, { strokeStyle: color, lineWidth: width * ratio });
    context.strokeRect(x - side / 2, y - side / 2, side, side);
  }
}
