// The shelf of a camera: its clips a page at a time or the held ones alone, played, held and released.
(() => {
  "use strict";
  const { el, put, list } = dom;
  const PAGE = 50;

  function row(open, changed) {
    return () => {
      const node = el("li", "clip-row"), play = el("button", "clip-open"), keep = el("button", "clip-hold");
      node.parts = { play, keep, more: el("span", "more") };
      play.type = keep.type = "button";
      play.onclick = () => open(node.dataset.key);
      keep.onclick = async () => {
        const clip = node.shown, reason = await gwanje.ask(clip.hold ? "보존을 푸는 사유" : "보존하는 사유", { needed: true });
        if (reason === null) return;
        try { clip.hold = await gwanje.record.post(`/api/v1/clips/${encodeURIComponent(clip.id)}/${clip.hold ? "release" : "hold"}`, { reason }); changed(); }
        catch (error) { gwanje.acts.say(error.message); }
      };
      node.append(play, node.parts.more, keep);
      return node;
    };
  }

  function update(node, clip) {
    const kinds = [...new Set(clip.moments.map(({ kind }) => gwanje.kindName ? gwanje.kindName(kind) : kind))].join(" · ");
    node.shown = clip;
    put(node.parts.play, `${gwanje.date(clip.began_ms)} ${kinds}`);
    put(node.parts.more, clip.hold ? gwanje.text("보존: {user}, {reason}", clip.hold) : gwanje.text("{date}까지", { date: gwanje.date(clip.expires_ms) }));
    put(node.parts.keep, gwanje.text(clip.hold ? "보존 해제" : "보존"));
    const role = (gwanje.state.hello || {}).role;
    node.parts.keep.hidden = !(clip.hold ? ["manager", "admin"] : ["operator", "manager", "admin"]).includes(role);
  }

  function build(host) {
    const parts = { stage: el("div", "player"), none: el("p", "calm"), rows: el("ul", "clip-rows"), room: el("p", "calm shelf-room"),
      held: el("button", "clip-held", gwanje.text("보존된 영상만")), more: el("button", "clip-more", gwanje.text("더 보기")) };
    parts.held.type = parts.more.type = "button";
    parts.held.setAttribute("aria-pressed", "false");
    parts.stage.hidden = parts.more.hidden = true;
    host.replaceChildren(parts.stage, parts.held, parts.none, parts.rows, parts.more, parts.room);
    return parts;
  }

  /** List the clips of a camera in `host` and play the one chosen. */
  gwanje.clips = (host, camera) => {
    const { stage, none, rows, room, held, more } = build(host), purpose = gwanje.text("카메라 {camera} 영상 확인", { camera: camera.split("/").pop() });
    let clips = [], only = false, asked = 0;
    const open = (clip) => { stage.hidden = false; gwanje.player(stage, clip, purpose).catch((error) => gwanje.acts.say(error.message)); };
    const paint = () => {
      if (only) clips = clips.filter(({ hold }) => hold);
      put(none, clips.length ? "" : gwanje.text(only ? "보존된 영상 없음" : "보관된 영상 없음"));
      list(rows, clips, ({ id }) => id, row(open, paint), update);
      gwanje.cameraPage.shelf(room);
    };
    const load = async (further) => {
      const mine = ++asked, query = new URLSearchParams({ camera, limit: PAGE, held: only, ...(further ? { before: clips.at(-1).cursor } : {}) });
      try {
        const page = await gwanje.get(`/api/v1/clips?${query}`);
        if (mine !== asked) return;
        clips = further ? [...clips, ...page] : page;
        more.hidden = page.length < PAGE;
        paint();
      } catch (error) { console.warn("clips", error.message); }
    };
    more.onclick = () => load(clips.length > 0);
    held.onclick = () => { only = !only; held.setAttribute("aria-pressed", String(only)); load(false); };
    load(false);
  };
})();
