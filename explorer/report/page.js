// Draws each figure of the page when it comes into view, and all of them before the page is printed.
const read = (id) => JSON.parse(document.getElementById(id).textContent);
const { figures, words } = read("explorer-figures");
const places = [...document.querySelectorAll("[data-figure]")];

function savedAs(place) {
  const background = getComputedStyle(place).getPropertyValue("--st-background-color").trim();
  return { title: place.dataset.title, file: place.dataset.file, background };
}

function draw(place) {
  const figure = figures[place.dataset.figure];
  const styles = getComputedStyle(place);
  const layout = { ...themed(figure.layout, styles), width: place.clientWidth, autosize: false };
  place.dataset.drawn = "yes";
  return window.Plotly.react(place, themed(figure.data, styles), layout, figureConfig(() => savedAs(place), words));
}

const seen = new IntersectionObserver((entries) => {
  for (const entry of entries.filter((one) => one.isIntersecting && !one.target.dataset.drawn)) draw(entry.target);
}, { rootMargin: "400px" });

const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const width = target.clientWidth;
    if (target.dataset.drawn && width && width !== target.layout?.width) window.Plotly.relayout(target, { width });
  }
});

for (const place of places) {
  place.style.height = `${figures[place.dataset.figure].layout.height}px`;
  seen.observe(place);
  sized.observe(place);
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => places.filter((place) => place.dataset.drawn).forEach(draw));

// Paper is white: figures that were drawn for a dark screen are drawn again.
addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll("details")) details.open = true;
  document.documentElement.classList.add("printed");
  places.forEach(draw);
});

addEventListener("afterprint", () => {
  document.documentElement.classList.remove("printed");
  places.forEach(draw);
});
