// Reads what a saved picture of lesson 3 has, and what a reader sets, as JSON: {packed, data, chosen}. Writes what is said of each.
import { stdin } from "node:process";
import { text } from "node:stream/consumers";
import { fromBase64, unpack } from "../../../autograd_tutorial/static/kit/packing.js";
import { finding, nowOf } from "../../../autograd_tutorial/static/kit/runs.js";

const { packed, data, chosen } = JSON.parse(await text(stdin));
const { fits } = await unpack(fromBase64(packed), data);
const found = chosen.map((/** @type {{loss: string, time: string, run: number, step: number}} */ { loss, time, run, step }) => {
  return finding(nowOf(fits[loss][time].runs, run, step, loss));
});
console.log(JSON.stringify(found));
