// The page of all cameras: sixteen live tiles by zone and state, a tour over them, one that has an alarm
// jumps in.

import { el, setNote, setText, updateList, whenMounted } from "../core/dom.mjs";
import { createField } from "../core/forms.mjs";
import { goToPage } from "../core/navigation.mjs";
import { onPush, parkState } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { loadCameras } from "./inventory.mjs";
import { cameraDetail } from "./labels.mjs";
import { showStills } from "./stills.mjs";
import { createTile, paintPicture, updateTile } from "./tiles.mjs";
import { onPicture, pictureOf, watchCameras } from "./video.mjs";

const TILES = 16;
const EVERY_S = [10, 20, 30, 60];
const ALARMED = 2;
const STATES = {
  all: "전체",
  picture: "영상 있음",
  trouble: "이상 있음",
  alarm: "경보 있음",
  off: "꺼진 규칙 있음",
};
let cameras = [];
let host = null;
let page = 0;
let turned = 0;
let paused = false;
let order = [];
let speaking = 0;

const row = (camera) => parkState.assets[camera.id] || [0, null, {}];
const facts = (camera) => row(camera)[2] || {};
const hasPicture = ({ id }) => Boolean(pictureOf(id).bitmap || parkState.detections[id]);
// It has a file, or speaks without.
const connected = (camera) => Boolean(camera.traits.frame) || hasPicture(camera);
const alarmed = ({ id }) =>
  Object.values(parkState.alarms).some(
    (alarm) => alarm.asset === id && alarm.state !== "returned" && !/^camera/.test(alarm.condition),
  );
const KEEPS = {
  all: () => true,
  picture: hasPicture,
  trouble: (camera) => Boolean(facts(camera).state && facts(camera).state !== "ok"),
  alarm: (camera) => alarmed(camera) || row(camera)[0] >= ALARMED,
  off: (camera) => (facts(camera).rules_off || []).length > 0,
};

/** Those that the filters leave; alarmed ones first, then those that have pictures, then those that speak. */
function kept() {
  const zone = host.zone.input.value;
  const keep = KEEPS[host.state.input.value];
  const worth = (camera) =>
    4 * Number(alarmed(camera)) + 2 * Number(connected(camera)) + Number(Boolean(row(camera)[1]));
  return cameras
    .filter((camera) => (!zone || camera.zone === zone) && keep(camera))
    .sort((a, b) => worth(b) - worth(a) || a.id.localeCompare(b.id));
}

const pages = () => Math.max(1, Math.ceil(order.length / TILES));

// The tour leaves out the pages on which there is nothing to see.
const toured = () => Math.max(1, Math.ceil(order.filter(connected).length / TILES));

function turn(by) {
  page = (page + by + pages()) % pages();
  turned = Date.now();
  repaint();
}

// The order holds until the page is turned: a tile does not move under the hand of who wants it.
function sorted() {
  const fresh = kept();
  const known = new Set(order.map(({ id }) => id));
  // Who begins to speak comes to the front.
  const heard = fresh.filter((camera) => row(camera)[1] || connected(camera)).length;
  const same = heard <= speaking && fresh.length === order.length && fresh.every(({ id }) => known.has(id));
  const first = order.slice(0, TILES);
  const jumps = fresh.some((camera) => alarmed(camera) && !first.includes(camera));
  if (same && !jumps) return;
  [order, speaking] = [fresh, heard];
  if (jumps) page = 0;
  page = Math.min(page, pages() - 1);
}

function open(id) {
  goToPage(`/camera/${encodeURIComponent(id.split("/").pop())}`);
}

function paintHealth({ stills, off }, camera) {
  const { before, after, rules_off: rules = [], state } = facts(camera);
  stills.hidden = !(before || after) || !state || state === "ok";
  setText(off, rules.length ? translate("꺼진 규칙 {n}", { n: rules.length }) : "");
  off.title = rules.map((rule) => cameraDetail(rule, false)).join("\n");
}

