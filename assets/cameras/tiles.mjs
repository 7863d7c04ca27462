// The camera tiles: beside the alarm that matters most, else a tour over the cameras that have pictures.

import { el, remPixels, setClass, setNote, setText, updateList } from "../core/dom.mjs";
import { formatAge, formatNumber } from "../core/format.mjs";
import { distanceMetres } from "../core/geo.mjs";
import { getJson } from "../core/http.mjs";
import { registerPanel } from "../core/panel.mjs";
import { ageMs, onPush, parkState, serverNow } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { standingIncidents } from "../incidents/incidents.mjs";
import { outranks, urgencyRank } from "../incidents/ranking.mjs";
import { carriedBoxes } from "./boxes.mjs";
import { HEALTH_LABELS, objectLabel } from "./labels.mjs";
import { frameRate, onPicture, pictureLagMs, pictureOf, watchCameras } from "./video.mjs";

const TILES = 3;
const TOUR_MS = 12000;
const LOST_MS = 4000;
const FEW_BOXES = 3;
const SAME_MS = 600;
const BOXES_MS = 1000;
const FOLLOW_MS = 1800000;
const ALIKE_M = 400;
const BESIDE_M = 1000;
const SURE = 0.4;
let cameras = [];
let large = null;

const hasPicture = ({ id }) => Boolean(pictureOf(id).bitmap || parkState.detections[id]);

const worth = (camera) => (hasPicture(camera) ? (trouble(camera) ? 1 : 2) : 0);

/**
 * What the cameras follow: the gravest incident, or of alarms that are graver (of all, where there is none)
 * the worst of the newest that waits, then that is active.
 */
function focus() {
  // The gravest incident that has a place, and the alarms that are graver than it.
  const [incident] = standingIncidents().filter((card) => Number.isFinite(card.lat));
  const isGraver = (alarm) =>
    !incident || (!parkState.incidents[alarm.incident] && outranks(alarm, incident));
  const placed = /** @type {(Alarm & {lat: number, lon: number})[]} */ (
    Object.values(parkState.alarms).filter((alarm) => isFollowed(alarm) && isGraver(alarm))
  );
  const [first] = placed.sort(compareFollowed);
  if (!first) return incident && { ...incident, asset: incident.cause };
  // Of alarms like it close by, where it began.
  const isAlike = (alarm) =>
    alarm.condition === first.condition &&
    alarm.priority === first.priority &&
    distanceMetres(alarm, first) < ALIKE_M;
  return placed.filter(isAlike).sort((a, b) => a.raised_ms - b.raised_ms)[0];
}

/** Whether the cameras may follow an alarm: it has a place, goes on, and waits or is not old. */
const isFollowed = (alarm) =>
  Number.isFinite(alarm.lat) &&
  alarm.state !== "returned" &&
  !alarm.overlay &&
  (alarm.state === "unack" || ageMs(alarm.raised_ms) < FOLLOW_MS);

const compareFollowed = (a, b) =>
  Number(a.state === "ack") - Number(b.state === "ack") ||
  urgencyRank(a) - urgencyRank(b) ||
  b.raised_ms - a.raised_ms;

// A picture from afar shows nothing of it.
const useful = ({ camera, far }) => (far < BESIDE_M ? worth(camera) : 0);

function beside(alarm) {
  return (
    cameras
      .map((camera) => ({ camera, own: camera.id === alarm.asset, far: distanceMetres(alarm, camera) }))
      .sort((a, b) => Number(b.own) - Number(a.own) || useful(b) - useful(a) || a.far - b.far)
      // The nearest stays, the others are where there is a picture.
      .map((tile, index) => ({ ...tile, first: !index }))
      .filter(({ own, first, far }) => own || first || far < BESIDE_M)
      .sort((a, b) => Number(b.first) - Number(a.first) || worth(b.camera) - worth(a.camera) || a.far - b.far)
      .slice(0, TILES)
  );
}

function tour() {
  const seen = cameras.filter(hasPicture);
  const rest = cameras.filter((camera) => !hasPicture(camera));
  const start = seen.length > TILES ? (Math.floor(serverNow() / TOUR_MS) * TILES) % seen.length : 0;
  const turned = [...seen.slice(start), ...seen.slice(0, start), ...rest];
  return turned.slice(0, TILES).map((camera) => ({ camera, own: false, far: null }));
}

