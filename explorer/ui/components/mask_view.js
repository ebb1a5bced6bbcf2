// What masks.js shows: the data that has come, the picture, and all words beside it.

const MOST_HEIGHT = 560; // px of the picture
const DECODED = 48; // masks that stay decoded
const MOST_BARS = 8; // classes whose probability is shown, and one more where only one would be left out

function fill(text, values) { return text.replace(/\{(\w+)\}/g, (_, name) => values[name]); }
function shareText(part, whole) {
  if (!whole) return "–";
  const share = (100 * part) / whole;
  if (!share) return "0%";
  return share > 0 && share < 0.1 ? "<0.1%" : `${share.toFixed(share < 10 ? 1 : 0)}%`;
}

// Data

function read(root, data) {
  const { header, part } = unpack(data);
  const { state } = root;
  const take = (id, range) => { if (id && range) state.bytes.set(id, part(range).slice()); };
  for (const epoch of header.epochs) take(epoch.mask, epoch.picture);
  if (header.card) { take(`${header.card.id}:picture`, header.card.picture); take(`${header.card.id}:truth`, header.card.truth); }
  const used = new Set([...header.epochs.map((epoch) => epoch.mask), ...(header.card ? [`${header.card.id}:picture`, `${header.card.id}:truth`] : [])]);
  const lost = [...used].some((id) => id && !state.bytes.has(id));
  // What was sent before may have been lost on the way, when a newer update has taken its place.
  if (lost) root.send("missing", `${header.stamp} ${Date.now()}`);
  const same = header.stamp === state.stamp && (lost || !state.lost);
  state.lost = lost;
  if (same) return false;
  Object.assign(state, { stamp: header.stamp, header, epochs: header.epochs });
  for (const id of state.bytes.keys()) if (!used.has(id)) { state.bytes.delete(id); state.decoded.delete(id); }
  return true;
}

// A promise of what is decoded; the most recent ones are kept.
function decoded(state, id, how) {
  if (!id || !state.bytes.has(id)) return null;
  const found = state.decoded.get(id) ?? how(state.bytes.get(id)).catch(() => null);
  state.decoded.delete(id);
  state.decoded.set(id, found);
  while (state.decoded.size > DECODED) state.decoded.delete(state.decoded.keys().next().value);
  return found;
}

function place(root) {
  const { epochs, header, choice } = root.state;
  const wanted = choice === "best" ? header.best ?? header.latest : choice === "latest" ? header.latest : choice;
  const at = epochs.findIndex((epoch) => epoch.number === wanted);
  return at < 0 ? epochs.length - 1 : at;
}

function now(root) { return root.state.epochs[place(root)]; }

async function load(root) {
  const { state } = root;
  const turn = (state.turn += 1);
  const { card } = state.header;
  const epoch = now(root);
  const parts = card ? [decoded(state, `${card.id}:picture`, (bytes) => decode(bytes, "image/jpeg")), decoded(state, `${card.id}:truth`, readMask),
    decoded(state, epoch?.mask, readMask)] : [];
  fetchNear(root);
  const [picture, truth, predicted] = await Promise.all(parts);
  if (turn !== state.turn) return; // something newer is wanted
  const whole = picture && truth ? { card, picture, truth, predicted: predicted ?? null, epoch } : null;
  if (whole && state.shown?.card.id === card.id) whole.dark = state.shown.dark;
  state.shown = whole;
  state.counts = whole ? tally(truth, whole.predicted, state.header.names.length) : null;
  draw(root);
}

// Drawing

function look(root) {
  const { header, hidden } = root.state;
  return { colors: header.colors, stripes: header.stripes, different: header.different, cell: header.cell, hidden };
}

function layersOf(root) {
  const { shown, view } = root.state;
  const { truth, predicted } = shown;
  const looks = look(root);
  if (view === "image") return {};
  if (view === "truth" || (view === "swipe" && !predicted)) return { over: paintClasses(truth, looks, truth) };
  if (!predicted) return {};
  if (view === "predicted") return { over: paintClasses(predicted, looks) };
  if (view === "difference") return { over: paintDifference(truth, predicted, looks), dark: (shown.dark ??= darkened(shown.picture)) };
  return { over: paintClasses(truth, looks, truth), right: paintClasses(predicted, looks) };
}

