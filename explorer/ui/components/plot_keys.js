// The keyboard on a chart that can be clicked: arrow keys go from bar to bar or from cell to cell and show what a pointer
// would, and Enter or the space bar is a click.

// Returns the grid of what can be chosen: lines of places, each a curve with its point.
function keyRows(canvas) {
  const curves = canvas.data.map((trace, curve) => ({ trace, curve }));
  const map = curves.find(({ trace }) => trace.type === "heatmap");
  if (map) return map.trace.z.map((line, row) => line.map((_, column) => ({ curve: map.curve, point: [row, column], empty: line[column] === null })));
  return curves.filter(({ trace }) => trace.meta?.rows).map(({ trace, curve }) => keyValues(trace).map((value, point) => ({ curve, point, empty: !value })));
}

function keyValues(trace) { return trace.orientation === "h" ? trace.x : trace.y; }

// Bars that lie go up and down, and left and right to the bar beside them of another part; cells of a map whose rows begin
// at the bottom go the other way.
function keyStep(canvas, key) {
  const lies = canvas.data.some((trace) => trace.meta?.rows && trace.orientation === "h");
  const [first, last] = canvas.layout.yaxis?.range ?? [0, 0];
  const [x, y] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
  if (lies) return { row: x, column: y };
  return { row: canvas.data[0].type === "heatmap" && first < last ? -y : y, column: x };
}

function keyNext(rows, at, step) {
  const limit = (value, count) => Math.min(Math.max(value, 0), count - 1);
  let next = at;
  do {
    const row = limit(next.row + step.row, rows.length);
    const moved = { row, column: limit(next.column + step.column, rows[row].length) };
    if (moved.row === next.row && moved.column === next.column) return rows[moved.row][moved.column].empty ? at : moved;
    next = moved;
  } while (rows[next.row][next.column].empty);
  return next;
}

function keyFirst(rows) {
  for (const [row, line] of rows.entries()) for (const [column, place] of line.entries()) if (!place.empty) return { row, column };
  return null;
}

// `choose` is called with a curve and its point.
function whenKeyed(root, canvas, choose) {
  let at = null;
  const show = (rows) => {
    const { curve, point } = rows[at.row][at.column];
    window.Plotly.Fx.hover(canvas, [{ curveNumber: curve, pointNumber: point }]);
  };
  root.addEventListener("blur", () => window.Plotly.Fx.unhover(canvas));
  root.addEventListener("keydown", (event) => {
    if (!root.state.data.clickable || event.target !== root) return;
    const rows = keyRows(canvas);
    const known = at && rows[at.row]?.[at.column];
    if (event.key.startsWith("Arrow")) {
      at = known ? keyNext(rows, at, keyStep(canvas, event.key)) : keyFirst(rows);
      if (at) show(rows);
    } else if ((event.key === "Enter" || event.key === " ") && known) {
      choose(canvas.data[known.curve], known.point);
    } else return;
    event.preventDefault();
  });
}
