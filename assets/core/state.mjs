// The latest state of the park, folded from the push messages one by one.

/** Kinds whose messages are merged key by key. */
const MERGED = ["assets", "vehicles", "detections"];

/**
 * Kinds whose messages are lists of rows: the key of a row, and the states that end it.
 * @type {Record<string, {key: string, ended: string[]}>}
 */
const LISTED = {
  alarms: { key: "alarm", ended: ["normal"] },
  incidents: { key: "incident", ended: ["closed", "merged"] },
};

/**
 * What is known now, by kind of message; the other kinds hold their last message.
 * @type {ParkState}
 */
export const parkState = { assets: {}, vehicles: {}, detections: {}, alarms: {}, incidents: {} };

/**
 * Whether messages of a kind are lists of rows.
 * @param {string} kind
 */
export const isListed = (kind) => Object.hasOwn(LISTED, kind);

/**
 * Fold one message into the state.
 * @param {string} kind
 * @param {any} data
 * @returns {any} what of it is new; null of a reset
 */
export function fold(kind, data) {
  if (kind === "reset") return forget();
  if (isListed(kind)) return foldList(kind, data);
  if (MERGED.includes(kind)) Object.assign(parkState[kind], data);
  else if (kind !== "pong") parkState[kind] = data;
  return data;
}

function forget() {
  for (const kind of [...MERGED, ...Object.keys(LISTED)]) parkState[kind] = {};
  return null;
}

// A row that says nothing new is a duplicate (delivery is at least once) and goes no further.
/**
 * @param {string} kind
 * @param {Record<string, any>[]} rows
 */
function foldList(kind, rows) {
  const { key, ended } = LISTED[kind];
  const known = parkState[kind];
  /** @param {Record<string, any>} row */
  const isNews = (row) => {
    const before = known[row[key]];
    return ended.includes(row.state) ? before !== undefined : JSON.stringify(before) !== JSON.stringify(row);
  };
  const fresh = rows.filter(isNews);
  for (const row of fresh) {
    if (ended.includes(row.state)) delete known[row[key]];
    else known[row[key]] = row;
  }
  return fresh;
}

/**
 * What is already known of a kind, undefined when nothing is.
 * @param {string} kind
 * @returns {any}
 */
export function knownOf(kind) {
  const known = isListed(kind) ? Object.values(parkState[kind]) : parkState[kind];
  const empty = !known || (typeof known === "object" && !Object.keys(known).length);
  return empty ? undefined : known;
}

/** Place of the time in a row of a message. */
const TIME_AT = new Map([
  ["assets", 1],
  ["vehicles", 6],
]);

/**
 * Newest time of an event in a message, in ms since 1970; 0 when it tells of none.
 * @param {string} kind
 * @param {Record<string, any[]>} data
 * @returns {number}
 */
export function newestEventMs(kind, data) {
  const place = TIME_AT.get(kind);
  if (place === undefined) return 0;
  return Object.values(data).reduce((newest, row) => Math.max(newest, row[place] || 0), 0);
}
