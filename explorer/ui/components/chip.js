// At the form of a node: that it is not in the image that is shown, and a way to one that has it. The preview says what
// became of each node (see shown.js), so the chip is as new as the image, and no seed draws the page again.

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
