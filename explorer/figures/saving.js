// Saves a figure as PNG, SVG or CSV. The rules for texts in CSV are those of explorer/base/tables.py.

const FORMULA = /^\s*[=+\-@＝＋－＠]/u;
const ENTITIES = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&#39;": "'", "&nbsp;": " ", "&amp;": "&" };

function plainText(text) {
  return String(text ?? "").replace(/<br>/g, " ").replace(/&(?:lt|gt|quot|#x27|#39|nbsp|amp);/g, (found) => ENTITIES[found]);
}

function csvCell(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  if (typeof value !== "string") return String(value);
  const safe = FORMULA.test(value) || /^['\t\r\n]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function csvText(rows) {
  // With the mark by which Excel knows that it is UTF-8.
  return `\ufeff${rows.map((row) => `${row.map(csvCell).join(",")}\r\n`).join("")}`;
}

// The label of a value on an axis whose ticks have names of their own.
function axisLabel(axis, value) {
  const place = (axis?.tickvals ?? []).indexOf(value);
  return place >= 0 && axis.ticktext ? plainText(axis.ticktext[place]) : value;
}

function axisTitle(axis, fallback) {
  return plainText(axis?.title?.text || fallback);
}

// A matrix: the first row and the first column are names. `meta` says which parts of `customdata` hold the value of a
// cell and the whole names of its row and column, where colors show something else and ticks are shortened.
function matrixRows(trace, layout) {
  const { meta, customdata, z, x, y } = trace;
  const part = (row, column, index) => plainText(customdata[row][column][index]);
  const named = meta?.row !== undefined && customdata?.length;
  const head = z[0]?.map((_, column) => (named ? part(0, column, meta.column) : axisLabel(layout.xaxis, x?.[column] ?? column))) ?? [];
  const corner = `${axisTitle(layout.yaxis, "y")} \\ ${axisTitle(layout.xaxis, "x")}`;
  const rows = z.map((cells, row) => [
    named ? part(row, 0, meta.row) : axisLabel(layout.yaxis, y?.[row] ?? row),
    ...cells.map((cell, column) => (meta?.cell === undefined ? cell : customdata[row][column][meta.cell])),
  ]);
  return [[corner, ...head], ...rows];
}

function pointRows(traces, layout, words) {
  const rows = traces.flatMap((trace) => {
    const count = Math.max(trace.x?.length ?? 0, trace.y?.length ?? 0);
    return Array.from({ length: count }, (_, place) => [
      plainText(trace.name),
      axisLabel(layout.xaxis, trace.x?.[place] ?? place),
      axisLabel(layout.yaxis, trace.y?.[place] ?? null),
    ]);
  });
  return [[words.series, axisTitle(layout.xaxis, "x"), axisTitle(layout.yaxis, "y")], ...rows];
}

// The data of a figure as rows of a table, the head first.
function figureRows(figure, words) {
  const matrix = figure.data.find((trace) => trace.type === "heatmap");
  return matrix ? matrixRows(matrix, figure.layout) : pointRows(figure.data, figure.layout, words);
}

function download(content, type, name) {
  const address = URL.createObjectURL(new Blob([content], { type }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// Any text as the name of a file on every system.
function fileName(text, ending) {
  const plain = text.replace(/[\\/:*?"<>|\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g, "-").trim().slice(0, 120);
  return `${plain.replace(/^[.\s]+|[.\s]+$/g, "") || "figure"}.${ending}`;
}

const PICTURE = { least: 720, room: 44, scale: 2 }; // px, px for the title, pixels of a PNG for each px

async function picture(canvas, format, title, background) {
  const { layout, data } = canvas;
  const escaped = title.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const width = Math.max(layout.width ?? 0, PICTURE.least);
  const height = Math.round(((layout.height ?? 300) * width) / (layout.width || width)) + PICTURE.room;
  const whole = {
    ...layout, width, height, paper_bgcolor: background, plot_bgcolor: background,
    margin: { ...layout.margin, t: (layout.margin?.t ?? 0) + PICTURE.room, l: 16, r: 16, b: 16 },
    title: { text: escaped, x: 0, xanchor: "left", y: 1, yanchor: "top", yref: "container", pad: { t: 14, l: 16 }, font: { size: 16 } },
  };
  const address = await window.Plotly.toImage({ data, layout: whole }, { format, width, height, scale: format === "png" ? PICTURE.scale : 1 });
  const [head, body] = [address.slice(0, address.indexOf(",")), address.slice(address.indexOf(",") + 1)];
  if (!head.endsWith(";base64")) return decodeURIComponent(body);
  return Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0));
}

// The buttons of the mode bar that save a figure. `about()` gives title, file, background and words.
function savingButtons(about, words) {
  const icon = (text) => ({
    svg: `<svg xmlns="http://www.w3.org/2000/svg" class="icon" viewBox="0 0 32 16" width="2em" height="1em"><text x="16" y="13" text-anchor="middle" font-size="13" font-weight="600">${text}</text></svg>`,
  });
  const save = async (canvas, format) => {
    const { title, file, background } = about();
    const name = fileName(file, format);
    if (format === "csv") return download(csvText(figureRows(canvas, words)), "text/csv;charset=utf-8", name);
    const type = format === "png" ? "image/png" : "image/svg+xml";
    return download(await picture(canvas, format, title, background), type, name);
  };
  return ["png", "svg", "csv"].map((format) => ({
    name: format, title: words[format], icon: icon(format.toUpperCase()), click: (canvas) => save(canvas, format),
  }));
}

// The settings of plotly that all figures share.
function figureConfig(about, words) {
  return {
    displaylogo: false,
    scrollZoom: false,
    doubleClick: "reset",
    modeBarButtons: [["zoom2d", "pan2d", "resetScale2d"], savingButtons(about, words)],
  };
}
