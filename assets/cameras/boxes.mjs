// Boxes between two looks: pictures come more often than boxes are told, so each goes on as its own track
// moved.
import { onPush } from "../core/push.mjs";

const APART_MS = 1200;
const MOST_MS = 600;
const cameras = new Map(); // id → the newest look: where its tracks are, and where each was before

const middle = ([x, y, w, h]) => [x + w / 2, y + h / 2];

/**
 * A box `ms` after it was seen, moved on as its middle moved since `was`, where it was seen before; else as
 * it is.
 */
export function carryBox(box, at, was, ms) {
  const gap = was ? at - was.at : 0;
  if (gap <= 0 || gap > APART_MS) return box;
  const part = Math.min(Math.max(0, ms), MOST_MS) / gap;
  const [now, before] = [middle(box), middle(was.box)];
  return [box[0] + (now[0] - before[0]) * part, box[1] + (now[1] - before[1]) * part, box[2], box[3]];
}

function take(id, { boxes, tracks, time_ms: at }) {
  const held = cameras.get(id);
  if (held && held.at === at) return; // told again
  const before = held ? [...held.was, ...held.now] : [];
  const recent = before.filter(([, one]) => at > one.at && at - one.at <= APART_MS);
  cameras.set(id, {
    at,
    was: new Map(recent),
    now: tracks.map((track, index) => [track, { box: boxes[index], at }]),
  });
}

/** The boxes of a camera's newest look as they are `ms` after it. */
export function carriedBoxes(id, { boxes, tracks, time_ms: at }, ms) {
  const held = cameras.get(id);
  const was = held && held.at === at ? held.was : new Map();
  return boxes.map((box, index) => carryBox(box, at, was.get(tracks[index]), ms));
}

onPush("detections", (told) => {
  for (const [id, seen] of Object.entries(told)) take(id, seen);
});
onPush("reset", () => cameras.clear());
