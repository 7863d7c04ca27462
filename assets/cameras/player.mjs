// A clip as it was recorded, and what was seen in it drawn over it: play, scrub, step, speed.

import { askText } from "../core/dialog.mjs";
import { el, setText } from "../core/dom.mjs";
import { formatDateTime } from "../core/format.mjs";
import { downloadFile, getJson } from "../core/http.mjs";
import { isManager } from "../core/roles.mjs";
import { translate } from "../core/texts.mjs";
import { showNotice } from "../incidents/actions.mjs";
import { objectLabel } from "./labels.mjs";

const BEFORE_S = 2;
const FEW = 3;
const SPEEDS = [0.25, 0.5, 1, 2, 4];

/** Index of the last of `times` that is not after `t`. */
function upTo(times, t) {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] <= t + 1e-3) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function outline(pen, { zones, lines }) {
  pen.setLineDash([8, 6]);
  pen.strokeStyle = "#e0b341";
  for (const { points } of [
    ...zones.map((zone) => ({ points: [...zone.points, zone.points[0]] })),
    ...lines,
  ]) {
    pen.beginPath();
    for (const [x, y] of points) pen.lineTo(x, y); // the first is where the path begins
    pen.stroke();
  }
  pen.setLineDash([]);
}

/** Draw what was seen, rows of [track, label, score, x, y, w, h]; the one that is chosen stands out. */
export function drawDetections(pen, wide, rows, chosen = null) {
  const { canvas } = pen;
  const shrunk = Math.max(
    wide / (canvas.clientWidth || wide),
    canvas.height / (canvas.clientHeight || canvas.height),
  );
  const size = Math.max(wide / 48, 12 * shrunk);
  const named = shrunk < 1.4 || rows.length <= FEW; // more words than that hide the picture
  pen.font = `600 ${size}px sans-serif`;
  for (const [track, label, , x, y, width, height] of rows) {
    pen.strokeStyle = pen.fillStyle = track === chosen ? "#e5484d" : "#e8edf2";
    pen.strokeRect(x, y, width, height);
    if (named || track === chosen)
      pen.fillText(
        [objectLabel(label), track].filter((word) => word || word === 0).join(" "),
        x,
        Math.max(size, y - size / 4),
      );
  }
}

const seenNow = ({ clip, video }) => (clip.course.seen[upTo(clip.times, video.currentTime)] || [0, []])[1];

function draw(parts) {
  const { canvas, clip, shown } = parts;
  const pen = canvas.getContext("2d");
  const [w, h] = clip.frame;
  if (canvas.width !== w) Object.assign(canvas, { width: w, height: h });
  pen.clearRect(0, 0, w, h);
  pen.lineWidth = Math.max(2, w / 320);
  if (shown.zones) outline(pen, clip);
  if (shown.boxes) drawDetections(pen, w, seenNow(parts), parts.chosen);
}

function bar(parts) {
  const { scale, clip, video } = parts;
  const pen = scale.getContext("2d");
  const length = clip.length_s || video.duration || 1;
  Object.assign(scale, { width: scale.clientWidth || 600, height: 28 });
  const at = (t) => (t / length) * scale.width;
  pen.fillStyle = "#3a444e";
  clip.course.seen.forEach(([t, things]) => {
    const tall = Math.min(16, 4 * things.length);
    pen.fillRect(at(t), 24 - tall, 2, tall);
  });
  pen.fillStyle = "#e5484d";
  for (const { t_s: t } of clip.moments) pen.fillRect(at(t) - 2, 0, 4, 28);
  pen.fillStyle = "#e8edf2";
  pen.fillRect(at(video.currentTime) - 1, 0, 2, 28);
}

function paint(parts) {
  draw(parts);
  bar(parts);
  setText(
    parts.when,
    translate("녹화 · {time}", {
      time: formatDateTime(parts.clip.began_ms + 1000 * parts.video.currentTime),
    }),
  );
  setText(parts.time, `${parts.video.currentTime.toFixed(1)} / ${(parts.clip.length_s || 0).toFixed(1)} s`);
  setText(parts.play, translate(parts.video.paused ? "재생" : "멈춤"));
}

/** Go to the picture before or after: clips have a time for each of theirs. */
function step(parts, way) {
  const { video, clip } = parts;
  const times = clip.course.pictures;
  const now = upTo(times, video.currentTime + 0.005);
  video.pause();
  video.currentTime = Math.max(0, (times[Math.min(times.length - 1, Math.max(0, now + way))] || 0) + 0.002);
}

const toggle = (video) => (video.paused ? video.play().catch(() => {}) : video.pause());

function controls(parts) {
  const row = el("div", "player-row");
  const { video } = parts;
  const button = (text, act) => {
    const made = Object.assign(el("button", "", text), { type: "button", onclick: act });
    row.append(made);
    return made;
  };
  parts.play = button(translate("재생"), () => toggle(video));
  button("−1", () => step(parts, -1)).title = translate("앞 화면 ( , )");
  button("+1", () => step(parts, 1)).title = translate("다음 화면 ( . )");
  const speed = el("select");
  speed.setAttribute("aria-label", translate("속도"));
  speed.append(
    ...SPEEDS.map((value) => Object.assign(el("option", "", `×${value}`), { value, selected: value === 1 })),
  );
  speed.addEventListener("change", () => {
    video.playbackRate = Number(speed.value);
  });
  row.append(speed);
  for (const [key, text] of [
    ["boxes", "상자"],
    ["zones", "구역"],
  ]) {
    const made = button(translate(text), () => {
      parts.shown[key] = !parts.shown[key];
      made.setAttribute("aria-pressed", parts.shown[key]);
      paint(parts);
    });
    made.setAttribute("aria-pressed", "true");
  }
  if (isManager()) {
    button(translate("정지 화면 저장"), () => exportClip(parts, "still"));
    parts.copy = button(translate("영상 내려받기"), () => exportClip(parts, "download"));
  }
  const place = el("div", "player-place");
  [parts.when, parts.time] = [el("b", "player-recorded"), el("span", "player-time")];
  place.append(parts.when, parts.time);
  row.append(place);
  return row;
}

