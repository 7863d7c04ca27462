// The dispatcher: one /push socket for ever, the latest state folded, every panel told what changed.
import { checkSession } from "./http.mjs";
import { fold, isListed, knownOf, newestEventMs, parkState } from "./state.mjs";

export { parkState };

const STALE_MS = 3000; // without a word for so long the link is stale,
const LOST_MS = 4500; // then lost,
const HALF_OPEN_MS = 15000; // then given up: the other side is gone without a close
const BACKOFF_FIRST_MS = 250;
const BACKOFF_CAP_MS = 10000;
const PING_MS = 1500;
const REPORT_MS = 5000;
const WATCH_MS = 500;
const SESSION_MS = 1800000; // an open page asks so often; the answer renews its cookie
const CLOCK_MS = 60000; // the best sample of the server's clock is forgotten after this: clocks drift
const DELAYS_KEPT = 200;
const REFUSED = [1008, 4401, 4403]; // close codes that mean: not signed in

/** @type {Map<string, ((data: any) => void)[]>} */
const handlers = new Map();
/** @type {number[]} */
const delays = [];
/** @type {WebSocket | null} */
let socket = null;
let attempt = 0;
let triedAt = 0;
let reportedAt = 0;
let heardAt = Date.now();
let lastFrame = 0;
let since = "";
/** @type {string | null} */
let build = null;
let clockOffset = 0;
let clockSampledAt = -Infinity;
let link = "";

/** What is known of the connection itself. */
export const connection = {
  /** `live`, `stale` or `lost`; empty before the first look. */
  get link() {
    return link;
  },
  /** Number of the last frame that came. */
  get frame() {
    return lastFrame;
  },
  /** Median delay from event to screen of the last frames in ms, null when nothing came yet. */
  delayMs() {
    if (!delays.length) return null;
    return [...delays].sort((a, b) => a - b)[delays.length >> 1];
  },
};

/**
 * Call `handler(data)` for every message of `kind`, and at once with what is already known.
 * @param {string} kind
 * @param {(data: any) => void} handler
 */
export function onPush(kind, handler) {
  if (!handlers.has(kind)) handlers.set(kind, []);
  handlers.get(kind)?.push(handler);
  const known = kind === "link" ? link : knownOf(kind);
  if (known) callSafely(handler, known);
}

/**
 * @param {string} kind
 * @param {any} data
 */
function emit(kind, data) {
  for (const handler of handlers.get(kind) || []) callSafely(handler, data);
}

/**
 * @param {(data: any) => void} handler
 * @param {any} data
 */
function callSafely(handler, data) {
  try {
    handler(data);
  } catch (error) {
    console.error(error);
  }
}

/** Clock of the server in ms since 1970. */
export const serverNow = () => Date.now() + clockOffset;

/**
 * Age in ms of a server time in ms, never negative.
 * @param {number} ms
 */
export const ageMs = (ms) => Math.max(0, serverNow() - ms);

/**
 * Take a sample of the server's clock: the one with the shortest way is the best one.
 * @param {number} serverMs
 */
function sampleClock(serverMs) {
  const sample = serverMs - Date.now();
  if (sample > clockOffset || performance.now() - clockSampledAt > CLOCK_MS) {
    clockOffset = sample;
    clockSampledAt = performance.now();
  }
}

/** @param {string} text */
function receive(text) {
  heardAt = Date.now();
  const frame = JSON.parse(text);
  if (frame.k === "pong") {
    sampleClock(frame.now);
    return;
  }
  // Leave out a frame that came before.
  /** @type {{k: string, d: any}[]} */
  const messages = frame.m || [];
  const snapshot = messages.some((message) => message.k === "reset" || message.k === "hello");
  if (!snapshot && frame.n <= lastFrame) return;
  lastFrame = frame.n;
  if (frame.at) since = frame.at;
  if (frame.now) sampleClock(frame.now);
  // Fold its messages in order, each told to its handlers at once.
  let newestMs = 0;
  for (const { k: kind, d: data } of messages) {
    const change = fold(kind, data);
    if (kind === "hello") welcome(data);
    if (isListed(kind) && !change.length) continue;
    emit(kind, change);
    newestMs = Math.max(newestMs, newestEventMs(kind, change));
  }
  if (!snapshot) measureDelay(newestMs || frame.now);
}

/** @param {{build: string}} hello */
function welcome(hello) {
  if (build !== null && hello.build !== build) location.reload();
  build = hello.build;
  attempt = 0;
}

/** @param {number | undefined} eventMs */
function measureDelay(eventMs) {
  if (!eventMs) return;
  delays.push(ageMs(eventMs));
  if (delays.length > DELAYS_KEPT) delays.shift();
}

function connect() {
  const scheme = location.protocol === "https:" ? "wss" : "ws";
  const ownSocket = new WebSocket(`${scheme}://${location.host}/push?since=${encodeURIComponent(since)}`);
  let opened = false;
  socket = ownSocket;
  triedAt = Date.now();
  lastFrame = 0;
  ownSocket.onopen = () => {
    opened = true;
    heardAt = Date.now();
  };
  ownSocket.onmessage = (message) => {
    if (socket === ownSocket) receive(message.data);
  };
  ownSocket.onclose = (close) => {
    if (socket !== ownSocket) return;
    socket = null;
    if (!opened || REFUSED.includes(close.code)) checkSession();
    const wait = Math.min(BACKOFF_CAP_MS, BACKOFF_FIRST_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
    attempt += 1;
    setTimeout(connect, wait);
  };
}

/** @param {object} message */
function sendToServer(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function watchLink() {
  // Say how the link is.
  const silenceMs = Date.now() - heardAt;
  const next = silenceMs > LOST_MS ? "lost" : silenceMs > STALE_MS ? "stale" : "live";
  if (document.body && (next !== link || document.body.dataset.link !== next)) {
    link = next;
    document.body.dataset.link = next;
    emit("link", link);
  }
  if (silenceMs > PING_MS) sendToServer({ ping: Date.now() });
  // Give up a socket whose other side is silent; its late onclose is not ours any more.
  if (socket && Date.now() - Math.max(heardAt, triedAt) > HALF_OPEN_MS) {
    const dead = socket;
    socket = null;
    dead.close();
    connect();
  }
  // Report the delay that is seen here.
  const delayMs = connection.delayMs();
  if (Date.now() - reportedAt > REPORT_MS && delayMs !== null) {
    reportedAt = Date.now();
    sendToServer({ delay_ms: Math.round(delayMs), ack: lastFrame });
  }
}

/** Open the socket and keep it; called once, when every module has said what it wants to hear. */
export function startPush() {
  heardAt = Date.now();
  setInterval(watchLink, WATCH_MS);
  setInterval(checkSession, SESSION_MS);
  connect();
}
