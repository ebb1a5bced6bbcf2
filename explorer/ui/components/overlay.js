// A picture with a map over it. Choosing another map or opacity paints again here, without the server.

const SCALE = 3; // the map is smooth, while the pixels of a small picture stay visible

function colorAt(colors, share) {
  const at = Math.max(1, colors.findIndex(([stop]) => stop >= share));
  const [low, high] = [colors[at - 1], colors[at]];
  const part = (share - low[0]) / (high[0] - low[0]);
  return [1, 2, 3].map((channel) => low[channel] + part * (high[channel] - low[channel]));
}

// The map as a canvas of its own, which the browser scales smoothly; its strength is in the alpha channel.
function heat(values, side, colors) {
  const canvas = Object.assign(document.createElement("canvas"), { width: side, height: side });
  const context = canvas.getContext("2d");
  const image = context.createImageData(side, side);
  const table = Array.from({ length: 256 }, (_, value) => colorAt(colors, value / 255));
  values.forEach((value, place) => image.data.set([...table[value], value], 4 * place));
  context.putImageData(image, 0, 0);
  return canvas;
}

function paint(root) {
  const { picture, maps } = root;
  const chosen = maps[root.chosen];
  const canvas = root.querySelector("canvas");
  const opacity = Number(root.querySelector("input[type=range]").value);
  Object.assign(canvas, { width: picture.width * SCALE, height: picture.height * SCALE });
  const context = canvas.getContext("2d");
  context.imageSmoothingEnabled = false;
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  context.imageSmoothingEnabled = true;
  context.globalAlpha = opacity / 100;
  context.drawImage(chosen.heat, 0, 0, canvas.width, canvas.height);
  canvas.setAttribute("aria-label", chosen.alt);
  root.querySelector("output").textContent = `${opacity}%`;
  root.querySelector(".note").textContent = chosen.note;
  root.dataset.painted = (Number(root.dataset.painted) || 0) + 1;
}

function offer(root, words, name) {
  const choice = root.querySelector(".choice");
  choice.querySelector("legend").textContent = words.choice;
  for (const label of choice.querySelectorAll("label")) label.remove();
  root.maps.forEach((map, at) => {
    const label = element("label");
    const input = Object.assign(element("input"), { type: "radio", name, checked: at === root.chosen });
    input.onchange = () => { root.chosen = at; paint(root); };
    label.append(input, map.title);
    choice.append(label);
  });
}

async function update(root, data) {
  const { header, part } = unpack(data);
  if (root.revision === header.revision) return; // a page that runs again with nothing new: the choices stay
  root.revision = header.revision;
  const picture = await decode(part(header.picture), "image/png");
  root.picture = picture;
  root.maps = header.maps.map((map) => ({ ...map, heat: heat(part(map.values), header.side, header.colors) }));
  root.chosen = Math.min(root.chosen ?? 0, root.maps.length - 1);
  root.querySelector(".opacity span").textContent = header.words.opacity;
  const [little, scale, much] = root.querySelector(".scale").children;
  Object.assign(little, { textContent: header.words.little });
  Object.assign(much, { textContent: header.words.much });
  scale.style.background = `linear-gradient(to right, ${header.colors.map(([stop, ...color]) => `rgba(${color}, ${stop}) ${stop * 100}%`)})`;
  offer(root, header.words, "map");
  paint(root);
}

export default function (component) {
  const root = component.parentElement.querySelector(".overlay");
  root.querySelector("input[type=range]").oninput = () => paint(root);
  update(root, component.data);
}