/**
 * Take the clip or its picture of now out of the room, with a reason; of a chosen person: everybody else
 * unknowable.
 */
async function exportClip({ clip, video, chosen }, kind) {
  const still = kind === "still";
  const person = !still && chosen !== null;
  const about = person
    ? translate("{track}번만 보이고 다른 사람은 흐리게 나갑니다", { track: chosen })
    : translate(
        still
          ? "이 화면의 모든 사람이 보입니다"
          : "모든 사람이 보입니다. 한 사람만 보이려면 먼저 그 상자를 누르십시오",
      );
  const reason = await askText("내려받는 사유", { about, needed: true });
  if (reason === null) return;
  const query = new URLSearchParams({
    reason,
    ...(person ? { track: chosen } : {}),
    ...(still ? { at_s: video.currentTime.toFixed(3) } : {}),
  });
  try {
    await downloadFile(`/api/v1/clips/${encodeURIComponent(clip.id)}/download?${query}`);
  } catch (error) {
    showNotice(error.message);
  }
}

/** Choose the person whose box is under the pointer, the smallest of several; nobody where there is none. */
function choose(parts, event) {
  const { canvas, clip, video } = parts;
  const area = video.getBoundingClientRect();
  const [w, h] = clip.frame;
  const scale = Math.min(area.width / w, area.height / h);
  const x = (event.clientX - area.left - (area.width - w * scale) / 2) / scale;
  const y = (event.clientY - area.top - (area.height - h * scale) / 2) / scale;
  const under = seenNow(parts).filter(
    ([, , , left, top, width, height]) => x >= left && x <= left + width && y >= top && y <= top + height,
  );
  const [found] = under.sort((a, b) => a[5] * a[6] - b[5] * b[6]);
  parts.chosen = found && found[0] !== parts.chosen ? found[0] : null;
  if (parts.copy)
    setText(
      parts.copy,
      parts.chosen === null
        ? translate("영상 내려받기")
        : translate("{track}번만 내려받기", { track: parts.chosen }),
    );
  canvas.dataset.chosen = parts.chosen === null ? "" : parts.chosen;
  paint(parts);
}

function build(host, clip) {
  const stage = el("div", "player-stage");
  const video = el("video");
  const canvas = el("canvas", "player-over");
  const scale = el("canvas", "player-bar");
  Object.assign(video, { muted: true, playsInline: true, preload: "auto", tabIndex: -1 });
  stage.append(video, canvas);
  const parts = {
    video,
    canvas,
    scale,
    chosen: null,
    clip: { ...clip, times: clip.course.seen.map(([t]) => t) },
    shown: { boxes: true, zones: true },
  };
  video.addEventListener("click", (event) => choose(parts, event));
  host.replaceChildren(stage, scale, controls(parts));
  host.tabIndex = 0;
  scale.setAttribute("role", "slider");
  scale.setAttribute("aria-label", translate("시간"));
  const seek = (event) => {
    video.currentTime = Math.max(
      0,
      (event.offsetX / scale.clientWidth) * (clip.length_s || video.duration || 0),
    );
  };
  scale.addEventListener("pointerdown", (event) => {
    scale.setPointerCapture(event.pointerId);
    seek(event);
  });
  scale.addEventListener("pointermove", (event) => {
    if (event.buttons) seek(event);
  });
  for (const name of ["timeupdate", "seeked", "loadeddata", "play", "pause"])
    video.addEventListener(name, () => paint(parts));
  const follow = () => {
    if (!video.isConnected) return;
    if (!video.paused) paint(parts);
    requestAnimationFrame(follow);
  };
  requestAnimationFrame(follow);
  host.onkeydown = (event) => {
    const act = { ",": () => step(parts, -1), ".": () => step(parts, 1), " ": () => toggle(video) }[
      event.key
    ];
    if (act && !event.target.closest("select, input, textarea")) {
      event.preventDefault();
      act();
    }
  };
  return parts;
}

/**
 * Show a clip in `host`, from just before `atMs` or its first event; `purpose` stands in the audit trail.
 * Resolves with its parts.
 */
export const playClip = async (host, clip, purpose, atMs = null) => {
  const track = await getJson(`/api/v1/clips/${encodeURIComponent(clip)}/track`);
  const parts = build(host, track);
  parts.video.src = `/api/v1/clips/${encodeURIComponent(clip)}?purpose=${encodeURIComponent(purpose)}`;
  const [first] = track.moments;
  const start = atMs === null ? first?.t_s : (atMs - track.began_ms) / 1000;
  if (start)
    parts.video.addEventListener(
      "loadedmetadata",
      () => {
        parts.video.currentTime = Math.max(0, start - BEFORE_S);
      },
      { once: true },
    );
  return parts;
};
