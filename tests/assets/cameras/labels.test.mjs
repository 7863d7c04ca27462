import assert from "node:assert/strict";
import { test } from "node:test";
import { cameraDetail, healthLabel, modelOf, objectLabel } from "../../../assets/cameras/labels.mjs";
import { openPage } from "../fake_page.mjs";

const DETAIL = "규칙 꺼짐 · rules off: no model · model motion · 화면 없음 · no picture";

test("a detail is told in one language, its model apart", () => {
  openPage("ko");
  assert.equal(cameraDetail(DETAIL), "규칙 꺼짐: no model · 화면 없음");
  assert.equal(cameraDetail(DETAIL, false), "규칙 꺼짐 · 화면 없음");
  openPage("en");
  assert.equal(cameraDetail(DETAIL), "rules off: no model · no picture");
  assert.equal(modelOf(DETAIL), "motion");
});

test("what a detail is about stands before its words in both languages", () => {
  const detail = "loitering:gate: 배회는 모델이 필요합니다 · needs a model";
  openPage("en");
  assert.equal(cameraDetail(detail), "loitering:gate: needs a model");
  openPage("ko");
  assert.equal(cameraDetail(detail), "loitering:gate: 배회는 모델이 필요합니다");
});

test("nothing is said of nothing", () => {
  openPage("ko");
  assert.deepEqual([cameraDetail(null), modelOf(undefined), objectLabel("")], ["", "", ""]);
});

test("states and objects without words keep to what is known of them", () => {
  openPage("ko");
  assert.deepEqual(["ok", "lost", "no-such-state"].map(healthLabel), ["정상", "신호 끊김", "알 수 없음"]);
  assert.deepEqual(["truck", "zebra"].map(objectLabel), ["화물차", "zebra"]);
});
