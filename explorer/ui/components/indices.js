// A mask as it is sent: a PNG of class indices.
const VALUES = 256;

// The mask is sent as class indices. `counts` holds the number of pixels of each value.
async function readMask(bytes) {
  const bitmap = await decode(bytes, "image/png");
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const pixels = new Uint32Array(context.getImageData(0, 0, width, height).data.buffer);
  const values = new Uint8Array(pixels.length);
  const counts = new Uint32Array(VALUES);
  for (let at = 0; at < pixels.length; at++) counts[(values[at] = pixels[at] & 255)]++;
  return { width, height, values, counts };
}
