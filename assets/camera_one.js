// The page of one camera: its picture large with what is drawn on it, its health, its last day, its neighbours.
(() => {
  "use strict";
  const { el, put, list } = dom;
  const NEAR = 4, DAY_MS = 86400000, EVENTS_MS = 20000, LAYERS = { boxes: "상자", zones: "구역", lines: "선" };
  let cameras = [], camera = null, names = {}, parts = null, asked = 0;

  const metres = (a, b) => {
    const rad = Math.PI / 180, dx = (b.lon - a.lon) * Math.cos(a.lat * rad), dy = b.lat - a.lat;
    return Math.hypot(dx, dy) * rad * 6371008.8;
  };
  const key = () => decodeURIComponent(location.pathname.split("/").pop());
  const facts = () => (gwanje.state.assets[camera.id] || [0, null, {}])[2] || {};

  function stage(host) {
    const tile = gwanje.tiles.make({ camera }), bar = el("div", "camera-layers");
    for (const [name, text] of Object.entries(LAYERS)) {
      const button = el("button", "", gwanje.text(text));
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.addEventListener("click", () => {
        parts.layers[name] = !parts.layers[name];
        button.setAttribute("aria-pressed", String(parts.layers[name]));
        gwanje.tiles.paintPicture(tile.parts.canvas, camera, parts.layers);
      });
      bar.append(button);
    }
    host.append(tile, bar);
    return tile;
  }

  const line = (list_, term, node) => { const value = el("dd"); value.append(node); list_.append(el("dt", "", gwanje.text(term)), value); return value; };

  function about(host) {
    const told = el("dl", "camera-facts"), link = (text, href) => Object.assign(el("a", "", gwanje.text(text)), { href });
    const rows = Object.fromEntries(["상태", "화면 나이", "초당 화면", "모델"].map((term) => [term, line(told, term, "")]));
    const links = el("p", "camera-links"), short = camera.id.split("/").pop();
    const onMap = link("지도에서 보기", `/?lang=${gwanje.lang}`);
    onMap.addEventListener("click", (event) => { event.preventDefault(); gwanje.cameraPage.onMap(camera); });
    links.append(onMap, link("모든 카메라", `/cameras${location.search}`));
    if (["manager", "admin"].includes((gwanje.state.hello || {}).role)) links.append(link("카메라 설정", `/cameras/setup/${encodeURIComponent(short)}?lang=${gwanje.lang}`));
    const stills = el("div"), off = el("ul", "camera-off"), crossed = el("div", "camera-crossings");
    host.append(told, links, stills, off, crossed);
    gwanje.crossings(crossed, camera);
    return { rows, stills, off, drawn: "" };
  }

  function paintAbout() {
    const { rows, stills, off } = parts.about, { state, detail, before, after, rules_off: rules = [], fps } = facts();
    const picture = gwanje.video.picture(camera.id), seen = gwanje.state.detections[camera.id];
    put(rows["상태"], state ? [gwanje.cameraPage.word(state), gwanje.cameraPage.said(detail)].filter(Boolean).join(" · ") : gwanje.text("연결된 영상 없음"));
    rows["상태"].className = state && state !== "ok" ? "stale" : "";
    put(rows["화면 나이"], picture.bitmap ? `${gwanje.number(gwanje.age(picture.time) / 1000, 1)} s` : "–");
    put(rows["초당 화면"], `${gwanje.number(gwanje.video.rate(camera.id), 1)}${fps ? ` (${gwanje.text("카메라 1분 평균 {n}", { n: gwanje.number(fps, 1) })})` : ""}`);
    const model = (seen && seen.model) || gwanje.cameraPage.model(detail);
    put(rows["모델"], /^motion/i.test(model) ? gwanje.text("모델 없음: 움직임만") : model || "–");
    const drawn = `${before}/${after}`;
    if (parts.about.drawn !== drawn) {
      parts.about.drawn = drawn;
      stills.replaceChildren(...(before || after ? [gwanje.cameraPage.pair({ before, after }, camera)] : []));
    }
    list(off, rules, (rule) => rule, () => el("li"), (node, rule) => put(node, `${gwanje.text("꺼진 규칙")}: ${gwanje.cameraPage.said(rule, false)}`));
  }

  function paintNear() {
    const near = cameras.filter(({ id }) => id !== camera.id).map((one) => ({ camera: one, own: false, far: metres(camera, one), brief: true,
      open: (id) => gwanje.cameraPage.go(`/camera/${encodeURIComponent(id.split("/").pop())}`) }))
      .sort((a, b) => a.far - b.far).slice(0, NEAR);
    gwanje.video.watch([camera.id, ...near.map((one) => one.camera.id)], camera.id);
    list(parts.near, near, (one) => one.camera.id, gwanje.tiles.make, gwanje.tiles.update);
  }

  function judge(event, verdict) {
    gwanje.incidents.act("camera.verify", camera.id, { event: event.id, verdict });
    parts.said.set(event.id, verdict);
    paintEvents();
  }

  const VERDICTS = { true: "사실", false: "오경보", unclear: "불분명" };

  function eventRow(event) {
    const node = el("li"), words = el("div", "camera-event"), title = el("b"), when = el("span", "facts"), acts = el("div", "camera-verdicts");
    const { data } = event;
    put(title, dom.name(names[data.kind]) || data.kind);
    put(when, [gwanje.clock(Date.parse(event.time)), data.zone || data.line || "", gwanje.number(data.score, 2)].filter(Boolean).join(" · "));
    words.append(title, when, acts);
    for (const [verdict, text] of Object.entries(VERDICTS)) {
      const button = el("button", "", gwanje.text(text));
      button.type = "button";
      button.dataset.verdict = verdict;
      button.addEventListener("click", () => judge(event, verdict));
      acts.append(button);
    }
    node.append(gwanje.cameraPage.still(data.still, "순간 영상", gwanje.text("카메라 {camera} 이벤트 확인", { camera: key() })), words);
    return node;
  }

  function paintEvents() {
    list(parts.events, parts.found, (event) => event.id, eventRow, (node, event) => {
      for (const button of node.querySelectorAll("[data-verdict]")) {
        button.hidden = !gwanje.incidents.mayAct();
        button.setAttribute("aria-pressed", String(parts.said.get(event.id) === button.dataset.verdict));
      }
    });
    put(parts.none, parts.found.length ? "" : gwanje.text("최근 24시간 이벤트 없음"));
    dom.note("camera-events", gwanje.text("{n}건", { n: parts.found.length }));
  }

  async function load() {
    asked = Date.now();
    const from = encodeURIComponent(new Date(gwanje.now() - DAY_MS).toISOString()), subject = encodeURIComponent(camera.id), mine = parts;
    const ask = (type) => gwanje.get(`/api/v1/events?type=${type}&subject=${subject}&from=${from}&limit=100`);
    try {
      const [told, judged] = await Promise.all([ask("park.camera.event"), ask("park.camera.verdict")]);
      mine.found = told.events;
      for (const { data } of judged.events.reverse()) mine.said.set(data.event, data.verdict);
      if (mine === parts) paintEvents();
    } catch (error) { console.warn("camera events", error.message); }
  }

  function paint() {
    if (!parts || !parts.host.isConnected) return;
    gwanje.tiles.update(parts.tile, { camera, own: false, far: null, layers: parts.layers, alone: true });
    paintAbout();
    paintNear();
    if (Date.now() - asked > EVENTS_MS) load();
  }

  gwanje.mount("#camera-stage", async (host) => {
    [cameras, names] = await Promise.all([gwanje.cameraPage.all(), gwanje.get("/api/v1/cameras/figures").then((told) => told.names)]);
    camera = cameras.find(({ id }) => id.split("/").pop() === key());
    if (!camera || !host.isConnected) { host.append(el("p", "calm", gwanje.text("그런 카메라가 없습니다"))); return; }
    gwanje.kindName = (kind) => dom.name(names[kind]) || kind;
    parts = { host, layers: { boxes: true, zones: true, lines: true }, found: [], said: new Map(), near: el("ul", "tiles four"), events: el("ul", "camera-event-list"), none: el("p", "calm") };
    parts.tile = stage(host);
    put(document.getElementById("camera-stage-title"), `${key()} · ${dom.name(camera.name).replace(key(), "").trim()}`);
    parts.about = about(document.getElementById("camera-about"));
    document.getElementById("camera-near").append(parts.near);
    document.getElementById("camera-events").append(parts.none, parts.events);
    const clips = document.getElementById("camera-clips");
    clips.closest("section").hidden = !gwanje.clips;
    if (gwanje.clips) gwanje.clips(clips, camera.id);
    paint();
    load();
  });
  setInterval(paint, 1000);
  gwanje.video.onPicture((id) => {
    if (!parts || !parts.host.isConnected) return;
    if (id === camera.id) gwanje.tiles.paintPicture(parts.tile.parts.canvas, camera, parts.layers);
    const node = document.querySelector(`#camera-near [data-key="${CSS.escape(id)}"]`);
    if (node) gwanje.tiles.paintPicture(node.parts.canvas, node.shown.camera);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && document.getElementById("camera-stage") && !document.querySelector("dialog[open]")) gwanje.cameraPage.go("/cameras");
  });
})();
