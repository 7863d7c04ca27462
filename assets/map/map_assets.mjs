// What the map knows of each asset: one mark per id, folded from the inventory and the push messages.
// The other map modules import it: they hear of a message when the marks already know it.
import { distanceMetres } from "../core/geo.mjs";
import { getJson } from "../core/http.mjs";
import { onPush, parkState, serverNow } from "../core/push.mjs";
import { localName } from "../core/texts.mjs";
import { announceMarks, fitPark, map, onMapView } from "./map.mjs";

/** @type {Record<AlarmPriority, number>} */
const PRIORITY_LEVEL = { low: 1, medium: 2, high: 3, critical: 4 };
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
const RETRY_MS = 3000;
export const MARK_GROUPS = Object.keys(GROUPS);

/**
 * Position in the unit of Leaflet's zoom 0 (256 × 256 px, Web Mercator).
 * @param {number} lat
 * @param {number} lon
 * @returns {[number, number]}
 */
export function projectToZoom0(lat, lon) {
  const sin = Math.sin((lat * Math.PI) / 180);
  return [256 * (lon / 360 + 0.5), 256 * (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI))];
}

/**
 * @param {Asset} asset
 * @returns {Mark}
 */
function addMark({ id, kind, name, lat, lon, zone = "", period_s: period = null, traits = {} }) {
  const [x, y] = projectToZoom0(lat, lon);
  const mark = {
    id,
    kind,
    group: groupOf[kind] || "logistics",
    name,
    zone,
    period,
    traits,
    lat,
    lon,
    x,
    y,
    own: 0,
    level: 0,
    time: 0,
    fields: {},
    alarms: new Map(),
    unack: false,
    gone: false,
  };
  map.marks.set(id, mark);
  return mark;
}

/**
 * A mark of an asset that is not in the inventory.
 * @param {string} id
 * @param {number} lat
 * @param {number} lon
 * @param {Label} [name]
 */
function addUnknown(id, lat, lon, name) {
  const [, kind = "site", short = id] = id.split("/");
  return addMark({
    id,
    kind,
    name: name || { ko: short, en: short },
    lat,
    lon,
    period_s: kind === "vehicle" ? VEHICLE_PERIOD_S : null,
  });
}

/**
 * Set the level of a mark from its own state and its alarms.
 * @param {Mark} mark
 */
function rate(mark) {
  const active = [...mark.alarms.values()];
  mark.level = Math.max(mark.own, ...active.map((alarm) => PRIORITY_LEVEL[alarm.priority] || 1));
  mark.unack = active.some((alarm) => alarm.state === "unack" || alarm.state === "returned");
}

/** @param {ParkState["assets"]} delta */
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

/**
 * A vehicle glides from where it is drawn to where it is said to be, in the time between two messages.
 * @param {ParkState["vehicles"]} delta
 */
function applyVehicles(delta) {
  const now = performance.now();
  for (const [id, [lat, lon, headingDeg, speed, state, cargo, time]] of Object.entries(delta)) {
    if (lat === null || lon === null) {
      // it left, its receiver without a fix
      const known = map.marks.get(id);
      if (known) Object.assign(known, { time, gone: true });
      continue;
    }
    const mark = map.marks.get(id) || addUnknown(id, lat, lon);
    const heading = headingDeg ?? (mark.way ? mark.way.heading : 0);
    const [x, y] = projectToZoom0(lat, lon);
    const from = mark.way ? glidePosition(mark.way, now) : { x, y, heading };
    const step = mark.way ? Math.min(5000, Math.max(200, now - mark.way.at)) : 1;
    mark.way = { at: now, step, from, x, y, heading };
    Object.assign(mark, { lat, lon, x, y, time, cargo, gone: state === "left" });
    Object.assign(mark.fields, { speed_kmh: speed, heading_deg: headingDeg, state, cargo });
  }
}

/**
 * Where a vehicle is drawn: pixels of zoom 0 and heading in degrees.
 * @param {Mark} mark one that has a position
 * @param {number} at ms of the performance clock
 */
export const vehiclePosition = (mark, at) => glidePosition(/** @type {Glide} */ (mark.way), at);

/**
 * @param {Glide} glide
 * @param {number} at ms of the performance clock
 */
function glidePosition({ from, x, y, heading, at: start, step }, at) {
  const part = (at - start) / step;
  if (part >= 1) return { x, y, heading };
  const turn = ((heading - from.heading + 540) % 360) - 180;
  return {
    x: from.x + (x - from.x) * part,
    y: from.y + (y - from.y) * part,
    heading: from.heading + turn * part,
  };
}

/** @param {Alarm[]} alarms */
function applyAlarms(alarms) {
  for (const alarm of alarms) {
    const { asset, lat, lon, place } = alarm;
    const known = map.marks.get(asset);
    const placed = lat !== undefined && lon !== undefined && Number.isFinite(lat);
    const mark = known || (placed ? addUnknown(asset, lat, lon, place) : null);
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

/**
 * Silent for more than two of its periods (or never heard, though it should speak).
 * @param {Mark} mark
 */
export const isMarkStale = (mark, now = serverNow()) =>
  mark.period !== null && mark.period !== undefined && now - mark.time > STALE_PERIODS * 1000 * mark.period;

/**
 * Is it on the map at all: not gone, and a vehicle only once it has a position.
 * @param {Mark} mark
 */
export const isPresent = (mark) => !mark.gone && (mark.kind !== "vehicle" || mark.way !== undefined);

/**
 * Name in the page's language.
 * @param {Mark} mark
 */
export const markName = (mark) => localName(mark.name) || mark.id;

/**
 * Nearest cameras, nearest first.
 * @param {{lat: number, lon: number}} spot
 * @param {number} count
 * @returns {[number, Mark][]} how far each is in metres
 */
export const nearestCameras = (spot, count) =>
  [...map.marks.values()]
    .filter((mark) => mark.kind === "camera" && mark !== spot)
    .map((mark) => /** @type {[number, Mark]} */ ([distanceMetres(spot, mark), mark]))
    .sort((a, b) => a[0] - b[0])
    .slice(0, count);

async function load() {
  for (const asset of await getJson("/api/v1/assets")) addMark(asset);
  loaded = true;
  applyAssets(parkState.assets);
  applyVehicles(parkState.vehicles);
  applyAlarms(Object.values(parkState.alarms));
  fitPark(false);
  announceMarks();
}

/** @type {Promise<void> | null} */
let loading = null;
let loaded = false;
function ensureLoaded() {
  loading =
    loading ||
    load().catch((error) => {
      loading = null;
      setTimeout(ensureLoaded, RETRY_MS);
      console.warn(String(error));
    });
}

/**
 * What comes before the inventory is kept in parkState and applied by load().
 * @template Data
 * @param {(data: Data) => void} apply
 * @returns {(data: Data) => void}
 */
const whenLoaded = (apply) => (data) => {
  if (loaded) apply(data);
};
onPush("reset", whenLoaded(forget));
onPush("assets", whenLoaded(applyAssets));
onPush("vehicles", whenLoaded(applyVehicles));
onPush("alarms", whenLoaded(applyAlarms));
onMapView(() => {
  ensureLoaded();
  if (loaded)
    setTimeout(() => {
      fitPark(false);
      announceMarks();
    });
});
