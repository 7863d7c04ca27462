// Two canvases over the base: the still one is redrawn only on a change, the moving one as often as is seen.

import { metresPerPixel } from "../core/geo.mjs";
import { onPush, serverNow } from "../core/push.mjs";
import { shownIncident } from "../incidents/incidents.mjs";
import { map, onMapView, onMarksChange, onRedraw } from "./map.mjs";
import { isMarkStale, isPresent, vehiclePosition } from "./map_assets.mjs";
import { drawZoneNames } from "./map_base.mjs";
import { clusterMarks } from "./map_cluster.mjs";
import { drawIncidentGround, spotIncidentAt } from "./map_incident.mjs";
import { drawLabels, isUnderLabel, labelIncidentAt } from "./map_label.mjs";
import {
  COLOURS,
  drawAbnormal,
  drawCalm,
  drawCrowd,
  drawStale,
  drawVehicle,
  isKindVisible,
} from "./map_marks.mjs";

const STILL_MS = 250;
const PULSE_STEP_MS = 50;
const FASTEST_MS = 33;
const SLOWEST_MS = 150;
const BRISK_M_S = 17;
const STALE_CHECK_MS = 5000;
const CELL = 24;
const REACH = 12;
const PULSE_MS = 1000;
let layer = null;
let unit = 1;
let dirty = true;
let drawnAt = 0;
let movedAt = 0;
let spots = new Map();
let clusters = [];
let erase = [];
const calmMotion = window.matchMedia("(prefers-reduced-motion: reduce)");

function makeLayer() {
  const L = /** @type {any} */ (window.L); // the methods that a renderer overrides are not in its types
  const Marks = L.Renderer.extend({
    options: { padding: 0.1, pane: "marks" },
    _initContainer() {
      this._container = L.DomUtil.create("div", "map-marks");
      this.still = L.DomUtil.create("canvas", "", this._container);
      this.moving = L.DomUtil.create("canvas", "", this._container);
    },
    _destroyContainer() {
      L.DomUtil.remove(this._container);
      delete this._container;
    },
    _updatePaths() {
      /* there are no Leaflet paths in this layer */
    },
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      L.DomUtil.setPosition(this._container, this._bounds.min);
      unit = map.unit;
      for (const canvas of [this.still, this.moving]) fitCanvas(canvas, this._bounds.getSize());
      wipeAll(this.moving);
      drawStill();
      drawMoving(performance.now());
    },
  });
  return new Marks();
}

function fitCanvas(canvas, size) {
  const dpr = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(size.x * dpr), Math.round(size.y * dpr)];
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  canvas.style.width = `${size.x}px`;
  canvas.style.height = `${size.y}px`;
}

/** A pen for a canvas, in units (CSS pixels grown with the room). */
function pen(canvas) {
  const ctx = canvas.getContext("2d");
  const grown = (window.devicePixelRatio || 1) * unit;
  ctx.setTransform(grown, 0, 0, grown, 0, 0);
  return ctx;
}

/** What is in view, and the way from zoom-0 pixels to the canvas. */
function frame() {
  const zoom = map.view.getZoom();
  const scale = 2 ** zoom / unit;
  const origin = map.view.getPixelOrigin().add(layer._bounds.min).divideBy(unit);
  const size = layer._bounds.getSize().divideBy(unit);
  const put = (x, y) => [x * scale - origin.x, y * scale - origin.y];
  const inside = ([x, y]) => x > -20 && y > -20 && x < size.x + 20 && y < size.y + 20;
  return { zoom, unit, size, put, inside };
}

const shown = (mark) => isPresent(mark) && (!map.hidden.has(mark.group) || mark.level === 4);

function sort(view) {
  const now = serverNow();
  const far = view.zoom < map.fitZoom - 1.5;
  const calm = new Map();
  const silent = [];
  const abnormal = [];
  const crowd = [];
  for (const mark of map.marks.values()) {
    if (mark.kind === "vehicle" || !shown(mark)) continue;
    const at = view.put(mark.x, mark.y);
    if (!view.inside(at)) continue;
    const stale = isMarkStale(mark, now);
    if (mark.level) abnormal.push({ mark, at });
    else if (far) crowd.push({ mark, at });
    else if (map.onlyStale && !stale) continue;
    else if (stale && isKindVisible(mark.kind, view.zoom)) silent.push({ mark, at });
    else if (isKindVisible(mark.kind, view.zoom)) {
      if (!calm.has(mark.kind)) calm.set(mark.kind, []);
      calm.get(mark.kind).push(at);
      remember(at, { mark });
    }
  }
  return { calm, silent, abnormal, crowd };
}

function remember(at, hit) {
  const key = `${Math.floor(at[0] / CELL)}/${Math.floor(at[1] / CELL)}`;
  if (!spots.has(key)) spots.set(key, []);
  spots.get(key).push({ at, ...hit });
}

function drawStill() {
  if (!layer?._bounds) return;
  dirty = false;
  drawnAt = performance.now();
  spots = new Map();
  const ctx = pen(layer.still);
  const view = frame();
  ctx.clearRect(0, 0, view.size.x, view.size.y);
  const { calm, silent, abnormal, crowd } = sort(view);
  for (const [kind, places] of calm) drawCalm(ctx, kind, places, view.zoom);
  for (const { mark, at } of silent) {
    drawStale(ctx, mark.kind, at[0], at[1], view.zoom);
    remember(at, { mark });
  }
  if (drawZoneNames) drawZoneNames(ctx, view);
  for (const group of clusterMarks(crowd, 70, view.zoom)) {
    drawCrowd(ctx, ...group.at, group.count);
    remember(group.at, group);
  }
  drawSelected(ctx, view);
  drawIncidentGround(ctx, view);
  clusters = clusterMarks(abnormal, 26, view.zoom).reverse();
  for (const group of clusters) {
    drawAbnormal(ctx, group.level, ...group.at, group.count, group.minor);
    remember(group.at, group);
  }
  drawLabels(ctx, view);
}

