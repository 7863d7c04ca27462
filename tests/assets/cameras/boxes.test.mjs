import assert from "node:assert/strict";
import { test } from "node:test";
import { carryBox } from "../../../assets/cameras/boxes.mjs";

const BOX = [100, 50, 20, 40];
const SEEN_MS = 10_000;
const before = (dx, ago) => ({ box: [BOX[0] - dx, BOX[1], 20, 40], at: SEEN_MS - ago });

test("a box goes on as its middle moved since it was seen before", () => {
  assert.deepEqual(carryBox(BOX, SEEN_MS, before(10, 500), 250), [105, 50, 20, 40]);
  const grown = { box: [100, 50, 40, 40], at: SEEN_MS - 500 }; // its middle was 10 px to the right
  assert.deepEqual(carryBox(BOX, SEEN_MS, grown, 500), [90, 50, 20, 40]);
});

test("a box is carried for 600 ms at most and never back", () => {
  assert.deepEqual(carryBox(BOX, SEEN_MS, before(10, 500), 5_000), [112, 50, 20, 40]);
  assert.deepEqual(carryBox(BOX, SEEN_MS, before(10, 500), -300), BOX);
});

test("a box that was seen once, or long ago, stays where it was seen", () => {
  for (const was of [undefined, before(10, 1_201), before(10, 0), before(10, -5)]) {
    assert.deepEqual(carryBox(BOX, SEEN_MS, was, 400), BOX);
  }
});
