/**
 * A model that is linear in its params, in float64: predictions X p for targets y. Rows of X: a point each.
 * @typedef {{X: number[][], y: number[]}} Problem
 */

/** @param {number[]} one @param {number[]} other */
function dot(one, other) {
  return one.reduce((sum, each, i) => sum + each * other[i], 0);
}

/** @param {Problem} problem @param {number[]} p */
function misses({ X, y }, p) {
  return X.map((row, i) => dot(row, p) - y[i]);
}

/**
 * @param {Problem} problem
 * @param {number[]} p params
 * @param {boolean} root of it: the rmse
 */
export function lossAt(problem, p, root) {
  const miss = misses(problem, p);
  const mse = dot(miss, miss) / miss.length;
  return root ? Math.sqrt(mse) : mse;
}

/** @param {Problem} problem @param {number[]} p @param {boolean} root */
export function gradientAt(problem, p, root) {
  const miss = misses(problem, p);
  const times = root ? 1 / lossAt(problem, p, true) : 2;
  return p.map((_, k) => (times * dot(miss, problem.X.map((row) => row[k]))) / miss.length);
}

/**
 * Descent: the loss before each step and after the last, and the params then.
 * @param {Problem} problem
 * @param {number[]} start
 * @param {number} lr
 * @param {number} steps
 * @param {boolean} root
 */
export function train(problem, start, lr, steps, root) {
  const path = [start];
  for (let step = 0; step < steps; step++) {
    const slopes = gradientAt(problem, path[step], root);
    path.push(path[step].map((each, k) => each - lr * slopes[k]));
  }
  return { losses: Float64Array.from(path, (p) => lossAt(problem, p, root)), path };
}

/**
 * What the Hessian of the mse does: the curvatures, the steepest first, each with its direction; and the best params.
 * By turns of two columns of X at a time until all are square to each other: to square X would cost half the digits.
 * @param {Problem} problem
 * @returns {{curvatures: number[], directions: number[][], best: number[]}}
 */
export function spectrum({ X, y }) {
  const found = X[0].map((_, k) => ({ column: X.map((row) => row[k]), way: X[0].map((_, j) => Number(j === k)) }));
  for (let turned = true, round = 0; turned && round < 60; round++) {
    turned = false;
    for (const [i, one] of found.entries()) {
      for (const other of found.slice(i + 1)) {
        const [a, b, c] = [dot(one.column, one.column), dot(other.column, other.column), dot(one.column, other.column)];
        if (!(Math.abs(c) > 1e-15 * Math.sqrt(a * b))) continue;
        turned = true;
        const lean = (b - a) / (2 * c);
        const t = (lean < 0 ? -1 : 1) / (Math.abs(lean) + Math.hypot(1, lean));
        const cos = 1 / Math.hypot(1, t);
        for (const part of /** @type {const} */ (["column", "way"])) {
          const [first, second] = [one[part], other[part]];
          one[part] = first.map((each, r) => cos * (each - t * second[r]));
          other[part] = first.map((each, r) => cos * (t * each + second[r]));
        }
      }
    }
  }
  const sized = found.map(({ column, way }) => {
    const sign = way.reduce((most, each) => (Math.abs(each) > Math.abs(most) ? each : most)) < 0 ? -1 : 1;
    const size = dot(column, column);
    return { size, way: way.map((each) => sign * each), far: size > 0 ? (sign * dot(column, y)) / size : 0 };
  });
  sized.sort((one, other) => other.size - one.size);
  return {
    curvatures: sized.map(({ size }) => (2 * size) / X.length),
    directions: sized.map(({ way }) => way),
    best: X[0].map((_, j) => sized.reduce((sum, { far, way }) => sum + far * way[j], 0)),
  };
}
