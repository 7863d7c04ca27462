// A clip as it was recorded, and what was seen in it drawn over it: play, scrub, step, speed; the shelf of a camera.
(() => {
  "use strict";
  const { el, put, list } = dom;
  const SPEEDS = [0.25, 0.5, 1, 2, 4], LABELS = { person: "사람", car: "승용차", truck: "트럭", bus: "버스" };

  /** Index of the last of `times` that is not after `t`. */
  function upTo(times, t) {
    let low = 0, high = times.length;
    while (low < high) { const middle = (low + high) >> 1; if (times[middle] <= t + 1e-3) low = middle + 1; else high = middle; }
    return low - 1;
  }

  function outline(pen, { zones, lines }) {
    pen.setLineDash([8, 6]);
    pen.strokeStyle = "#e0b341";
    for (const { points } of [...zones.map((zone) => ({ points: [...zone.points, zone.points[0]] })), ...lines]) {
      pen.beginPath();
      points.forEach(([x, y], index) => (index ? pen.lineTo(x, y) : pen.moveTo(x, y)));
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  function draw(parts) {
    const { canvas, video, told, shown } = parts, pen = canvas.getContext("2d"), [w, h] = told.frame;
    if (canvas.width !== w) Object.assign(canvas, { width: w, height: h });
    pen.clearRect(0, 0, w, h);
    pen.lineWidth = Math.max(2, w / 320);
    if (shown.zones) outline(pen, told);
    const seen = told.course.seen[upTo(told.times, video.currentTime)];
    if (!shown.boxes || !seen) return;
    pen.strokeStyle = "#e8edf2";
    pen.fillStyle = "#e8edf2";
    pen.font = `${Math.max(12, w / 48)}px sans-serif`;
    for (const [track, label, , x, y, width, height] of seen[1]) {
      pen.strokeRect(x, y, width, height);
      pen.fillText(`${gwanje.text(LABELS[label] || label)} ${track}`, x, Math.max(12, y - 4));
    }
  }

  function bar(parts) {
    const { scale, told, video } = parts, pen = scale.getContext("2d"), length = told.length_s || video.duration || 1;
    Object.assign(scale, { width: scale.clientWidth || 600, height: 28 });
    const at = (t) => (t / length) * scale.width;
    pen.fillStyle = "#3a444e";
    told.course.seen.forEach(([t, things]) => { const tall = Math.min(16, 4 * things.length); pen.fillRect(at(t), 24 - tall, 2, tall); });
    pen.fillStyle = "#e5484d";
    for (const { t_s: t } of told.moments) pen.fillRect(at(t) - 2, 0, 4, 28);
    pen.fillStyle = "#e8edf2";
    pen.fillRect(at(video.currentTime) - 1, 0, 2, 28);
  }

  function paint(parts) {
    draw(parts);
    bar(parts);
    put(parts.time, `${parts.video.currentTime.toFixed(1)} / ${(parts.told.length_s || 0).toFixed(1)} s`);
    put(parts.play, gwanje.text(parts.video.paused ? "재생" : "멈춤"));
  }

  /** Go to the picture before or after: clips have a time for each of theirs. */
  function step(parts, way) {
    const { video, told } = parts, times = told.course.pictures, now = upTo(times, video.currentTime + 0.005);
    video.pause();
    video.currentTime = Math.max(0, (times[Math.min(times.length - 1, Math.max(0, now + way))] || 0) + 0.002);
  }

  const toggle = (video) => (video.paused ? video.play().catch(() => {}) : video.pause());

  function controls(parts) {
    const row = el("div", "player-row"), { video } = parts;
    const button = (text, act) => { const made = Object.assign(el("button", "", text), { type: "button", onclick: act }); row.append(made); return made; };
    parts.play = button(gwanje.text("재생"), () => toggle(video));
    button("−1", () => step(parts, -1)).title = gwanje.text("앞 화면 ( , )");
    button("+1", () => step(parts, 1)).title = gwanje.text("다음 화면 ( . )");
    const speed = el("select");
    speed.setAttribute("aria-label", gwanje.text("속도"));
    speed.append(...SPEEDS.map((value) => Object.assign(el("option", "", `×${value}`), { value, selected: value === 1 })));
    speed.addEventListener("change", () => { video.playbackRate = Number(speed.value); });
    row.append(speed);
    for (const [key, text] of [["boxes", "상자"], ["zones", "구역"]]) {
      const made = button(gwanje.text(text), () => { parts.shown[key] = !parts.shown[key]; made.setAttribute("aria-pressed", parts.shown[key]); paint(parts); });
      made.setAttribute("aria-pressed", "true");
    }
    parts.time = el("span", "player-time num");
    row.append(parts.time);
    return row;
  }

  function build(host, told) {
    const stage = el("div", "player-stage"), video = el("video"), canvas = el("canvas", "player-over"), scale = el("canvas", "player-bar");
    Object.assign(video, { muted: true, playsInline: true, preload: "auto", tabIndex: -1 });
    stage.append(video, canvas);
    const parts = { video, canvas, scale, told: { ...told, times: told.course.seen.map(([t]) => t) }, shown: { boxes: true, zones: true } };
    host.replaceChildren(stage, scale, controls(parts));
    host.tabIndex = 0;
    scale.setAttribute("role", "slider");
    scale.setAttribute("aria-label", gwanje.text("시간"));
    const seek = (event) => { video.currentTime = Math.max(0, (event.offsetX / scale.clientWidth) * (told.length_s || video.duration || 0)); };
    scale.addEventListener("pointerdown", (event) => { scale.setPointerCapture(event.pointerId); seek(event); });
    scale.addEventListener("pointermove", (event) => { if (event.buttons) seek(event); });
    for (const name of ["timeupdate", "seeked", "loadeddata", "play", "pause"]) video.addEventListener(name, () => paint(parts));
    const follow = () => { if (!host.isConnected) return; if (!video.paused) paint(parts); requestAnimationFrame(follow); };
    requestAnimationFrame(follow);
    host.onkeydown = (event) => {
      const act = { ",": () => step(parts, -1), ".": () => step(parts, 1), " ": () => toggle(video) }[event.key];
      if (act && !event.target.closest("select, input, textarea")) { event.preventDefault(); act(); }
    };
    return parts;
  }

  /** Show a clip in `host`; `purpose` stands in the audit trail. Resolves with its parts. */
  gwanje.player = async (host, clip, purpose) => {
    const told = await gwanje.get(`/api/v1/clips/${encodeURIComponent(clip)}/track`), parts = build(host, told);
    parts.video.src = `/api/v1/clips/${encodeURIComponent(clip)}?purpose=${encodeURIComponent(purpose)}`;
    const first = told.moments[0];
    if (first) parts.video.addEventListener("loadedmetadata", () => { parts.video.currentTime = Math.max(0, first.t_s - 2); }, { once: true });
    return parts;
  };

  function row(open, again) {
    return () => {
      const node = el("li", "clip-row"), play = el("button", "clip-open"), keep = el("button", "clip-hold");
      node.parts = { play, keep, more: el("span", "more") };
      play.type = keep.type = "button";
      play.onclick = () => open(node.dataset.key);
      keep.onclick = async () => {
        const held = node.shown.hold, reason = await gwanje.ask(held ? "보존을 푸는 사유" : "보존하는 사유", { needed: true });
        if (reason === null) return;
        try { await gwanje.record.post(`/api/v1/clips/${encodeURIComponent(node.dataset.key)}/${held ? "release" : "hold"}`, { reason }); again(); }
        catch (error) { gwanje.acts.say(error.message); }
      };
      node.append(play, node.parts.more, keep);
      return node;
    };
  }

  function update(node, clip) {
    const kinds = [...new Set(clip.moments.map(({ kind }) => gwanje.kindName ? gwanje.kindName(kind) : kind))].join(" · ");
    node.shown = clip;
    put(node.parts.play, `${gwanje.date(clip.began_ms)} ${gwanje.clock(clip.began_ms)} ${kinds}`);
    put(node.parts.more, clip.hold ? gwanje.text("보존: {user}, {reason}", clip.hold) : gwanje.text("{date}까지", { date: gwanje.date(clip.expires_ms) }));
    put(node.parts.keep, gwanje.text(clip.hold ? "보존 해제" : "보존"));
    const role = (gwanje.state.hello || {}).role;
    node.parts.keep.hidden = !(clip.hold ? ["manager", "admin"] : ["operator", "manager", "admin"]).includes(role);
  }

  /** List the clips of a camera in `host` and play the one chosen. */
  gwanje.clips = (host, camera) => {
    const stage = el("div", "player"), rows = el("ul", "clip-rows"), none = el("p", "calm", gwanje.text("보관된 영상 없음"));
    host.replaceChildren(stage, none, rows);
    stage.hidden = true;
    const open = (clip) => { stage.hidden = false; gwanje.player(stage, clip, `camera ${camera}`).catch((error) => gwanje.acts.say(error.message)); };
    const load = async () => {
      const clips = await gwanje.get(`/api/v1/clips?camera=${encodeURIComponent(camera)}`);
      none.hidden = clips.length > 0;
      list(rows, clips, ({ id }) => id, row(open, load), update);
    };
    load().catch((error) => console.warn("clips", error.message));
  };
})();
