// The latest state of the park, folded from the push messages one by one.

/** Kinds whose messages are merged key by key. */
const MERGED = ["assets", "vehicles", "detections"];

/** Kinds whose messages are lists of rows: the key of a row, and the states that end it. */
const LISTED = {
  alarms: { key: "alarm", ended: ["normal"] },
  incidents: { key: "incident", ended: ["closed", "merged"] },
};

/** What is known now, by kind of message; the other kinds hold their last message. */
export const parkState = { assets: {}, vehicles: {}, detections: {}, alarms: {}, incidents: {} };

/** Whether messages of a kind are lists of rows. */
export const isListed = (kind) => Object.hasOwn(LISTED, kind);

/** Fold one message into the state; return what of it is new. */
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
function foldList(kind, rows) {
  const { key, ended } = LISTED[kind];
  const known = parkState[kind];
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

/** What is already known of a kind, undefined when nothing is. */
export function knownOf(kind) {
  const known = isListed(kind) ? Object.values(parkState[kind]) : parkState[kind];
  const empty = !known || (typeof known === "object" && !Object.keys(known).length);
  return empty ? undefined : known;
}

/** Newest time of an event in a message, in ms since 1970; 0 when it tells of none. */
export function newestEventMs(kind, data) {
  const place = { assets: 1, vehicles: 6 }[kind];
  if (place === undefined) return 0;
  return Object.values(data).reduce((newest, row) => Math.max(newest, row[place] || 0), 0);
}
