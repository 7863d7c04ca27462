// One incident in the attention list: how grave, what, how old, how far its answer has come, what is next.
import { el, setAttribute, setClass, setText } from "../core/dom.mjs";
import { formatClock, formatDuration } from "../core/format.mjs";
import { ageMs } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { acknowledgeIncident } from "../incidents/actions.mjs";
import {
  exerciseText,
  gradeClass,
  gradeText,
  mayAct,
  openIncident,
  reportClock,
  stateText,
  unsentText,
  verdictText,
} from "../incidents/incidents.mjs";

export function createIncidentRow(row, choose) {
  const node = el("li");
  const parts = {
    mark: el("span", "mark"),
    title: el("b", "title"),
    age: el("span", "age"),
    facts: el("span", "detail"),
    button: el("button", "acknowledge", translate("인지")),
    reason: el("span", "reason"),
    track: el("div", "track"),
    bar: el("div"),
    next: el("span", "next"),
  };
  node.parts = parts;
  parts.button.type = "button";
  const [first, second, third] = [el("div", "line"), el("div", "line second"), el("div", "line third")];
  first.append(parts.mark, parts.title, parts.age);
  second.append(parts.facts, parts.button);
  third.append(parts.reason);
  parts.track.append(parts.bar);
  node.append(first, second, third, parts.track, parts.next);
  node.tabIndex = -1;
  node.addEventListener("click", () => {
    choose(row.key, false);
    openIncident(node.shown.incident);
  });
  parts.button.addEventListener("click", (event) => {
    event.stopPropagation();
    acknowledgeIncident(node.shown);
  });
  return node;
}

function age(card) {
  const clock = reportClock(card);
  return clock ? translate("신고 {time}", { time: clock }) : formatDuration(ageMs(card.opened_ms));
}

function facts(card) {
  return [
    exerciseText(card),
    formatClock(card.opened_ms),
    stateText(card),
    card.owner ? translate("담당 {user}", { user: card.owner }) : "",
    card.verdict ? verdictText(card.verdict) : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function next(card) {
  if (!card.steps_total) return "";
  const after = card.next ? translate("다음: {step}", { step: localName(card.next.name) }) : "";
  return [
    translate("대응 절차 {done} / {all}", { done: card.steps_done, all: card.steps_total }),
    unsentText(card.next),
    after,
  ]
    .filter(Boolean)
    .join(" · ");
}

export function updateIncidentRow(node, { card, key }, chosen) {
  const { parts } = node;
  node.shown = card;
  setClass(
    node,
    ["alarm happening-now", gradeClass(card), card.acked_ms ? "ack" : "unack", key === chosen ? "chosen" : ""]
      .filter(Boolean)
      .join(" "),
  );
  setText(parts.mark, gradeText(card));
  setText(parts.title, localName(card.title));
  setText(parts.age, age(card));
  setText(parts.facts, facts(card));
  setText(parts.reason, localName(card.reason));
  setText(parts.next, next(card));
  parts.button.hidden = Boolean(card.acked_ms) || !mayAct();
  parts.track.hidden = !card.steps_total;
  parts.bar.style.width = `${card.steps_total ? (100 * card.steps_done) / card.steps_total : 0}%`;
  setAttribute(node, "aria-selected", String(key === chosen));
  setAttribute(node, "title", localName(card.reason));
}
