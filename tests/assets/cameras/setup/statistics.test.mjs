import assert from "node:assert/strict";
import { test } from "node:test";
import { upperBound } from "../../../../assets/cameras/setup/statistics.mjs";

// The exact bounds: half the 95 % quantile of chi-squared with 2 (count + 1) degrees of freedom.
const EXACT = [
  [0, 2.996],
  [1, 4.744],
  [5, 10.513],
  [20, 29.062],
  [100, 118.079],
];

for (const [count, exact] of EXACT) {
  test(`the upper bound of ${count} is near the exact one`, () => {
    assert.ok(Math.abs(upperBound(count) - exact) < 0.01 * exact, String(upperBound(count)));
  });
}
