// What happens on the map: each incident where it is, how far it reaches, where the wind carries it, who
// sees it.
import { distanceMetres, metresPerPixel } from "../core/geo.mjs";
import { onPush, parkState } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { shownIncident, standingIncidents } from "../incidents/incidents.mjs";
import { incidentDetail, shownCard } from "../incidents/page.mjs";
import { isActive, urgencyRank } from "../incidents/ranking.mjs";
import { fitPark, flyToMark, map, onMapView, onMarksChange } from "./map.mjs";
import { isMarkStale, isPresent, markName, nearestCameras, projectToZoom0 } from "./map_assets.mjs";
import { COLOURS, drawAbnormal, MAP_FONT } from "./map_marks.mjs";

const CAMERAS = 2;
const CAMERA_REACH_M = 600;
const LABELS = 4;
const ALIKE_M = 400;
const SPOT_PX = 15;
const CANDIDATE_PX = 16;
// Of an alarm that no incident holds only a drawing aid: the sector says where to look first.
const SECTOR_M = 500;
const HALF_ANGLE_DEG = 30;
const LEAST_WIND_MS = 0.5;
const LEVEL = { serious: 4, alert: 3, caution: 2, attention: 1 };

/** Critical alarms on the map that no standing incident holds, newest first. */
export const looseCriticalAlarms = () =>
  [...map.marks.values()]
    .flatMap((mark) => [...mark.alarms.values()].map((alarm) => ({ mark, alarm })))
    .filter(
      ({ alarm }) => alarm.priority === "critical" && isActive(alarm) && !parkState.incidents[alarm.incident],
    )
    .sort((a, b) => b.alarm.raised_ms - a.alarm.raised_ms);

const share = ({ mark, alarm }) =>
  alarm.limit ? (Number.isFinite(mark.fields.ppm) ? mark.fields.ppm : alarm.value) / alarm.limit : 0;

// Alarms of one condition close to each other are one thing: it is drawn at the worst of them.
/** @returns {MapIncident[]} */
function fromAlarms() {
  const found = [];
  for (const alarmed of looseCriticalAlarms().sort((a, b) => share(b) - share(a))) {
    const near = found.find(
      ({ mark, alarm }) =>
        mark === alarmed.mark ||
        (alarm.condition === alarmed.alarm.condition && distanceMetres(mark, alarmed.mark) < ALIKE_M),
    );
    if (near) near.marks.add(alarmed.mark);
    else found.push({ ...alarmed, marks: new Set([alarmed.mark]) });
  }
  return found
    .sort((a, b) => b.alarm.raised_ms - a.alarm.raised_ms)
    .map(({ mark, alarm, marks }) => {
      const wind = mark.kind === "gas" ? windAt(mark) : null;
      const own = localName(alarm.place) || markName(mark);
      const place = marks.size > 1 ? translate("{place} 외 {n}곳", { place: own, n: marks.size - 1 }) : own;
      return {
        spot: mark,
        mark,
        alarm,
        level: 4,
        title: [localName(alarm.name), place].filter(Boolean).join(" · "),
        toDeg: wind ? (wind.wind_from_deg + 180) % 360 : null,
        reach: wind ? SECTOR_M : 0,
        half: HALF_ANGLE_DEG,
      };
    });
}

/** @returns {MapIncident} */
function fromCard(card) {
  const [x, y] = projectToZoom0(card.lat, card.lon);
  const mark = map.marks.get(card.cause);
  const alarms = mark
    ? [...mark.alarms.values()].sort((a, b) => share({ mark, alarm: b }) - share({ mark, alarm: a }))
    : [];
  const calm = card.wind_to_deg === null && card.downwind_m;
  return {
    spot: { lat: card.lat, lon: card.lon, x, y },
    mark,
    alarm: alarms[0],
    incident: card.incident,
    card,
    level: LEVEL[card.grade],
    title: localName(card.title),
    radius: card.radius_m,
    toDeg: calm ? 0 : card.wind_to_deg,
    reach: card.downwind_m || 0,
    half: calm ? 180 : HALF_ANGLE_DEG,
  };
}

// On the page of an incident only that one is drawn; else the gravest.
/** @param {MapIncident} thing */
const rank = ({ card, alarm }) => urgencyRank(card || alarm);
export function mapIncidents() {
  const page = shownIncident();
  const own = page && shownCard();
  const cards = (page ? [own] : standingIncidents()).filter((card) => card && Number.isFinite(card.lat));
  return [...cards.map(fromCard), ...(page ? [] : fromAlarms())]
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, LABELS);
}

function windAt(spot) {
  const points = [...map.marks.values()].filter(
    (mark) =>
      mark.kind === "weather" &&
      !isMarkStale(mark) &&
      Number.isFinite(mark.fields.wind_from_deg) &&
      mark.fields.wind_speed_ms >= LEAST_WIND_MS,
  );
  points.sort((a, b) => distanceMetres(spot, a) - distanceMetres(spot, b));
  return points.length ? points[0].fields : null;
}

function bearing(a, b) {
  const east = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
  return (Math.atan2(east, b.lat - a.lat) * 180) / Math.PI;
}

/** Marks inside the downwind sector of a thing. */
export const marksDownwind = ({ spot, mark: own, toDeg, reach, half }) =>
  [...map.marks.values()].filter((mark) => {
    if (mark === own || !isPresent(mark) || distanceMetres(spot, mark) > reach) return false;
    return Math.abs(((bearing(spot, mark) - toDeg + 540) % 360) - 180) <= half;
  });

