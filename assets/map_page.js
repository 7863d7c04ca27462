// The map of an incident's page: as near as its reach allows, and back there when the incident moves.
(() => {
  "use strict";
  const { map, incident } = gwanje;
  const ROOM = 1.25, LEAST_M = 260, NEAREST_ZOOM = 17;
  let seen = "";

  function look() {
    const card = incident.card();
    if (!gwanje.incidents.shown() || !card || !Number.isFinite(card.lat) || !map.view || !map.marks.size) return;
    const key = [card.incident, card.lat, card.lon].join();
    if (key === seen) return;
    seen = key;
    const reach = Math.max(LEAST_M, ROOM * Math.max(card.radius_m || 0, card.downwind_m || 0));
    map.view.invalidateSize({ animate: false });
    const bounds = window.L.latLng(card.lat, card.lon).toBounds(2 * reach);
    map.view.fitBounds(bounds, { animate: false, maxZoom: NEAREST_ZOOM });
    map.redraw();
  }

  incident.on(() => { look(); if (map.view) map.redraw(); });
  gwanje.on("incidents", look);
  map.onChange(look);
  map.onView(() => { seen = ""; setTimeout(look); });
  document.addEventListener("click", (event) => { if (event.target.closest("#map-zoom [data-zoom=fit]") && gwanje.incidents.shown()) { seen = ""; setTimeout(look, 50); } });
})();
