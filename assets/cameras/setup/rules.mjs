// The rules of zones, lines and the whole picture: forms made from the schema of a camera's file.

import { el, setNote, whenMounted } from "../../core/dom.mjs";
import { createField } from "../../core/forms.mjs";
import { translate } from "../../core/texts.mjs";
import { OBJECT_LABELS, objectLabel } from "../labels.mjs";
import { announceEdit, editor, onEdit } from "./editor.mjs";
import { directionLabel, ruleLabel } from "./labels.mjs";

const FIELDS = {
  classes: "대상 (비우면 모두)",
  dwell_s: "머문 시간 (초)",
  inertia_s: "안에 있어야 할 시간 (초)",
  pause_s: "알린 뒤 쉬는 시간 (초)",
  direction: "방향",
  people: "사람 수",
  for_s: "계속된 시간 (초)",
  down_s: "쓰러져 있는 시간 (초)",
  lengths: "움직인 거리 (차 길이의 배수)",
};
const BESIDE = { up: "left", left: "up", down: "right", right: "down" };
const turned = new WeakMap(); // a rule whose line was turned, and the direction that it had before
let slopes = "";

/** The two ways over a line as it is drawn; the camera's own check has them the same. */
const ways = ({ points: [[ax, ay] = [0, 0], [bx, by] = [0, 0]] }) =>
  Math.abs(bx - ax) >= Math.abs(by - ay) ? ["up", "down"] : ["left", "right"];
const sloped = () => editor.camera.lines.map((line) => ways(line)[0]).join();

/** The schema of a rule of this kind. */
function form(kind) {
  return Object.values(editor.loaded.schema.$defs).find(
    (definition) => definition.properties?.kind && (definition.properties.kind.enum || [])[0] === kind,
  );
}

/** Why a rule is off here; empty when it is not. */
function off(kind) {
  const needs = (form(kind)?.["x-needs"] || []).filter((need) => need !== "motion");
  return needs.length && !editor.loaded.model
    ? translate("꺼짐: 탐지 모델이 없어 움직임만 봅니다 ({needs} 필요)", { needs: needs.join(", ") })
    : "";
}

/** Give each rule of a line a direction that the line has; tell whether one was changed. */
function fit(line) {
  return (
    (line.rules || []).filter((rule) => {
      const schema = form(rule.kind)?.properties?.direction;
      const way = schema && (rule.direction ?? schema.default);
      const next = BESIDE[way];
      if (!next || ways(line).includes(way)) return false;
      if (next === schema.default) delete rule.direction;
      else rule.direction = next;
      if (turned.has(rule)) turned.delete(rule);
      else turned.set(rule, way);
      return true;
    }).length > 0
  );
}

const same = (value, other) => JSON.stringify(value) === JSON.stringify(other);

/** Boxes to tick, one a word; `set(those ticked)`. */
function several(label, ticked, words, set) {
  const host = el("fieldset", "setup-several");
  const legend = el("legend", "", translate(label));
  const order = Object.keys(OBJECT_LABELS);
  words = [...words].sort((word, other) => order.indexOf(word) - order.indexOf(other));
  host.append(
    legend,
    ...words.map((word) => {
      const box = Object.assign(el("input"), {
        type: "checkbox",
        value: word,
        checked: ticked.includes(word),
      });
      const boxLabel = el("label", "", objectLabel(word));
      box.addEventListener("change", () =>
        set(words.filter((_, at) => host.querySelectorAll("input")[at].checked)),
      );
      boxLabel.prepend(box);
      return boxLabel;
    }),
  );
  return host;
}

/** One parameter of a rule; what is as the standard has it is not written down. */
function input(rule, name, schema, line) {
  const value = rule[name] === undefined ? schema.default : rule[name];
  const set = (next) => {
    if (same(next, schema.default)) delete rule[name];
    else rule[name] = next;
    announceEdit([]);
  };
  let host = null;
  if (schema.enum) {
    const fits = (direction) =>
      !line || name !== "direction" || !BESIDE[direction] || ways(line).includes(direction);
    host = createField(FIELDS[name] || name, {
      choices: schema.enum.filter(fits).map((choice) => [choice, directionLabel(choice)]),
    });
    host.input.value = value;
    host.input.addEventListener("change", () => {
      set(host.input.value);
      if (turned.delete(rule)) host.closest(".setup-rule").querySelector(".setup-turned")?.remove();
    });
  } else if (schema.type === "number" || schema.type === "integer") {
    host = createField(FIELDS[name] || name, {
      type: "number",
      value,
      step: schema.type === "integer" ? "1" : "any",
      min: schema.minimum ?? schema.exclusiveMinimum ?? "",
      max: schema.maximum ?? "",
    });
    host.input.addEventListener("input", () => {
      if (host.input.value !== "") set(host.input.valueAsNumber);
    });
  } else if (schema.type === "boolean") {
    host = createField(FIELDS[name] || name, { type: "checkbox", checked: value });
    host.input.addEventListener("change", () => set(host.input.checked));
  } else if (schema.type === "array" && schema.items?.enum)
    host = several(FIELDS[name] || name, value || [], schema.items.enum, set);
  else return null;
  return host;
}

