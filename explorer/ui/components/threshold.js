// A threshold for the scores of one class. All counts of each threshold are here, so that a move of the slider asks no
// server: it looks up two cumulative counts by binary search, and computes six ratios.

const REGISTRY = Symbol.for("explorer.threshold");
const memory = (window[REGISTRY] ??= new Map()); // what is chosen by the name of the class, also while its tab is closed
const STEPS = 1000;
const PRESSES = 200; // of an arrow key, from one end to the other

const chance = (odds) => (odds >= 0 ? 1 / (1 + Math.exp(-odds)) : Math.exp(odds) / (1 + Math.exp(odds)));

// As many digits as it takes to tell it from 0 and 1.
function shownChance(odds) {
  const rest = chance(-Math.abs(odds));
  const digits = Math.max(3, Math.ceil(-Math.log10(Math.max(rest, 1e-300))) + 1);
  if (digits <= 9) return chance(odds).toFixed(digits);
  return odds > 0 ? `1 − ${rest.toExponential(1)}` : rest.toExponential(1);
}

// How many of the descending scores reach a threshold.
function reached(scores, odds) {
  let low = 0, high = scores.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (scores[middle] >= odds) low = middle + 1;
    else high = middle;
  }
  return low;
}

function between(state, cut) {
  const { scores, exact } = state;
  if (!scores.length) return 0;
  if (cut <= 0) return state.data.above;
  if (cut >= scores.length) return scores[scores.length - 1];
  const middle = scores[cut - 1] / 2 + scores[cut] / 2;
  return exact && scores[cut] < middle && middle <= scores[cut - 1] ? middle : scores[cut - 1];
}

function countsOf(state, cut) {
  const tp = state.tp[cut], fp = state.fp[cut], last = state.scores.length;
  return { tp, fp, fn: state.tp[last] - tp, tn: state.fp[last] - fp };
}

const ratio = (part, whole) => (whole ? part / whole : null);

function scoresOf({ tp, fp, fn, tn }) {
  return {
    precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn), specificity: ratio(tn, tn + fp),
    f1: ratio(2 * tp, 2 * tp + fp + fn), accuracy: ratio(tp + tn, tp + fp + fn + tn), youden: fn + tp && tn + fp ? tp / (tp + fn) + tn / (tn + fp) - 1 : null,
  };
}

// Wilson's 95% interval of a share, as in explorer/metrics/thresholds.py.
function wilson(part, whole) {
  if (!whole) return null;
  const z = 1.959964, share = part / whole, by = 1 + z * z / whole;
  const middle = (share + z * z / (2 * whole)) / by, half = z / by * Math.sqrt(share * (1 - share) / whole + z * z / (4 * whole * whole));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}

function intervalsOf({ tp, fp, fn, tn }) {
  const recall = wilson(tp, tp + fn), specificity = wilson(tn, tn + fp);
  // F1 is 2 J / (1 + J), where J is the share TP / (TP + FP + FN).
  const f1 = wilson(tp, tp + fp + fn)?.map((j) => 2 * j / (1 + j)) ?? null;
  return { precision: wilson(tp, tp + fp), recall, specificity, f1, accuracy: wilson(tp + tn, tp + fp + fn + tn), youden: newcombe(tp / (tp + fn), recall, tn / (tn + fp), specificity) };
}

// The interval of the sum of two shares, less 1: Newcombe (1998), https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
function newcombe(one, ofOne, other, ofOther) {
  if (!ofOne || !ofOther) return null;
  const sum = one + other - 1;
  return [sum - Math.hypot(one - ofOne[0], other - ofOther[0]), sum + Math.hypot(ofOne[1] - one, ofOther[1] - other)];
}

// The highest threshold with the wanted recall.
function forRecall(state, wanted) {
  const all = state.tp[state.scores.length];
  if (!all) return null;
  const cut = state.tp.findIndex((found) => found >= wanted * all - 1e-9);
  return cut < 0 ? null : cut;
}

// The threshold with the highest recall of those with the wanted precision.
function forPrecision(state, wanted) {
  let best = null;
  for (let cut = 1; cut <= state.scores.length; cut++) {
    const found = state.tp[cut], all = found + state.fp[cut];
    if (found && found >= wanted * all - 1e-9 && (best === null || found > state.tp[best])) best = cut;
  }
  return best;
}

const WAYS = {
  run: (state) => ({ odds: state.data.start }),
  half: (state) => ({ odds: state.data.half }),
  best_f1: (state) => ({ cut: state.data.cuts.best_f1 }),
  youden: (state) => ({ cut: state.data.cuts.youden }),
  recall: (state, wanted) => ({ cut: forRecall(state, wanted) }),
  precision: (state, wanted) => ({ cut: forPrecision(state, wanted) }),
};

