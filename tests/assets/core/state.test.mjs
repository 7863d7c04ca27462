import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { fold, isListed, knownOf, newestEventMs, parkState } from "../../../assets/core/state.mjs";

const alarm = (name, state = "unack") => ({ alarm: name, state });

beforeEach(() => {
  fold("reset", null);
});

test("assets are merged key by key", () => {
  fold("assets", { a: [0, 1, {}], b: [0, 1, {}] });
  fold("assets", { a: [2, 5, { ppm: 3 }] });
  assert.deepEqual(parkState.assets, { a: [2, 5, { ppm: 3 }], b: [0, 1, {}] });
});

test("other kinds hold their last message, but for a pong", () => {
  fold("load", { last_10min: 1 });
  fold("load", { last_hour: 2 });
  fold("pong", { now: 1 });
  assert.deepEqual(parkState.load, { last_hour: 2 });
  assert.equal("pong" in parkState, false);
});

test("a row that came before is no news", () => {
  assert.deepEqual(fold("alarms", [alarm("a")]), [alarm("a")]);
  assert.deepEqual(fold("alarms", [alarm("a"), alarm("b")]), [alarm("b")]);
  assert.deepEqual(fold("alarms", [alarm("a", "ack")]), [alarm("a", "ack")]);
});

test("a row that ends is taken away once, and told once", () => {
  fold("alarms", [alarm("a")]);
  assert.deepEqual(fold("alarms", [alarm("a", "normal")]), [alarm("a", "normal")]);
  assert.deepEqual(parkState.alarms, {});
  assert.deepEqual(fold("alarms", [alarm("a", "normal")]), []);
});

test("an incident ends when it is closed or merged", () => {
  for (const state of ["closed", "merged"]) {
    fold("incidents", [{ incident: "i", state: "new" }]);
    fold("incidents", [{ incident: "i", state }]);
    assert.deepEqual(parkState.incidents, {});
  }
});

test("a reset forgets what is merged and listed, and nothing else", () => {
  fold("assets", { a: [0, 1, {}] });
  fold("alarms", [alarm("a")]);
  fold("hello", { role: "viewer" });
  assert.equal(fold("reset", {}), null);
  assert.deepEqual([parkState.assets, parkState.alarms], [{}, {}]);
  assert.deepEqual(parkState.hello, { role: "viewer" });
});

test("what is known is told to who comes late, if there is any", () => {
  assert.equal(knownOf("alarms"), undefined);
  assert.equal(knownOf("nothing-like-it"), undefined);
  fold("alarms", [alarm("a")]);
  assert.deepEqual(knownOf("alarms"), [alarm("a")]);
  fold("vehicles", { v: [1, 2] });
  assert.deepEqual(knownOf("vehicles"), { v: [1, 2] });
});

test("only alarms and incidents are lists", () => {
  assert.deepEqual(["alarms", "incidents", "assets", "toString"].map(isListed), [true, true, false, false]);
});

test("the newest event of a message is found at its place in the rows", () => {
  assert.equal(newestEventMs("assets", { a: [0, 5], b: [0, 9], c: [0, null] }), 9);
  assert.equal(newestEventMs("vehicles", { v: [1, 2, 3, 4, 5, 6, 70] }), 70);
  assert.equal(newestEventMs("load", { last_hour: 2 }), 0);
});
