// Reads what a saved picture of lesson 3 has, and what a reader sets, as JSON: {packed, shapes, data, chosen}. Writes what is said of each.
import { stdin } from "node:process";
import { text } from "node:stream/consumers";
import { fromBase64, unpack } from "../../autograd_tutorial/static/kit/packing.js";
import { finding, nowOf } from "../../autograd_tutorial/static/kit/runs.js";

const { packed, shapes, data, chosen } = JSON.parse(await text(stdin));
const arrays = await unpack(fromBase64(packed), shapes);
const found = chosen.map((/** @type {{loss: string, time: string, lr: number, step: number}} */ each) => {
  const key = `${each.loss} ${each.time}`;
  return finding(nowOf(arrays, data.runs[key], key, data.steps + 1, each));
});
console.log(JSON.stringify(found));
