// A color may be written as var(--name): it is looked up in the styles of the page, now and when the theme changes.
function themed(value, styles) {
  if (typeof value === "string") {
    return value.startsWith("var(--") ? styles.getPropertyValue(value.slice(4, -1)).trim() || "inherit" : value;
  }
  if (Array.isArray(value)) return value.map((part) => themed(part, styles));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, themed(part, styles)]));
  }
  return value;
}
