import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as format from "../../../assets/core/format.mjs";
import { fold } from "../../../assets/core/state.mjs";
import { openPage } from "../fake_page.mjs";

const NIGHT = Date.UTC(2026, 10, 22, 15, 4, 7); // 00:04:07 of the 23rd in Seoul

beforeEach(() => {
  openPage();
  fold("hello", { timezone: "Asia/Seoul" });
});

test("a number has separators and its decimals, and a dash where there is none", () => {
  assert.equal(format.formatNumber(1234567.891, 2), "1,234,567.89");
  assert.equal(format.formatNumber(-0.5), "-1");
  for (const missing of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "no number"]) {
    assert.equal(format.formatNumber(missing), "–");
  }
});

test("a measured value has a decimal below ten only, a limit where it has one", () => {
  assert.deepEqual([9.96, 10, -3, 123.4].map(format.formatMeasured), ["10.0", "10", "-3.0", "123"]);
  assert.deepEqual([25, 0.5].map(format.formatLimit), ["25", "0.5"]);
});

test("an age is told in the greatest unit that fits", () => {
  const texts = {
    "{n}초 전": "{n} s ago",
    "{n}분 전": "{n} min ago",
    "{n}시간 전": "{n} h ago",
    "{n}일 전": "{n} d ago",
  };
  openPage("en", texts);
  const ages = [0, 59_999, 60_000, 3_599_999, 3_600_000, 86_400_000, 2 * 86_400_000];
  assert.deepEqual(ages.map(format.formatAge), [
    "0 s ago",
    "59 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 d ago",
    "2 d ago",
  ]);
  assert.equal(format.formatAge(-5), "0 s ago");
  assert.equal(format.formatAge(null), "–");
});

test("a duration grows an hour", () => {
  assert.equal(format.formatDuration(372_000), "06:12");
  assert.equal(format.formatDuration(3_972_000), "1:06:12");
  assert.equal(format.formatDuration(-1), "00:00");
});

test("times are of the park's zone", () => {
  assert.equal(format.formatClock(NIGHT), "00:04:07");
  assert.equal(format.formatDateTime(NIGHT), "11-23 00:04:07");
  fold("hello", { timezone: "UTC" });
  assert.equal(format.formatDateTime(NIGHT), "11-22 15:04:07");
});

test("a bearing is named by the nearest of eight points", () => {
  const bearings = [0, 22, 23, 180, 337, 338, -90, 720];
  assert.deepEqual(bearings.map(format.compassPoint), ["북", "북", "북동", "남", "북서", "북", "서", "북"]);
});

test("facts break between each other only", () => {
  assert.equal(format.joinFacts(["ESS 80 %", "", "a b"]), "ESS\u00a080\u00a0%\u00a0· a\u00a0b");
});
