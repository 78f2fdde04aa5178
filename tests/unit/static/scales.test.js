import assert from "node:assert/strict";
import { test } from "node:test";
import { scale, ticks } from "../../../autograd_tutorial/static/kit/scales.js";

const DOMAINS = /** @type {[number, number][]} */ ([[0, 19], [-1.7, 1.7], [0, 200], [0.3, 0.30001], [-26000, -25000], [1e-9, 3e-9], [-7, 0]]);

/** @param {number} found @param {number} wanted @param {number} size */
function assertNear(found, wanted, size) {
  assert.ok(Math.abs(found - wanted) <= 1e-9 * size, `${found} is not ${wanted}`);
}

test("a scale takes the ends of its domain to the ends of its range, and the middle to the middle", () => {
  for (const [low, high] of DOMAINS) {
    const x = scale([low, high], [0, 300]);
    [[low, 0], [(low + high) / 2, 150], [high, 300]].forEach(([value, pixel]) => assertNear(x(value), pixel, 300));
  }
  const y = scale([1, 1e4], [200, 0], true);
  assert.deepEqual([1, 100, 1e4].map(y), [200, 100, 0]);
  assert.equal(scale([3, 3], [0, 300])(3), 0, "a domain without length");
});

test("ticks are round, evenly spaced, inside their domain and about as many as wanted", () => {
  for (const [low, high] of DOMAINS) {
    for (const count of [2, 4, 5, 7]) {
      const found = ticks([low, high], count);
      const size = Math.max(Math.abs(low), Math.abs(high));
      assert.ok(found.length >= 1 && found.length <= count + 1, `${found.length} ticks for ${count}`);
      for (const tick of found) assert.ok(tick >= low - 1e-9 * size && tick <= high + 1e-9 * size, `${tick} is outside`);
      const steps = found.slice(1).map((tick, i) => tick - found[i]);
      for (const step of steps) {
        assertNear(step, steps[0], size);
        const lead = step / 10 ** Math.floor(Math.log10(step * (1 + 1e-9)));
        assert.ok([1, 2, 2.5, 5].some((each) => Math.abs(lead - each) < 1e-4), `${step} is no round step`);
      }
    }
  }
  assert.deepEqual(ticks([0, 19], 4), [0, 5, 10, 15]);
  assert.deepEqual(ticks([3, 3], 4), [3]);
});

test("ticks of a log scale are powers of ten", () => {
  assert.deepEqual(ticks([1, 1000], 6, true), [1, 10, 100, 1000]);
  assert.deepEqual(ticks([0.5, 2e4], 6, true), [1, 10, 100, 1000, 1e4]);
  assert.deepEqual(ticks([1, 1e9], 5, true), [1, 100, 1e4, 1e6, 1e8]);
  assert.deepEqual(ticks([2, 9], 6, true), []);
});
