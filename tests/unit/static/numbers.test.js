import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, figure, listed, plural, scientific } from "../../../autograd_tutorial/static/kit/numbers.js";

test("a figure has four digits, parts thousands and needs no exponent before a million", () => {
  const wanted = { "7.305": 7.30496, "674.3": 674.2651, "0.2586": 0.25863, "0.0001000": 1e-4, "0.000": 0, "-4.999": -4.9991 };
  for (const [words, value] of Object.entries(wanted)) assert.equal(figure(value), words);
  assert.equal(figure(25824.4), "25,824");
  assert.equal(figure(999.96), "1,000");
  assert.equal(figure(-56499.2), "-56,499");
});

test("a figure that is very large or very small has an exponent", () => {
  assert.equal(figure(1e6), "1.000e6");
  assert.equal(figure(-2.5e300), "-2.500e300");
  assert.equal(figure(3.5399e-5, 3), "3.54e-5");
});

test("what is no number is named as Python names it", () => {
  assert.deepEqual([NaN, Infinity, -Infinity].map((value) => figure(value)), ["nan", "inf", "-inf"]);
});

test("a learning rate is shown with an exponent and spoken without one", () => {
  assert.deepEqual([1e-7, 3.16e-5, 1, 3.1623, 1000].map(scientific), ["1.00e-7", "3.16e-5", "1.00", "3.16", "1.00e3"]);
  assert.deepEqual([1e-7, 3.16e-5, 1, 316.23].map((value) => decimal(value)), ["0.000000100", "0.0000316", "1.00", "316"]);
});

test("words are joined as a sentence needs them", () => {
  assert.deepEqual([0, 1, 2].map((count) => plural(count, "step")), ["0 steps", "1 step", "2 steps"]);
  assert.deepEqual([[], ["steep"], ["steep", "flat"], ["steep", "middle", "flat"]].map(listed), ["", "steep", "steep and flat", "steep, middle and flat"]);
});
