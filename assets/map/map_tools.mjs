// What hands do on the map: hover, click, legend that switches layers, search (/), zoom buttons.
import { isWithin, whenMounted } from "../core/dom.mjs";
import { formatNumber } from "../core/format.mjs";
import { serverNow } from "../core/push.mjs";
import { translate } from "../core/texts.mjs";
import { openIncident } from "../incidents/incidents.mjs";
import { fitPark, flyToMark, map, onMapView, onMarksChange, requestRedraw } from "./map.mjs";
import { isMarkStale, isPresent, MARK_GROUPS, markName } from "./map_assets.mjs";
import { hitTest, incidentAt } from "./map_canvas.mjs";
import { selectAsset } from "./map_card.mjs";
import { drawCalm, drawStale, drawVehicle } from "./map_marks.mjs";

const GROUP_WORDS = {
  camera: "카메라",
  light: "가로등",
  env: "환경센서",
  weather: "기상",
  vehicle: "차량",
  logistics: "물류 시설",
  energy: "에너지 · 공장",
};
const GROUP_GLYPH = {
  camera: "camera",
  light: "light",
  env: "gas",
  weather: "weather",
  logistics: "gate",
  energy: "substation",
};
const FOUND = 8;
const COUNT_MS = 2000;
const el = (tag, className, text = "") => {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
};

// --- legend -------------------------------------------------------------------------------------------
let buttons = new Map();

function glyph(group) {
  const canvas = el("canvas", "map-glyph");
  const size = 18;
  const fine = 2 * map.unit * (window.devicePixelRatio || 1);
  Object.assign(canvas, { width: size * fine, height: size * fine });
  const ctx = canvas.getContext("2d");
  ctx.scale(fine, fine);
  if (group === "stale") drawStale(ctx, "gas", 9, 9, map.fitZoom + 1);
  else if (group === "vehicle") drawVehicle(ctx, { fields: { state: "moving" }, level: 0 }, 9, 9, 90, false);
  else drawCalm(ctx, GROUP_GLYPH[group], [[9, 9]], map.fitZoom + (group === "light" ? 5 : 1));
  return canvas;
}

function makeButton(group, word) {
  const button = el("button", "map-layer");
  const count = el("b", "");
  button.type = "button";
  button.dataset.layer = group;
  button.append(glyph(group), el("span", "", word), count);
  if (map.wall) button.tabIndex = -1;
  else button.addEventListener("click", () => toggle(group));
  return { button, count };
}

function toggle(group) {
  if (group === "stale") map.onlyStale = !map.onlyStale;
  else if (!map.hidden.delete(group)) map.hidden.add(group);
  requestRedraw();
  tally();
}

function buildLegend(host) {
  buttons = new Map(MARK_GROUPS.map((group) => [group, makeButton(group, translate(GROUP_WORDS[group]))]));
  buttons.set("stale", makeButton("stale", translate("데이터 지연")));
  host.replaceChildren(...[...buttons.values()].map(({ button }) => button));
  tally();
}

function tally() {
  const counts = Object.fromEntries([...MARK_GROUPS, "stale"].map((group) => [group, 0]));
  const now = serverNow();
  for (const mark of map.marks.values()) {
    if (!isPresent(mark)) continue;
    if (mark.kind !== "cabinet") counts[mark.group] += 1;
    if (isMarkStale(mark, now)) counts.stale += 1;
  }
  for (const [group, { button, count }] of buttons) {
    const text = formatNumber(counts[group]);
    const on = group === "stale" ? map.onlyStale : !map.hidden.has(group);
    if (count.textContent !== text) count.textContent = text;
    button.setAttribute("aria-pressed", String(on));
    button.classList.toggle("some", group === "stale" && counts.stale > 0);
  }
}

// --- pointer ------------------------------------------------------------------------------------------
function titleOf(hit) {
  if (hit.mark) return markName(hit.mark);
  const worst = hit.marks[0];
  return hit.marks.length === 1
    ? markName(worst)
    : translate("{name} 외 {n}", { name: markName(worst), n: hit.marks.length - 1 });
}

function hover(view, event) {
  const host = document.getElementById("map-hover");
  const incident = incidentAt(event.containerPoint);
  const hit = incident ? null : hitTest(event.containerPoint);
  view.getContainer().style.cursor = incident || hit ? "pointer" : "";
  if (!host) return;
  host.hidden = !hit;
  if (!hit) return;
  const title = titleOf(hit);
  if (host.textContent !== title) host.textContent = title;
  const left = Math.round(event.containerPoint.x + 14);
  const top = Math.round(event.containerPoint.y - 32);
  host.style.transform = `translate(${left}px, ${top}px)`;
}

