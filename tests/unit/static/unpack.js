// Reads what `pack` made, as JSON on its input, and writes the bits of each float32: {name: [bits, ...]}.
import { text } from "node:stream/consumers";
import { stdin } from "node:process";
import { fromBase64, unpack } from "../../../autograd_tutorial/static/kit/packing.js";

/** @param {unknown} rows @returns {number[]} */
function bitsOf(rows) {
  if (Array.isArray(rows)) return rows.flatMap(bitsOf);
  return rows instanceof Float32Array ? Array.from(new Uint32Array(rows.buffer, rows.byteOffset, rows.length)) : [];
}

const { packed, data } = JSON.parse(await text(stdin));
const arrays = await unpack(fromBase64(packed), data);
console.log(JSON.stringify(Object.fromEntries(Object.entries(arrays).map(([name, rows]) => [name, bitsOf(rows)]))));
