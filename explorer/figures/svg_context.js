// A drawing context as that of a canvas, which writes down an SVG: rectangles and lines of text, moved, turned and clipped.
class SvgContext {
  constructor(width, height) {
    Object.assign(this, { width, height, parts: [], stack: [], open: 0, clips: 0, area: null });
    Object.assign(this, { fillStyle: "", strokeStyle: "", lineWidth: 1, font: "", textAlign: "left", textBaseline: "top", globalAlpha: 1 });
  }

  save() {
    const { open, fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline, globalAlpha } = this;
    this.stack.push({ open, fillStyle, strokeStyle, lineWidth, font, textAlign, textBaseline, globalAlpha });
    this.open = 0; // the groups that `restore` will close
  }

  restore() {
    this.parts.push("</g>".repeat(this.open));
    Object.assign(this, this.stack.pop());
  }

  group(attributes) { this.parts.push(`<g ${attributes}>`); this.open += 1; }

  translate(x, y) { this.group(`transform="translate(${x} ${y})"`); }

  rotate(angle) { this.group(`transform="rotate(${(angle * 180) / Math.PI})"`); }

  beginPath() { this.area = null; }

  rect(x, y, width, height) { this.area = [x, y, width, height]; }

  clip() {
    const [x, y, width, height] = this.area;
    this.clips += 1;
    this.parts.push(`<clipPath id="clip${this.clips}"><rect x="${x}" y="${y}" width="${width}" height="${height}"/></clipPath>`);
    this.group(`clip-path="url(#clip${this.clips})"`);
  }

  clearRect() {}

  fillRect(x, y, width, height) {
    this.parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${this.fillStyle}" opacity="${this.globalAlpha}"/>`);
  }

  strokeRect(x, y, width, height) {
    this.parts.push(`<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="none" stroke="${this.strokeStyle}" stroke-width="${this.lineWidth}"/>`);
  }

  fillText(text, x, y) {
    const anchor = { left: "start", center: "middle", right: "end" }[this.textAlign];
    const shift = { top: "0.8em", middle: "0.35em", bottom: "-0.2em" }[this.textBaseline];
    const escaped = String(text).replace(/&/g, "&amp;").replace(/</g, "&lt;");
    const font = this.font.replace(/"/g, "'");
    this.parts.push(`<text x="${x}" y="${y}" dy="${shift}" text-anchor="${anchor}" fill="${this.fillStyle}" opacity="${this.globalAlpha}" style="font: ${font}">${escaped}</text>`);
  }

  svg() {
    return `<svg xmlns="http://www.w3.org/2000/svg" width="${this.width}" height="${this.height}" viewBox="0 0 ${this.width} ${this.height}">${this.parts.join("")}</svg>`;
  }
}

// The bytes of a PNG with `scale` pixels for each px of an SVG.
async function pngOf(svg, width, height, scale) {
  const picture = new Image();
  picture.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  await picture.decode();
  const canvas = Object.assign(document.createElement("canvas"), { width: width * scale, height: height * scale });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(picture.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
