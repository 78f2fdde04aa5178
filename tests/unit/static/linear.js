// Reads problems as JSON: [{X, y, start, lr, steps, root}, ...]. Writes what the page makes of each; a loss that is no number as its name.
import { stdin } from "node:process";
import { text } from "node:stream/consumers";
import { gradientAt, spectrum, train } from "../../../autograd_tutorial/static/kit/linear.js";

/** @typedef {{X: number[][], y: number[], start: number[], lr: number, steps: number, root: boolean}} Given */

const found = JSON.parse(await text(stdin)).map((/** @type {Given} */ { X, y, start, lr, steps, root }) => {
  const { losses, path } = train({ X, y }, start, lr, steps, root);
  const known = { ...spectrum({ X, y }), slopes: gradientAt({ X, y }, start, root) };
  return { ...known, losses: Array.from(losses, String), path: path.map((p) => p.map(String)) };
});
console.log(JSON.stringify(found));
