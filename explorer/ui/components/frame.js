// A binary frame: length of the header (uint32, little endian), the header as JSON, then the blobs that it points into.
function unpack(data) {
  const length = new DataView(data.buffer, data.byteOffset, 4).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(data.subarray(4, 4 + length)));
  const body = data.subarray(4 + length);
  const part = (range) => range && body.subarray(range[0], range[0] + range[1]);
  return { header, part };
}

async function decode(bytes, type) {
  return createImageBitmap(new Blob([bytes], { type }), { colorSpaceConversion: "none", premultiplyAlpha: "none" });
}
