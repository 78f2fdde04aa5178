/**
 * A map from data to pixels.
 * @param {[number, number]} domain in data
 * @param {[number, number]} range in pixels
 * @param {boolean} [log] on a log scale
 * @returns {(value: number) => number}
 */
export function scale(domain, range, log = false) {
  const turn = log ? Math.log10 : Number;
  const [low, high] = domain.map((value) => turn(value));
  const stretch = (range[1] - range[0]) / (high - low || 1);
  return (value) => range[0] + (turn(value) - low) * stretch;
}

/**
 * @param {number[]} values
 * @returns {[number, number]} the least and the greatest
 */
export function endsOf(values) {
  return [values.reduce((one, other) => Math.min(one, other)), values.reduce((one, other) => Math.max(one, other))];
}

/**
 * The ends of `values`, with room below and above.
 * @param {number[]} values
 * @param {number} share of their height
 * @returns {[number, number]}
 */
export function roomy(values, share) {
  const [low, high] = endsOf(values);
  const room = share * (high - low) || 1;
  return [low - room, high + room];
}

/**
 * Round values between the ends of `domain`, about `count` of them.
 * @param {[number, number]} domain
 * @param {number} count
 * @param {boolean} [log]
 * @returns {number[]}
 */
export function ticks(domain, count, log = false) {
  return log ? powers(domain, count) : rounds(domain, count);
}

/**
 * @param {[number, number]} domain
 * @param {number} count
 */
function rounds([low, high], count) {
  const rough = (high - low) / Math.max(1, count) || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5, 10].find((times) => times * power >= rough) ?? 10);
  const found = [];
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) found.push(i * step);
  return found;
}

/**
 * @param {[number, number]} domain
 * @param {number} count
 */
function powers([low, high], count) {
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const last = Math.floor(Math.log10(high) + 1e-9);
  const every = Math.max(1, Math.ceil((last - first + 1) / count));
  const found = [];
  for (let power = first; power <= last; power += every) found.push(10 ** power);
  return found;
}
