// Pictures: one /video socket for all tiles; frames are decoded one at a time and dropped when late.
const RATE_WINDOW_MS = 5000;
const RETRY_CAP_MS = 10000;

/**
 * A frame as it came: whose it is, when it was taken (ms since 1970), and the picture.
 * @typedef {{id: string, time: number, jpeg: Uint8Array<ArrayBuffer>}} Frame
 *
 * The newest picture of a camera, when such were received and taken, and the frame that waits.
 * @typedef {object} Picture
 * @property {ImageBitmap | null} bitmap
 * @property {number} time
 * @property {number[]} times
 * @property {number[]} taken
 * @property {boolean} busy
 * @property {Frame | null} next
 */

/** @type {Map<string, Picture>} */
const pictures = new Map();
/** @type {((id: string) => void)[]} */
const listeners = [];
/** @type {string[]} */
let wanted = [];
/** @type {string | null} */
let large = null;
/** @type {WebSocket | null} */
let socket = null;
let attempt = 0;

/**
 * The newest picture of a camera; empty where none came.
 * @param {string} id
 * @returns {Picture}
 */
export function pictureOf(id) {
  const known = pictures.get(id);
  if (known) return known;
  const picture = { bitmap: null, time: 0, times: [], taken: [], busy: false, next: null };
  pictures.set(id, picture);
  return picture;
}

/**
 * Read a frame: one byte n, n bytes camera id, float64 capture time in ms, then the JPEG.
 * @param {ArrayBuffer} buffer
 * @returns {Frame}
 */
export function decodeFrame(buffer) {
  const view = new DataView(buffer);
  const n = view.getUint8(0);
  const id = new TextDecoder().decode(new Uint8Array(buffer, 1, n));
  return { id, time: view.getFloat64(1 + n), jpeg: new Uint8Array(buffer, 9 + n) };
}

/** @param {Frame} frame */
async function showFrame({ id, time, jpeg }) {
  const picture = pictureOf(id);
  if (picture.busy) {
    picture.next = { id, time, jpeg };
    return;
  }
  picture.busy = true;
  try {
    const bitmap = await createImageBitmap(new Blob([jpeg], { type: "image/jpeg" }));
    if (picture.bitmap) picture.bitmap.close();
    Object.assign(picture, { bitmap, time });
    picture.times = [...picture.times, Date.now()].filter((at) => Date.now() - at < RATE_WINDOW_MS);
    picture.taken = [...picture.taken, time].filter((at) => Math.abs(time - at) < RATE_WINDOW_MS);
    for (const listener of listeners) listener(id);
  } catch (error) {
    console.warn("a picture could not be decoded", id, String(error));
  }
  picture.busy = false;
  const { next } = picture;
  picture.next = null;
  if (next) showFrame(next);
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  socket = new WebSocket(`${scheme}://${location.host}/video`);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    attempt = 0;
    requestPictures();
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) showFrame(decodeFrame(data));
  };
  socket.onclose = () =>
    setTimeout(connect, Math.min(RETRY_CAP_MS, 500 * 2 ** attempt++) * (0.5 + Math.random() / 2));
}

function requestPictures() {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ cameras: wanted, large }));
}

/**
 * Ask for the pictures of these cameras only.
 * @param {string[]} ids
 * @param {string | null} [largeId] one of them that is shown large and comes at its full rate
 */
export function watchCameras(ids, largeId = null) {
  if (!socket) connect();
  if (largeId === large && JSON.stringify(ids) === JSON.stringify(wanted)) return;
  [wanted, large] = [ids, largeId];
  requestPictures();
}

/**
 * Frames a second over the last five seconds; what a link held back and then brings at once is no more than
 * was taken.
 * @param {string} id
 */
export function frameRate(id) {
  const { times, taken } = pictureOf(id);
  const received = times.filter((at) => Date.now() - at < RATE_WINDOW_MS);
  return Math.min(received.length, taken.length) / (RATE_WINDOW_MS / 1000);
}

/**
 * How long, in ms, the picture shown was taken after the one that was looked at: a look has the time of its
 * picture.
 * @param {string} id
 * @param {number} time of the look, ms since 1970
 */
export const pictureLagMs = (id, time) => pictureOf(id).time - time;

/**
 * Call `listener(id)` whenever a camera has a new picture.
 * @param {(id: string) => void} listener
 */
export function onPicture(listener) {
  listeners.push(listener);
}
