// What people do with an incident, the same by key and by button, in the room and on its page.
import { askText } from "../core/dialog.mjs";
import { el, setText } from "../core/dom.mjs";
import { localName, translate } from "../core/texts.mjs";
import { mayAct, requestAction } from "./incidents.mjs";
import { GRADE_NAMES } from "./ranking.mjs";

const SAID_MS = 5000;
let clearTimer = null;

/** Say something at the foot of the page for a moment. */
export function showNotice(text) {
  let node = document.getElementById("said");
  if (!node) {
    node = el("div", "said mild");
    node.id = "said";
    node.setAttribute("role", "status");
    document.body.append(node);
  }
  setText(node, text);
  clearTimeout(clearTimer);
  clearTimer = setTimeout(() => setText(node, ""), SAID_MS);
}

const may = (card) => {
  if (!card) return false;
  if (!mayAct()) {
    showNotice(translate("관제사 이상의 권한이 필요합니다"));
    return false;
  }
  return true;
};
const stands = (card) => may(card) && card.state !== "closed" && card.state !== "merged";

export function acknowledgeIncident(card) {
  if (stands(card) && !card.acked_ms) requestAction("incident.acknowledge", card.incident);
}

export function verifyIncident(card, verdict) {
  if (stands(card)) requestAction("incident.verify", card.incident, { verdict });
}

/** Do the next step; one that waits for a choice says which. */
export function doNextStep(card) {
  if (!stands(card) || !card.next) return;
  const { id, act, unsent } = card.next;
  if (act === "verify") return void showNotice(translate("판정을 고르세요: T 사실 · F 오경보 · U 불분명"));
  if (act === "grade")
    return void showNotice(translate("등급을 고르세요: 1 관심 · 2 주의 · 3 경계 · 4 심각"));
  if (unsent) return void confirmToldByPhone(card);
  requestAction("incident.step", card.incident, { step: id });
}

/** Have a step done that could tell nobody: who was told instead, and how. */
async function confirmToldByPhone({ incident, next: { id, name } }) {
  const reason = await askText("누구에게 어떻게 알렸는지", { about: localName(name), needed: true });
  if (reason !== null) requestAction("incident.step", incident, { step: id, reason });
}

export async function gradeIncident(card, wanted) {
  if (!stands(card)) return;
  const reason = await askText("등급 지정 사유", { needed: true });
  if (reason !== null) requestAction("incident.grade", card.incident, { grade: wanted, reason });
}

export async function skipStep(card) {
  if (!stands(card) || !card.next) return;
  const reason = await askText("건너뛰는 사유", { about: localName(card.next.name), needed: true });
  if (reason !== null) requestAction("incident.skip", card.incident, { step: card.next.id, reason });
}

export async function addNote(card) {
  if (!may(card)) return;
  const text = await askText("메모", { needed: true });
  if (text !== null) requestAction("incident.note", card.incident, { text });
}

/** The state that closing leads to: what is answered is first under control. */
export const stateAfterClose = (card) => (card.state === "responding" ? "controlled" : "closed");

export async function closeIncident(card) {
  if (!stands(card)) return;
  const state = stateAfterClose(card);
  if (state === "closed" && card.mandatory_open) {
    return void showNotice(
      translate("필수 단계 {n}개가 남아 종료할 수 없습니다", { n: card.mandatory_open }),
    );
  }
  const reason = await askText(state === "closed" ? "종료 내용" : "통제 내용", {});
  if (reason !== null) requestAction("incident.advance", card.incident, { state, reason });
}

const KEYS = {
  a: acknowledgeIncident,
  t: (card) => verifyIncident(card, "true"),
  f: (card) => verifyIncident(card, "false"),
  u: (card) => verifyIncident(card, "unclear"),
  s: skipStep,
  n: addNote,
  c: closeIncident,
  ...Object.fromEntries(
    GRADE_NAMES.map((name, index) => [String(index + 1), (card) => gradeIncident(card, name)]),
  ),
};

/** Do with `card` what a key stands for; false when it stands for nothing. */
export function pressKey(key, card) {
  const act = key === "Enter" ? doNextStep : KEYS[key];
  if (!act || !card) return false;
  act(card);
  return true;
}

export const KEY_HELP = [
  ["A", "인지"],
  ["T F U", "사실 · 오경보 · 불분명"],
  ["Enter", "다음 단계"],
  ["S", "건너뛰기(사유)"],
  ["1 2 3 4", "등급 지정"],
  ["N", "메모"],
  ["C", "통제 · 종료"],
];

/** Whether a key belongs to a field or a dialog and to nobody else. */
export const isTyping = (event) =>
  Boolean(event.target.closest?.("input, textarea, select, dialog, [contenteditable=true]")) ||
  document.querySelector("dialog[open]") !== null ||
  event.isComposing;

/** Show the keys, or put them away. */
export function toggleKeyHelp(rows) {
  const shown = document.getElementById("keys");
  if (shown) return void shown.remove();
  const box = el("dl", "keys");
  box.id = "keys";
  for (const [key, meaning] of rows) box.append(el("dt", "", key), el("dd", "", translate(meaning)));
  document.body.append(box);
}