const pixels = (metres, lat, { zoom, unit }) => metres / (metresPerPixel(lat, zoom) * unit);

/** Middle direction on the canvas (radians) and length of a thing's sector; null without one. */
export const sectorOf = (thing, view) =>
  thing.reach && thing.toDeg !== null && thing.toDeg !== undefined
    ? { angle: ((thing.toDeg - 90) * Math.PI) / 180, length: pixels(thing.reach, thing.spot.lat, view) }
    : null;

function drawSector(ctx, [x, y], { angle, length }, half, colour) {
  const part = (half * Math.PI) / 180;
  ctx.beginPath();
  if (half < 180) ctx.moveTo(x, y);
  ctx.arc(x, y, length, angle - part, angle + part);
  ctx.closePath();
  filled(ctx, colour, 0.18);
  dashed(ctx, colour, 0.7, [7, 5]);
}

function drawRadius(ctx, [x, y], length, colour) {
  ctx.beginPath();
  ctx.arc(x, y, length, 0, 2 * Math.PI);
  filled(ctx, colour, 0.07);
  ctx.globalAlpha = 0.8;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  ctx.stroke();
  ctx.globalAlpha = 1;
}

function filled(ctx, colour, alpha) {
  ctx.globalAlpha = alpha;
  ctx.fillStyle = colour;
  ctx.fill();
  ctx.globalAlpha = 1;
}

function dashed(ctx, colour, alpha, dash) {
  ctx.setLineDash(dash);
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.stroke();
  ctx.globalAlpha = 1;
  ctx.setLineDash([]);
}

function camerasOf({ spot, mark }) {
  const detail = incidentDetail();
  if (shownIncident() && detail) return detail.cameras.map(({ id }) => map.marks.get(id)).filter(Boolean);
  return nearestCameras(mark || spot, CAMERAS)
    .filter(([metres]) => metres <= CAMERA_REACH_M)
    .map(([, camera]) => camera);
}

function drawCameras(ctx, view, thing, from, colour) {
  for (const camera of camerasOf(thing)) {
    const to = view.put(camera.x, camera.y);
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(...to);
    dashed(ctx, colour, 0.75, [4, 5]);
    ctx.beginPath();
    ctx.arc(...to, 6, 0, 2 * Math.PI);
    ctx.fillStyle = "#f3ecec";
    ctx.fill();
    ctx.strokeStyle = colour;
    ctx.lineWidth = 2.5;
    ctx.stroke();
  }
}

/** Works and vehicles on the map that an incident may come from, where it is not sure; only on its page. */
export const candidateMarks = ({ card }) => {
  const source = shownIncident() && card ? card.source : null;
  if (!source || source.relation === "at") return [];
  return source.candidates.map((id) => map.marks.get(id)).filter(Boolean);
};

function drawCandidates(ctx, view, thing, from, colour) {
  for (const mark of candidateMarks(thing)) {
    const [x, y] = view.put(mark.x, mark.y);
    ctx.beginPath();
    ctx.moveTo(...from);
    ctx.lineTo(x, y);
    ctx.moveTo(x + CANDIDATE_PX, y);
    ctx.arc(x, y, CANDIDATE_PX, 0, 2 * Math.PI);
    dashed(ctx, colour, 0.9, [2, 4]);
    ctx.textAlign = "center";
    ctx.font = `700 13px ${MAP_FONT}`;
    ctx.fillStyle = "#f6f1f1";
    ctx.fillText(`${markName(mark)} ?`, x, y + CANDIDATE_PX + 15);
  }
}

let spots = [];

/** Draw what lies under the marks: radius, sector and lines to the cameras. */
export const drawIncidentGround = (ctx, view) => {
  spots = [];
  for (const thing of mapIncidents()) {
    const at = view.put(thing.spot.x, thing.spot.y);
    const colour = COLOURS.levels[thing.level];
    const sector = sectorOf(thing, view);
    if (sector) drawSector(ctx, at, sector, thing.half, colour);
    if (thing.radius) drawRadius(ctx, at, Math.max(14, pixels(thing.radius, thing.spot.lat, view)), colour);
    drawCameras(ctx, view, thing, at, colour);
    drawCandidates(ctx, view, thing, at, colour);
    if (thing.incident) {
      drawAbnormal(ctx, thing.level, ...at, 1);
      spots.push({ at, incident: thing.incident });
    }
  }
};

/** Id of the incident whose spot is at this point of the canvas, undefined when there is none. */
export const spotIncidentAt = (x, y) =>
  spots.find(({ at }) => Math.hypot(at[0] - x, at[1] - y) < SPOT_PX)?.incident;

// The wall has no hands: it goes to the gravest incident, to the newest critical alarm where none is as
// grave, and back when none is left.
let followed = null;
function follow() {
  if (!map.view || !map.wall || !map.marks.size) return;
  const [first] = mapIncidents();
  const id = first ? first.incident || first.alarm.alarm : null;
  if (id === followed) return;
  followed = id;
  if (first) flyToMark(first.spot, Math.max(map.fitZoom + 1.5, 15.5));
  else fitPark();
}
for (const kind of ["alarms", "incidents"]) onPush(kind, follow);
onPush("reset", () => setTimeout(follow, 500));
onMarksChange(follow);
onMapView(() => {
  followed = null;
});
