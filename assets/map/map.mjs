// The map's heart: finds the Leaflet map that Dash draws, and lets the other map modules meet.

/** @type {((view: any) => void)[]} */
const viewHandlers = [];
/** @type {(() => void)[]} */
const marksHandlers = [];
/** @type {(() => void)[]} */
const redrawHandlers = [];

/**
 * What all modules of the map share.
 * @typedef {object} ParkMap
 * @property {any} view the L.Map on the page, null when there is none
 * @property {Map<string, Mark>} marks by the id of the asset
 * @property {Set<string>} hidden groups switched off in the legend
 * @property {boolean} onlyStale
 * @property {string | null} selected id of the asset whose card is open
 * @property {number} fitZoom zoom that shows the whole park
 * @property {number} unit size of a drawn pixel
 * @property {number} foot height of the legend over the lower edge, in units
 * @property {boolean} wall
 */

/** @type {ParkMap} */
export const map = {
  view: null,
  marks: new Map(),
  hidden: new Set(),
  onlyStale: false,
  selected: null,
  fitZoom: 13, // until the marks are there
  /** Size of a drawn pixel: the marks grow with the root font, as the whole room does (2 on a 4K wall). */
  get unit() {
    return Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16);
  },
  /** Height of the legend over the lower edge, in units. */
  get foot() {
    /** @type {HTMLElement | null} */
    const host = document.querySelector(".map-foot");
    return Math.max(48, host ? host.offsetHeight / map.unit : 0);
  },
  get wall() {
    return document.getElementById("map")?.dataset.view === "wall";
  },
};

/**
 * Call `start(view)` for each Leaflet map that appears (again after the page is redrawn).
 * @param {(view: any) => void} start
 */
export function onMapView(start) {
  viewHandlers.push(start);
  if (map.view) start(map.view);
}

/**
 * Call `handler()` when marks were added, or switched on or off.
 * @param {() => void} handler
 */
export function onMarksChange(handler) {
  marksHandlers.push(handler);
}

/** Tell that marks were added, or switched on or off. */
export function announceMarks() {
  for (const handler of marksHandlers) handler();
}

/**
 * Call `handler()` when the still part of the map has to be drawn again.
 * @param {() => void} handler
 */
export function onRedraw(handler) {
  redrawHandlers.push(handler);
}

/** Ask for the still part of the map to be drawn again, soon. */
export function requestRedraw() {
  for (const handler of redrawHandlers) handler();
}

/**
 * Leaflet calls this for each map that it makes.
 * @this {any}
 */
function begin() {
  this.whenReady(() => {
    map.view = this;
    const resized = new ResizeObserver(() => this.invalidateSize({ animate: false, pan: true }));
    resized.observe(this.getContainer());
    this.on("unload", () => {
      resized.disconnect();
      if (map.view === this) map.view = null;
    });
    for (const start of viewHandlers) start(this);
  });
}

/** @param {any} L */
const hookLeaflet = (L) => L?.Map?.addInitHook(begin);

/** Hear of each map; dash-leaflet may set window.L later than this runs: catch that moment. */
export function watchLeaflet() {
  /** @type {any} */
  let leaflet = window.L;
  if (leaflet) {
    hookLeaflet(leaflet);
    return;
  }
  Object.defineProperty(window, "L", {
    configurable: true,
    get: () => leaflet,
    set(value) {
      leaflet = value;
      hookLeaflet(value);
    },
  });
}

/** Show the whole park. */
export function fitPark(animate = true) {
  const marks = [...map.marks.values()];
  if (!map.view || !marks.length) return;
  const bounds = window.L.latLngBounds(marks.map((mark) => [mark.lat, mark.lon]));
  const foot = map.foot * map.unit;
  map.fitZoom = map.view.getBoundsZoom(bounds, false, window.L.point(24, 12 + foot));
  map.view.fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [12, foot], animate });
}

/**
 * Go to a place, not nearer than it needs.
 * @param {{lat: number, lon: number}} mark
 */
export function flyToMark(mark, zoom = 16.5) {
  map.view?.flyTo([mark.lat, mark.lon], Math.max(zoom, map.view.getZoom()), { duration: 0.6 });
}
