// The card of one asset: what it says now and how old that is, its day, its alarms, who can see it.
import { paintCommandButton } from "../commands/command.mjs";
import { whenMounted } from "../core/dom.mjs";
import { compassPoint, formatAge, formatClock, formatNumber } from "../core/format.mjs";
import { getJson, queryOf } from "../core/http.mjs";
import { ageMs, connection, onPush, serverNow } from "../core/push.mjs";
import { language, translate } from "../core/texts.mjs";
import { flyToMark, map, requestRedraw } from "./map.mjs";
import { isMarkStale, markName, nearestCameras } from "./map_assets.mjs";
import { alarmValueText } from "./map_label.mjs";
import { COLOURS } from "./map_marks.mjs";

const KINDS = {
  camera: "카메라",
  light: "가로등",
  cabinet: "분전함",
  gas: "가스센서",
  odour: "악취센서",
  air: "대기센서",
  water: "수질센서",
  weather: "기상점",
  gate: "출입문",
  dock: "도크",
  site: "물류 거점",
  factory: "공장",
  meter: "전력계",
  substation: "변전소",
  pv: "태양광",
  fuelcell: "연료전지",
  ess: "에너지저장장치",
  parking: "주차장",
  vehicle: "차량",
};
// field -> [text, unit, decimals]
const FIELDS = {
  state: ["상태", "", 0],
  fps: ["초당 장면", "fps", 0],
  detail: ["설명", "", 0],
  substance: ["물질", "", 0],
  dim_pct: ["밝기", "%", 0],
  power_w: ["소비 전력", "W", 0],
  power_kw: ["전력", "kW", 1],
  energy_kwh: ["전력량", "kWh", 0],
  reactive_kvar: ["무효전력", "kvar", 1],
  soc_pct: ["충전율", "%", 1],
  charged_kwh: ["충전량", "kWh", 0],
  discharged_kwh: ["방전량", "kWh", 0],
  ppm: ["농도", "ppm", 2],
  dilution_ratio: ["복합악취 희석배수", "배", 0],
  h2s_ppm: ["황화수소", "ppm", 3],
  nh3_ppm: ["암모니아", "ppm", 2],
  pm10_ugm3: ["미세먼지 PM10", "µg/m³", 0],
  pm25_ugm3: ["초미세먼지 PM2.5", "µg/m³", 0],
  o3_ppm: ["오존", "ppm", 3],
  no2_ppm: ["이산화질소", "ppm", 3],
  co_ppm: ["일산화탄소", "ppm", 2],
  so2_ppm: ["아황산가스", "ppm", 3],
  level_m: ["수위", "m", 2],
  ph: ["pH", "", 1],
  turbidity_ntu: ["탁도", "NTU", 1],
  temperature_c: ["기온", "°C", 1],
  humidity_pct: ["습도", "%", 0],
  wind_speed_ms: ["풍속", "m/s", 1],
  wind_from_deg: ["풍향", "°", 0],
  rain_mmh: ["강수", "mm/h", 1],
  ghi_wm2: ["일사량", "W/m²", 0],
  queue_vehicles: ["대기 차량", "대", 0],
  wait_s: ["대기 시간", "s", 0],
  open: ["개방", "", 0],
  vehicle: ["차량", "", 0],
  occupied: ["주차", "대", 0],
  capacity: ["주차 면수", "대", 0],
  speed_kmh: ["속도", "km/h", 0],
  heading_deg: ["진행 방향", "°", 0],
  cargo: ["화물", "", 0],
};
const WORDS = {
  normal: "정상",
  failed: "고장",
  unreachable: "통신 두절",
  ok: "정상",
  lost: "신호 끊김",
  frozen: "화면 멈춤",
  black: "검은 화면",
  white: "흰 화면",
  covered: "가림",
  defocused: "초점 흐림",
  turned: "방향 틀어짐",
  slow: "느림",
  free: "비어 있음",
  busy: "작업 중",
  closed: "닫힘",
  moving: "운행",
  queued: "대기",
  docked: "도크 접안",
  parked: "주차 중",
  left: "나감",
  empty: "공차",
  general: "일반 화물",
  dangerous: "위험물",
  true: "열림",
  false: "닫힘",
};
const BAD = { no_value: "값 없음", implausible: "있을 수 없는 값", elsewhere: "단지 밖", jump: "위치 튐" };
const LEVELS = ["정상", "낮음", "보통", "높음", "심각"];
const ALARM_STATES = {
  unack: "미확인",
  ack: "확인",
  returned: "복귀 · 미확인",
  latched: "복귀 · 재설정 필요",
  latched_ack: "복귀 · 재설정 필요",
};
const TREND_FIRST = [
  "ppm",
  "dilution_ratio",
  "pm25_ugm3",
  "power_kw",
  "power_w",
  "level_m",
  "wind_speed_ms",
  "queue_vehicles",
  "occupied",
  "fps",
  "speed_kmh",
];
const TREND_HOURS = 24;
let trend = { id: null, field: null, points: [] };