// Whether pixels that do not count are striped. A predicted mask has a class for them too.
function isStriped({ state: { view, shown } }) { return view === "truth" || view === "swipe" || (view === "difference" && Boolean(shown?.predicted)); }

// The part of the square that is seen, in its pixels: the image without padding, or less of it.
function frameOf(state) {
  const [top, left, height, width] = state.shown.card.part;
  const size = { width: width / state.zoom, height: height / state.zoom };
  const limit = (middle, from, whole, seen) => Math.min(Math.max(middle, from + seen / 2), from + whole - seen / 2);
  state.x = limit(state.x ?? left + width / 2, left, width, size.width);
  state.y = limit(state.y ?? top + height / 2, top, height, size.height);
  return { x: state.x - size.width / 2, y: state.y - size.height / 2, ...size };
}

function draw(root) {
  const { state } = root;
  if (!root.isConnected || !state.header) return;
  if (state.shown && root.clientWidth) paint(root);
  controls(root);
  legend(root);
  words(root);
  pixel(root);
  root.dataset.epoch = now(root)?.number ?? "";
  if (state.shown) root.dataset.image = state.shown.card.place;
  root.dataset.view = state.view;
  root.dataset.drawn = (Number(root.dataset.drawn) || 0) + 1;
}

function paint(root) {
  const { state } = root;
  const canvas = root.querySelector("canvas");
  const [, , height, width] = state.shown.card.part;
  const wide = root.querySelector(".stage").clientWidth;
  const scale = Math.min(wide / width, MOST_HEIGHT / height);
  const box = { width: Math.round(width * scale), height: Math.round(height * scale) };
  root.querySelector(".view").style.width = `${box.width}px`;
  canvas.style.height = `${box.height}px`;
  const ratio = devicePixelRatio || 1;
  Object.assign(canvas, { width: Math.round(box.width * ratio), height: Math.round(box.height * ratio) });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  const seen = frameOf(state);
  const put = (image, alpha = 1, from = 0, to = 1) => {
    context.globalAlpha = alpha;
    context.drawImage(image, seen.x + from * seen.width, seen.y, (to - from) * seen.width, seen.height, from * canvas.width, 0, (to - from) * canvas.width, canvas.height);
    context.globalAlpha = 1;
  };
  const { over, right, dark } = layersOf(root);
  const line = state.wipe / 100;
  put(dark ?? state.shown.picture);
  const alpha = state.opacity / 100;
  if (right) { if (line > 0) put(over, alpha, 0, line); if (line < 1) put(right, alpha, line, 1); drawLine(root, context, line * canvas.width, ratio); }
  else if (over) put(over, state.view === "difference" ? 0.4 + 0.6 * alpha : alpha);
  if (state.pin) drawPin(context, seen, canvas, state.pin, ratio);
}

// Controls and words

function say(target, text) { if (target.textContent !== text) target.textContent = text; target.hidden = !text; }

