// In the form of a node: a note that the node was not applied to the image, and a button that shows an image to which it was.
// The preview reports the state of each node (see shown.js), so the chip changes with the image and the page is not redrawn.

function paint(root) {
  const { node, words, never } = root.data;
  const { statuses, seed } = whatIsShown();
  const status = statuses[node];
  root.hidden = !status || status === "applied";
  if (root.hidden) return;
  const lost = status === "off" || never;
  root.querySelector("span").textContent = (status === "off" ? words.off : never ? words.never : words.statuses[status]).replace("{seed}", seed);
  const button = root.querySelector("button");
  button.hidden = lost;
  button.textContent = words.show;
  button.title = words.show_help;
}

export default function (component) {
  const root = component.parentElement.querySelector(".chip");
  root.data = component.data;
  root.querySelector("button").onclick = () => component.setTriggerValue("jump", component.data.node);
  if (!root.ready) {
    root.ready = true;
    whenShown(root, () => paint(root));
  }
  paint(root);
}
