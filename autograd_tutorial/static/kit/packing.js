/**
 * What `autograd_tutorial.pictures.packing.pack` made, with every array back in its place: its rows, in lists as its shape says.
 * @template Data
 * @param {Uint8Array<ArrayBuffer>} packed
 * @param {Data} data in which the place of each array stands for it
 * @returns {Promise<Data>}
 */
export async function unpack(packed, data) {
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const words = joined(new Uint8Array(await new Response(stream).arrayBuffer()));
  return /** @type {Data} */ (filled(data, words));
}

/**
 * The same from what `spread` made: every digit of it.
 * @template Data
 * @param {DataView} bytes
 * @param {Data} data
 * @returns {Data}
 */
export function unspread({ buffer, byteOffset, byteLength }, data) {
  return /** @type {Data} */ (filled(data, new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))));
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

/**
 * @param {unknown} data
 * @param {Uint32Array | Float64Array} words
 * @returns {unknown}
 */
function filled(data, words) {
  if (data === null || typeof data !== "object") return data;
  if (Array.isArray(data)) return data.map((each) => filled(each, words));
  if (!("packed" in data)) return Object.fromEntries(Object.entries(data).map(([name, each]) => [name, filled(each, words)]));
  const { packed, shape } = /** @type {{packed: number, shape: number[]}} */ (data);
  return rowsOf(words, packed, shape);
}

/**
 * @param {Uint32Array | Float64Array} words
 * @param {number} begins
 * @param {number[]} shape
 * @returns {unknown} a row, or a list of them, or a list of such lists
 */
function rowsOf(words, begins, [length, ...rest]) {
  const row = words.subarray(begins, begins + length);
  if (!rest.length) return row instanceof Float64Array ? row : floats(row);
  const size = rest.reduce((product, each) => product * each, 1);
  return Array.from({ length }, (_, i) => rowsOf(words, begins + i * size, rest));
}

const DROPPED = 10; // the bits of a float32 that packing rounds away

/**
 * Twice the running sum, in place; then back to the bits of floats.
 * @param {Uint32Array} row
 */
function floats(row) {
  let slope = 0;
  let value = 0;
  row.forEach((folded, i) => {
    slope = (slope + ((folded >>> 1) ^ -(folded & 1))) | 0;
    value = (value + slope) | 0;
    row[i] = value << DROPPED;
  });
  return new Float32Array(row.buffer, row.byteOffset, row.length);
}

/**
 * @param {string} text
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function fromBase64(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
