// The page of one camera: its picture large with what is drawn on it, its health, its last day, its
// neighbours.

import { el, setNote, setText, updateList, whenMounted } from "../core/dom.mjs";
import { formatClock, formatNumber } from "../core/format.mjs";
import { distanceMetres } from "../core/geo.mjs";
import { getJson } from "../core/http.mjs";
import { goToPage } from "../core/navigation.mjs";
import { ageMs, parkState, serverNow } from "../core/push.mjs";
import { isManager } from "../core/roles.mjs";
import { language, localName, translate } from "../core/texts.mjs";
import { mayAct, requestAction } from "../incidents/incidents.mjs";
import { showClips } from "./clips.mjs";
import { showCrossings } from "./crossings.mjs";
import { loadCameras, showCameraOnMap } from "./inventory.mjs";
import { cameraDetail, healthLabel, modelOf } from "./labels.mjs";
import { createStill, createStillPair } from "./stills.mjs";
import { createTile, paintPicture, updateTile } from "./tiles.mjs";
import { frameRate, onPicture, pictureOf, watchCameras } from "./video.mjs";

const NEAR = 4;
const DAY_MS = 86400000;
const EVENTS_MS = 20000;
const LAYERS = { boxes: "상자", zones: "구역", lines: "선" };
let cameras = [];
let camera = null;
let names = {};
let parts = null;
let asked = 0;

const key = () => decodeURIComponent(location.pathname.split("/").pop());
const facts = () => (parkState.assets[camera.id] || [0, null, {}])[2] || {};

function stage(host) {
  const tile = createTile({ camera });
  const bar = el("div", "camera-layers");
  for (const [name, text] of Object.entries(LAYERS)) {
    const button = el("button", "", translate(text));
    button.type = "button";
    button.setAttribute("aria-pressed", "true");
    button.addEventListener("click", () => {
      parts.layers[name] = !parts.layers[name];
      button.setAttribute("aria-pressed", String(parts.layers[name]));
      paintPicture(tile.parts.canvas, camera, parts.layers);
    });
    bar.append(button);
  }
  host.append(tile, bar);
  return tile;
}

const TERMS = { state: "상태", age: "화면 나이", rate: "초당 화면", model: "모델" };

function appendTerm(list, term) {
  const value = el("dd");
  list.append(el("dt", "", translate(term)), value);
  return value;
}

function about(host) {
  const list = el("dl", "camera-facts");
  const link = (text, href) => Object.assign(el("a", "", translate(text)), { href });
  const rows = Object.fromEntries(
    Object.entries(TERMS).map(([name, term]) => [name, appendTerm(list, term)]),
  );
  const links = el("p", "camera-links");
  const short = camera.id.split("/").pop();
  const onMap = link("지도에서 보기", `/?lang=${language()}`);
  onMap.addEventListener("click", (event) => {
    event.preventDefault();
    showCameraOnMap(camera);
  });
  links.append(onMap, link("모든 카메라", `/cameras${location.search}`));
  if (isManager())
    links.append(link("카메라 설정", `/cameras/setup/${encodeURIComponent(short)}?lang=${language()}`));
  const stills = el("div");
  const off = el("ul", "camera-off");
  const crossed = el("div", "camera-crossings");
  host.append(list, links, stills, off, crossed);
  showCrossings(crossed, camera);
  return { rows, stills, off, drawn: "" };
}

function paintAbout() {
  const { rows, stills, off } = parts.about;
  const { state, detail, before, after, rules_off: rules = [], fps } = facts();
  const picture = pictureOf(camera.id);
  const seen = parkState.detections[camera.id];
  setText(
    rows.state,
    state
      ? [healthLabel(state), cameraDetail(detail)].filter(Boolean).join(" · ")
      : translate("연결된 영상 없음"),
  );
  rows.state.className = state && state !== "ok" ? "stale" : "";
  setText(rows.age, picture.bitmap ? `${formatNumber(ageMs(picture.time) / 1000, 1)} s` : "–");
  const ownRate = fps ? `(${translate("카메라 1분 평균 {n}", { n: formatNumber(fps, 1) })})` : "";
  setText(rows.rate, [formatNumber(frameRate(camera.id), 1), ownRate].filter(Boolean).join(" "));
  const model = seen?.model || modelOf(detail);
  setText(rows.model, /^motion/i.test(model) ? translate("모델 없음: 움직임만") : model || "–");
  const drawn = `${before}/${after}`;
  if (parts.about.drawn !== drawn) {
    parts.about.drawn = drawn;
    stills.replaceChildren(...(before || after ? [createStillPair({ before, after }, camera)] : []));
  }
  updateList(
    off,
    rules,
    (rule) => rule,
    () => el("li"),
    (node, rule) => setText(node, `${translate("꺼진 규칙")}: ${cameraDetail(rule, false)}`),
  );
}