function make(item) {
  const node = createTile(item);
  const stills = el("button", "tile-stills", translate("전·후"));
  const off = el("span", "tile-off");
  stills.type = "button";
  stills.addEventListener("click", (event) => {
    event.stopPropagation();
    showStills(facts(item.camera), item.camera);
  });
  stills.addEventListener("keydown", (event) => event.stopPropagation());
  node.setAttribute("role", "link");
  node.append(stills, off);
  Object.assign(node.parts, { stills, off });
  return node;
}

function update(node, item) {
  updateTile(node, item);
  node.setAttribute("aria-label", `${item.camera.id.split("/").pop()} ${localName(item.camera.name)}`);
  paintHealth(node.parts, item.camera);
}

function build(element) {
  const zones = [...new Set(cameras.map(({ zone }) => zone).filter(Boolean))].sort();
  const choices = (table) => Object.entries(table).map(([value, text]) => [value, translate(text)]);
  const button = (text, act) => {
    const node = el("button", "", text);
    node.type = "button";
    node.addEventListener("click", act);
    return node;
  };
  host = {
    tiles: el("ul", "tiles sixteen"),
    place: el("span", "page-of num-small"),
    empty: el("p", "calm"),
    zone: createField("단지 구역", {
      choices: [["", translate("전체")], ...zones.map((zone) => [zone, zone])],
    }),
    state: createField("상태", { choices: choices(STATES) }),
    every: createField("순회 간격", { choices: EVERY_S.map((s) => [s, translate("{n}초", { n: s })]) }),
  };
  host.pause = button(translate("순회 멈춤"), () => {
    paused = !paused;
    turned = Date.now();
    repaint();
  });
  const bar = el("div", "camera-bar");
  for (const field of [host.zone, host.state])
    field.input.addEventListener("change", () => {
      page = 0;
      order = [];
      repaint();
    });
  bar.append(
    host.zone,
    host.state,
    host.every,
    host.pause,
    button("‹", () => turn(-1)),
    host.place,
    button("›", () => turn(1)),
  );
  element.append(bar, host.tiles, host.empty);
  turned = Date.now();
  return host;
}

function paint() {
  if (!paused && Date.now() - turned > 1000 * Number(host.every.input.value)) {
    page = (page + 1) % toured();
    turned = Date.now();
  }
  sorted();
  const shown = order.slice(page * TILES, (page + 1) * TILES);
  watchCameras(shown.map(({ id }) => id));
  updateList(
    host.tiles,
    shown.map((camera) => ({ camera, own: alarmed(camera), far: null, open })),
    ({ camera }) => camera.id,
    make,
    update,
  );
  setText(host.place, `${page + 1} / ${pages()}`);
  setText(host.pause, translate(paused ? "순회 계속" : "순회 멈춤"));
  setText(host.empty, order.length ? "" : translate("고른 조건의 카메라 없음"));
  const bare = cameras.some(({ id }) => /^motion/i.test(parkState.detections[id]?.model || ""));
  const live = cameras.filter(hasPicture).length;
  setNote(
    "camera-wall",
    [
      translate("{n}대 중 영상 {m}대", { n: cameras.length, m: live }),
      bare ? translate("모델 없음: 움직임만") : "",
    ]
      .filter(Boolean)
      .join(" · "),
  );
}

let repaint = () => {};
whenMounted("#camera-wall", async (element) => {
  [cameras, order, page] = [await loadCameras(), [], 0];
  if (!element.isConnected) return;
  build(element);
  repaint = () => {
    if (element.isConnected) paint();
  };
  repaint();
});
for (const kind of ["alarms", "reset"]) onPush(kind, () => repaint());
onPush("assets", (delta) => {
  if (cameras.some(({ id }) => delta[id])) repaint();
}); // a camera that is lost, at once
setInterval(() => repaint(), 1000);
onPicture((id) => {
  const node = document.querySelector(`#camera-wall [data-key="${CSS.escape(id)}"]`);
  if (node) paintPicture(node.parts.canvas, node.shown.camera);
});
