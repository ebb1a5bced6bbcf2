// The confusion matrices of all epochs of a run. Everything but images happens here, so that a move of the slider needs no
// server; an epoch that was not sent, because all together would be too large, is asked for. An update changes the data
// and keeps what a person has chosen: epoch, zoom, selection, focus.

const PAIRS = 15; // confused pairs that are listed
const NUMBERS = 12; // classes up to which every cell has its number
const NUMBER_SIDE = 34; // px of a cell from which on it has its number with more classes, too
const LABEL = 12; // px between two labels
const MOST_SIDE = 92; // px of a cell
const MOST_HEIGHT = 400; // px of all cells, so that images are in sight below them
const LARGE_HEIGHT = 520; // px of all cells of more than `NUMBERS` classes
const LEAST_SPAN = 6; // classes that are seen at the closest zoom
const ZOOM = 1.3;

const KEPT = Symbol.for("explorer.matrix");
const kept = (window[KEPT] ??= new Map()); // what was chosen, by run, while its section is closed

// Data

function read(root, data) {
  const { header, part } = unpack(data);
  const { state } = root;
  if (header.stamp === state.stamp) return false;
  const held = new Map(state.epochs.map((epoch) => [epoch.key, epoch]));
  state.epochs = header.epochs.map((epoch) => {
    const cells = epoch.cells ? cellsOf(part(epoch.cells), header.names.length) : held.get(epoch.key)?.cells ?? null;
    return { ...epoch, cells };
  });
  Object.assign(state, { stamp: header.stamp, header });
  return true;
}

function cellsOf(bytes, count) {
  const pairs = new Uint32Array(bytes.slice().buffer); // place in the matrix, count
  const cells = [];
  const rows = new Float64Array(count);
  const columns = new Float64Array(count);
  for (let at = 0; at < pairs.length; at += 2) {
    const row = Math.floor(pairs[at] / count);
    const column = pairs[at] % count;
    cells.push({ row, column, count: pairs[at + 1] });
    rows[row] += pairs[at + 1];
    columns[column] += pairs[at + 1];
  }
  return { cells, rows, columns, at: new Map(cells.map((cell) => [cell.row * count + cell.column, cell])) };
}

function place(root) {
  const { epochs, header, choice } = root.state;
  const wanted = choice === "best" ? header.best ?? header.latest : choice === "latest" ? header.latest : choice;
  const at = epochs.findIndex((epoch) => epoch.number === wanted);
  return at < 0 ? epochs.length - 1 : at;
}

function now(root) { return root.state.epochs[place(root)]; }

function value(root, cell, matrix) {
  const { mode } = root.state;
  if (mode === "counts") return cell.count;
  return cell.count / (mode === "rows" ? matrix.rows[cell.row] : matrix.columns[cell.column]);
}

function shown(root, cell) { return !(root.state.hidden && cell.row === cell.column); }

function written(root, number) {
  if (root.state.mode === "counts") return number.toLocaleString("en-US", number < 100000 ? {} : { notation: "compact", maximumSignificantDigits: 3 });
  return percent(number);
}

function percent(share) { return `${share > 0 && share < 0.0095 ? "<1" : Math.round(100 * share)}%`; }

function fill(text, values) { return text.replace(/\{(\w+)\}/g, (_, name) => values[name]); }

// Colors come from the palette: CSS colors of four numbers, at shares of the scale.

function shade(root, share) {
  const stops = root.state.header.colors.stops;
  const after = Math.max(1, stops.findIndex(([at]) => at >= share));
  const [[low, first], [high, second]] = [stops[after - 1], stops[after]];
  const part = Math.min(1, Math.max(0, (share - low) / (high - low)));
  const numbers = (color) => color.match(/[\d.]+/g).map(Number);
  const [from, to] = [numbers(first), numbers(second)];
  return `rgba(${from.map((one, at) => one + (to[at] - one) * part).join(", ")})`;
}

// Drawing

