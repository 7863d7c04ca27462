// The moment as a clip with what the rule saw, and the nearest four cameras live.

import { drawDetections, playClip } from "../cameras/player.mjs";
import { stillPath } from "../cameras/stills.mjs";
import { createTile, paintPicture, updateTile } from "../cameras/tiles.mjs";
import { onPicture, watchCameras } from "../cameras/video.mjs";
import { el, ensureChild, setNote, setText, updateList } from "../core/dom.mjs";
import { formatClock } from "../core/format.mjs";
import { localName, translate } from "../core/texts.mjs";
import { onIncidentDetail } from "./page.mjs";

const RETRY_MS = 4000;
let shown = null;
let cameras = [];

/**
 * The moment worth seeing: a member's before another, with a clip before a still, then the nearest to the
 * opening.
 */
function best(moments, opened) {
  const seen = moments.filter((moment) => moment.clip || moment.still);
  return (
    seen.sort(
      (a, b) =>
        b.member - a.member ||
        Number(Boolean(b.clip)) - Number(Boolean(a.clip)) ||
        Math.abs(a.time_ms - opened) - Math.abs(b.time_ms - opened),
    )[0] || null
  );
}

function build(host) {
  const player = el("div", "player");
  const stage = el("div", "moment-stage");
  const still = el("img");
  const boxes = el("canvas");
  const none = el("p", "calm");
  still.alt = "";
  stage.append(still, boxes, none);
  const foot = el("div", "moment-foot");
  const label = el("b");
  const facts = el("span", "facts");
  foot.append(label, facts);
  host.append(player, stage, foot);
  host.parts = { player, stage, still, boxes, none, label, facts };
  still.addEventListener("load", () => mark(boxes));
  return host.parts;
}

/** Show the still at once, and the clip as soon as it is written: half a minute after the moment. */
async function load(host, moment, purpose) {
  const { player, stage, still } = host.parts;
  player.hidden = true;
  stage.hidden = false;
  still.hidden = !moment.still;
  if (moment.still) still.src = stillPath(moment.still, purpose);
  if (!moment.clip) return;
  try {
    const { video } = await playClip(player, moment.clip, purpose, moment.time_ms);
    if (shown !== moment && shown.clip !== moment.clip) return;
    [player.hidden, stage.hidden, video.loop] = [false, true, true];
    video.play().catch(() => {});
  } catch {
    setTimeout(() => {
      if (host.isConnected && shown && shown.clip === moment.clip) load(host, moment, purpose);
    }, RETRY_MS);
  }
}

function mark(boxes) {
  const frame = shown?.frame;
  boxes.hidden = !frame;
  if (!frame) return;
  Object.assign(boxes, { width: frame[0], height: frame[1] });
  const pen = boxes.getContext("2d");
  const { track } = shown;
  pen.lineWidth = Math.max(2, frame[0] / 300);
  drawDetections(
    pen,
    frame[0],
    shown.boxes.map((box) => [track, "", shown.score, ...box]),
    track,
  );
}

function paintMoment(detail) {
  const host = document.getElementById("incident-moment");
  if (!host) return;
  const { none, label, facts, player, stage, still, boxes } = host.parts || build(host);
  const moment = best(detail.moments || [], detail.card.opened_ms);
  none.hidden = Boolean(moment);
  setText(none, translate("이 사건을 찍은 영상 없음"));
  if (!moment) {
    shown = null;
    player.hidden = still.hidden = boxes.hidden = true;
    stage.hidden = false;
    setText(label, "");
    setText(facts, "");
    return;
  }
  const fresh = !shown || shown.clip !== moment.clip || shown.still !== moment.still || !host.dataset.loaded;
  shown = moment;
  if (fresh) {
    host.dataset.loaded = "1";
    load(host, moment, translate("사건 {number} 확인", { number: detail.card.number }));
  }
  setText(label, `${moment.camera.split("/").pop()} · ${formatClock(moment.time_ms)}`);
  setText(
    facts,
    [
      localName(moment.name),
      moment.score.toFixed(2),
      moment.track === null || moment.track === undefined ? "" : `#${moment.track}`,
    ]
      .filter(Boolean)
      .join(" · "),
  );
  setNote("incident-moment", moment.clip ? translate("앞뒤 30초") : translate("정지 화면"));
}

function paintCameras() {
  const host = document.getElementById("incident-cameras");
  if (!host) return;
  const tiles = ensureChild(host, "ul", () => el("ul", "tiles four"));
  watchCameras(cameras.map(({ camera }) => camera.id));
  updateList(tiles, cameras, ({ camera }) => camera.id, createTile, updateTile);
}

onIncidentDetail((detail) => {
  const members = new Set(detail.card.assets);
  cameras = detail.cameras.map((camera) => ({
    camera,
    own: members.has(camera.id),
    far: camera.distance_m,
    brief: true,
  }));
  paintMoment(detail);
  paintCameras();
  setNote("incident-cameras", translate("자동 {n}", { n: cameras.length }));
});
onPicture((id) => {
  const node = document.querySelector(`#incident-cameras [data-key="${CSS.escape(id)}"]`);
  const tile = cameras.find(({ camera }) => camera.id === id);
  if (node && tile) paintPicture(node.parts.canvas, tile.camera);
});
setInterval(paintCameras, 1000);
