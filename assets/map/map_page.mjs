// The map of an incident's page: as near as its reach and the works it may come from allow, and back there
// when the incident moves or the map is of another size.
import { isWithin } from "../core/dom.mjs";
import { onPush } from "../core/push.mjs";
import { shownIncident } from "../incidents/incidents.mjs";
import { onIncidentDetail, shownCard } from "../incidents/page.mjs";
import { map, onMapView, onMarksChange, requestRedraw } from "./map.mjs";
import { candidateMarks } from "./map_incident.mjs";

const ROOM = 1.25;
const LEAST_M = 260;
const NEAREST_ZOOM = 17;
let seen = "";

function zoomToIncident() {
  const card = shownCard();
  if (!shownIncident() || !card || !Number.isFinite(card.lat) || !map.view || !map.marks.size) return;
  map.view.invalidateSize({ animate: false });
  const candidates = candidateMarks({ card });
  const { x, y } = map.view.getSize();
  if (!x || !y) return; // on a tab that is not shown
  const key = [card.incident, card.lat, card.lon, x, y, ...candidates.map(({ id }) => id)].join();
  if (key === seen) return;
  seen = key;
  const reach = Math.max(LEAST_M, ROOM * Math.max(card.radius_m || 0, card.downwind_m || 0));
  const bounds = window.L.latLng(card.lat, card.lon).toBounds(2 * reach);
  for (const { lat, lon } of candidates) bounds.extend(window.L.latLng(lat, lon).toBounds(2 * LEAST_M));
  map.view.fitBounds(bounds, { animate: false, maxZoom: NEAREST_ZOOM });
  requestRedraw();
}

onIncidentDetail(() => {
  zoomToIncident();
  if (map.view) requestRedraw();
});
onPush("incidents", zoomToIncident);
onMarksChange(zoomToIncident);
onMapView(() => {
  seen = "";
  setTimeout(zoomToIncident);
  map.view.on("resize", zoomToIncident);
});
document.addEventListener("click", (event) => {
  if (isWithin(event, "#map-zoom [data-zoom=fit]") && shownIncident()) {
    seen = "";
    setTimeout(zoomToIncident, 50);
  }
});