function controls(root) {
  const { state } = root;
  const { header, epochs } = state;
  const { words: texts } = header;
  const at = place(root);
  const slider = root.querySelector(".epoch");
  Object.assign(slider, { max: Math.max(0, epochs.length - 1), value: at, disabled: epochs.length < 2 });
  const which = epochs.length && header.planned > epochs.length
    ? fill(texts.epoch_so_far, { epoch: epochs[at].number + 1, count: epochs.length, planned: header.planned })
    : fill(texts.epoch, { epoch: (epochs[at]?.number ?? 0) + 1, count: epochs.length });
  slider.setAttribute("aria-label", texts.slider);
  slider.setAttribute("aria-valuetext", which);
  say(root.querySelector(".which"), which);
  for (const name of ["best", "latest"]) {
    const button = root.querySelector(`.${name}`);
    const known = header[name] !== null;
    say(button, known ? fill(texts[name], { epoch: header[name] + 1 }) : texts[`no_${name}`]);
    button.disabled = !known;
    button.setAttribute("aria-pressed", String(state.choice === name));
  }
  const play = root.querySelector(".play");
  Object.assign(play, { textContent: state.timer ? "pause" : "play_arrow", title: state.timer ? texts.pause : texts.play, disabled: epochs.length < 2 });
  play.setAttribute("aria-label", play.title);
  play.setAttribute("aria-pressed", String(Boolean(state.timer)));
  for (const button of root.querySelectorAll(".views button")) {
    const chosen = button.dataset.view === state.view;
    button.setAttribute("aria-checked", String(chosen));
    button.tabIndex = chosen ? 0 : -1;
  }
  root.querySelector(".opacity input").value = state.opacity;
  say(root.querySelector(".opacity output"), `${state.opacity}%`);
  const wipe = root.querySelector(".wipe");
  Object.assign(wipe, { hidden: state.view !== "swipe" || !state.shown?.predicted, value: state.wipe });
  root.querySelector(".back").disabled = header.previous === null;
  root.querySelector(".on").disabled = header.next === null;
}

function words(root) {
  const { state } = root;
  const { header, shown } = state;
  const { words: texts } = header;
  const epoch = now(root);
  say(root.querySelector(".name"), header.name);
  say(root.querySelector(".of"), header.place);
  const score = epoch?.score ?? null;
  say(root.querySelector(".score"), !epoch ? "" : epoch.mask === undefined ? texts.score_waiting : score === null ? texts.no_score : fill(texts.score, { score: score.toFixed(2) }));
  const lost = header.message || (!header.card ? texts.waiting : shown && !shown.predicted && epoch && epoch.mask !== undefined ? fill(texts.not_stored, { epoch: epoch.number + 1 }) : "");
  const message = root.querySelector(".message");
  say(message, lost);
  message.classList.toggle("calm", lost === texts.waiting);
  const at = state.over ?? state.pin;
  say(root.querySelector(".at"), at && shown ? describe(root, at) : texts.hint);
  const canvas = root.querySelector("canvas");
  canvas.setAttribute("aria-label", `${texts.label} ${header.name}, ${texts.views[state.view]}, ${root.querySelector(".which").textContent}`);
  const counts = state.counts;
  const [ignored, wrong] = ["uncounted", "wrong"].map((name) => root.querySelector(`.${name}`));
  const [, , height, width] = shown?.card.part ?? [0, 0, 0, 0];
  const inside = counts ? counts.ignored - (header.side ** 2 - height * width) : 0;
  say(ignored.lastChild, inside > 0 ? fill(texts.uncounted_share, { share: shareText(inside, height * width) }) : "");
  ignored.hidden = !ignored.lastChild.textContent || !isStriped(root);
  say(wrong.lastChild, counts && shown.predicted ? wrongText(root, counts) : "");
  wrong.hidden = !wrong.lastChild.textContent || state.view !== "difference";
}

function wrongText(root, counts) {
  const { header, shown } = root.state;
  const { cell, names, words: texts } = header;
  if (!cell) return fill(texts.wrong_share, { share: shareText(counts.wrong, counts.counted) });
  let count = 0;
  shown.truth.values.forEach((row, at) => {
    const column = shown.predicted.values[at];
    if (row !== NOWHERE && (cell.row === null || row === cell.row) && (cell.column === null || column === cell.column)) count += 1;
  });
  const text = cell.row === null ? texts.in_column : cell.column === null ? texts.in_row : texts.in_cell;
  return fill(text, { count: count.toLocaleString("en-US"), row: names[cell.row], column: names[cell.column] });
}

function describe(root, { x, y }) {
  const { shown, header } = root.state;
  const { names, words: texts } = header;
  const at = y * header.side + x;
  const row = shown.truth.values[at];
  const truth = row === NOWHERE ? texts.uncounted : names[row];
  if (!shown.predicted) return fill(texts.at_unknown, { x, y, true: truth });
  const column = shown.predicted.values[at];
  return fill(row === column ? texts.right : texts.at, { x, y, true: truth, predicted: names[column] ?? column });
}