export function createTile({ camera }) {
  const node = el("li");
  const canvas = el("canvas");
  const why = el("p", "why");
  const foot = el("div", "foot");
  const label = el("b");
  const facts = el("span", "facts");
  canvas.width = 16;
  canvas.height = 9;
  foot.append(label, facts);
  node.append(canvas, why, foot);
  node.tabIndex = 0;
  node.addEventListener("click", () => {
    if (node.shown.open) return void node.shown.open(camera.id);
    if (node.shown.alone) return;
    large = large === camera.id ? null : camera.id;
    updateTile(node, node.shown);
    repaint();
  });
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter") node.click();
  });
  node.parts = { canvas, why, label, facts };
  return node;
}

function trouble(camera) {
  const { bitmap, time } = pictureOf(camera.id);
  const health = (parkState.assets[camera.id] || [])[2]?.state;
  if (!bitmap && !HEALTH_LABELS[health]) return translate("연결된 영상 없음");
  const old = bitmap && ageMs(time) > LOST_MS;
  if (!old && (health === "slow" || !HEALTH_LABELS[health])) return "";
  const word = translate(HEALTH_LABELS[health] || "신호 끊김");
  return bitmap && (old || health === "frozen")
    ? `${word} · ${translate("{age} 화면", { age: long(ageMs(time)) })}`
    : word;
}

function long(ms) {
  const s = Math.floor(ms / 1000);
  return s < 60 || s >= 3600
    ? formatAge(ms)
    : translate("{m}분 {s}초 전", { m: Math.floor(s / 60), s: s % 60 });
}

export function updateTile(node, shown) {
  const { camera, own, far, brief, layers } = shown;
  node.shown = shown;
  const { why, label, facts } = node.parts;
  const reason = trouble(camera);
  const rate = frameRate(camera.id);
  const bare = !pictureOf(camera.id).bitmap;
  setClass(
    node,
    ["tile", own ? "own" : "", reason ? "broken" : "", bare ? "bare" : "", large === camera.id ? "large" : ""]
      .filter(Boolean)
      .join(" "),
  );
  setText(why, reason);
  const short = camera.id.split("/").pop();
  const full = localName(camera.name);
  setText(label, brief ? short : full.startsWith(short) ? full : `${short} ${full}`);
  label.title = full;
  const age = bare ? "" : `${formatNumber(ageMs(pictureOf(camera.id).time) / 1000, 1)} s`;
  setText(
    facts,
    [!far ? "" : `${formatNumber(far)} m`, bare || brief ? "" : `${formatNumber(rate)} fps`, age]
      .filter(Boolean)
      .join(" · "),
  );
  paintPicture(node.parts.canvas, camera, layers);
}

const ALL = { boxes: true, zones: true, lines: true };

export function paintPicture(canvas, camera, layers = ALL) {
  const { bitmap } = pictureOf(camera.id);
  if (!bitmap) return;
  if (canvas.width !== bitmap.width) canvas.width = bitmap.width;
  if (canvas.height !== bitmap.height) canvas.height = bitmap.height;
  const pen = canvas.getContext("2d");
  pen.drawImage(bitmap, 0, 0);
  overlay(pen, camera, canvas, layers);
}

function overlay(pen, { id, traits: outlines }, canvas, layers) {
  const traits = outlines || {};
  const { width, height } = canvas;
  const seen = parkState.detections[id];
  const frame = seen?.frame || traits.frame || [width, height];
  /** @type {[number, number]} */
  const scale = [width / frame[0], height / frame[1]];
  const shown = Math.min(canvas.clientWidth / width, canvas.clientHeight / height) || 1;
  const line = (0.1 * remPixels()) / shown; // a tenth of a letter on any screen
  pen.lineWidth = line;
  for (const zone of (layers.zones && traits.zones) || []) outline(pen, zone.polygon, scale, true);
  for (const cut of (layers.lines && traits.lines) || []) outline(pen, cut.points, scale, false);
  const since = seen && pictureLagMs(id, seen.time_ms);
  const apart = Math.abs(since);
  if (!layers.boxes || !seen || apart > BOXES_MS || ageMs(seen.time_ms) > LOST_MS) return;
  pen.font = `600 ${Math.round(line * 7.8)}px ${getComputedStyle(document.body).fontFamily}`;
  const late = apart > SAME_MS; // who moves is no longer there
  // More words than that hide the picture.
  const named = !late && (large === id || seen.boxes.length <= FEW_BOXES);
  if (late) {
    pen.globalAlpha = 0.55;
    pen.lineWidth = line * 0.7;
    pen.setLineDash([line * 4, line * 4]);
  }
  const taken = [];
  const surest = seen.boxes.map((_, index) => index).sort((a, b) => seen.scores[b] - seen.scores[a]);
  const boxes = carriedBoxes(id, seen, since);
  for (const index of surest)
    boxed(pen, boxes[index], named ? caption(seen, index, id) : "", scale, line, taken);
  pen.globalAlpha = 1;
  pen.setLineDash([]);
}