const part = (name) => document.getElementById(`card-${name}`);
const write = (node, text) => {
  if (node && node.textContent !== text) node.textContent = text;
};
const make = (tag, className, text = "") => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.textContent = text;
  return node;
};

/** Words of a value: state words, compass for wind, number with unit otherwise. */
function valueText(field, value) {
  const [, unit, digits] = FIELDS[field] || ["", "", 2];
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string" && field === "vehicle") return value.split("/").pop();
  if (typeof value !== "number") return WORDS[value] ? translate(WORDS[value]) : String(value);
  const gap = unit && unit !== "%" && unit !== "°" ? " " : "";
  const shown = `${formatNumber(value, digits)}${gap}${translate(unit)}`;
  return /(from|heading)_deg$/.test(field) ? `${compassPoint(value)} ${shown}` : shown;
}

/** Words of a value that is not believed: why, and what was received. */
function badText([why, received]) {
  const words = translate(BAD[why] || "값 없음");
  return received ? translate("{why}: {said}", { why: words, said: received }) : words;
}

function whyStale(mark) {
  if (connection.link !== "live") return translate("화면 연결 끊김");
  if (!mark.time) return translate("아직 받은 값 없음");
  return translate("센서 무응답 {age} (주기 {period}초)", {
    age: formatAge(ageMs(mark.time)),
    period: formatNumber(mark.period),
  });
}

/** Keep the children of `host` in step with `rows` of texts: same nodes, new words, no blinking. */
function rowsInto(host, rows, tags) {
  while (host.children.length > rows.length * tags.length) host.lastChild.remove();
  rows.flat().forEach((text, index) => {
    const node = host.children[index] || host.appendChild(make(tags[index % tags.length]));
    write(node, text);
  });
}

function fill(mark) {
  const stale = isMarkStale(mark);
  const name = markName(mark);
  write(part("kind"), translate(KINDS[mark.kind] || mark.kind));
  write(part("name"), name);
  write(part("id"), [mark.id, mark.zone].filter(Boolean).join(" · "));
  const state = part("state");
  state.dataset.level = stale ? "stale" : String(mark.level);
  write(state, stale ? `${translate("데이터 지연")} · ${whyStale(mark)}` : translate(LEVELS[mark.level]));
  fillValues(mark, stale);
  paintCommandButton(part("commands"), mark);
  fillAlarms(mark);
  fillCameras(mark);
}

function fillValues(mark, stale) {
  const host = part("values");
  const age = mark.time ? formatAge(ageMs(mark.time)) : "";
  const bad = mark.fields.bad || {};
  const rows = Object.entries({ ...mark.fields, ...bad })
    .filter(([field, value]) => FIELDS[field] && (bad[field] || (value !== null && value !== "")))
    .map(([field, value]) => [
      translate(FIELDS[field][0]),
      bad[field] ? badText(bad[field]) : valueText(field, value),
      age,
    ]);
  host.classList.toggle("stale", stale);
  rowsInto(host, rows, ["dt", "dd", "small"]);
}

function fillAlarms(mark) {
  const alarms = [...mark.alarms.values()].sort((a, b) => b.raised_ms - a.raised_ms);
  part("alarm-part").hidden = !alarms.length;
  rowsInto(
    part("alarms"),
    alarms.map((alarm) => [
      [
        (alarm.name && (alarm.name[language()] || alarm.name.ko)) || alarm.condition,
        alarmValueText(alarm, mark),
        translate(ALARM_STATES[alarm.state] || alarm.state),
        formatClock(alarm.raised_ms),
      ]
        .filter(Boolean)
        .join(" · "),
    ]),
    ["li"],
  );
  [...part("alarms").children].forEach((node, index) => {
    node.setAttribute("data-priority", alarms[index].priority);
  });
}

