// Distances on the ground, good within a park (equirectangular), and the scale of the map.

const EARTH_RADIUS_M = 6371008.8; // mean radius, IUGG
const EQUATOR_M = 40075016.686; // of the Web Mercator sphere
const TILE_ZOOM = 8; // a zoom-0 tile is 2 ** 8 pixels wide
const RADIANS = Math.PI / 180;

/**
 * Distance in metres between two things with `lat` and `lon` in degrees.
 * @param {{lat: number, lon: number}} a
 * @param {{lat: number, lon: number}} b
 */
export function distanceMetres(a, b) {
  const east = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) / 2) * RADIANS);
  return EARTH_RADIUS_M * RADIANS * Math.hypot(east, b.lat - a.lat);
}

/**
 * Metres on the ground of one pixel of the map.
 * @param {number} lat latitude in degrees
 * @param {number} zoom of the map, 0 the whole world in one tile
 */
export const metresPerPixel = (lat, zoom) => (EQUATOR_M * Math.cos(lat * RADIANS)) / 2 ** (zoom + TILE_ZOOM);
