import assert from "node:assert/strict";
import { test } from "node:test";
import {
  compareIncidents,
  GRADE_NAMES,
  isActive,
  outranks,
  urgencyRank,
} from "../../../assets/incidents/ranking.mjs";

const card = (incident, facts = {}) => ({
  incident,
  grade: "caution",
  members: 1,
  opened_ms: 0,
  acked_ms: null,
  ...facts,
});
const sorted = (...cards) => cards.sort(compareIncidents).map(({ incident }) => incident);

test("a flood comes first, then the grave, then not acknowledged, then the newest, then by name", () => {
  const cards = [
    card("b"),
    card("a"),
    card("newer", { opened_ms: 9 }),
    card("acked", { opened_ms: 99, acked_ms: 100 }),
    card("serious", { grade: "serious", acked_ms: 1 }),
    card("flood", { grade: "attention", members: 100, acked_ms: 1 }),
  ];
  assert.deepEqual(sorted(...cards), ["flood", "serious", "newer", "a", "b", "acked"]);
  assert.deepEqual(sorted(...cards.reverse()), ["flood", "serious", "newer", "a", "b", "acked"]);
});

test("grades and priorities are on one scale; a flood is as urgent as can be", () => {
  assert.deepEqual(GRADE_NAMES, ["attention", "caution", "alert", "serious"]);
  assert.deepEqual(
    GRADE_NAMES.map((grade) => urgencyRank(card("i", { grade }))),
    [3, 2, 1, 0],
  );
  assert.deepEqual(
    ["low", "medium", "high", "critical"].map((priority) => urgencyRank({ priority })),
    [3, 2, 1, 0],
  );
  assert.equal(urgencyRank(card("i", { grade: "attention", members: 100 })), 0);
  assert.equal(urgencyRank(card("i", { grade: "attention", members: 99 })), 3);
});

test("an alarm goes before an incident only while it is active and more urgent", () => {
  const incident = card("i", { grade: "alert" });
  const alarm = (priority, state) => ({ priority, state });
  assert.equal(outranks(alarm("critical", "unack"), incident), true);
  assert.equal(outranks(alarm("critical", "ack"), incident), true);
  assert.equal(outranks(alarm("critical", "latched"), incident), false);
  assert.equal(outranks(alarm("high", "unack"), incident), false);
  assert.deepEqual(
    ["returned", "normal", "latched_ack"].map((state) => isActive({ state })),
    [false, false, false],
  );
});
