/**
 * What `autograd_tutorial.packing.pack` made, unpacked.
 * @param {Uint8Array<ArrayBuffer>} packed
 * @param {[string, number[]][]} shapes the name and shape of each array, in the order of packing
 * @returns {Promise<Record<string, Float32Array>>}
 */
export async function unpack(packed, shapes) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const planes = new Uint8Array(await new Response(stream).arrayBuffer());
  const words = joined(planes);
  /** @type {Record<string, Float32Array>} */
  const arrays = {};
  let from = 0;
  for (const [name, shape] of shapes) {
    const size = shape.reduce((product, length) => product * length, 1);
    const part = words.subarray(from, from + size);
    undoDifferences(part, shape.at(-1) ?? 1);
    arrays[name] = new Float32Array(part.buffer, part.byteOffset, size);
    from += size;
  }
  return arrays;
}

/**
 * Four planes of bytes, the lowest first, as 32-bit words.
 * @param {Uint8Array} planes
 */
function joined(planes) {
  const count = planes.length / 4;
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    words[i] = planes[i] | (planes[i + count] << 8) | (planes[i + 2 * count] << 16) | (planes[i + 3 * count] << 24);
  }
  return words;
}

const DROPPED = 10; // the bits of a float32 that packing rounds away

/**
 * Twice the running sum along each row, in place; then back to the bits of a float.
 * @param {Uint32Array} words
 * @param {number} row how long a row is
 */
function undoDifferences(words, row) {
  for (let start = 0; start < words.length; start += row) {
    let slope = 0;
    let value = 0;
    for (let i = start; i < start + row; i++) {
      const folded = words[i];
      slope = (slope + ((folded >>> 1) ^ -(folded & 1))) | 0;
      value = (value + slope) | 0;
      words[i] = value << DROPPED;
    }
  }
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