function drawSelected(ctx, view) {
  const mark = map.marks.get(map.selected);
  if (!mark || mark.kind === "vehicle") return;
  ring(ctx, ...view.put(mark.x, mark.y), 14, COLOURS.text, 1);
}

function ring(ctx, x, y, r, colour, alpha) {
  ctx.globalAlpha = alpha;
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.stroke();
  ctx.globalAlpha = 1;
}

// The moving canvas is wiped only where something was: at 4K that is what keeps it cheap.
function wipe(ctx) {
  for (const [x, y, r] of erase) ctx.clearRect(x - r, y - r, 2 * r, 2 * r);
  erase = [];
}

function wipeAll(canvas) {
  pen(canvas).clearRect(0, 0, canvas.width, canvas.height);
  erase = [];
}

function drawMoving(at) {
  if (!layer?._bounds) return;
  movedAt = at;
  const ctx = pen(layer.moving);
  const view = frame();
  const now = serverNow();
  wipe(ctx);
  const beat = calmMotion.matches ? 0.4 : (at % PULSE_MS) / PULSE_MS;
  for (const group of clusters) if (group.unack) pulse(ctx, ...group.at, group.level, beat);
  if (isKindVisible("vehicle", view.zoom))
    for (const mark of vehicles()) drawOne(ctx, view, mark, at, now, beat);
}

function* vehicles() {
  for (const mark of map.marks.values()) if (mark.kind === "vehicle" && shown(mark)) yield mark;
}

function drawOne(ctx, view, mark, at, now, beat) {
  const where = vehiclePosition(mark, at);
  const [x, y] = view.put(where.x, where.y);
  const stale = isMarkStale(mark, now);
  mark.drawn = [x, y];
  if (!mark.level && isUnderLabel(x, y)) return;
  if (!view.inside([x, y]) || (map.onlyStale && !stale && !mark.level)) return;
  if (mark.unack) pulse(ctx, x, y, mark.level, beat);
  if (mark.id === map.selected) ring(ctx, x, y, 15, COLOURS.text, 1);
  drawVehicle(ctx, mark, x, y, where.heading, stale);
  erase.push([x, y, 18]);
}

function pulse(ctx, x, y, level, beat) {
  const reach = level === 4 ? 38 : 22;
  ring(ctx, x, y, 12 + (reach - 12) * beat, COLOURS.levels[level], 1 - beat * 0.85);
  erase.push([x, y, reach + 4]);
}

// Half a pixel is the least step that is seen: from afar a vehicle at 60 km/h needs many frames for it.
function step() {
  const metres = metresPerPixel(map.view.getCenter().lat, map.view.getZoom());
  const seen = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, (500 * metres * unit) / BRISK_M_S));
  return clusters.some((group) => group.unack) ? Math.min(seen, PULSE_STEP_MS) : seen;
}

function tick(at) {
  requestAnimationFrame(tick);
  if (!layer || !map.view || map.view._animatingZoom) return;
  if (dirty && at - drawnAt > STILL_MS) drawStill();
  if (at - movedAt > step()) drawMoving(at);
}

/** A point of the map's container in units of the canvas. */
export const toCanvasPoint = (point) =>
  map.view.containerPointToLayerPoint(point).subtract(layer._bounds.min).divideBy(unit);

/** What lies under a point of the map's container: `{mark}`, `{marks}` (a cluster) or null. */
export const hitTest = (point) => {
  if (!layer?._bounds) return null;
  const { x, y } = toCanvasPoint(point);
  let best = null;
  let least = REACH;
  const offer = (at, found, bonus = 0) => {
    const far = Math.hypot(at[0] - x, at[1] - y) - bonus;
    if (far < least) [best, least] = [found, far];
  };
  for (const mark of vehicles()) if (mark.drawn) offer(mark.drawn, { mark }, 1);
  const [column, row] = [Math.floor(x / CELL), Math.floor(y / CELL)];
  for (let i = column - 1; i <= column + 1; i++)
    for (let j = row - 1; j <= row + 1; j++)
      for (const spot of spots.get(`${i}/${j}`) || []) offer(spot.at, spot, spot.marks ? 6 : 0);
  return best;
};

/** Id of the incident at a point of the map's container (its spot or its label), null when there is none. */
export function incidentAt(point) {
  if (!map.view || shownIncident()) return null;
  const { x, y } = toCanvasPoint(point);
  return spotIncidentAt(x, y) || labelIncidentAt(x, y);
}

const touch = () => {
  dirty = true;
};
onRedraw(touch);
for (const kind of ["assets", "alarms", "incidents", "reset", "link"]) onPush(kind, touch);
onMarksChange(touch);
setInterval(touch, STALE_CHECK_MS);
onMapView((view) => {
  const pane = view.createPane("marks");
  pane.style.zIndex = 450;
  pane.style.pointerEvents = "none";
  const ownLayer = makeLayer().addTo(view);
  layer = ownLayer;
  view.on("unload", () => {
    if (layer === ownLayer) layer = null;
  });
});
requestAnimationFrame(tick);
