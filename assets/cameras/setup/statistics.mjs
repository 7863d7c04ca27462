// How much a count that was seen by chance may mean.

const ONE_SIDED_95 = 1.645; // quantile of the normal distribution

/**
 * How many there may be, with 95 %, where `count` were seen by chance: the upper bound of a Poisson count,
 * as Wilson and Hilferty come near it.
 * @param {number} count
 */
export function upperBound(count) {
  const next = count + 1;
  return next * (1 - 1 / (9 * next) + ONE_SIDED_95 / (3 * Math.sqrt(next))) ** 3;
}
