// Incidents as every panel needs them: in order of urgency, their words, the way to their page, and acts on
// them.

import { formatDuration } from "../core/format.mjs";
import { goToPage } from "../core/navigation.mjs";
import { parkState, serverNow } from "../core/push.mjs";
import { isOperator } from "../core/roles.mjs";
import { translate } from "../core/texts.mjs";
import { compareIncidents } from "./ranking.mjs";

/** @type {Record<string, string>} */
const GRADES = { attention: "관심", caution: "주의", alert: "경계", serious: "심각" };
/** @type {Record<string, string>} */
const LOOKS = { serious: "critical", alert: "high", caution: "medium", attention: "low" };
/** @type {Record<string, string>} */
const STATES = {
  new: "새 사건",
  acknowledged: "인지",
  verified: "확인됨",
  responding: "대응 중",
  controlled: "통제됨",
  closed: "종료",
  merged: "다른 사건에 합쳐짐",
};
/** @type {Record<string, string>} */
const VERDICTS = { true: "사실", false: "오경보", unclear: "불분명" };
const PAGE = "/incident/";

/**
 * The standing incidents: what a flood is about, then the gravest first, then not acknowledged, then newest.
 */
export const standingIncidents = () => Object.values(parkState.incidents).sort(compareIncidents);

/** Id of the incident whose page is shown, null in the room. */
export const shownIncident = () =>
  document.querySelector(".room.incident") && location.pathname.startsWith(PAGE)
    ? decodeURIComponent(location.pathname.slice(PAGE.length))
    : null;

let room = "/";

/**
 * Go to the page of an incident; the wall has no hands.
 * @param {string | null | undefined} id
 */
export function openIncident(id) {
  if (!id || document.querySelector(".room.wall")) return;
  if (!location.pathname.startsWith(PAGE)) room = location.pathname;
  goToPage(PAGE + encodeURIComponent(id));
}

/** Go back to the room that the page was opened from. */
export const leaveIncident = () => goToPage(room);

/** Whether the one at the screen may act. */
export const mayAct = () => isOperator() && !document.querySelector(".room.wall");

/**
 * Ask the server for an act by its name in the table of acts; what it refuses is said at the foot of the
 * page.
 * @param {string} name
 * @param {string} object what it is done to
 * @param {object} [fields] of the act
 */
export function requestAction(name, object, fields = {}) {
  if (!mayAct()) return;
  window.dash_clientside.set_props("act", { data: { name, object, fields, at: Date.now() } });
}

/**
 * How long until the report is due, or how long it is over; empty without a clock.
 * @param {Pick<IncidentCard, "report_due_ms">} card
 */
export function reportClock({ report_due_ms: due }) {
  if (!due) return "";
  const left = due - serverNow();
  return left >= 0 ? formatDuration(left) : translate("{time} 초과", { time: formatDuration(-left) });
}

/**
 * The grade of an incident in words.
 * @param {Pick<IncidentCard, "grade">} card
 */
export const gradeText = (card) => translate(GRADES[card.grade]);

/**
 * The class that an incident has by its grade.
 * @param {Pick<IncidentCard, "grade">} card
 */
export const gradeClass = (card) => LOOKS[card.grade];

/**
 * The state of an incident in words.
 * @param {Pick<IncidentCard, "state">} card
 */
export const stateText = (card) => translate(STATES[card.state] || STATES.new);

/**
 * A verdict in words.
 * @param {string} verdict
 */
export const verdictText = (verdict) => translate(VERDICTS[verdict]);

/**
 * That an incident is only an exercise; empty where it is not.
 * @param {Pick<IncidentCard, "exercise">} card
 */
export const exerciseText = (card) => (card.exercise ? translate("훈련") : "");

/**
 * What is wrong with a step whose messages did not arrive; empty where nothing is.
 * @param {{unsent?: number} | null | undefined} step
 */
export const unsentText = (step) =>
  step?.unsent ? translate("전파 실패 {n} · 전화로 알릴 것", { n: step.unsent }) : "";