function legend(root) {
  const { state } = root;
  const { counts, shown } = state;
  const { names } = state.header;
  const body = root.querySelector("tbody");
  if (body.childElementCount !== names.length) body.replaceChildren(...names.map((name, index) => legendRow(root, name, index)));
  [...body.children].forEach((row, index) => {
    const [, truth, predicted, dice] = row.children;
    row.querySelector("input").checked = !state.hidden.has(index);
    const both = counts ? counts.truth[index] + counts.predicted[index] : 0;
    truth.textContent = counts ? shareText(counts.truth[index], counts.counted) : "";
    predicted.textContent = counts && shown.predicted ? shareText(counts.predicted[index], counts.counted) : "";
    dice.textContent = !counts || !shown.predicted ? "" : both ? ((2 * counts.both[index]) / both).toFixed(2) : "–";
    row.classList.toggle("absent", Boolean(counts) && !both);
  });
  const unpainted = state.header.hidden.filter((index) => state.hidden.has(index)).map((index) => names[index]);
  say(root.querySelector(".unpainted"), unpainted.length ? fill(state.header.words.unpainted, { name: unpainted.join(", ") }) : "");
}

function legendRow(root, name, index) {
  const { state } = root;
  const row = element("tr");
  const label = element("label");
  const input = Object.assign(element("input"), { type: "checkbox", title: state.header.words.class_help });
  input.onchange = () => { if (input.checked) state.hidden.delete(index); else state.hidden.add(index); draw(root); };
  const swatch = element("i");
  swatch.style.background = `rgb(${state.header.colors[index].join(",")})`;
  label.append(input, swatch, name);
  const head = element("td");
  head.append(label);
  row.append(head, element("td"), element("td"), element("td"));
  return row;
}

// What the server has found about the pixel that was clicked. Which epoch is shown changes without the server.
function pixel(root) {
  const { state } = root;
  const { pin, shown, header } = state;
  const box = root.querySelector(".pixel");
  if (!pin) { box.dataset.of = ""; box.replaceChildren(); return; }
  const found = header.pixel;
  const mine = found && found.place.image === shown?.card.place && found.place.x === pin.x && found.place.y === pin.y && found.place.epoch === pin.epoch;
  if (mine) pin.known = true;
  const of = JSON.stringify([mine ? found.id : "", now(root)?.number, header.best, header.latest]);
  if (box.dataset.of === of) return;
  box.dataset.of = of;
  if (!mine || !found.values.length) box.replaceChildren(element("p", "", (mine && found.message) || header.words.computing));
  else box.replaceChildren(element("p", "", weightsText(root, found)), ...bars(state.header, found.values));
}

function weightsText(root, found) {
  const { best, latest, words: texts } = root.state.header;
  const seen = now(root).number;
  const which = found.epoch === best ? texts.which_best : found.epoch === latest ? texts.which_last : texts.which_earlier;
  const text = fill(texts.probabilities, { epoch: found.epoch + 1, which });
  if (seen === found.epoch) return text;
  return `${text} ${fill(seen === best || seen === latest ? texts.click_again : texts.other_epoch, { shown: seen + 1 })}`;
}

function bars(header, values) {
  const order = values.map((value, index) => [value, index]).sort((one, other) => other[0] - one[0]);
  const most = order.length > MOST_BARS + 1 ? MOST_BARS : order.length;
  const text = (value) => (value > 0.9995 && value < 1 ? ">99.9%" : `${(100 * value).toFixed(1)}%`);
  const parts = order.slice(0, most).flatMap(([value, index]) => {
    const swatch = element("i");
    swatch.style.background = `rgb(${header.colors[index].join(",")})`;
    const bar = Object.assign(element("meter"), { min: 0, max: 1, value });
    bar.setAttribute("aria-label", `${header.names[index]} ${text(value)}`);
    return [swatch, element("span", "", header.names[index]), bar, element("b", "", text(value))];
  });
  const rest = order.slice(most);
  if (!rest.length) return parts;
  const together = rest.reduce((sum, [value]) => sum + value, 0);
  return [...parts, element("span", "rest", fill(header.words.rest, { count: rest.length })), element("b", "", text(together))];
}