function layout(root) {
  const { state } = root;
  const canvas = root.querySelector(".cells");
  const width = canvas.clientWidth;
  const { names, labels } = state.header;
  const context = canvas.getContext("2d");
  context.font = state.font;
  const longest = Math.min(120, Math.max(...labels.slice(0, 400).map((label) => context.measureText(label).width)));
  const left = Math.ceil(longest) + 26;
  // The pairs stand beside what the cells take, and not beside what they could take.
  const most = names.length > NUMBERS ? LARGE_HEIGHT : MOST_HEIGHT;
  root.style.setProperty("--wide", `${left + Math.min(MOST_SIDE * names.length, most) + 60}px`);
  const side = Math.min(MOST_SIDE, (width - left) / names.length, most / names.length);
  const size = Math.floor(side * names.length);
  const turned = longest + 8 > size / state.span;
  const bottom = (turned ? Math.ceil(longest * 0.75) + 12 : 18) + 18;
  return { canvas, context, width, left, size, bottom, turned, height: size + bottom, cell: size / state.span };
}

function draw(root) {
  const { state } = root;
  if (!state.header || !root.isConnected || !root.clientWidth) return;
  const styles = getComputedStyle(root);
  Object.assign(state, { color: styles.color, font: `12px ${styles.fontFamily}` });
  const epoch = now(root);
  const place = (state.place = layout(root));
  const { canvas, context, left, size, height, width } = place;
  const ratio = devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const matrix = epoch?.cells;
  state.most = matrix ? scale(root, matrix) : 0;
  context.save();
  context.beginPath();
  context.rect(left, 0, size, size);
  context.clip();
  if (matrix) drawCells(root, matrix, place, styles);
  drawSelection(root, place, styles);
  context.restore();
  drawLabels(root, place, styles);
  drawLegend(root, styles);
  listPairs(root, matrix);
  say(root);
  tools(root);
  root.dataset.epoch = epoch ? epoch.number : "";
  root.dataset.drawn = (Number(root.dataset.drawn) || 0) + 1;
}

function scale(root, matrix) {
  if (root.state.mode !== "counts" && !root.state.hidden) return 1;
  return matrix.cells.reduce((most, cell) => (shown(root, cell) ? Math.max(most, value(root, cell, matrix)) : most), 0);
}

function spot(root, row, column) {
  const { left, cell } = root.state.place;
  return [left + (column - root.state.x) * cell, (row - root.state.y) * cell];
}

function drawCells(root, matrix, { context, cell, size, left }, styles) {
  const { state } = root;
  const gap = cell >= 8 ? 1 : 0;
  const side = Math.max(cell - gap, 1.5);
  context.strokeStyle = styles.getPropertyValue("--st-border-color");
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, 0.5, size - 1, size - 1);
  const seen = matrix.cells.filter((one) => shown(root, one) && one.row > state.y - 1 && one.row < state.y + state.span && one.column > state.x - 1 && one.column < state.x + state.span);
  // Of cells that share a pixel the highest is seen.
  if (cell < 1) seen.sort((one, other) => value(root, one, matrix) - value(root, other, matrix));
  for (const one of seen) {
    const [x, y] = spot(root, one.row, one.column);
    if (cell < 1) context.clearRect(x, y, side, side);
    context.fillStyle = shade(root, state.most ? value(root, one, matrix) / state.most : 0);
    context.fillRect(x, y, side, side);
  }
  if (state.header.names.length <= NUMBERS || cell >= NUMBER_SIDE) drawNumbers(root, matrix, cell, styles);
}

function drawNumbers(root, matrix, side, styles) {
  const { state } = root;
  const { context } = state.place;
  const count = state.header.names.length;
  Object.assign(context, { font: `${Math.min(13, Math.max(9, side / 3.4))}px ${styles.fontFamily}`, textAlign: "center", textBaseline: "middle" });
  for (let row = Math.max(0, Math.floor(state.y)); row < Math.min(count, state.y + state.span); row += 1) {
    for (let column = Math.max(0, Math.floor(state.x)); column < Math.min(count, state.x + state.span); column += 1) {
      if (state.hidden && row === column) continue;
      const one = matrix.at.get(row * count + column) ?? { row, column, count: 0 };
      const total = state.mode === "rows" ? matrix.rows[row] : state.mode === "columns" ? matrix.columns[column] : 1;
      const number = total ? value(root, one, matrix) : NaN;
      context.fillStyle = state.color;
      context.globalAlpha = one.count ? 1 : 0.45;
      const [x, y] = spot(root, row, column);
      context.fillText(total ? written(root, number) : "–", x + side / 2, y + side / 2);
    }
  }
  context.globalAlpha = 1;
}

