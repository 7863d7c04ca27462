// The dispatcher: one /push socket for ever, the latest state folded, every panel told what changed.
// Dash loads assets in order of name; the digit makes this the first, so any module may use `gwanje`.
(() => {
  "use strict";
  const STALE_MS = 3000, LOST_MS = 4500, HALF_OPEN_MS = 15000;
  const BACKOFF_CAP_MS = 10000, PING_MS = 1500, REPORT_MS = 5000;
  const SESSION_MS = 1800000;                                // an open page asks so often; the answer renews its cookie
  const FOLDED = ["assets", "vehicles", "detections"];       // dictionaries merged key by key
  const LISTED = { alarms: ["alarm", ["normal"]], incidents: ["incident", ["closed", "merged"]] }; // key, and states that end it
  const REFUSED = [1008, 4401, 4403];                        // close codes that mean: not signed in

  const state = { assets: {}, vehicles: {}, detections: {}, alarms: {}, incidents: {} };
  const handlers = new Map();
  const delays = [];
  let socket = null, attempt = 0, tried = 0, reported = 0, lastNumber = 0, since = "", build = null;
  let heard = Date.now(), offset = 0, offsetAt = -Infinity, link = "";

  /** Call `handler(d)` for every message of `kind`, and at once with what is already known. */
  function on(kind, handler) {
    if (!handlers.has(kind)) handlers.set(kind, []);
    handlers.get(kind).push(handler);
    const known = kind in LISTED ? Object.values(state[kind]) : kind === "link" ? link : state[kind];
    if (known && (typeof known !== "object" || Object.keys(known).length)) safely(handler, known);
  }

  function emit(kind, d) {
    for (const handler of handlers.get(kind) || []) safely(handler, d);
  }

  function safely(handler, d) {
    try { handler(d); } catch (error) { console.error(error); }
  }

  /** Server clock in ms. */
  const now = () => Date.now() + offset;

  /** Age in ms of a server time in ms, never negative. */
  const age = (ms) => Math.max(0, now() - ms);

  // The sample with the shortest way is the best one; it is forgotten after a minute (clocks drift).
  function setClock(serverMs) {
    const sample = serverMs - Date.now();
    if (sample > offset || performance.now() - offsetAt > 60000) {
      offset = sample;
      offsetAt = performance.now();
    }
  }

  function fold(kind, d) {
    if (kind === "reset") return forget();
    if (kind in LISTED) return foldList(kind, d);
    if (FOLDED.includes(kind)) Object.assign(state[kind], d);
    else if (kind !== "pong") state[kind] = d;
    return d;
  }

  function forget() {
    for (const kind of [...FOLDED, ...Object.keys(LISTED)]) state[kind] = {};
    return null;
  }

  // A row that says nothing new is a duplicate (delivery is at least once) and goes no further.
  function foldList(kind, list) {
    const [key, over] = LISTED[kind], held = state[kind];
    const fresh = list.filter((row) => (over.includes(row.state) ? held[row[key]] !== undefined
      : JSON.stringify(held[row[key]]) !== JSON.stringify(row)));
    for (const row of fresh) {
      if (over.includes(row.state)) delete held[row[key]];
      else held[row[key]] = row;
    }
    return fresh;
  }

  // Newest time of an event in a message; the distance to now is the event-to-screen delay.
  function newest(kind, d) {
    if (kind === "assets") return Object.values(d).reduce((most, row) => Math.max(most, row[1] || 0), 0);
    if (kind === "vehicles") return Object.values(d).reduce((most, row) => Math.max(most, row[6] || 0), 0);
    return 0;
  }

  function receive(text) {
    heard = Date.now();
    const frame = JSON.parse(text);
    const messages = frame.m || [];
    if (frame.k === "pong") return void setClock(frame.now);
    const snapshot = messages.some((m) => m.k === "reset" || m.k === "hello");
    if (!snapshot && frame.n <= lastNumber) return; // the same frame twice
    lastNumber = frame.n;
    if (frame.at) since = frame.at;
    if (frame.now) setClock(frame.now);
    let latest = 0;
    for (const { k, d } of messages) {
      const change = fold(k, d);
      if (k === "hello") welcome(d);
      if (k in LISTED && !change.length) continue;
      emit(k, change);
      latest = Math.max(latest, newest(k, change));
    }
    if (!snapshot) measure(latest || frame.now);
  }

  function welcome(hello) {
    if (build !== null && hello.build !== build) location.reload();
    build = hello.build;
    attempt = 0;
  }

  function measure(eventMs) {
    if (!eventMs) return;
    delays.push(age(eventMs));
    if (delays.length > 200) delays.shift();
  }

  /** Median event-to-screen delay of the last 200 frames in ms, or null when nothing came yet. */
  function delay() {
    if (!delays.length) return null;
    return [...delays].sort((a, b) => a - b)[delays.length >> 1];
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const mine = new WebSocket(`${scheme}://${location.host}/push?since=${encodeURIComponent(since)}`);
    let opened = false;
    socket = mine;
    tried = Date.now();
    lastNumber = 0;
    mine.onopen = () => { opened = true; heard = Date.now(); };
    mine.onmessage = (message) => { if (socket === mine) receive(message.data); };
    mine.onclose = (close) => {
      if (socket !== mine) return;
      socket = null;
      if (!opened || REFUSED.includes(close.code)) checkSession();
      const wait = Math.min(BACKOFF_CAP_MS, 250 * 2 ** attempt++) * (0.5 + Math.random() / 2);
      setTimeout(connect, wait);
    };
  }

  // A refused handshake tells a script nothing; an ordinary request says whether the session is over.
  async function checkSession() {
    try {
      const answer = await fetch("/api/v1/park", { redirect: "manual", cache: "no-store" });
      leaveWhenRefused(answer);
    } catch { /* the server is away: the link state says so */ }
  }

  function leaveWhenRefused(answer) {
    if (answer.type !== "opaqueredirect" && answer.status !== 401 && answer.status !== 403) return false;
    location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
    return true;
  }

  /** GET JSON; throws an Error with the status when refused, and leaves to sign-in when signed out. */
  async function get(path) {
    const answer = await fetch(path, { headers: { accept: "application/json" }, redirect: "manual" });
    leaveWhenRefused(answer);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  function send(message) {
    if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  }

  function watch() {
    const silence = Date.now() - heard;
    const next = silence > LOST_MS ? "lost" : silence > STALE_MS ? "stale" : "live";
    if (document.body && (next !== link || document.body.dataset.link !== next)) {
      link = document.body.dataset.link = next;
      emit("link", link);
    }
    if (silence > PING_MS) send({ ping: Date.now() });
    if (socket && Date.now() - Math.max(heard, tried) > HALF_OPEN_MS) {
      const dead = socket;
      socket = null;                                          // its late onclose is not ours any more
      dead.close();
      connect();
    }
    if (Date.now() - reported > REPORT_MS && delays.length) {
      reported = Date.now();
      send({ delay_ms: Math.round(delay()), ack: lastNumber });
    }
  }

  const texts = { element: null, table: {} };
  function readTexts() {
    const element = texts.element && texts.element.isConnected ? texts.element : document.getElementById("texts");
    if (element && element !== texts.element) {
      texts.element = element;
      texts.table = JSON.parse(element.dataset.texts || "{}");
    }
    return texts;
  }

  /** The text of a msgid (the Korean text) in the page's language, `{name}` filled from `params`. */
  function text(msgid, params = {}) {
    const found = readTexts().table[msgid] || msgid;
    return found.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
  }

  /** Call `start(element)` once for each element that matches, now or when Dash draws it later. */
  function mount(selector, start) {
    const seen = new WeakSet();
    const look = () => document.querySelectorAll(selector).forEach((element) => {
      if (seen.has(element)) return;
      seen.add(element);
      start(element);
    });
    new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
    look();
  }

  window.gwanje = {
    on, state, now, age, delay, text, mount, get, send,
    get lang() { const { element } = readTexts(); return (element && element.dataset.lang) || "ko"; },
    get link() { return link; },
    get frame() { return lastNumber; },
  };
  setInterval(watch, 500);
  setInterval(checkSession, SESSION_MS);
  connect();
})();
