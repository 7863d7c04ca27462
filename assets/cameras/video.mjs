// Pictures: one /video socket for all tiles; frames are decoded one at a time and dropped when late.
const RATE_WINDOW_MS = 5000;
const RETRY_CAP_MS = 10000;
const pictures = new Map();
const listeners = [];
let wanted = [];
let large = null;
let socket = null;
let attempt = 0;

export function pictureOf(id) {
  if (!pictures.has(id))
    pictures.set(id, { bitmap: null, time: 0, times: [], taken: [], busy: false, next: null });
  return pictures.get(id);
}

// One byte n, n bytes camera id, float64 capture time in ms, then the JPEG.
function split(buffer) {
  const view = new DataView(buffer);
  const n = view.getUint8(0);
  const id = new TextDecoder().decode(new Uint8Array(buffer, 1, n));
  return { id, time: view.getFloat64(1 + n), jpeg: new Uint8Array(buffer, 9 + n) };
}

async function show({ id, time, jpeg }) {
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
    console.warn("a picture could not be decoded", id, error.message);
  }
  picture.busy = false;
  const { next } = picture;
  picture.next = null;
  if (next) show(next);
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
    if (data instanceof ArrayBuffer) show(split(data));
  };
  socket.onclose = () =>
    setTimeout(connect, Math.min(RETRY_CAP_MS, 500 * 2 ** attempt++) * (0.5 + Math.random() / 2));
}

function requestPictures() {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ cameras: wanted, large }));
}

/** Ask for the pictures of these cameras only; `one` of them is shown large and comes at its full rate. */
export function watchCameras(ids, largeId = null) {
  if (!socket) connect();
  if (largeId === large && JSON.stringify(ids) === JSON.stringify(wanted)) return;
  [wanted, large] = [ids, largeId];
  requestPictures();
}

/**
 * Frames a second over the last five seconds; what a link held back and then brings at once is no more than
 * was taken.
 */
export function frameRate(id) {
  const { times, taken } = pictureOf(id);
  const received = times.filter((at) => Date.now() - at < RATE_WINDOW_MS);
  return Math.min(received.length, taken.length) / (RATE_WINDOW_MS / 1000);
}

/**
 * How long, in ms, the picture shown was taken after the one that was looked at: a look has the time of its
 * picture.
 */
export const pictureLagMs = (id, time) => pictureOf(id).time - time;

export const onPicture = (listener) => listeners.push(listener);
