// The cameras of the park, and the way to one of them on the map of the desk.
import { getJson } from "../core/http.mjs";
import { goToPage } from "../core/navigation.mjs";
import { flyToMark, map } from "../map/map.mjs";
import { selectAsset } from "../map/map_card.mjs";

const ASK_MS = 300; // so often it is asked whether the map is drawn

/**
 * Every camera of the park, with frame, zones and lines of its file where there is one.
 * @returns {Promise<(Asset & {traits: Record<string, any>})[]>}
 */
export async function loadCameras() {
  const paths = ["/api/v1/assets?kind=camera", "/api/v1/cameras/outlines"];
  const [assets, outlines] = await Promise.all(paths.map(getJson));
  const withOutlines = (/** @type {Asset} */ camera) => ({
    ...camera,
    traits: { ...camera.traits, ...outlines[camera.id.split("/").pop() ?? ""] },
  });
  return assets.map(withOutlines);
}

/**
 * Go to the desk and show a camera on its map, as soon as that is drawn.
 * @param {Pick<Asset, "id">} camera
 */
export function showCameraOnMap({ id }) {
  goToPage("/");
  const timer = setInterval(() => {
    const mark = map.view && document.querySelector("#map-view") && map.marks.get(id);
    if (!mark) return;
    clearInterval(timer);
    flyToMark(mark);
    selectAsset(id);
  }, ASK_MS);
}
