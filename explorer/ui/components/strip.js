// What each step did, from input to output. Cards are kept by their id, so that a new draw moves neither focus nor scroll.

const IDLE = new Set(["not chosen", "not reached", "off"]);

function makeCard(root, id) {
  const card = element("div", "card");
  card.id = `card-${id}`;
  card.dataset.id = id;
  card.setAttribute("role", "option");
  const thumb = element("div", "thumb");
  thumb.append(element("canvas"));
  card.append(thumb, element("b"), element("span", "note"), element("span", "lost"));
  card.onclick = () => { choose(root, id); root.querySelector(".cards").focus({ preventScroll: true }); };
  return card;
}

function fillCard(card, data, picture) {
  card.className = `card ${IDLE.has(data.status) ? "idle" : data.status}`;
  card.dataset.status = data.status;
  card.dataset.node = data.node;
  card.title = data.hint;
  const [name, note, lost] = [card.querySelector("b"), card.querySelector(".note"), card.querySelector(".lost")];
  // A narrow card breaks a long name between its words.
  name.replaceChildren(...data.title.split(/(?<=[a-z])(?=[A-Z])/).flatMap((part) => [element("wbr"), part]));
  note.textContent = data.note;
  lost.textContent = data.lost;
  lost.hidden = !data.lost;
  const canvas = card.querySelector("canvas");
  if (!picture) return;
  if (canvas.width !== picture.width || canvas.height !== picture.height) { canvas.width = picture.width; canvas.height = picture.height; }
  canvas.getContext("2d").drawImage(picture, 0, 0);
}

function makeGroup(data) {
  const group = element("div", `group ${IDLE.has(data.status) || data.status === "skipped" ? "idle" : ""}`);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", data.title);
  group.dataset.status = data.status;
  group.dataset.node = data.node;
  group.title = data.hint;
  const head = element("header");
  head.append(element("b", "", data.title), element("span", "", data.note));
  const inside = element("div");
  group.append(head, inside);
  return { group, inside };
}

// Rows come with their depth, parents first. Groups that are nested too deeply for frames are left out, and their steps
// are placed side by side.
function arrange(root, rows, cards) {
  const top = document.createDocumentFragment();
  const open = [{ depth: -1, inside: top }];
  for (const row of rows) {
    while (open.at(-1).depth >= row.depth) open.pop();
    const parent = open.at(-1).inside;
    if (row.group) {
      const { group, inside } = makeGroup(row);
      parent.append(group);
      open.push({ depth: row.depth, inside: open.length > 4 ? parent : inside });
    } else parent.append(cards.get(row.id));
  }
  root.querySelector(".cards").replaceChildren(top);
}

function mark(root) {
  const list = root.querySelector(".cards");
  for (const card of list.querySelectorAll(".card")) card.setAttribute("aria-selected", String(card.dataset.id === root.focused));
  for (const own of list.querySelectorAll("[data-node]")) {
    if (root.chosen && own.dataset.node === root.chosen) own.setAttribute("aria-current", "true");
    else own.removeAttribute("aria-current");
  }
  list.setAttribute("aria-activedescendant", `card-${root.focused}`);
}

function choose(root, id) {
  const card = [...root.querySelectorAll(".card")].find((item) => item.dataset.id === id);
  if (!card || card.classList.contains("idle")) return;
  root.focused = id;
  mark(root);
  card.scrollIntoView({ block: "nearest", inline: "nearest" });
  root.send("focus", id);
}

function onKey(root, event) {
  const cards = [...root.querySelectorAll(".card:not(.idle)")].map((card) => card.dataset.id);
  const at = cards.indexOf(root.focused);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: cards.length - 1, Escape: cards.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  choose(root, cards[Math.min(cards.length - 1, Math.max(0, to))]);
}

// Marks the sides to which the strip can be scrolled.
function edges(root) {
  const list = root.querySelector(".cards"), rail = root.querySelector(".rail");
  rail.toggleAttribute("data-back", list.scrollLeft > 2);
  rail.toggleAttribute("data-on", list.scrollLeft + list.clientWidth < list.scrollWidth - 2);
}

function scroll(root, direction) {
  const list = root.querySelector(".cards");
  list.scrollBy({ left: direction * list.clientWidth * 0.5, behavior: "smooth" });
}

function list(dl, rows, nothing) {
  dl.replaceChildren(...rows.flatMap((row) => [element("dt", "", row.step), element("dd", "", row.values)]));
  if (!rows.length) dl.append(element("dd", "nothing", nothing));
}

async function update(root, data) {
  const generation = (root.generation = (root.generation ?? 0) + 1);
  const { header, part } = unpack(data);
  const pictures = await Promise.all(header.rows.map((row) => (row.thumb ? decode(part(row.thumb), "image/jpeg") : null)));
  if (generation !== root.generation) return; // a newer frame has arrived
  const scrolled = root.querySelector(".cards").scrollLeft;
  const known = new Map([...root.querySelectorAll(".card")].map((card) => [card.dataset.id, card]));
  const cards = new Map();
  header.rows.forEach((row, at) => {
    if (row.group) return;
    const card = known.get(row.id) ?? makeCard(root, row.id);
    fillCard(card, row, pictures[at]);
    cards.set(row.id, card);
  });
  root.focused = header.focused;
  root.chosen = header.chosen;
  arrange(root, header.rows, cards);
  mark(root);
  root.querySelector(".cards").scrollLeft = scrolled;
  root.querySelector(".cards").setAttribute("aria-label", header.words.label);
  for (const name of ["back", "on"]) root.querySelector(`.rail > .${name}`).ariaLabel = root.querySelector(`.rail > .${name}`).title = header.words[name];
  edges(root);
  list(root.querySelector(".drawn"), header.drawn, header.words.nothing);
  root.dataset.painted = (Number(root.dataset.painted) || 0) + 1;
}

export default function (component) {
  const root = component.parentElement.querySelector(".strip");
  root.send = component.setTriggerValue;
  if (!root.ready) {
    const cards = root.querySelector(".cards");
    cards.onkeydown = (event) => onKey(root, event);
    cards.onscroll = () => edges(root);
    new ResizeObserver(() => edges(root)).observe(cards);
    root.querySelector(".rail > .back").onclick = () => scroll(root, -1);
    root.querySelector(".rail > .on").onclick = () => scroll(root, 1);
    root.ready = true;
  }
  update(root, component.data);
}