function drawSelection(root, { context, cell, size }, styles) {
  const { chosen, x, y } = root.state;
  if (!chosen) return;
  context.strokeStyle = styles.getPropertyValue("--st-primary-color");
  context.lineWidth = 2;
  const [left, top] = spot(root, chosen.row ?? y, chosen.column ?? x);
  context.strokeRect(left + 1, top + 1, Math.max((chosen.column === null ? size : cell) - 2, 2), Math.max((chosen.row === null ? size : cell) - 2, 2));
}

function drawLabels(root, { context, left, size, cell, turned, height }) {
  const { state } = root;
  const { labels, words } = state.header;
  const step = Math.max(1, Math.ceil((turned ? 1.4 : 1) * (LABEL / cell)));
  context.font = state.font;
  context.fillStyle = state.color;
  const within = (at) => at > -cell / 2 && at < size - cell / 2;
  const bold = (is) => { context.font = is ? `600 ${state.font}` : state.font; };
  for (let at = Math.ceil(state.y / step) * step; at < Math.min(labels.length, state.y + state.span); at += step) {
    const [, y] = spot(root, at, 0);
    if (!within(y)) continue;
    Object.assign(context, { textAlign: "right", textBaseline: "middle" });
    bold(state.chosen?.row === at || state.found.has(at));
    context.fillText(labels[at], left - 6, y + cell / 2, left - 24);
  }
  for (let at = Math.ceil(state.x / step) * step; at < Math.min(labels.length, state.x + state.span); at += step) {
    const [x] = spot(root, 0, at);
    if (!within(x - left)) continue;
    bold(state.chosen?.column === at || state.found.has(at));
    context.save();
    context.translate(x + cell / 2, size + 8);
    if (turned) context.rotate(-Math.PI / 4);
    Object.assign(context, { textAlign: turned ? "right" : "center", textBaseline: turned ? "middle" : "top" });
    context.fillText(labels[at], 0, 0, turned ? 120 : undefined);
    context.restore();
  }
  context.font = state.font;
  context.globalAlpha = 0.7;
  Object.assign(context, { textAlign: "center", textBaseline: "bottom" });
  context.fillText(words.predicted, left + size / 2, height - 1);
  context.save();
  context.translate(10, size / 2);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "middle";
  context.fillText(words.truth, 0, 0);
  context.restore();
  context.globalAlpha = 1;
}

function drawLegend(root) {
  const { state } = root;
  const canvas = root.querySelector(".legend canvas");
  const ratio = devicePixelRatio || 1;
  const { clientWidth: width, clientHeight: height } = canvas;
  Object.assign(canvas, { width: Math.round(width * ratio), height: Math.round(height * ratio) });
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const inside = width - 30;
  for (let x = 0; x < inside; x += 1) {
    context.fillStyle = shade(root, x / inside);
    context.fillRect(15 + x, 0, 1, height * 0.45);
  }
  Object.assign(context, { font: state.font.replace("12px", "11px"), fillStyle: state.color, textAlign: "center", textBaseline: "bottom" });
  const whole = state.mode === "counts" && state.most < 2;
  for (const share of whole ? [0, 1] : [0, 0.5, 1]) {
    const number = share * state.most;
    context.fillText(written(root, state.mode === "counts" ? Math.round(number * 10) / 10 : number), 15 + share * inside, height);
  }
  root.querySelector(".legend span").textContent = state.header.words.modes[state.mode];
  root.querySelector(".legend output").textContent = state.hidden ? state.header.words.without_diagonal : "";
}

function listPairs(root, matrix) {
  const { state } = root;
  const { names, words } = state.header;
  const [head, list, more] = root.querySelector(".confused").children;
  head.textContent = words.pairs;
  const relevant = (one) => one.row !== one.column && (!state.found.size || state.found.has(one.row) || state.found.has(one.column));
  const pairs = (matrix?.cells ?? []).filter(relevant).sort((one, other) => other.count - one.count || one.row - other.row || one.column - other.column);
  const old = new Map([...list.children].map((row) => [row.dataset.id, row]));
  arrangeRows(list, pairs.slice(0, PAIRS).map((pair) => {
    const id = `${pair.row}:${pair.column}`;
    const row = old.get(id) ?? makePair(root, pair, id);
    const [name, count] = row.firstChild.children;
    name.textContent = fill(words.pair, { row: names[pair.row], column: names[pair.column] });
    count.textContent = fill(words.pair_count, { count: pair.count.toLocaleString("en-US"), share: percent(pair.count / matrix.rows[pair.row]) });
    row.firstChild.setAttribute("aria-current", String(state.chosen?.row === pair.row && state.chosen?.column === pair.column));
    return row;
  }));
  const left = pairs.length - PAIRS;
  more.textContent = !matrix ? "" : !pairs.length ? words.no_pairs : left > 0 ? fill(words.more_pairs, { count: left.toLocaleString("en-US") }) : "";
}