// Words only where they are sure enough to help; the number of the track where there is room for it.
function caption({ labels, tracks, scores }, index, id) {
  if (large !== id && scores[index] < SURE) return "";
  const word = objectLabel(labels[index]);
  const track = tracks[index] === undefined || large !== id ? "" : `#${tracks[index]}`;
  return [word, scores[index] === undefined ? "" : scores[index].toFixed(2), track].filter(Boolean).join(" ");
}

function outline(pen, points, [sx, sy], closed) {
  if (!points?.length) return;
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x * sx, y * sy); // the first is where the path begins
  if (closed) {
    pen.closePath();
    pen.fillStyle = "rgba(227, 179, 65, 0.10)";
    pen.fill();
  }
  pen.setLineDash([6, 4]);
  pen.strokeStyle = "rgba(227, 179, 65, 0.85)";
  pen.stroke();
  pen.setLineDash([]);
}

function boxed(pen, [x, y, w, h], text, [sx, sy], line, taken) {
  pen.strokeStyle = "#f2f5f7";
  pen.strokeRect(x * sx, y * sy, w * sx, h * sy);
  if (!text) return;
  const high = line * 10.5;
  const wide = pen.measureText(text).width + line * 4;
  const top = Math.max(0, y * sy - high);
  const covers = ([l, t, r, b]) => x * sx < r && l < x * sx + wide && top < b && t < top + high;
  if (!text || taken.some(covers)) return;
  taken.push([x * sx, top, x * sx + wide, top + high]);
  pen.fillStyle = "rgba(8, 11, 14, 0.8)";
  pen.fillRect(x * sx, top, wide, high);
  pen.fillStyle = "#f2f5f7";
  pen.fillText(text, x * sx + line * 2, top + high - line * 2.6);
}

function build(host) {
  const tiles = el("ul", "tiles");
  host.append(tiles);
  load();
  return { tiles };
}

async function load() {
  if (cameras.length) return;
  try {
    const assets = await getJson("/api/v1/assets?kind=camera");
    cameras = assets.filter((asset) => asset.kind === "camera");
    repaint();
  } catch (error) {
    console.warn("cameras", error.message);
    setTimeout(load, 5000);
  }
}

function paint({ tiles }) {
  const alarm = focus();
  const shown = alarm ? beside(alarm) : tour();
  if (large && !shown.some(({ camera }) => camera.id === large)) large = null;
  watchCameras(
    shown.map(({ camera }) => camera.id),
    large,
  );
  updateList(tiles, shown, ({ camera }) => camera.id, createTile, updateTile);
  const bare = shown.some(({ camera }) => /^motion/i.test(parkState.detections[camera.id]?.model || ""));
  const mode = translate(alarm?.incident ? "사건 주변 자동" : alarm ? "경보 주변 카메라 자동 선택" : "순회");
  setNote("cameras", bare ? `${mode} · ${translate("모델 없음: 움직임만")}` : mode);
}

const repaint = registerPanel("cameras", ["alarms", "incidents", "reset"], build, paint);
onPush("assets", (delta) => {
  if (cameras.some(({ id }) => delta[id])) repaint();
}); // a camera that is lost, at once
onPicture((id) => {
  const node = document.querySelector(`#cameras [data-key="${CSS.escape(id)}"]`);
  const camera = cameras.find((c) => c.id === id);
  if (node && camera) paintPicture(node.parts.canvas, camera);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && large)
    setTimeout(() => {
      large = null;
      repaint();
    });
});
