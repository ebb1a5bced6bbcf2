// An invisible component that holds the rows for the list of runs, see run_rows_held.js.

export default function (component) {
  const { stamp, rows } = component.data;
  holdRows(stamp, rows);
}