function fillCameras(mark) {
  const host = part("cameras");
  const near = nearestCameras(mark, 4);
  if (host.dataset.of === mark.id && mark.kind !== "vehicle") return;
  host.dataset.of = mark.id;
  host.replaceChildren(
    ...near.map(([metres, camera]) => {
      const item = make("li", "");
      const button = make("button", "card-camera");
      button.type = "button";
      button.append(make("span", "", markName(camera)), make("small", "", `${formatNumber(metres)} m`));
      button.addEventListener("click", () => {
        flyToMark(camera);
        selectAsset(camera.id);
      });
      item.append(button);
      return item;
    }),
  );
}

// --- the day as one line ------------------------------------------------------------------------------
async function loadTrend(mark) {
  const field = TREND_FIRST.find((name) => typeof mark.fields[name] === "number");
  trend = { id: mark.id, field, points: [] };
  part("history").hidden = true;
  if (!field) return;
  const query = queryOf({ subject: mark.id, field, hours: TREND_HOURS });
  const points = await getJson(`/api/v1/trend?${query}`);
  if (trend.id !== mark.id) return;
  trend.points = points.filter(([, value]) => Number.isFinite(value));
  drawTrend(mark);
}

function follow(mark) {
  const value = mark.fields[trend.field];
  const last = trend.points[trend.points.length - 1];
  if (trend.id !== mark.id || !Number.isFinite(value) || (last && mark.time <= last[0])) return;
  trend.points.push([mark.time, value]);
  drawTrend(mark);
}

function drawTrend(mark) {
  const { points, field } = trend;
  const canvas = /** @type {HTMLCanvasElement} */ (part("trend"));
  part("history").hidden = points.length < 2;
  if (points.length < 2 || !canvas.clientWidth) return;
  const dpr = window.devicePixelRatio || 1;
  const [w, h] = [canvas.clientWidth, canvas.clientHeight];
  Object.assign(canvas, { width: w * dpr, height: h * dpr });
  const ctx = canvas.getContext("2d");
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [digits, unit] = [FIELDS[field][2], translate(FIELDS[field][1])];
  write(
    part("range"),
    `${translate(FIELDS[field][0])} ${formatNumber(low, digits)} – ${formatNumber(high, digits)} ${unit}`,
  );
  const end = serverNow();
  const start = end - TREND_HOURS * 3600000;
  const room = high - low || 1;
  ctx.scale(dpr, dpr);
  ctx.strokeStyle = "#2a3138";
  ctx.strokeRect(0.5, 0.5, w - 1, h - 1);
  ctx.beginPath();
  points.forEach(([ms, value], index) => {
    const [x, y] = [((ms - start) / (end - start)) * w, h - 5 - ((value - low) / room) * (h - 10)];
    if (index) ctx.lineTo(x, y);
    else ctx.moveTo(x, y);
  });
  ctx.strokeStyle = mark.level ? COLOURS.levels[mark.level] : "#9fb3c4";
  ctx.lineWidth = 1.5;
  ctx.stroke();
}

// --- open and close -----------------------------------------------------------------------------------
/** Open the card of an asset by id; null closes it. */
export const selectAsset = (id) => {
  const mark = map.marks.get(id);
  const host = document.getElementById("card");
  map.selected = mark ? id : null;
  requestRedraw();
  if (!host) return;
  host.hidden = !mark;
  if (!mark) return;
  fill(mark);
  requestRedraw(); // the labels keep off it
  loadTrend(mark).catch((error) => console.warn(String(error)));
};

function refresh() {
  const mark = map.marks.get(map.selected);
  const host = document.getElementById("card");
  if (!mark || !host || host.hidden) return;
  fill(mark);
  if (trend.id === mark.id && !trend.field) loadTrend(mark).catch((error) => console.warn(String(error)));
  follow(mark);
}

const refreshWhenSelected = (delta) => {
  if (map.selected in delta) refresh();
};
onPush("assets", refreshWhenSelected);
onPush("vehicles", refreshWhenSelected);
onPush("alarms", refresh);
onPush("link", refresh);
setInterval(refresh, 1000);
whenMounted("#card-close", (button) => button.addEventListener("click", () => selectAsset(null)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && map.selected) selectAsset(null);
});