function drawRule(rules, rule, at, line = null) {
  const host = el("div", "setup-rule");
  const head = el("div", "setup-rule-head");
  const removing = el("button", "", translate("빼기"));
  const why = off(rule.kind);
  removing.type = "button";
  removing.addEventListener("click", () => {
    rules.splice(at, 1);
    announceEdit(["rules"]);
  });
  head.append(el("b", "", ruleLabel(rule.kind)), removing);
  const fields = Object.entries((form(rule.kind) || { properties: {} }).properties)
    .filter(([name]) => name !== "kind")
    .map(([name, schema]) => input(rule, name, schema, line))
    .filter(Boolean);
  const body = el("div", "record-form");
  body.append(...fields);
  host.append(head, body);
  if (turned.has(rule))
    host.append(
      el(
        "p",
        "setup-turned",
        translate("선에 맞춰 방향을 바꿨습니다: {from} → {to}. 맞는지 확인하세요.", {
          from: directionLabel(turned.get(rule)),
          to: directionLabel(BESIDE[turned.get(rule)]),
        }),
      ),
    );
  if (why) {
    host.classList.add("off");
    host.append(el("p", "setup-off", why));
  }
  return host;
}

function adder(part, rules, line = null) {
  const kinds = editor.loaded.schema["x-rules"][part];
  const choices = [
    ["", translate("규칙 더하기")],
    ...kinds.map((kind) => [kind, `${ruleLabel(kind)}${off(kind) ? ` (${translate("꺼짐")})` : ""}`]),
  ];
  const list = createField("규칙", { choices });
  list.input.className = "setup-add-rule";
  list.input.addEventListener("change", () => {
    if (!list.input.value) return;
    const rule = { kind: list.input.value };
    rules.push(rule);
    if (line && fit(line)) turned.delete(rule); // nobody had chosen yet
    announceEdit(["rules"]);
  });
  return list;
}

function place(part, area, index) {
  const host = el("section", "setup-place");
  const head = el("div", "setup-place-head");
  const name = createField(part === "zones" ? "구역" : "선", {
    value: area.name,
    required: true,
    maxLength: 100,
  });
  const on = editor.chosen && editor.chosen.part === part && editor.chosen.index === index;
  host.classList.toggle("on", Boolean(on));
  name.input.addEventListener("input", () => {
    area.name = name.input.value;
    announceEdit(["draw"]);
  });
  name.input.addEventListener("focus", () => {
    editor.chosen = { part, index };
    editor.point = -1;
    for (const other of document.querySelectorAll(".setup-place"))
      other.classList.toggle("on", other === host);
    announceEdit(["draw"], false);
  });
  area.rules = area.rules || [];
  const line = part === "lines" ? area : null;
  head.append(name, adder(part, area.rules, line));
  host.append(head, ...area.rules.map((rule, at) => drawRule(area.rules, rule, at, line)));
  return host;
}

function paint(host) {
  slopes = sloped();
  if (editor.camera.lines.filter(fit).length) announceEdit([]);
  const whole = el("section", "setup-place");
  const head = el("div", "setup-place-head");
  const { zones, lines, rules } = editor.camera;
  head.append(el("b", "", translate("화면 전체")), adder("rules", rules));
  whole.append(head, ...rules.map((rule, at) => drawRule(rules, rule, at)));
  host.replaceChildren(
    ...zones.map((zone, index) => place("zones", zone, index)),
    ...lines.map((line, index) => place("lines", line, index)),
    whole,
  );
  setNote("setup-rules", editor.loaded.model ? "" : translate("탐지 모델 없음 · 움직임만 봄"));
}

whenMounted("#setup-rules", (host) => {
  onEdit("rules", () => paint(host));
  onEdit("draw", () => {
    if (sloped() !== slopes) paint(host);
  }); // a line was turned: other ways lead over it
});