function makePair(root, pair, id) {
  const row = element("li");
  row.dataset.id = id;
  const button = element("button");
  button.type = "button";
  button.append(element("b"), element("span"));
  button.onclick = () => { choose(root, { row: pair.row, column: pair.column }); reveal(root); open(root); };
  row.append(button);
  return row;
}

// What is at the selection, in words

function say(root) {
  const { state } = root;
  const { names, words } = state.header;
  const epoch = now(root);
  const matrix = epoch?.cells;
  const at = state.over ?? state.chosen;
  const message = root.querySelector(".message");
  message.textContent = epoch?.missing ? fill(words.missing, { epoch: epoch.number + 1 }) : "";
  message.hidden = !message.textContent;
  let text = words.hint;
  if (at && matrix) {
    const share = (part, whole) => (whole ? `${((100 * part) / whole).toFixed(1)}%` : words.undefined_share);
    if (at.column === null) text = fill(words.row, { name: names[at.row], count: matrix.rows[at.row].toLocaleString("en-US") });
    else if (at.row === null) text = fill(words.column, { name: names[at.column], count: matrix.columns[at.column].toLocaleString("en-US") });
    else {
      const count = matrix.at.get(at.row * names.length + at.column)?.count ?? 0;
      text = fill(words.cell, { row: names[at.row], column: names[at.column], count: count.toLocaleString("en-US"),
        of_row: share(count, matrix.rows[at.row]), of_column: share(count, matrix.columns[at.column]) });
    }
  }
  const output = root.querySelector(".at");
  if (output.textContent !== text) output.textContent = text;
}

// Saving

const TITLE = 34; // px above a saved picture

function titleOf(root) {
  const { words } = root.state.header;
  return fill(words.epoch, { epoch: now(root).number + 1, count: root.state.epochs.at(-1).number + 1 });
}

// What is seen, drawn once more as an SVG on the background of the page.
function pictureOf(root) {
  const { state } = root;
  const styles = getComputedStyle(root);
  const place = state.place;
  const [width, height] = [place.left + place.size + 16, place.height + TITLE];
  const context = new SvgContext(width, height);
  context.fillStyle = styles.getPropertyValue("--st-background-color").trim();
  context.fillRect(0, 0, width, height);
  Object.assign(context, { fillStyle: state.color, font: `600 14px ${styles.fontFamily}`, textBaseline: "middle" });
  context.fillText(titleOf(root), 10, TITLE / 2);
  context.save();
  context.translate(0, TITLE);
  state.place = { ...place, context };
  try {
    context.save();
    context.beginPath();
    context.rect(place.left, 0, place.size, place.size);
    context.clip();
    drawCells(root, now(root).cells, state.place, styles);
    context.restore();
    drawLabels(root, state.place);
  } finally {
    state.place = place;
  }
  context.restore();
  return { svg: context.svg(), width, height };
}

// All counts of the epoch that is shown, whatever part of them is seen.
function countsOf(root) {
  const { names, words } = root.state.header;
  const { at } = now(root).cells;
  const rows = names.map((name, row) => [name, ...names.map((_, column) => at.get(row * names.length + column)?.count ?? 0)]);
  return [[`${words.truth} \\ ${words.predicted}`, ...names], ...rows];
}

async function save(root, format) {
  const epoch = now(root);
  const name = fileName(`${root.state.header.key}-confusion-epoch-${epoch.number + 1}`, format);
  if (format === "csv") { download(csvText(countsOf(root)), "text/csv;charset=utf-8", name); return; }
  const { svg, width, height } = pictureOf(root);
  if (format === "svg") download(svg, "image/svg+xml", name);
  else download(await pngOf(svg, width, height, 2), "image/png", name);
}

// Tools

