import assert from "node:assert/strict";
import { test } from "node:test";
import { language, localName, translate } from "../../../assets/core/texts.mjs";
import { openPage } from "../fake_page.mjs";

test("a text is found by its msgid and filled; braces in a parameter are only text", () => {
  openPage("en", { "{n}대 {name}": "{n} of {name}" });
  assert.equal(translate("{n}대 {name}", { n: 3, name: "{n}" }), "3 of {n}");
  assert.equal(translate("없는 글 {n}"), "없는 글 {n}");
});

test("a page that was drawn anew brings its own catalogue", () => {
  openPage("en", { 지도: "Map" });
  assert.deepEqual([language(), translate("지도")], ["en", "Map"]);
  openPage("ko");
  assert.deepEqual([language(), translate("지도")], ["ko", "지도"]);
});

test("a name is told in the page's language, else in Korean, else not at all", () => {
  openPage("en");
  assert.equal(localName({ ko: "가스", en: "Gas" }), "Gas");
  assert.equal(localName({ ko: "가스" }), "가스");
  assert.equal(localName(null), "");
});
