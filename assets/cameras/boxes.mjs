// Boxes between two looks: pictures come more often than boxes are told, so each goes on as its own track
// moved.
import { onPush } from "../core/push.mjs";

const APART_MS = 1200; // two looks farther apart say nothing of how a track moves
const CARRIED_MS = 600; // a box is carried on for so long at most

/**
 * Left, top, width and height in pixels of the frame.
 * @typedef {[number, number, number, number]} Box
 *
 * Where a track was seen, and when (ms since 1970).
 * @typedef {{box: Box, at: number}} Sighting
 *
 * What a look at a camera found: the boxes and the numbers of their tracks.
 * @typedef {{boxes: Box[], tracks: number[], time_ms: number}} Look
 *
 * The newest look at a camera: where its tracks are, and where each was before.
 * @typedef {{at: number, current: [number, Sighting][], previous: Map<number, Sighting>}} Tracks
 */

/** @type {Map<string, Tracks>} */
const cameras = new Map();

/** @param {Box} box */
const middleOf = ([left, top, width, height]) => [left + width / 2, top + height / 2];

/**
 * A box as it is some ms after it was seen, moved on as its middle moved since it was seen before.
 * @param {Box} box
 * @param {number} at when it was seen, ms since 1970
 * @param {Sighting | undefined} previous where it was seen before; without it the box stays where it is
 * @param {number} ms since it was seen
 * @returns {Box}
 */
export function carryBox(box, at, previous, ms) {
  if (!previous) return box;
  const gap = at - previous.at;
  if (gap <= 0 || gap > APART_MS) return box;
  const part = Math.min(Math.max(0, ms), CARRIED_MS) / gap;
  const [x, y] = middleOf(box);
  const [previousX, previousY] = middleOf(previous.box);
  const [left, top, width, height] = box;
  return [left + (x - previousX) * part, top + (y - previousY) * part, width, height];
}

/**
 * @param {string} camera
 * @param {Look} look
 */
function remember(camera, { boxes, tracks, time_ms: at }) {
  const known = cameras.get(camera);
  if (known?.at === at) return; // the same look, told again
  const earlier = known ? [...known.previous, ...known.current] : [];
  const recent = earlier.filter(([, sighting]) => at > sighting.at && at - sighting.at <= APART_MS);
  cameras.set(camera, {
    at,
    previous: new Map(recent),
    current: tracks.map((track, index) => [track, { box: boxes[index], at }]),
  });
}

/**
 * The boxes of a camera's newest look as they are some ms after it.
 * @param {string} camera
 * @param {Look} look
 * @param {number} ms since the look
 */
export function carriedBoxes(camera, { boxes, tracks, time_ms: at }, ms) {
  const known = cameras.get(camera);
  const previous = known?.at === at ? known.previous : new Map();
  return boxes.map((box, index) => carryBox(box, at, previous.get(tracks[index]), ms));
}

onPush("detections", (looks) => {
  for (const [camera, look] of Object.entries(looks)) remember(camera, look);
});
onPush("reset", () => cameras.clear());
