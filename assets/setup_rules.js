// The rules of zones, lines and the whole picture: forms made from the schema of a camera's file.
(() => {
  "use strict";
  const { el } = dom, setup = gwanje.setup;
  const KINDS = { intrusion: "침입", loitering: "배회", abandonment: "유기", removal: "물건 사라짐", fall: "쓰러짐", fight: "싸움", fire: "화재", smoke: "연기", crowd: "군집",
    line_crossing: "선 통과", wrong_way: "역주행", stopped_vehicle: "정차 차량", dumping: "무단 투기", person_on_carriageway: "차도 보행자" };
  const FIELDS = { classes: "대상 (비우면 모두)", dwell_s: "머문 시간 (초)", inertia_s: "안에 있어야 할 시간 (초)", pause_s: "알린 뒤 쉬는 시간 (초)", direction: "방향",
    people: "사람 수", for_s: "계속된 시간 (초)", down_s: "쓰러져 있는 시간 (초)", lengths: "움직인 거리 (차 길이의 배수)" };
  const WAYS = { both: "양쪽", left: "왼쪽", right: "오른쪽", up: "위", down: "아래" };
  const BESIDE = { up: "left", left: "up", down: "right", right: "down" };
  const turned = new WeakMap(); // a rule whose line was turned, and the direction that it had before
  let slopes = "";
  setup.kind = (name) => gwanje.text(KINDS[name] || name);
  setup.way = (name) => gwanje.text(WAYS[name] || name);

  /** The two ways over a line as it is drawn; the camera's own check has them the same. */
  const ways = ({ points: [[ax, ay] = [0, 0], [bx, by] = [0, 0]] }) => (Math.abs(bx - ax) >= Math.abs(by - ay) ? ["up", "down"] : ["left", "right"]);
  const sloped = () => setup.camera.lines.map((line) => ways(line)[0]).join();

  /** The schema of a rule of this kind. */
  function form(kind) {
    return Object.values(setup.told.schema.$defs).find((one) => one.properties && one.properties.kind && (one.properties.kind.enum || [])[0] === kind);
  }

  /** Why a rule is off here; empty when it is not. */
  function off(kind) {
    const needs = ((form(kind) || {})["x-needs"] || []).filter((need) => need !== "motion");
    return needs.length && !setup.told.model ? gwanje.text("꺼짐: 탐지 모델이 없어 움직임만 봅니다 ({needs} 필요)", { needs: needs.join(", ") }) : "";
  }

  /** Give each rule of a line a direction that the line has; tell whether one was changed. */
  function fit(line) {
    return (line.rules || []).filter((rule) => {
      const said = ((form(rule.kind) || {}).properties || {}).direction, way = said && (rule.direction ?? said.default), next = BESIDE[way];
      if (!next || ways(line).includes(way)) return false;
      if (next === said.default) delete rule.direction; else rule.direction = next;
      if (turned.has(rule)) turned.delete(rule); else turned.set(rule, way);
      return true;
    }).length > 0;
  }

  const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

  /** Boxes to tick, one a word; `set(those ticked)`. */
  function several(label, ticked, words, set) {
    const host = el("fieldset", "setup-several"), legend = el("legend", "", gwanje.text(label)), order = Object.keys(gwanje.cameraPage.NAMES);
    words = [...words].sort((one, other) => order.indexOf(one) - order.indexOf(other));
    host.append(legend, ...words.map((word) => {
      const box = Object.assign(el("input"), { type: "checkbox", value: word, checked: ticked.includes(word) }), one = el("label", "", gwanje.cameraPage.named(word));
      box.addEventListener("change", () => set(words.filter((_, at) => host.querySelectorAll("input")[at].checked)));
      one.prepend(box);
      return one;
    }));
    return host;
  }

  /** One parameter of a rule; what is as the standard has it is not written down. */
  function input(rule, name, said, line) {
    const { field } = gwanje.record, value = rule[name] === undefined ? said.default : rule[name];
    const set = (next) => { if (same(next, said.default)) delete rule[name]; else rule[name] = next; setup.tell([]); };
    let host = null;
    if (said.enum) {
      const fits = (one) => !line || name !== "direction" || !BESIDE[one] || ways(line).includes(one);
      host = field(FIELDS[name] || name, { choices: said.enum.filter(fits).map((one) => [one, setup.way(one)]) });
      host.input.value = value;
      host.input.addEventListener("change", () => { set(host.input.value); if (turned.delete(rule)) host.closest(".setup-rule").querySelector(".setup-turned")?.remove(); });
    } else if (said.type === "number" || said.type === "integer") {
      host = field(FIELDS[name] || name, { type: "number", value, step: said.type === "integer" ? "1" : "any", min: said.minimum ?? said.exclusiveMinimum ?? "", max: said.maximum ?? "" });
      host.input.addEventListener("input", () => { if (host.input.value !== "") set(host.input.valueAsNumber); });
    } else if (said.type === "boolean") {
      host = field(FIELDS[name] || name, { type: "checkbox", checked: value });
      host.input.addEventListener("change", () => set(host.input.checked));
    } else if (said.type === "array" && (said.items || {}).enum) host = several(FIELDS[name] || name, value || [], said.items.enum, set);
    else return null;
    return host;
  }

  function drawRule(rules, rule, at, line = null) {
    const host = el("div", "setup-rule"), head = el("div", "setup-rule-head"), gone = el("button", "", gwanje.text("빼기")), why = off(rule.kind);
    gone.type = "button";
    gone.addEventListener("click", () => { rules.splice(at, 1); setup.tell(["rules"]); });
    head.append(el("b", "", setup.kind(rule.kind)), gone);
    const fields = Object.entries((form(rule.kind) || { properties: {} }).properties).filter(([name]) => name !== "kind").map(([name, said]) => input(rule, name, said, line)).filter(Boolean);
    const body = el("div", "record-form");
    body.append(...fields);
    host.append(head, body);
    if (turned.has(rule)) host.append(el("p", "setup-turned", gwanje.text("선에 맞춰 방향을 바꿨습니다: {from} → {to}. 맞는지 확인하세요.",
      { from: setup.way(turned.get(rule)), to: setup.way(BESIDE[turned.get(rule)]) })));
    if (why) { host.classList.add("off"); host.append(el("p", "setup-off", why)); }
    return host;
  }

  function adder(part, rules, line = null) {
    const kinds = setup.told.schema["x-rules"][part], choices = [["", gwanje.text("규칙 더하기")], ...kinds.map((kind) => [kind, `${setup.kind(kind)}${off(kind) ? ` (${gwanje.text("꺼짐")})` : ""}`])];
    const list = gwanje.record.field("규칙", { choices });
    list.input.className = "setup-add-rule";
    list.input.addEventListener("change", () => {
      if (!list.input.value) return;
      const rule = { kind: list.input.value };
      rules.push(rule);
      if (line && fit(line)) turned.delete(rule); // nobody had chosen yet
      setup.tell(["rules"]);
    });
    return list;
  }

  function place(part, one, index) {
    const host = el("section", "setup-place"), head = el("div", "setup-place-head"), name = gwanje.record.field(part === "zones" ? "구역" : "선", { value: one.name, required: true, maxLength: 100 });
    const on = setup.chosen && setup.chosen.part === part && setup.chosen.index === index;
    host.classList.toggle("on", Boolean(on));
    name.input.addEventListener("input", () => { one.name = name.input.value; setup.tell(["draw"]); });
    name.input.addEventListener("focus", () => {
      setup.chosen = { part, index };
      setup.point = -1;
      for (const other of document.querySelectorAll(".setup-place")) other.classList.toggle("on", other === host);
      setup.tell(["draw"], false);
    });
    one.rules = one.rules || [];
    const line = part === "lines" ? one : null;
    head.append(name, adder(part, one.rules, line));
    host.append(head, ...one.rules.map((rule, at) => drawRule(one.rules, rule, at, line)));
    return host;
  }

  function paint(host) {
    slopes = sloped();
    if (setup.camera.lines.filter(fit).length) setup.tell([]);
    const whole = el("section", "setup-place"), head = el("div", "setup-place-head"), { zones, lines, rules } = setup.camera;
    head.append(el("b", "", gwanje.text("화면 전체")), adder("rules", rules));
    whole.append(head, ...rules.map((rule, at) => drawRule(rules, rule, at)));
    host.replaceChildren(...zones.map((one, index) => place("zones", one, index)), ...lines.map((one, index) => place("lines", one, index)), whole);
    dom.note("setup-rules", setup.told.model ? "" : gwanje.text("탐지 모델 없음 · 움직임만 봄"));
  }

  gwanje.mount("#setup-rules", (host) => {
    setup.on("rules", () => paint(host));
    setup.on("draw", () => { if (sloped() !== slopes) paint(host); }); // a line was turned: other ways lead over it
  });
})();
