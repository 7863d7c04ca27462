// The ground under the marks, from the room's own vector files: no tile, no other host.
import { metresPerPixel } from "../core/geo.mjs";
import { getJson } from "../core/http.mjs";
import { language } from "../core/texts.mjs";
import { map, onMapView, requestRedraw } from "./map.mjs";
import { MAP_FONT } from "./map_marks.mjs";

const BUILDING_ZOOM = 13.5;
const NAME_ZOOMS = [-0.5, 3];
const ORDER = ["korea", "zones", "buildings", "streets"];
const near = () => map.view.getZoom() >= BUILDING_ZOOM;
const zoneNames = [];
let drawn = {};

// Width in metres of a street by its class; anything unknown is a lane.
const WIDTH_M = { trunk: 26, collector: 16, local: 10 };
const streetWidth = ({ width_m: width, class: kind }) => width || WIDTH_M[kind] || 10;

const STYLES = {
  korea: () => ({
    stroke: true,
    weight: 1,
    color: "#2a3138",
    fill: true,
    fillColor: "#171b20",
    fillOpacity: 1,
  }),
  zones: (p) => ({
    stroke: p.kind !== "water",
    weight: 1,
    color: "#262d35",
    dashArray: "4 5",
    fill: true,
    fillColor: p.kind === "water" ? "#131d27" : "#1a1f25",
    fillOpacity: 1,
  }),
  streets: (p) => ({
    fill: false,
    color: streetWidth(p) >= 20 ? "#37424d" : streetWidth(p) >= 14 ? "#2d363f" : "#272e36",
    opacity: 1,
    lineCap: "round",
    weight: streetPixels(streetWidth(p)),
  }),
  buildings: () => ({
    stroke: near(),
    fill: near(),
    weight: 1,
    color: "#2a3038",
    fillColor: "#20252c",
    fillOpacity: 1,
  }),
};

function streetPixels(metres) {
  const perPixel = metresPerPixel(map.view.getCenter().lat, map.view.getZoom());
  // Never a hair from afar.
  return Math.max(map.unit * (metres >= 20 ? 6 : metres >= 14 ? 4 : 2.5), Math.min(40, metres / perPixel));
}

async function loadLayer(name) {
  try {
    return await getJson(`/api/v1/base/${name}`);
  } catch (error) {
    console.warn(String(error));
    return null;
  }
}

// One canvas for all of it: the fewer layers lie on each other, the more frames a second there are.
async function draw(view) {
  const files = await Promise.all(ORDER.map(loadLayer));
  if (map.view !== view) return;
  const renderer = window.L.canvas({ pane: "base", padding: 0.15 });
  files.forEach((data, index) => {
    const name = ORDER[index];
    if (!data) return;
    const options = {
      pane: "base",
      renderer,
      interactive: false,
      smoothFactor: 1.2,
      pointToLayer: () => null,
      style: (feature) => STYLES[name](feature.properties || {}),
    };
    drawn[name] = window.L.geoJSON(data, options).addTo(view);
  });
  const [, zones, , streets] = files.map((data) => data || { features: [] });
  rememberNames(
    zones,
    streets.features.flatMap(({ geometry }) => segments(geometry)),
  );
}

const flat = (at) => window.L.CRS.EPSG3857.latLngToPoint(window.L.latLng(at), 0);

function segments({ type, coordinates }) {
  const lines = type === "MultiLineString" ? coordinates : type === "LineString" ? [coordinates] : [];
  return lines
    .flatMap((line) => line.map(([lon, lat]) => flat([lat, lon])))
    .map((point, index, all) => [point, all[index + 1] || point]);
}

function rememberNames(data, lines) {
  zoneNames.length = 0;
  for (const { properties = {}, geometry } of data.features) {
    const bounds = window.L.geoJSON(geometry).getBounds();
    if (properties.name && bounds.isValid())
      zoneNames.push({ name: properties.name, ...clear(bounds, lines) });
  }
  requestRedraw();
}

// A word is wider than high: what lies beside it counts half.
function apart({ x, y }, [a, b]) {
  const [ax, ay, bx, by] = [(a.x - x) / 2, a.y - y, (b.x - x) / 2, b.y - y];
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const part = length ? Math.min(1, Math.max(0, -(ax * (bx - ax) + ay * (by - ay)) / length)) : 0;
  return Math.hypot(ax + part * (bx - ax), ay + part * (by - ay));
}

// The place near the middle of a zone that is farthest from every street.
function clear(bounds, lines) {
  const low = flat(bounds.getSouthWest());
  const high = flat(bounds.getNorthEast());
  const middle = flat(bounds.getCenter());
  /** @type {{x: number, y: number}} */
  let best = middle;
  let most = -Infinity;
  for (let i = -5; i <= 5; i++)
    for (let j = -5; j <= 5; j++) {
      const spot = { x: middle.x + (i / 20) * (high.x - low.x), y: middle.y + (j / 20) * (low.y - high.y) };
      const free =
        Math.min(Infinity, ...lines.map((line) => apart(spot, line))) -
        0.004 * Math.hypot(i, j) * Math.abs(low.y - high.y);
      if (free > most) [best, most] = [spot, free];
    }
  return best;
}

/** Name the zones in quiet letters while the whole park is in view. */
export const drawZoneNames = (ctx, { zoom, put, size, unit }) => {
  const above = zoom - map.fitZoom;
  if (above < NAME_ZOOMS[0] || above > NAME_ZOOMS[1]) return;
  ctx.font = `600 ${map.wall ? 18 : 13}px ${MAP_FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillStyle = "#8d99a5";
  ctx.strokeStyle = "#171b20";
  ctx.lineWidth = 4;
  const floor = (size.y + map.view.getSize().y / unit) / 2 - map.foot - 8; // the legend lies below
  for (const { name, x, y } of zoneNames) {
    const word = typeof name === "string" ? name : name[language()] || name.ko;
    const at = put(x, y);
    if (at[1] > floor) continue;
    ctx.strokeText(word, ...at);
    ctx.fillText(word, ...at);
  }
};

function restyle() {
  for (const name of ["streets", "buildings"])
    if (drawn[name]) drawn[name].setStyle((feature) => STYLES[name](feature.properties || {}));
}

onMapView((view) => {
  drawn = {};
  const pane = view.createPane("base");
  pane.style.zIndex = 210;
  pane.style.pointerEvents = "none";
  draw(view).catch((error) => console.warn(String(error)));
  view.on("zoomend", restyle);
  window.L.control.scale({ imperial: false, position: "bottomright" }).addTo(view);
});
