// All runs, one row each. Rows are kept by id, so that a tick moves neither focus nor hover.

const PARTS = ["name", "what", "score", "started", "reason"];

function make(send, id) {
  const item = document.createElement("li");
  const link = document.createElement("a");
  const state = Object.assign(document.createElement("span"), { className: "state" });
  state.append(document.createElement("i"), document.createElement("span"));
  link.append(state, ...PARTS.map((part) => Object.assign(document.createElement("span"), { className: part })));
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    send("open", id);
  };
  item.append(link);
  item.dataset.id = id;
  return item;
}

function fill(item, run) {
  const link = item.firstChild;
  link.href = `?run=${encodeURIComponent(run.id)}`;
  link.className = run.alive ? "alive" : "";
  link.querySelector("i").style.background = run.colour;
  link.querySelector(".state span").textContent = run.state;
  for (const part of PARTS) {
    const element = link.querySelector(`.${part}`);
    if (element.textContent !== run[part]) element.textContent = run[part];
    element.title = run[part];
  }
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component;
  const list = parentElement.querySelector(".runs ul");
  list.setAttribute("aria-label", data.label);
  const known = new Map(Array.from(list.children, (item) => [item.dataset.id, item]));
  const items = data.runs.map((run) => {
    const item = known.get(run.id) ?? make(setTriggerValue, run.id);
    fill(item, run);
    return item;
  });
  if (items.length !== list.children.length || items.some((item, at) => list.children[at] !== item)) list.replaceChildren(...items);
}
