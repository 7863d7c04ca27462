import assert from "node:assert/strict";
import { test } from "node:test";
import { map } from "../../../assets/map/map.mjs";
import { clusterMarks } from "../../../assets/map/map_cluster.mjs";

const RADIUS_PX = 26;
const mark = (id, facts = {}) => ({
  id,
  kind: "gas",
  traits: {},
  level: 2,
  unack: false,
  alarms: new Map(),
  ...facts,
});
const item = (id, at, facts) => ({ mark: mark(id, facts), at });
const shape = (groups) => groups.map(({ level, count, unack }) => [level, count, unack]);

test("marks that would lie on each other are one, as bad as the worst of them", () => {
  const items = [item("a", [0, 0]), item("b", [20, 0], { level: 3, unack: true }), item("c", [200, 0])];
  assert.deepEqual(shape(clusterMarks(items, RADIUS_PX, map.fitZoom)), [
    [3, 2, true],
    [2, 1, false],
  ]);
});

test("a critical one stays where it is, others stand in their middle", () => {
  const [critical] = clusterMarks(
    [item("a", [0, 0], { level: 4 }), item("b", [10, 0])],
    RADIUS_PX,
    map.fitZoom,
  );
  assert.deepEqual(critical.at, [0, 0]);
  const [others] = clusterMarks([item("a", [0, 0]), item("b", [10, 0])], RADIUS_PX, map.fitZoom);
  assert.deepEqual(others.at, [5, 0]);
});

test("lights of a cabinet are one mark from afar, and the cabinet does not count", () => {
  const light = (id, x) => item(id, [x, 0], { kind: "light", traits: { cabinet: "CB-1" } });
  const items = [light("l1", 0), light("l2", 500), item("park/cabinet/CB-1", [900, 0], { kind: "cabinet" })];
  assert.deepEqual(shape(clusterMarks(items, RADIUS_PX, map.fitZoom)), [[2, 2, false]]);
  assert.equal(clusterMarks(items, RADIUS_PX, map.fitZoom + 4).length, 3);
});

test("the order in which marks come changes nothing", () => {
  const items = Array.from({ length: 40 }, (_, n) =>
    item(`m${n}`, [(n * 37) % 160, (n * 53) % 90], { level: 1 + (n % 4) }),
  );
  const groups = clusterMarks(items, RADIUS_PX, map.fitZoom);
  assert.deepEqual(clusterMarks([...items].reverse(), RADIUS_PX, map.fitZoom), groups);
  assert.equal(
    groups.reduce((sum, { count }) => sum + count, 0),
    items.length,
  );
});
