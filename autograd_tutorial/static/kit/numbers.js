/**
 * A number as a reader wants it: four digits, thousands parted, no needless exponent.
 * @param {number} value
 * @param {number} [digits] how many that count
 * @returns {string}
 */
export function figure(value, digits = 4) {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  if (size >= 1e6 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1).replace("e+", "e");
  if (Number(size.toPrecision(digits)) >= 10 ** (digits - 1)) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(digits);
}

/**
 * A number with the exponent that it needs: 1.00e-5, 3.16.
 * @param {number} value
 * @returns {string}
 */
export function scientific(value) {
  return value.toExponential(2).replace(/e\+0$/, "").replace("e+", "e");
}

/**
 * A small number without an exponent: 0.0000331.
 * @param {number} value above 0
 * @param {number} [digits] how many that count
 * @returns {string}
 */
export function decimal(value, digits = 3) {
  const places = digits - 1 - Math.floor(Math.log10(value));
  return value.toFixed(Math.max(0, Math.min(20, places)));
}

/**
 * @param {number} count
 * @param {string} word
 * @returns {string} 1 step, 2 steps
 */
export function plural(count, word) {
  return `${count.toLocaleString("en-US")} ${word}${count === 1 ? "" : "s"}`;
}

/**
 * @param {string[]} words
 * @returns {string} the steep, the middle and the flat
 */
export function listed(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