function tools(root) {
  const { state } = root;
  const { words, best, latest } = state.header;
  const epoch = now(root);
  root.querySelector(".epochs").hidden = state.header.alone;
  const slider = root.querySelector(".epoch");
  slider.max = Math.max(0, state.epochs.length - 1);
  slider.value = place(root);
  slider.disabled = state.epochs.length < 2;
  const count = epoch ? state.epochs.at(-1).number + 1 : 0;
  const { planned } = state.header;
  const title = epoch ? fill(planned > count ? words.epoch_so_far : words.epoch, { epoch: epoch.number + 1, count, planned }) : "";
  slider.setAttribute("aria-label", words.slider);
  slider.setAttribute("aria-valuetext", title);
  root.querySelector(".which").textContent = title;
  const play = root.querySelector(".play");
  Object.assign(play, { textContent: state.timer ? "pause" : "play_arrow", title: state.timer ? words.pause : words.play, disabled: state.epochs.length < 2 });
  play.setAttribute("aria-pressed", String(Boolean(state.timer)));
  play.setAttribute("aria-label", play.title);
  for (const [name, number, text] of [["best", best, words.best], ["latest", latest, words.latest]]) {
    const button = root.querySelector(`.${name}`);
    button.textContent = number === null ? words[`no_${name}`] : fill(text, { epoch: number + 1 });
    button.disabled = number === null;
    button.setAttribute("aria-pressed", String(number !== null && epoch?.number === number));
  }
  for (const button of root.querySelectorAll(".choice button")) button.setAttribute("aria-checked", String(button.dataset.mode === state.mode));
  for (const button of root.querySelectorAll(".saves button")) button.disabled = !epoch?.cells;
  root.querySelector(".diagonal").checked = state.hidden;
  root.querySelector(".zooms").hidden = state.header.names.length <= LEAST_SPAN;
  root.querySelector(".find").hidden = state.header.names.length <= LEAST_SPAN;
}

function pick(root, choice) {
  root.state.choice = choice;
  const epoch = now(root);
  if (epoch && !epoch.cells && !epoch.missing) root.send("fetch", epoch.number);
  draw(root);
}

// The images that are open follow the epoch once it rests.
function settle(root) {
  const { opened, timer } = root.state;
  const epoch = now(root);
  if (opened && !timer && epoch && opened.epoch !== epoch.number) open(root, opened, "follow");
}

function play(root) {
  const { state } = root;
  if (state.timer) { stop(root); return; }
  if (place(root) === state.epochs.length - 1) pick(root, state.epochs[0].number);
  const pause = Math.max(200, Math.min(800, 12000 / state.epochs.length));
  state.timer = setInterval(() => {
    const epoch = now(root);
    if (!root.isConnected) { clearInterval(state.timer); return; }
    if (!epoch.cells && !epoch.missing) return; // it is on its way
    const next = state.epochs[place(root) + 1];
    if (next) { pick(root, next.number); return; }
    state.choice = "latest";
    stop(root);
  }, pause);
  draw(root);
}

function stop(root) {
  clearInterval(root.state.timer);
  root.state.timer = null;
  draw(root);
  settle(root);
}

function choose(root, chosen) {
  root.state.chosen = chosen;
  root.state.over = null;
  draw(root);
}

function open(root, what = root.state.chosen, name = "open") {
  const epoch = now(root);
  if (!what || !epoch) return;
  root.state.opened = { row: what.row, column: what.column, epoch: epoch.number };
  root.send(name, root.state.opened);
  // The images appear below, where a small window does not show them.
  if (name === "open" && root.getBoundingClientRect().bottom > innerHeight * 0.75) root.scrollIntoView({ block: "start", behavior: "smooth" });
}

function close(root) {
  Object.assign(root.state, { chosen: null, opened: null });
  root.send("close", "close");
  draw(root);
}

// Zoom: `x` and `y` are the first class that is seen, and `span` how many are.

function zoom(root, factor, at = null) {
  const { state } = root;
  const count = state.header.names.length;
  const { left, cell } = state.place;
  const center = at ? { x: state.x + (at.x - left) / cell, y: state.y + at.y / cell } : state.chosen && state.chosen.row !== null && state.chosen.column !== null
    ? { x: state.chosen.column + 0.5, y: state.chosen.row + 0.5 } : { x: state.x + state.span / 2, y: state.y + state.span / 2 };
  const span = Math.min(count, Math.max(Math.min(LEAST_SPAN, count), state.span / factor));
  const part = span / state.span;
  state.x = center.x - (center.x - state.x) * part;
  state.y = center.y - (center.y - state.y) * part;
  state.span = span;
  keepInside(state);
  draw(root);
}

