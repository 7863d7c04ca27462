// The wall's strip: the active incident with its clock, or the worst alarm where that is graver, in letters
// that are read at four metres.
import { el, setClass, setText } from "../core/dom.mjs";
import { formatDuration } from "../core/format.mjs";
import { ageMs, connection } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import {
  exerciseText,
  gradeClass,
  gradeText,
  reportClock,
  stateText,
  unsentText,
} from "../incidents/incidents.mjs";
import { outranks } from "../incidents/ranking.mjs";

function build(host) {
  const parts = {
    mark: el("span", "strip-mark"),
    title: el("b", "strip-title"),
    more: el("span", "strip-more"),
    what: el("span", "strip-what"),
    time: el("b", "strip-time"),
  };
  const words = el("div", "strip-words");
  const clock = el("div", "strip-clock");
  words.append(parts.title, parts.more);
  clock.append(parts.what, parts.time);
  host.append(parts.mark, words, clock);
  host.parts = parts;
  return parts;
}

function incident(card) {
  const due = reportClock(card);
  const answer = card.steps_total
    ? translate("대응 절차 {done} / {all}", { done: card.steps_done, all: card.steps_total })
    : "";
  return {
    look: `${gradeClass(card)} incident`,
    mark: gradeText(card),
    title: [exerciseText(card), localName(card.title)].filter(Boolean).join(" · "),
    more: [
      stateText(card),
      card.owner ? translate("담당 {user}", { user: card.owner }) : "",
      answer,
      unsentText(card.next),
      card.next ? translate("다음: {step}", { step: localName(card.next.name) }) : "",
      localName(card.reason),
    ]
      .filter(Boolean)
      .join(" · "),
    what: translate(due ? "화학사고 신고 시한" : "경과"),
    time: due || formatDuration(ageMs(card.opened_ms)),
  };
}

function alarm(first, alarms, { place, measured, word }) {
  if (!first)
    return {
      look: "none",
      title: translate(
        connection.link === "live" ? "처리할 경보 없음" : "연결 끊김: 지금의 경보를 알 수 없음",
      ),
    };
  const alike = alarms.filter(
    (other) => other.condition === first.condition && other.priority === first.priority,
  );
  return {
    look: first.priority,
    mark: word(first),
    title: [localName(first.name), place({ head: first, members: alike }), measured(first)]
      .filter(Boolean)
      .join(" · "),
  };
}

export const paintStrip = (cards, alarms, words) => {
  const host = document.getElementById("strip");
  if (!host) return;
  const [card] = cards;
  const graver = (other) => (card ? outranks(other, card) : other.state !== "returned");
  const first = words.worst(alarms.filter(graver));
  const led = Boolean(card) && !first;
  const parts = host.parts || build(host);
  const texts = led ? incident(card) : alarm(first, alarms, words);
  document.querySelector(".room.wall").classList.toggle("in-incident", led);
  setClass(host, `strip ${texts.look}`);
  for (const part of Object.keys(parts)) setText(parts[part], texts[part] || "");
};
