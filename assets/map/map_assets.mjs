// What the map knows of each asset: one mark per id, folded from the inventory and the push messages.
// The other map modules import it: they hear of a message when the marks already know it.
import { distanceMetres } from "../core/geo.mjs";
import { getJson } from "../core/http.mjs";
import { onPush, parkState, serverNow } from "../core/push.mjs";
import { language } from "../core/texts.mjs";
import { announceMarks, fitPark, map, onMapView } from "./map.mjs";

const PRIORITY = { low: 1, medium: 2, high: 3, critical: 4 };
const GROUPS = {
  camera: ["camera"],
  light: ["light", "cabinet"],
  env: ["gas", "odour", "air", "water"],
  weather: ["weather"],
  vehicle: ["vehicle"],
  logistics: ["gate", "dock", "site", "parking"],
  energy: ["substation", "pv", "fuelcell", "ess", "meter", "factory"],
};
const groupOf = Object.fromEntries(
  Object.entries(GROUPS).flatMap(([group, kinds]) => kinds.map((k) => [k, group])),
);
const VEHICLE_PERIOD_S = 5;
const STALE_PERIODS = 2;
export const MARK_GROUPS = Object.keys(GROUPS);

/** Position in the unit of Leaflet's zoom 0 (256 × 256 px, Web Mercator). */
export function projectToZoom0(lat, lon) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [256 * (lon / 360 + 0.5), 256 * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

function place(mark, lat, lon) {
  [mark.lat, mark.lon] = [lat, lon];
  [mark.x, mark.y] = projectToZoom0(lat, lon);
}

function add({ id, kind, name, lat, lon, zone = "", period_s: period = null, traits = {} }) {
  const mark = {
    id,
    kind,
    group: groupOf[kind] || "logistics",
    name,
    zone,
    period,
    traits,
    own: 0,
    level: 0,
    time: 0,
    fields: {},
    alarms: new Map(),
    unack: false,
    gone: false,
  };
  place(mark, lat, lon);
  map.marks.set(id, mark);
  return mark;
}

function stranger(id, lat, lon, name) {
  const [, kind = "site", short = id] = id.split("/");
  return add({
    id,
    kind,
    name: name || { ko: short, en: short },
    lat,
    lon,
    period_s: kind === "vehicle" ? VEHICLE_PERIOD_S : null,
  });
}

function rate(mark) {
  const active = [...mark.alarms.values()];
  mark.level = Math.max(mark.own, ...active.map((alarm) => PRIORITY[alarm.priority] || 1));
  mark.unack = active.some((alarm) => alarm.state === "unack" || alarm.state === "returned");
}

function applyAssets(delta) {
  for (const [id, [level, time, fields]] of Object.entries(delta)) {
    const mark = map.marks.get(id);
    if (!mark) continue;
    mark.own = level;
    mark.time = time || (mark.kind === "vehicle" ? mark.time : 0); // a vehicle's time comes with its place
    Object.assign(mark.fields, fields, { bad: fields.bad || null });
    rate(mark);
  }
}

// A vehicle glides from where it is drawn to where it is said to be, in the time between two messages.
function applyVehicles(delta) {
  const now = performance.now();
  for (const [id, [lat, lon, headingDeg, speed, state, cargo, time]] of Object.entries(delta)) {
    if (lat === null || lon === null) {
      // it left, its receiver without a fix
      if (map.marks.has(id)) Object.assign(map.marks.get(id), { time, gone: true });
      continue;
    }
    const mark = map.marks.get(id) || stranger(id, lat, lon);
    const heading = headingDeg ?? (mark.way ? mark.way.heading : 0);
    const [x, y] = projectToZoom0(lat, lon);
    const from = mark.way ? vehiclePosition(mark, now) : { x, y, heading };
    const step = mark.way ? Math.min(5000, Math.max(200, now - mark.way.at)) : 1;
    mark.way = { at: now, step, from, x, y, heading };
    Object.assign(mark, { lat, lon, x, y, time, cargo, gone: state === "left" });
    Object.assign(mark.fields, { speed_kmh: speed, heading_deg: headingDeg, state, cargo });
  }
}

/** Where a vehicle is drawn at `at` (performance clock, ms): zoom-0 pixels and heading in degrees. */
export const vehiclePosition = (mark, at) => {
  const { from, x, y, heading, at: start, step } = mark.way;
  const part = (at - start) / step;
  if (part >= 1) return { x, y, heading };
  const turn = ((heading - from.heading + 540) % 360) - 180;
  return {
    x: from.x + (x - from.x) * part,
    y: from.y + (y - from.y) * part,
    heading: from.heading + turn * part,
  };
};

function applyAlarms(list) {
  for (const alarm of list) {
    let mark = map.marks.get(alarm.asset);
    if (!mark && Number.isFinite(alarm.lat)) mark = stranger(alarm.asset, alarm.lat, alarm.lon, alarm.place);
    if (!mark) continue;
    if (alarm.state === "normal") mark.alarms.delete(alarm.alarm);
    else mark.alarms.set(alarm.alarm, alarm);
    rate(mark);
  }
}

function forget() {
  for (const mark of map.marks.values()) {
    Object.assign(mark, { own: 0, level: 0, unack: false, fields: {}, time: 0, way: undefined });
    mark.alarms.clear();
  }
}

/** Silent for more than two of its periods (or never heard, though it should speak). */
export const isMarkStale = (mark, now = serverNow()) =>
  mark.period !== null && mark.period !== undefined && now - mark.time > STALE_PERIODS * 1000 * mark.period;

/** Is it on the map at all: not gone, and a vehicle only once it has a position. */
export const isPresent = (mark) => !mark.gone && (mark.kind !== "vehicle" || mark.way !== undefined);

/** Name in the page's language. */
export const markName = (mark) => (mark.name && (mark.name[language()] || mark.name.ko)) || mark.id;

/** Nearest cameras as `[metres, mark]`, nearest first. */
export const nearestCameras = (spot, count) =>
  [...map.marks.values()]
    .filter((mark) => mark.kind === "camera" && mark !== spot)
    .map((mark) => [distanceMetres(spot, mark), mark])
    .sort((a, b) => a[0] - b[0])
    .slice(0, count);

async function load() {
  for (const asset of await getJson("/api/v1/assets")) add(asset);
  loaded = true;
  applyAssets(parkState.assets);
  applyVehicles(parkState.vehicles);
  applyAlarms(Object.values(parkState.alarms));
  fitPark(false);
  announceMarks();
}

let loading = null;
let loaded = false;
function ensure() {
  loading =
    loading ||
    load().catch((error) => {
      loading = null;
      setTimeout(ensure, 3000);
      console.warn(String(error));
    });
}

// What comes before the inventory is kept in parkState and applied by load().
const once = (apply) => (d) => {
  if (loaded) apply(d);
};
onPush("reset", once(forget));
onPush("assets", once(applyAssets));
onPush("vehicles", once(applyVehicles));
onPush("alarms", once(applyAlarms));
onMapView(() => {
  ensure();
  if (loaded)
    setTimeout(() => {
      fitPark(false);
      announceMarks();
    });
});