function keepInside(state) {
  const room = state.header.names.length - state.span;
  state.x = Math.max(0, Math.min(room, state.x));
  state.y = Math.max(0, Math.min(room, state.y));
}

function reveal(root) {
  const { state } = root;
  for (const [axis, at] of [["x", state.chosen?.column], ["y", state.chosen?.row]]) {
    if (at === null || at === undefined) continue;
    if (at < state[axis]) state[axis] = at;
    if (at + 1 > state[axis] + state.span) state[axis] = at + 1 - state.span;
  }
  keepInside(state);
  draw(root);
}

function whole(root) {
  Object.assign(root.state, { x: 0, y: 0, span: root.state.header.names.length });
  draw(root);
}

// Pointer and keys

function under(root, event) {
  const { state } = root;
  if (!state.place) return null;
  const frame = root.querySelector(".cells").getBoundingClientRect();
  const [x, y] = [event.clientX - frame.left, event.clientY - frame.top];
  const { left, size, cell } = state.place;
  const column = Math.floor(state.x + (x - left) / cell);
  const row = Math.floor(state.y + y / cell);
  const [inColumns, inRows] = [x >= left && x < left + size, y >= 0 && y < size];
  if (inColumns && inRows) return { row, column };
  if (inRows && x < left) return { row, column: null };
  if (inColumns && y >= size) return { row: null, column };
  return null;
}

function press(root, event) {
  if (event.button !== 0) return;
  const { state } = root;
  const canvas = event.currentTarget;
  const begun = { x: event.clientX, y: event.clientY, left: state.x, top: state.y };
  let moved = false;
  canvas.setPointerCapture(event.pointerId);
  canvas.onpointermove = (move) => {
    const [x, y] = [move.clientX - begun.x, move.clientY - begun.y];
    if (!moved && Math.hypot(x, y) < 5) return;
    moved = true;
    Object.assign(state, { x: begun.left - x / state.place.cell, y: begun.top - y / state.place.cell });
    keepInside(state);
    draw(root);
  };
  canvas.onpointerup = (up) => {
    hover(root, canvas);
    const at = moved ? null : under(root, up);
    if (at) { choose(root, at); open(root); }
  };
  canvas.onpointercancel = () => hover(root, canvas);
}

function hover(root, canvas) {
  canvas.onpointerup = canvas.onpointercancel = null;
  canvas.onpointermove = (event) => { root.state.over = under(root, event); say(root); };
  canvas.onpointerleave = () => { root.state.over = null; say(root); };
}

function onKey(root, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { state } = root;
  const count = state.header.names.length;
  const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
  const act = { Enter: () => open(root), " ": () => open(root), Escape: () => close(root), "+": () => zoom(root, ZOOM), "=": () => zoom(root, ZOOM), "-": () => zoom(root, 1 / ZOOM), 0: () => whole(root) }[event.key];
  if (!step && !act) return;
  event.preventDefault();
  event.stopPropagation();
  if (act) { act(); return; }
  const at = state.chosen ?? { row: 0, column: step[1] ? -1 : 0 };
  // Left of the first column are whole rows, and below the last row are whole columns.
  let row = (at.row ?? count) + step[0];
  let column = (at.column ?? -1) + step[1];
  if (row > count || row < 0 || column < -1 || column >= count || (row === count && column < 0)) return;
  choose(root, { row: row === count ? null : row, column: column < 0 ? null : column });
  reveal(root);
}

function find(root, jump) {
  const { state } = root;
  const sought = root.querySelector(".find").value.trim().toLowerCase();
  const { names } = state.header;
  const found = sought ? names.flatMap((name, at) => (name.toLowerCase().includes(sought) ? [at] : [])) : [];
  const exact = found.filter((at) => names[at].toLowerCase() === sought);
  state.found = new Set(exact.length ? exact : found);
  if (jump && state.found.size) {
    const [first] = state.found;
    state.span = Math.min(state.span, Math.max(LEAST_SPAN, Math.min(names.length, 30)));
    Object.assign(state, { x: first + 0.5 - state.span / 2, y: first + 0.5 - state.span / 2, chosen: { row: first, column: first } });
    keepInside(state);
  }
  draw(root);
}

