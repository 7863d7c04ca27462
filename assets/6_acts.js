// What people do with an incident, the same by key and by button, in the room and on its page.
(() => {
  "use strict";
  const { incidents } = gwanje;
  const SAID_MS = 5000;
  let gone = null;

  /** Say something at the foot of the page for a moment. */
  function say(text) {
    let node = document.getElementById("said");
    if (!node) {
      node = dom.el("div", "said mild");
      node.id = "said";
      node.setAttribute("role", "status");
      document.body.append(node);
    }
    dom.put(node, text);
    clearTimeout(gone);
    gone = setTimeout(() => dom.put(node, ""), SAID_MS);
  }

  const may = (card) => {
    if (!card) return false;
    if (!incidents.mayAct()) { say(gwanje.text("관제사 이상의 권한이 필요합니다")); return false; }
    return true;
  };
  const stands = (card) => may(card) && card.state !== "closed" && card.state !== "merged";

  function acknowledge(card) {
    if (stands(card) && !card.acked_ms) incidents.act("incident.acknowledge", card.incident);
  }

  function verify(card, verdict) {
    if (stands(card)) incidents.act("incident.verify", card.incident, { verdict });
  }

  /** Do the next step; one that waits for a choice says which. */
  function next(card) {
    if (!stands(card) || !card.next) return;
    const { id, act, unsent } = card.next;
    if (act === "verify") return void say(gwanje.text("판정을 고르세요: T 사실 · F 오경보 · U 불분명"));
    if (act === "grade") return void say(gwanje.text("등급을 고르세요: 1 관심 · 2 주의 · 3 경계 · 4 심각"));
    if (unsent) return void told(card);
    incidents.act("incident.step", card.incident, { step: id });
  }

  /** Have a step done that could tell nobody: who was told instead, and how. */
  async function told({ incident, next: { id, name } }) {
    const reason = await gwanje.ask("누구에게 어떻게 알렸는지", { about: dom.name(name), needed: true });
    if (reason !== null) incidents.act("incident.step", incident, { step: id, reason });
  }

  async function grade(card, wanted) {
    if (!stands(card)) return;
    const reason = await gwanje.ask("등급 지정 사유", { needed: true });
    if (reason !== null) incidents.act("incident.grade", card.incident, { grade: wanted, reason });
  }

  async function skip(card) {
    if (!stands(card) || !card.next) return;
    const reason = await gwanje.ask("건너뛰는 사유", { about: dom.name(card.next.name), needed: true });
    if (reason !== null) incidents.act("incident.skip", card.incident, { step: card.next.id, reason });
  }

  async function note(card) {
    if (!may(card)) return;
    const text = await gwanje.ask("메모", { needed: true });
    if (text !== null) incidents.act("incident.note", card.incident, { text });
  }

  /** The state that closing leads to: what is answered is first under control. */
  const after = (card) => (card.state === "responding" ? "controlled" : "closed");

  async function close(card) {
    if (!stands(card)) return;
    const state = after(card);
    if (state === "closed" && card.mandatory_open) {
      return void say(gwanje.text("필수 단계 {n}개가 남아 종료할 수 없습니다", { n: card.mandatory_open }));
    }
    const reason = await gwanje.ask(state === "closed" ? "종료 내용" : "통제 내용", {});
    if (reason !== null) incidents.act("incident.advance", card.incident, { state, reason });
  }

  const GRADES = incidents.GRADES;
  const KEYS = {
    a: acknowledge, t: (card) => verify(card, "true"), f: (card) => verify(card, "false"), u: (card) => verify(card, "unclear"),
    s: skip, n: note, c: close, ...Object.fromEntries(GRADES.map((name, index) => [String(index + 1), (card) => grade(card, name)])),
  };

  /** Do with `card` what a key stands for; false when it stands for nothing. */
  function press(key, card) {
    const act = key === "Enter" ? next : KEYS[key];
    if (!act || !card) return false;
    act(card);
    return true;
  }

  const HELP = [["A", "인지"], ["T F U", "사실 · 오경보 · 불분명"], ["Enter", "다음 단계"], ["S", "건너뛰기(사유)"],
    ["1 2 3 4", "등급 지정"], ["N", "메모"], ["C", "통제 · 종료"]];

  /** Whether a key belongs to a field or a dialog and to nobody else. */
  const typing = (event) => Boolean(event.target.closest?.("input, textarea, select, dialog, [contenteditable=true]"))
    || document.querySelector("dialog[open]") !== null || event.isComposing;

  /** Show the keys, or put them away. */
  function help(rows) {
    const held = document.getElementById("keys");
    if (held) return void held.remove();
    const box = dom.el("dl", "keys");
    box.id = "keys";
    for (const [key, what] of rows) box.append(dom.el("dt", "", key), dom.el("dd", "", gwanje.text(what)));
    document.body.append(box);
  }

  gwanje.acts = { say, acknowledge, verify, next, grade, skip, note, close, after, press, typing, help, HELP };
})();
