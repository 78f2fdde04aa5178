// Reads what `pack` made, as JSON on its input, and writes the bits of each float32: {name: [bits, ...]}.
import { text } from "node:stream/consumers";
import { stdin } from "node:process";
import { fromBase64, unpack } from "../../autograd_tutorial/static/kit/packing.js";

const { packed, shapes } = JSON.parse(await text(stdin));
const arrays = await unpack(fromBase64(packed), shapes);
const bits = Object.entries(arrays).map(([name, each]) => [name, Array.from(new Uint32Array(each.buffer, each.byteOffset, each.length))]);
console.log(JSON.stringify(Object.fromEntries(bits)));