function mount(root, component, header) {
  root.state = kept.get(header.key) ?? {
    stamp: null, header: null, epochs: [], choice: header.choice, mode: header.mode, hidden: false, x: 0, y: 0, span: header.names.length, font: "",
    chosen: null, opened: null, over: null, found: new Set(), timer: null, focus: 0,
  };
  clearInterval(root.state.timer);
  Object.assign(root.state, { stamp: null, timer: null });
  kept.set(header.key, root.state);
  const { words } = header;
  const on = (query, name, act) => { root.querySelector(query)[name] = act; };
  const choice = root.querySelector(".choice");
  choice.setAttribute("aria-label", words.mode);
  for (const [mode, text] of Object.entries(words.modes)) {
    const button = element("button", "", text);
    Object.assign(button, { type: "button", onclick: () => { root.state.mode = mode; draw(root); } });
    button.dataset.mode = mode;
    button.setAttribute("role", "radio");
    choice.append(button);
  }
  on(".epoch", "oninput", (event) => { if (root.state.timer) stop(root); pick(root, root.state.epochs[Number(event.target.value)].number); });
  on(".epoch", "onchange", () => settle(root));
  on(".play", "onclick", () => play(root));
  for (const name of ["best", "latest"]) on(`.${name}`, "onclick", () => { if (root.state.timer) stop(root); pick(root, name); settle(root); });
  on(".diagonal", "onchange", (event) => { root.state.hidden = event.target.checked; draw(root); });
  root.querySelector(".check span").textContent = words.hide_diagonal;
  const field = root.querySelector(".find");
  Object.assign(field, { placeholder: words.find, oninput: () => find(root, false) });
  field.onkeydown = (event) => {
    if (event.key === "Enter") find(root, true);
    if (event.key === "Escape") { field.value = ""; find(root, false); }
  };
  field.setAttribute("aria-label", words.find);
  if (header.names.length <= 1000) root.querySelector("datalist").append(...header.names.map((name) => Object.assign(document.createElement("option"), { value: name })));
  const icons = [[".out", "zoom_out", words.zoom_out, () => zoom(root, 1 / ZOOM)], [".in", "zoom_in", words.zoom_in, () => zoom(root, ZOOM)], [".all", "fit_screen", words.zoom_all, () => whole(root)]];
  for (const [query, icon, title, act] of icons) {
    Object.assign(root.querySelector(query), { textContent: icon, title, onclick: act });
    root.querySelector(query).setAttribute("aria-label", title);
  }
  for (const format of ["png", "svg", "csv"]) {
    const button = Object.assign(element("button", "", format.toUpperCase()), { type: "button", title: words[format], onclick: () => save(root, format) });
    button.setAttribute("aria-label", words[format]);
    root.querySelector(".saves").append(button);
  }
  const canvas = root.querySelector(".cells");
  canvas.setAttribute("aria-label", words.label);
  canvas.onpointerdown = (event) => press(root, event);
  canvas.onkeydown = (event) => onKey(root, event);
  canvas.ondblclick = () => whole(root);
  // Without a key held, the wheel scrolls the page.
  canvas.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = canvas.getBoundingClientRect();
    zoom(root, event.deltaY < 0 ? ZOOM : 1 / ZOOM, { x: event.clientX - frame.left, y: event.clientY - frame.top });
  }, { passive: false });
  hover(root, canvas);
  new ResizeObserver(() => draw(root)).observe(root);
  root.addEventListener("transitionend", (event) => { if (event.target === root && getComputedStyle(root).color !== root.state.color) draw(root); });
}

// A click on the small matrix of another section leads here.
function follow(root, focus) {
  if (!focus || focus.number <= root.state.focus) return;
  root.state.focus = focus.number;
  root.state.choice = focus.choice;
  root.state.chosen = { row: focus.row, column: focus.column };
  root.state.opened = { row: focus.row, column: focus.column, epoch: focus.epoch };
}

export default function (component) {
  const root = component.parentElement.querySelector(".matrix");
  root.send = component.setTriggerValue;
  if (!root.state) mount(root, component, unpack(component.data).header);
  if (!read(root, component.data)) return;
  const { state } = root;
  if (state.span > state.header.names.length) whole(root);
  follow(root, state.header.focus);
  const epoch = now(root);
  if (epoch && !epoch.cells && !epoch.missing && state.asked !== epoch.key) { state.asked = epoch.key; root.send("fetch", epoch.number); }
  draw(root);
  settle(root);
}
