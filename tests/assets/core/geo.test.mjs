import assert from "node:assert/strict";
import { test } from "node:test";
import { distanceMetres, metresPerPixel } from "../../../assets/core/geo.mjs";

const near = (value, wanted, within) =>
  assert.ok(Math.abs(value - wanted) <= within, `${value} is not ${wanted}`);

test("a degree of latitude is 111.2 km, one of longitude shrinks with the latitude", () => {
  near(distanceMetres({ lat: 35, lon: 128 }, { lat: 36, lon: 128 }), 111_195, 1);
  near(distanceMetres({ lat: 60, lon: 128 }, { lat: 60, lon: 129 }), 55_597, 1);
});

test("a distance is the same both ways", () => {
  const a = { lat: 35.2, lon: 128.66 };
  const b = { lat: 35.21, lon: 128.7 };
  assert.equal(distanceMetres(a, b), distanceMetres(b, a));
});

test("a pixel of the world's tile is a 256th of the equator, and halves with each zoom", () => {
  near(metresPerPixel(0, 0), 156_543.03, 0.01);
  near(metresPerPixel(60, 1), 156_543.03 / 4, 0.01);
});
