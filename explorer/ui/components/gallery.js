// Pictures to choose from, each a button that stays pressed. The server owns what is chosen.

function make(root, name) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.name = name;
  button.append(document.createElement("canvas"), document.createElement("span"));
  button.onclick = () => root.send("toggle", name);
  return button;
}

async function update(root, data) {
  const generation = (root.generation = (root.generation ?? 0) + 1);
  const { header, part } = unpack(data);
  const pictures = await Promise.all(header.rows.map((row) => decode(part(row.picture), "image/jpeg")));
  if (generation !== root.generation) return;
  const grid = root.querySelector(".grid");
  const known = new Map([...grid.children].map((button) => [button.dataset.name, button]));
  const buttons = header.rows.map((row, at) => {
    const button = known.get(row.name) ?? make(root, row.name);
    button.setAttribute("aria-pressed", String(row.chosen));
    button.title = row.title;
    button.querySelector("span").textContent = row.title;
    const canvas = button.querySelector("canvas");
    Object.assign(canvas, { width: pictures[at].width, height: pictures[at].height });
    canvas.getContext("2d").drawImage(pictures[at], 0, 0);
    return button;
  });
  // Moving a button would take the focus from it.
  if (buttons.length !== grid.children.length || buttons.some((button, at) => grid.children[at] !== button)) grid.replaceChildren(...buttons);
  grid.setAttribute("aria-label", header.label);
  root.querySelector(".label").textContent = header.label;
  root.dataset.painted = (Number(root.dataset.painted) || 0) + 1;
}

export default function (component) {
  const root = component.parentElement.querySelector(".gallery");
  root.send = component.setTriggerValue;
  update(root, component.data);
}
