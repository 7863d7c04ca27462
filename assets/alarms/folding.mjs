// Alarms as rows of the attention list: folded by condition, in order, each with the value that it has now.
import { parkState } from "../core/state.mjs";
import { isActive, urgencyRank } from "../incidents/ranking.mjs";

/**
 * Order of the states of a listed alarm; a hidden one has none of them.
 * @type {Record<string, number>}
 */
const STATE_RANK = { unack: 0, latched: 1, returned: 2, ack: 3, latched_ack: 3 };
const WAITING_STATES = ["unack", "returned", "latched"];
const LEAST_URGENT = 8; // after every incident and every active alarm

/**
 * A row of the list: an alarm, several folded into one, or an incident.
 * @typedef {object} Row
 * @property {string} key
 * @property {Alarm} head what the row says
 * @property {Alarm[]} members
 * @property {boolean} [folded] whether it stands for several
 * @property {boolean} [open] whether those are shown below it
 * @property {boolean} [inner] whether it is one of those
 * @property {Alarm} [lead] head of the row above it, of one of those
 */

/**
 * Whether an alarm is listed: not hidden, and in no standing incident.
 * @param {Alarm} alarm
 */
export const isListed = (alarm) =>
  alarm.state in STATE_RANK && !(alarm.incident && parkState.incidents[alarm.incident]);

/**
 * Whether an alarm waits for somebody to acknowledge it.
 * @param {Alarm} alarm
 */
export const isWaiting = (alarm) => WAITING_STATES.includes(alarm.state);

/**
 * The value of an alarm: of a gas the concentration now, else what raised it.
 * @param {Alarm} alarm
 */
export function alarmValue({ asset, value, unit, state }) {
  const current =
    unit === "ppm" && state !== "returned" ? (parkState.assets[asset] || [])[2]?.ppm : undefined;
  return Number.isFinite(current) ? current : value;
}

/** @param {Alarm} alarm */
const shareOfLimit = (alarm) => (alarm.limit ? (alarmValue(alarm) ?? 0) / alarm.limit : 0);

/**
 * @param {Alarm} a
 * @param {Alarm} b
 */
const compareUrgency = (a, b) => urgencyRank(a) - urgencyRank(b);

/**
 * Order of two alarms: the most urgent, then the newest.
 * @param {Alarm} a
 * @param {Alarm} b
 */
const compareAlarms = (a, b) =>
  compareUrgency(a, b) || b.raised_ms - a.raised_ms || String(a.alarm).localeCompare(b.alarm);

/**
 * The worst of some alarms: the most urgent, then not acknowledged, then farthest over its limit.
 * @param {Alarm[]} alarms
 */
export const worstOf = (alarms) =>
  [...alarms].sort(
    (a, b) =>
      compareUrgency(a, b) ||
      STATE_RANK[a.state] - STATE_RANK[b.state] ||
      shareOfLimit(b) - shareOfLimit(a) ||
      compareAlarms(a, b),
  )[0];

/**
 * Alarms as rows: one a condition and priority, its members below it while it is open.
 * @param {Alarm[]} alarms
 * @param {Set<string>} open keys of the rows that are open
 * @returns {Row[]}
 */
export function foldAlarms(alarms, open) {
  // Put together what is of one condition and priority, in order of the first of each.
  /** @type {Map<string, Alarm[]>} */
  const groups = new Map();
  for (const alarm of [...alarms].sort(compareAlarms)) {
    const key = `${alarm.condition}/${alarm.priority}`;
    groups.set(key, [...(groups.get(key) || []), alarm]);
  }
  // One alone is its own row; several are one row, and theirs below it while that is open.
  return [...groups].flatMap(([key, members]) => {
    if (members.length === 1) return [{ key: members[0].alarm, head: members[0], members }];
    const head = worstOf(members);
    const row = { key, head, members, folded: true, open: open.has(key) };
    const inner = members.map((alarm) => ({
      key: alarm.alarm,
      head: alarm,
      members: [alarm],
      inner: true,
      lead: head,
    }));
    return row.open ? [row, ...inner] : [row];
  });
}

/**
 * Where a row stands among incidents: what is over, or latched, comes after all of them.
 * @param {{card?: IncidentCard, head?: Alarm, lead?: Alarm}} row
 */
export function rowRank({ card, head, lead = head }) {
  if (card) return 2 * urgencyRank(card);
  return lead && isActive(lead) ? 2 * urgencyRank(lead) + 1 : LEAST_URGENT;
}
