import assert from "node:assert/strict";
import { test } from "node:test";
import { isMarkStale, isPresent, projectToZoom0, vehiclePosition } from "../../../assets/map/map_assets.mjs";

test("the world is 256 pixels wide, its middle where meridian and equator meet", () => {
  assert.deepEqual(projectToZoom0(0, 0), [128, 128]);
  assert.equal(projectToZoom0(0, 180)[0], 256);
  assert.ok(projectToZoom0(60, 0)[1] < projectToZoom0(30, 0)[1]);
});

test("a vehicle glides to where it is said to be and turns the short way", () => {
  const way = { at: 1000, step: 200, from: { x: 0, y: 0, heading: 350 }, x: 10, y: 20, heading: 10 };
  assert.deepEqual(vehiclePosition({ way }, 1100), { x: 5, y: 10, heading: 360 });
  assert.deepEqual(vehiclePosition({ way }, 9000), { x: 10, y: 20, heading: 10 });
});

test("a mark is stale after more than two of its periods; one without a period never is", () => {
  const mark = { period: 5, time: 100_000 };
  assert.equal(isMarkStale(mark, 110_000), false);
  assert.equal(isMarkStale(mark, 110_001), true);
  assert.equal(isMarkStale({ period: null, time: 0 }, 1e12), false);
});

test("a vehicle is on the map once it has a position, until it is gone", () => {
  assert.deepEqual(
    [{ kind: "vehicle" }, { kind: "vehicle", way: {} }, { kind: "gas" }, { kind: "gas", gone: true }].map(
      isPresent,
    ),
    [false, true, true, false],
  );
});
