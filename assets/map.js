// The map's heart: finds the Leaflet map that Dash draws, and lets the other map modules meet.
(() => {
  "use strict";
  const starters = [], changes = [];
  const map = gwanje.map = {
    view: null,                    // the L.Map on the page, null when there is none
    marks: new Map(),              // asset id -> mark (map_assets.js)
    hidden: new Set(),             // groups switched off in the legend
    onlyStale: false,
    selected: null,                // id of the asset whose card is open
    fitZoom: 13,                   // zoom that shows the whole park
    /** Call `start(view)` for each Leaflet map that appears (again after the page is redrawn). */
    onView(start) { starters.push(start); if (map.view) start(map.view); },
    /** Call `handler()` when marks were added, or switched on or off. */
    onChange(handler) { changes.push(handler); },
    changed() { for (const handler of changes) handler(); },
    /** Size of a drawn pixel: the marks grow with the root font, as the whole room does (2 on a 4K wall). */
    get unit() { return Math.max(1, parseFloat(getComputedStyle(document.documentElement).fontSize) / 16); },
    /** Height of the legend over the lower edge, in units. */
    get foot() {
      const host = document.querySelector(".map-foot");
      return Math.max(48, host ? host.offsetHeight / map.unit : 0);
    },
    get wall() { const host = document.getElementById("map"); return !!host && host.dataset.view === "wall"; },
  };

  function begin() {
    const view = this;
    view.whenReady(() => {
      map.view = view;
      const resized = new ResizeObserver(() => view.invalidateSize({ animate: false, pan: true }));
      resized.observe(view.getContainer());
      view.on("unload", () => { resized.disconnect(); if (map.view === view) map.view = null; });
      for (const start of starters) start(view);
    });
  }

  // dash-leaflet sets window.L after the assets are loaded: catch that moment.
  let leaflet = window.L;
  const hook = (L) => L && L.Map && L.Map.addInitHook(begin);
  if (leaflet) hook(leaflet);
  else Object.defineProperty(window, "L", {
    configurable: true, get: () => leaflet, set(value) { leaflet = value; hook(value); },
  });

  /** Show the whole park. */
  map.fit = (animate = true) => {
    const marks = [...map.marks.values()];
    if (!map.view || !marks.length) return;
    const bounds = window.L.latLngBounds(marks.map((mark) => [mark.lat, mark.lon]));
    const foot = map.foot * map.unit;
    map.fitZoom = map.view.getBoundsZoom(bounds, false, window.L.point(24, 12 + foot));
    map.view.fitBounds(bounds, { paddingTopLeft: [12, 12], paddingBottomRight: [12, foot], animate });
  };

  /** Go to a mark, not nearer than it needs. */
  map.goTo = (mark, zoom = 16.5) => {
    if (map.view) map.view.flyTo([mark.lat, mark.lon], Math.max(zoom, map.view.getZoom()), { duration: 0.6 });
  };
})();