function fill(words, values) { return words.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ""); }

function fixed(value) { return value.toFixed(3).replace("-", "\u2212"); }

function percent(value) { return value === null ? "" : `${(100 * value).toFixed(1)}%`; }

function choose(root, odds, way = "", wanted = null, why = "") {
  const { state } = root;
  state.choice = { odds, way, wanted };
  memory.set(state.data.memory, state.choice);
  state.why = why;
  paint(root);
}

function byWay(root, way) {
  const { state } = root, words = state.data.words;
  const field = root.querySelector(`input[data-for="${way}"]`);
  const wanted = field ? Number(field.value) / 100 : null;
  if (field && !(field.value !== "" && wanted >= 0 && wanted <= 1)) return refuse(root, words.not_a_share);
  const found = WAYS[way](state, wanted);
  if (found.odds !== undefined) return choose(root, found.odds, way);
  if (found.cut !== null) return choose(root, between(state, found.cut), way, wanted);
  refuse(root, unreachable(state, way, wanted));
}

// What was chosen in an epoch, in this one: the same wish has another threshold here.
function chosenHere(state, kept) {
  if (!kept.way) return { choice: { ...kept, odds: settled(state, kept.odds) }, why: "" };
  const found = WAYS[kept.way](state, kept.wanted);
  if (found.odds !== undefined) return { choice: { ...kept, odds: found.odds }, why: "" };
  if (found.cut !== null) return { choice: { ...kept, odds: between(state, found.cut) }, why: "" };
  return { choice: { odds: settled(state, kept.odds), way: "", wanted: null }, why: unreachable(state, kept.way, kept.wanted) };
}

// A threshold inside of a bin would split images that cannot be told apart: the edge above it counts the same images.
function settled(state, odds) { return state.exact ? odds : between(state, reached(state.scores, odds)); }

function unreachable(state, way, wanted) {
  return fill(state.data.words.unreachable[way], { wanted: percent(wanted), name: state.data.name, ...state.data.most });
}

function refuse(root, words) {
  root.state.why = words;
  paint(root);
}

