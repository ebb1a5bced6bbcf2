// The runs that are compared: each with its color, its state and its values. A row opens its run, can be made the one that
// the others are compared with, and can be taken out.

function act(state, name, id) {
  return (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    state.send(name, id);
  };
}

function makeName(state, run) {
  const cell = element("td", "name");
  const line = element("div");
  const dot = element("i");
  dot.style.background = run.color;
  const link = Object.assign(element("a", "", run.name), { href: `?run=${encodeURIComponent(run.id)}`, title: run.name });
  link.dataset.act = `open ${run.id}`;
  link.onclick = act(state, "open", run.id);
  line.append(dot, link);
  const { words } = state;
  if (run.reference) line.append(element("span", "mark", words.reference));
  else {
    const refer = Object.assign(element("button", "", words.refer_short), { type: "button", title: words.refer.replace("{name}", run.name) });
    refer.dataset.act = `refer ${run.id}`;
    refer.setAttribute("aria-label", refer.title);
    refer.onclick = act(state, "refer", run.id);
    line.append(refer);
  }
  cell.append(line);
  return cell;
}

function makeRow(state, run) {
  const row = element("tr");
  row.dataset.id = run.id;
  const remove = Object.assign(element("button", "icon", "close"), { type: "button", title: state.words.remove.replace("{name}", run.name) });
  remove.setAttribute("aria-label", remove.title);
  remove.dataset.act = `remove ${run.id}`;
  remove.onclick = act(state, "remove", run.id);
  const last = element("td");
  if (run.removable) last.append(remove);
  const values = run.values.map((value) => element("td", "number", value));
  row.append(makeName(state, run), element("td", "", run.state), element("td", "number", run.epoch), ...values, last);
  return row;
}

function draw(root, state, data) {
  const focused = root.getRootNode().activeElement?.dataset?.act;
  const head = [["", data.words.name], ["", data.words.state], ["number", data.words.epoch], ...data.head.map((text) => ["number", text]), ["", ""]];
  root.querySelector("thead tr").replaceChildren(...head.map(([css, text]) => element("th", css, text)));
  root.querySelector("tbody").replaceChildren(...data.runs.map((run) => makeRow(state, run)));
  root.querySelector("table").setAttribute("aria-label", data.words.label);
  if (focused) root.querySelector(`[data-act="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

const mounted = new WeakMap();

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const root = parentElement.querySelector(".compared");
  if (!mounted.has(root)) mounted.set(root, {});
  const state = mounted.get(root);
  Object.assign(state, { send: setTriggerValue, words: data.words });
  const key = JSON.stringify(data);
  if (state.key === key) return; // an update must not replace a button under the pointer
  state.key = key;
  draw(root, state, data);
}
