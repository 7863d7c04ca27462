// Which incidents and alarms come first: one scale of urgency for both.

/** @type {Record<IncidentGrade, number>} */
const GRADE_RANK = { serious: 0, alert: 1, caution: 2, attention: 3 };
/** @type {Record<AlarmPriority, number>} */
const PRIORITY_RANK = { critical: 0, high: 1, medium: 2, low: 3 };
const FLOOD_MEMBERS = 100; // what a flood is about stands on top, as in park/incidents/cards.py
const ACTIVE_STATES = ["unack", "ack"];

/** The grades of incidents, the least first. */
export const GRADE_NAMES = /** @type {IncidentGrade[]} */ (Object.keys(GRADE_RANK)).reverse();

/** @param {IncidentCard} card */
const isFlood = (card) => card.members >= FLOOD_MEMBERS;

/**
 * Order of two incidents: what a flood is about, then the gravest, then not acknowledged, then the newest.
 * @param {IncidentCard} a
 * @param {IncidentCard} b
 * @returns {number} below 0 when `a` comes first
 */
export const compareIncidents = (a, b) =>
  Number(isFlood(b)) - Number(isFlood(a)) ||
  GRADE_RANK[a.grade] - GRADE_RANK[b.grade] ||
  Number(Boolean(a.acked_ms)) - Number(Boolean(b.acked_ms)) ||
  b.opened_ms - a.opened_ms ||
  a.incident.localeCompare(b.incident);

/**
 * How urgent an incident or an alarm is, 0 the most; what a flood is about is no less than that.
 * @param {Alarm | IncidentCard} subject
 * @returns {number}
 */
export function urgencyRank(subject) {
  if (isAlarm(subject)) return PRIORITY_RANK[subject.priority];
  return isFlood(subject) ? 0 : GRADE_RANK[subject.grade];
}

/**
 * @param {Alarm | IncidentCard} subject
 * @returns {subject is Alarm}
 */
const isAlarm = (subject) => Boolean(subject.priority);

/**
 * Whether what raised an alarm goes on: not over, nor latched until somebody resets it.
 * @param {Alarm} alarm
 */
export const isActive = (alarm) => ACTIVE_STATES.includes(alarm.state);

/**
 * Whether an alarm goes before an incident.
 * @param {Alarm} alarm
 * @param {IncidentCard} card
 */
export const outranks = (alarm, card) => isActive(alarm) && urgencyRank(alarm) < urgencyRank(card);
