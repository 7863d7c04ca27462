// The shelf of a camera: its clips a page at a time or the held ones alone, played, held and released.

import { askText } from "../core/dialog.mjs";
import { el, setText, updateList } from "../core/dom.mjs";
import { formatDateTime } from "../core/format.mjs";
import { getJson, postJson, queryOf } from "../core/http.mjs";
import { isManager, isOperator } from "../core/roles.mjs";
import { translate } from "../core/texts.mjs";
import { showNotice } from "../incidents/actions.mjs";
import { playClip } from "./player.mjs";
import { paintStorage } from "./storage.mjs";

const PAGE = 50;

function row(open, changed) {
  return () => {
    const node = el("li", "clip-row");
    const play = el("button", "clip-open");
    const keep = el("button", "clip-hold");
    node.parts = { play, keep, more: el("span", "more") };
    play.type = keep.type = "button";
    play.onclick = () => open(node.dataset.key);
    keep.onclick = async () => {
      const clip = node.shown;
      const reason = await askText(clip.hold ? "보존을 푸는 사유" : "보존하는 사유", { needed: true });
      if (reason === null) return;
      try {
        clip.hold = await postJson(
          `/api/v1/clips/${encodeURIComponent(clip.id)}/${clip.hold ? "release" : "hold"}`,
          { reason },
        );
        changed();
      } catch (error) {
        showNotice(error.message);
      }
    };
    node.append(play, node.parts.more, keep);
    return node;
  };
}

const update = (kindLabel) => (node, clip) => {
  const kinds = [...new Set(clip.moments.map(({ kind }) => kindLabel(kind)))].join(" · ");
  node.shown = clip;
  setText(node.parts.play, `${formatDateTime(clip.began_ms)} ${kinds}`);
  setText(
    node.parts.more,
    clip.hold
      ? translate("보존: {user}, {reason}", clip.hold)
      : translate("{date}까지", { date: formatDateTime(clip.expires_ms) }),
  );
  setText(node.parts.keep, translate(clip.hold ? "보존 해제" : "보존"));
  node.parts.keep.hidden = !(clip.hold ? isManager() : isOperator());
};

function build(host) {
  const parts = {
    stage: el("div", "player"),
    none: el("p", "calm"),
    rows: el("ul", "clip-rows"),
    room: el("p", "calm shelf-room"),
    held: el("button", "clip-held", translate("보존된 영상만")),
    more: el("button", "clip-more", translate("더 보기")),
  };
  parts.held.type = parts.more.type = "button";
  parts.held.setAttribute("aria-pressed", "false");
  parts.stage.hidden = parts.more.hidden = true;
  host.replaceChildren(parts.stage, parts.held, parts.none, parts.rows, parts.more, parts.room);
  return parts;
}

/**
 * List the clips of a camera in `host` and play the one chosen; `kindLabel` says a kind of event in words.
 */
export const showClips = (host, camera, kindLabel) => {
  const { stage, none, rows, room, held: heldOnly, more } = build(host);
  const purpose = translate("카메라 {camera} 영상 확인", { camera: camera.split("/").pop() });
  let clips = [];
  let only = false;
  let asked = 0;
  const open = (clip) => {
    stage.hidden = false;
    playClip(stage, clip, purpose).catch((error) => showNotice(error.message));
  };
  const paint = () => {
    if (only) clips = clips.filter(({ hold }) => hold);
    setText(none, clips.length ? "" : translate(only ? "보존된 영상 없음" : "보관된 영상 없음"));
    updateList(rows, clips, ({ id }) => id, row(open, paint), update(kindLabel));
    paintStorage(room);
  };
  const load = async (further) => {
    const request = ++asked;
    const query = queryOf({
      camera,
      limit: PAGE,
      held: only,
      ...(further ? { before: clips.at(-1).cursor } : {}),
    });
    try {
      const page = await getJson(`/api/v1/clips?${query}`);
      if (request !== asked) return;
      clips = further ? [...clips, ...page] : page;
      more.hidden = page.length < PAGE;
      paint();
    } catch (error) {
      console.warn("clips", error.message);
    }
  };
  more.onclick = () => load(clips.length > 0);
  heldOnly.onclick = () => {
    only = !only;
    heldOnly.setAttribute("aria-pressed", String(only));
    load(false);
  };
  load(false);
};
