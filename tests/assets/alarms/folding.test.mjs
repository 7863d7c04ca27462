import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import {
  alarmValue,
  foldAlarms,
  isListed,
  isWaiting,
  rowRank,
  worstOf,
} from "../../../assets/alarms/folding.mjs";
import { fold } from "../../../assets/core/state.mjs";

const alarm = (name, facts = {}) => ({
  alarm: name,
  asset: `park/gas/${name}`,
  condition: "gas",
  priority: "high",
  state: "unack",
  raised_ms: 0,
  ...facts,
});
const keys = (rows) => rows.map(({ key }) => key);

beforeEach(() => {
  fold("reset", null);
});

test("alarms of one condition and priority are one row, the most urgent and newest first", () => {
  const alarms = [
    alarm("old", { raised_ms: 1 }),
    alarm("new", { raised_ms: 2 }),
    alarm("critical", { priority: "critical" }),
    alarm("light", { condition: "light", raised_ms: 3 }),
  ];
  const rows = foldAlarms(alarms, new Set());
  assert.deepEqual(keys(rows), ["critical", "light", "gas/high"]);
  assert.equal(rows[2].folded, true);
  assert.deepEqual(
    rows[2].members.map((member) => member.alarm),
    ["new", "old"],
  );
  assert.deepEqual(keys(foldAlarms(alarms.reverse(), new Set())), keys(rows));
});

test("an open row shows its members below it, each led by it", () => {
  const rows = foldAlarms([alarm("a"), alarm("b")], new Set(["gas/high"]));
  assert.deepEqual(keys(rows), ["gas/high", "a", "b"]);
  assert.equal(rows[0].open, true);
  assert.deepEqual(
    rows.slice(1).map(({ inner, lead }) => [inner, lead]),
    [
      [true, rows[0].head],
      [true, rows[0].head],
    ],
  );
});

test("the worst waits, and among those that wait it is farthest over its limit", () => {
  const over = (name, value, state) => alarm(name, { value, limit: 10, state });
  assert.equal(worstOf([over("a", 90, "ack"), over("b", 20, "unack"), over("c", 30, "unack")]).alarm, "c");
  assert.equal(
    worstOf([over("a", 90, "ack"), alarm("b", { priority: "critical", state: "ack" })]).alarm,
    "b",
  );
});

test("of a gas the concentration now counts, until it has returned", () => {
  fold("assets", { "park/gas/a": [2, 1, { ppm: 33 }] });
  assert.equal(alarmValue(alarm("a", { unit: "ppm", value: 11 })), 33);
  assert.equal(alarmValue(alarm("a", { unit: "ppm", value: 11, state: "returned" })), 11);
  assert.equal(alarmValue(alarm("a", { unit: "kW", value: 11 })), 11);
  assert.equal(alarmValue(alarm("unknown", { unit: "ppm", value: 11 })), 11);
});

test("what is hidden or of a standing incident is not listed", () => {
  fold("incidents", [{ incident: "i", state: "new" }]);
  const listed = [
    {},
    { state: "shelved" },
    { incident: "i" },
    { incident: "gone" },
    { state: "latched_ack" },
  ];
  assert.deepEqual(
    listed.map((facts) => isListed(alarm("a", facts))),
    [true, false, false, true, true],
  );
});

test("an alarm waits until it is acknowledged", () => {
  const states = ["unack", "returned", "latched", "ack", "latched_ack"];
  assert.deepEqual(
    states.map((state) => isWaiting({ state })),
    [true, true, true, false, false],
  );
});

test("an incident stands before an alarm as urgent, and what is over after all", () => {
  const incident = { grade: "alert", members: 1 };
  const ranks = [
    rowRank({ head: alarm("critical", { priority: "critical" }) }),
    rowRank({ card: incident }),
    rowRank({ head: alarm("high") }),
    rowRank({ card: { grade: "attention", members: 1 } }),
    rowRank({ head: alarm("low", { priority: "low" }) }),
    rowRank({ head: alarm("over", { priority: "critical", state: "returned" }) }),
  ];
  assert.deepEqual(
    ranks,
    [...ranks].sort((a, b) => a - b),
  );
  assert.equal(new Set(ranks).size, ranks.length);
  const member = { head: alarm("a", { state: "ack" }), lead: alarm("b", { state: "returned" }) };
  assert.equal(rowRank(member), ranks[5], "a member stands where its row stands");
});