function onKey(root, event) {
  const { state } = root, last = state.scores.length;
  const cut = reached(state.scores, state.choice.odds);
  const step = event.shiftKey ? 1 : Math.max(1, Math.round(last / PRESSES));
  const to = {
    ArrowRight: cut - step, ArrowUp: cut - step, ArrowLeft: cut + step, ArrowDown: cut + step,
    PageUp: cut - 10 * step, PageDown: cut + 10 * step, Home: last, End: 0,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(root, between(state, Math.min(last, Math.max(0, to))));
}

// The axis of the slider: log odds between the scores of the images, so that confident scores are not all at one end.
function atPosition(state, position) { return state.low + (position / STEPS) * (state.high - state.low); }
function positionOf(state, odds) { return Math.round(STEPS * Math.min(1, Math.max(0, (odds - state.low) / (state.high - state.low)))); }

function paint(root) {
  const began = performance.now();
  const { state } = root, { data, choice } = state, { words } = data;
  const cut = reached(state.scores, choice.odds), counts = countsOf(state, cut), found = scoresOf(counts), ends = intervalsOf(counts);
  const slider = root.querySelector("input[type=range]");
  slider.value = positionOf(state, choice.odds);
  const shownThreshold = choice.odds === Number.MAX_VALUE ? words.above_all : shownChance(choice.odds);
  slider.setAttribute("aria-valuetext", shownThreshold);
  root.querySelector(".value").textContent = shownThreshold;
  for (const button of root.querySelectorAll("[data-way]")) button.setAttribute("aria-pressed", String(button.dataset.way === choice.way));
  root.querySelector(".why").textContent = state.why || words.ways[choice.way] || words.ways.moved;
  for (const [name, cell] of Object.entries(state.cells)) {
    const row = name === "tp" || name === "fn" ? counts.tp + counts.fn : counts.tn + counts.fp;
    cell.number.textContent = counts[name].toLocaleString("en");
    cell.share.textContent = row ? percent(counts[name] / row) : words.no_images;
    cell.td.style.setProperty("--share", row ? counts[name] / row : 0);
  }
  const { tp, fp, fn, tn } = counts;
  const sums = { tp, tn, predicted: tp + fp, positives: tp + fn, negatives: tn + fp, right: tp + tn, images: tp + fp + fn + tn };
  const shown = Object.fromEntries(Object.entries(sums).map(([name, number]) => [name, number.toLocaleString("en")]));
  for (const [name, tile] of Object.entries(state.tiles)) {
    tile.value.textContent = found[name] === null ? words.undefined : found[name].toFixed(3);
    tile.value.classList.toggle("undefined", found[name] === null);
    tile.between.textContent = ends[name] === null ? "" : fill(words.between, { low: fixed(ends[name][0]), high: fixed(ends[name][1]) });
    tile.note.textContent = found[name] === null ? words.why_undefined[name] : fill(words.made_of[name], shown);
  }
  sayMarks(data.channel, {
    roc: { x: ratio(counts.fp, counts.fp + counts.tn), y: found.recall },
    pr: { x: found.recall, y: found.precision },
    f1: { x: choice.odds, y: found.f1 },
    calibration: { x: chance(choice.odds) },
    distribution: { x: choice.odds },
  });
  root.dataset.threshold = choice.odds;
  root.dataset.painted = (Number(root.dataset.painted) || 0) + 1;
  root.dataset.took = (performance.now() - began).toFixed(2);
}

function build(root) {
  const { data } = root.state, { words } = data;
  root.querySelector(".name").textContent = words.threshold;
  root.querySelector("input[type=range]").setAttribute("aria-label", fill(words.label, data));
  for (const button of root.querySelectorAll("[data-way]")) {
    button.textContent = words.buttons[button.dataset.way];
    button.title = words.ways[button.dataset.way] ?? "";
    button.hidden = button.dataset.way === "run" && data.start === null;
  }
  for (const field of root.querySelectorAll("[data-for]")) field.setAttribute("aria-label", words.fields[field.dataset.for]);
  const keep = root.querySelector(".keep");
  keep.textContent = words.keep;
  keep.title = words.keep_help;
  const head = element("tr"), rows = [element("tr"), element("tr")];
  head.append(element("th"), element("th", "", fill(words.predicted, data)), element("th", "", fill(words.not_predicted, data)));
  root.state.cells = {};
  rows.forEach((row, at) => {
    row.append(element("th", "", fill(at ? words.not_true : words.true, data)));
    for (const name of at ? ["fp", "tn"] : ["tp", "fn"]) {
      const td = element("td"), number = element("b"), share = element("span");
      td.dataset.cell = name;
      td.title = words.cells[name];
      td.append(number, share);
      row.append(td);
      root.state.cells[name] = { td, number, share };
    }
  });
  root.querySelector("tbody").replaceChildren(head, ...rows);
  root.state.tiles = {};
  root.querySelector("dl").replaceChildren(...Object.entries(words.tiles).map(([name, title]) => {
    const tile = element("div"), term = element("dt", "", title), value = element("dd"), between = element("span", "between"), note = element("small");
    tile.dataset.score = name;
    tile.append(term, value, between, note);
    root.state.tiles[name] = { value, between, note };
    return tile;
  }));
}

function read(root, frame) {
  const { header, part } = unpack(frame);
  const numbers = (Kind, range) => new Kind(part(range).slice().buffer); // a copy, since a blob may begin anywhere
  const scores = numbers(Float64Array, header.scores);
  const ends = scores.length ? [scores[scores.length - 1], scores[0]] : [0, 0];
  const margin = Math.max(0.05 * (ends[1] - ends[0]), 0.5);
  // Far out, a probability is 0 or 1 for every purpose, and one such score must not take the slider for itself.
  const low = Math.max(-40, Math.min(ends[0], 0) - margin), high = Math.min(40, Math.max(ends[1], 0) + margin);
  const kept = memory.get(header.memory) ?? { way: header.start === null ? "half" : "run", wanted: null };
  const state = { data: header, scores, tp: numbers(Uint32Array, header.tp), fp: numbers(Uint32Array, header.fp), exact: header.exact, low, high };
  root.state = { ...root.state, ...state, ...chosenHere(state, kept) };
}

function listen(root) {
  const slider = root.querySelector("input[type=range]");
  slider.onkeydown = (event) => onKey(root, event);
  slider.oninput = () => choose(root, settled(root.state, atPosition(root.state, Number(slider.value))));
  for (const button of root.querySelectorAll("[data-way]")) button.onclick = () => byWay(root, button.dataset.way);
  for (const field of root.querySelectorAll("[data-for]")) {
    field.onkeydown = (event) => { if (event.key === "Enter") byWay(root, field.dataset.for); };
    field.onchange = () => byWay(root, field.dataset.for);
  }
  root.querySelector(".keep").onclick = () => root.send("keep", JSON.stringify({ ...root.state.choice, class: root.state.data.class, epoch: root.state.data.epoch }));
}

export default function (component) {
  const root = component.parentElement.querySelector(".threshold");
  root.send = component.setTriggerValue;
  if (!root.state) listen(root);
  const { header } = unpack(component.data);
  if (root.state?.data.revision === header.revision) return;
  read(root, component.data);
  build(root);
  paint(root);
}