function click(view, event) {
  const incident = incidentAt(event.containerPoint);
  if (incident) return openIncident(incident);
  const hit = hitTest(event.containerPoint);
  if (!hit) return selectAsset(null);
  if (hit.mark) return selectAsset(hit.mark.id);
  const bounds = window.L.latLngBounds(hit.marks.map((mark) => [mark.lat, mark.lon]));
  const nearer =
    hit.marks.length > 1 &&
    view.getZoom() < view.getMaxZoom() - 1 &&
    bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 15;
  if (nearer) return view.flyToBounds(bounds.pad(0.3), { duration: 0.5, maxZoom: 18 });
  return selectAsset(hit.marks[0].id);
}

// --- search -------------------------------------------------------------------------------------------
function matches(query) {
  const wanted = query.trim().toLowerCase();
  if (!wanted) return [];
  const found = [];
  for (const mark of map.marks.values()) {
    if (!isPresent(mark)) continue;
    const id = mark.id.toLowerCase();
    const short = id.split("/").pop();
    const names = Object.values(mark.name || {}).map((name) => name.toLowerCase());
    const rank =
      short === wanted
        ? 0
        : short.startsWith(wanted)
          ? 1
          : names.some((name) => name.startsWith(wanted))
            ? 2
            : id.includes(wanted) || names.some((name) => name.includes(wanted))
              ? 3
              : 9;
    if (rank < 9) found.push([rank, mark]);
  }
  return found
    .sort((a, b) => a[0] - b[0] || (a[1].id < b[1].id ? -1 : 1))
    .slice(0, FOUND)
    .map(([, mark]) => mark);
}

function buildSearch(host) {
  const input = el("input", "map-query");
  const results = document.getElementById("map-found");
  Object.assign(input, {
    type: "search",
    placeholder: host.dataset.hint,
    autocomplete: "off",
    spellcheck: false,
  });
  input.setAttribute("aria-label", host.dataset.hint);
  let found = [];
  let chosen = 0;
  const show = () => {
    results.hidden = !found.length;
    results.replaceChildren(
      ...found.map((mark, index) => {
        const item = el("li", index === chosen ? "chosen" : "");
        item.append(el("span", "", markName(mark)), el("small", "", mark.id.split("/").pop()));
        item.addEventListener("pointerdown", (event) => {
          event.preventDefault();
          choose(mark);
        });
        return item;
      }),
    );
  };
  const choose = (mark) => {
    if (!mark) return;
    flyToMark(mark);
    selectAsset(mark.id);
    found = [];
    input.value = "";
    input.blur();
    show();
  };
  input.addEventListener("input", () => {
    found = matches(input.value);
    chosen = 0;
    show();
  });
  input.addEventListener("blur", () => {
    found = [];
    show();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") chosen = Math.min(found.length - 1, chosen + 1);
    else if (event.key === "ArrowUp") chosen = Math.max(0, chosen - 1);
    else if (event.key === "Enter") return choose(found[chosen]);
    else if (event.key === "Escape") {
      event.stopPropagation();
      return input.blur();
    } else return undefined;
    event.preventDefault();
    return show();
  });
  host.replaceChildren(input);
}

document.addEventListener("keydown", (event) => {
  /** @type {HTMLInputElement} */
  const input = document.querySelector(".map-query");
  if (event.key !== "/" || !input || isWithin(event, "input, textarea, select")) return;
  event.preventDefault();
  input.focus();
});

const ZOOMS = { in: () => map.view.zoomIn(1), out: () => map.view.zoomOut(1), fit: () => fitPark() };
function bindZoom(host) {
  host.addEventListener("click", (event) => {
    const button = event.target.closest("[data-zoom]");
    if (button && map.view) ZOOMS[button.dataset.zoom]();
  });
}

onMapView((view) => {
  if (map.wall) return;
  view.on("mousemove", (event) => hover(view, event));
  view.on("mouseout movestart", () => {
    const host = document.getElementById("map-hover");
    if (host) host.hidden = true;
  });
  view.on("click", (event) => click(view, event));
});
whenMounted("#map-legend", buildLegend);
whenMounted("#map-search", buildSearch);
whenMounted("#map-zoom", bindZoom);
whenMounted("#map-credit", (host) => {
  host.textContent = translate("행정경계 © 국토지리정보원 (data.go.kr, 2023-09) · 도로·건물 합성");
});
onMarksChange(tally);
setInterval(tally, COUNT_MS);
