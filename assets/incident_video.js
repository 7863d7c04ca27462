// The moment as a clip with what the rule saw, and the nearest four cameras live.
(() => {
  "use strict";
  const { el, put, list, name } = dom;
  const { incident } = gwanje;
  const RETRY_MS = 4000, BEFORE_S = 10;
  let shown = null, cameras = [];

  /** The moment worth seeing: a member's before another, with a clip before a still, then the nearest to the opening. */
  function best(moments, opened) {
    const seen = moments.filter((moment) => moment.clip || moment.still);
    return seen.sort((a, b) => b.member - a.member || Boolean(b.clip) - Boolean(a.clip)
      || Math.abs(a.time_ms - opened) - Math.abs(b.time_ms - opened))[0] || null;
  }

  function build(host) {
    const stage = el("div", "moment-stage"), video = el("video"), still = el("img"), boxes = el("canvas"), none = el("p", "calm");
    Object.assign(video, { controls: true, muted: true, loop: true, playsInline: true, preload: "metadata" });
    video.tabIndex = -1;
    still.alt = "";
    stage.append(video, still, boxes, none);
    const foot = el("div", "moment-foot"), label = el("b"), facts = el("span", "facts");
    foot.append(label, facts);
    host.append(stage, foot);
    host.parts = { video, still, boxes, none, label, facts };
    video.addEventListener("error", () => { if (shown && shown.clip) setTimeout(() => load(host, shown), RETRY_MS); });
    video.addEventListener("loadeddata", () => { still.hidden = true; video.hidden = false; video.play().catch(() => {}); });
    video.addEventListener("timeupdate", () => outline(host));
    still.addEventListener("load", () => outline(host));
    return host.parts;
  }

  function load(host, moment) {
    const { video, still } = host.parts;
    if (moment.still) { still.src = `/api/v1/stills/${encodeURIComponent(moment.still)}`; still.hidden = false; } else still.hidden = true;
    video.hidden = true;
    if (moment.clip) video.src = `/api/v1/clips/${encodeURIComponent(moment.clip)}?purpose=${encodeURIComponent(location.pathname)}`; else video.removeAttribute("src");
  }

  // The boxes are metadata, not part of the picture: drawn over it, and in a clip only around the moment.
  function outline(host) {
    const { video, still, boxes } = host.parts, pen = boxes.getContext("2d");
    if (!shown || !shown.frame) { boxes.hidden = true; return; }
    const [w, h] = shown.frame;
    boxes.hidden = false;
    Object.assign(boxes, { width: w, height: h });
    const now = !still.hidden || Math.abs(video.currentTime - BEFORE_S) < 1.5;
    if (!now) return;
    pen.lineWidth = Math.max(2, w / 300);
    pen.strokeStyle = "#e5484d";
    for (const [x, y, width, height] of shown.boxes) pen.strokeRect(x, y, width, height);
  }

  function paintMoment(detail) {
    const host = document.getElementById("incident-moment");
    if (!host) return;
    const { none, label, facts, video, still } = host.parts || build(host), moment = best(detail.moments || [], detail.card.opened_ms);
    none.hidden = Boolean(moment);
    put(none, gwanje.text("이 사건을 찍은 영상 없음"));
    if (!moment) { shown = null; video.hidden = still.hidden = true; host.parts.boxes.hidden = true; put(label, ""); put(facts, ""); return; }
    const fresh = !shown || shown.clip !== moment.clip || shown.still !== moment.still || !host.dataset.loaded;
    shown = moment;
    if (fresh) { host.dataset.loaded = "1"; load(host, moment); }
    put(label, `${moment.camera.split("/").pop()} · ${gwanje.clock(moment.time_ms)}`);
    put(facts, [name(moment.name), moment.score.toFixed(2), moment.track === null || moment.track === undefined ? "" : `#${moment.track}`].filter(Boolean).join(" · "));
    dom.note("incident-moment", moment.clip ? gwanje.text("앞뒤 30초") : gwanje.text("정지 화면"));
  }

  function paintCameras() {
    const host = document.getElementById("incident-cameras");
    if (!host || !gwanje.tiles) return;
    const tiles = host.querySelector("ul") || host.appendChild(el("ul", "tiles four"));
    gwanje.video.watch(cameras.map(({ camera }) => camera.id));
    list(tiles, cameras, ({ camera }) => camera.id, gwanje.tiles.make, gwanje.tiles.update);
  }

  incident.on((detail) => {
    const members = new Set(detail.card.assets);
    cameras = detail.cameras.map((camera) => ({ camera, own: members.has(camera.id), far: camera.distance_m, brief: true }));
    paintMoment(detail);
    paintCameras();
    dom.note("incident-cameras", gwanje.text("자동 {n}", { n: cameras.length }));
  });
  gwanje.video.onPicture((id) => {
    const node = document.querySelector(`#incident-cameras [data-key="${CSS.escape(id)}"]`), tile = cameras.find(({ camera }) => camera.id === id);
    if (node && tile) gwanje.tiles.paintPicture(node.parts.canvas, tile.camera);
  });
  setInterval(paintCameras, 1000);
})();