function paintNear() {
  const near = cameras
    .filter(({ id }) => id !== camera.id)
    .map((neighbour) => ({
      camera: neighbour,
      own: false,
      far: distanceMetres(camera, neighbour),
      brief: true,
      open: (id) => goToPage(`/camera/${encodeURIComponent(id.split("/").pop())}`),
    }))
    .sort((a, b) => a.far - b.far)
    .slice(0, NEAR);
  watchCameras([camera.id, ...near.map((neighbour) => neighbour.camera.id)], camera.id);
  updateList(parts.near, near, (neighbour) => neighbour.camera.id, createTile, updateTile);
}

function judge(event, verdict) {
  requestAction("camera.verify", camera.id, { event: event.id, verdict });
  parts.said.set(event.id, verdict);
  paintEvents();
}

const VERDICTS = { true: "사실", false: "오경보", unclear: "불분명" };

function eventRow(event) {
  const node = el("li");
  const words = el("div", "camera-event");
  const title = el("b");
  const when = el("span", "facts");
  const acts = el("div", "camera-verdicts");
  const { data } = event;
  setText(title, localName(names[data.kind]) || data.kind);
  setText(
    when,
    [formatClock(Date.parse(event.time)), data.zone || data.line || "", formatNumber(data.score, 2)]
      .filter(Boolean)
      .join(" · "),
  );
  words.append(title, when, acts);
  for (const [verdict, text] of Object.entries(VERDICTS)) {
    const button = el("button", "", translate(text));
    button.type = "button";
    button.dataset.verdict = verdict;
    button.addEventListener("click", () => judge(event, verdict));
    acts.append(button);
  }
  node.append(
    createStill(data.still, "순간 영상", translate("카메라 {camera} 이벤트 확인", { camera: key() })),
    words,
  );
  return node;
}

function paintEvents() {
  updateList(
    parts.events,
    parts.found,
    (event) => event.id,
    eventRow,
    (node, event) => {
      for (const button of node.querySelectorAll("[data-verdict]")) {
        button.hidden = !mayAct();
        button.setAttribute("aria-pressed", String(parts.said.get(event.id) === button.dataset.verdict));
      }
    },
  );
  setText(parts.none, parts.found.length ? "" : translate("최근 24시간 이벤트 없음"));
  setNote("camera-events", translate("{n}건", { n: parts.found.length }));
}

async function load() {
  asked = Date.now();
  const from = encodeURIComponent(new Date(serverNow() - DAY_MS).toISOString());
  const subject = encodeURIComponent(camera.id);
  const asking = parts;
  const askEvents = (type) =>
    getJson(`/api/v1/events?type=${type}&subject=${subject}&from=${from}&limit=100`);
  try {
    const [found, judged] = await Promise.all([
      askEvents("park.camera.event"),
      askEvents("park.camera.verdict"),
    ]);
    asking.found = found.events;
    for (const { data } of judged.events.reverse()) asking.said.set(data.event, data.verdict);
    if (asking === parts) paintEvents();
  } catch (error) {
    console.warn("camera events", error.message);
  }
}

function paint() {
  if (!parts?.host.isConnected) return;
  updateTile(parts.tile, { camera, own: false, far: null, layers: parts.layers, alone: true });
  paintAbout();
  paintNear();
  if (Date.now() - asked > EVENTS_MS) load();
}

whenMounted("#camera-stage", async (host) => {
  [cameras, names] = await Promise.all([
    loadCameras(),
    getJson("/api/v1/cameras/figures").then((figures) => figures.names),
  ]);
  camera = cameras.find(({ id }) => id.split("/").pop() === key());
  if (!camera || !host.isConnected) {
    host.append(el("p", "calm", translate("그런 카메라가 없습니다")));
    return;
  }
  parts = {
    host,
    layers: { boxes: true, zones: true, lines: true },
    found: [],
    said: new Map(),
    near: el("ul", "tiles four"),
    events: el("ul", "camera-event-list"),
    none: el("p", "calm"),
  };
  parts.tile = stage(host);
  setText(
    document.getElementById("camera-stage-title"),
    `${key()} · ${localName(camera.name).replace(key(), "").trim()}`,
  );
  parts.about = about(document.getElementById("camera-about"));
  document.getElementById("camera-near").append(parts.near);
  document.getElementById("camera-events").append(parts.none, parts.events);
  showClips(document.getElementById("camera-clips"), camera.id, (kind) => localName(names[kind]) || kind);
  paint();
  load();
});
setInterval(paint, 1000);
onPicture((id) => {
  if (!parts?.host.isConnected) return;
  if (id === camera.id) paintPicture(parts.tile.parts.canvas, camera, parts.layers);
  const node = document.querySelector(`#camera-near [data-key="${CSS.escape(id)}"]`);
  if (node) paintPicture(node.parts.canvas, node.shown.camera);
});
document.addEventListener("keydown", (event) => {
  if (
    event.key === "Escape" &&
    document.getElementById("camera-stage") &&
    !document.querySelector("dialog[open]")
  )
    goToPage("/cameras");
});
