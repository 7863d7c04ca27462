import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeFrame, frameRate, pictureLagMs, pictureOf } from "../../../assets/cameras/video.mjs";

test("a frame is a name, a time and a picture", () => {
  const name = new TextEncoder().encode("park/camera/CAM-001");
  const buffer = new ArrayBuffer(1 + name.length + 8 + 3);
  const view = new DataView(buffer);
  view.setUint8(0, name.length);
  new Uint8Array(buffer).set(name, 1);
  view.setFloat64(1 + name.length, 1_796_126_856_479.5);
  new Uint8Array(buffer).set([255, 216, 255], 9 + name.length);
  const { id, time, jpeg } = decodeFrame(buffer);
  assert.deepEqual([id, time, [...jpeg]], ["park/camera/CAM-001", 1_796_126_856_479.5, [255, 216, 255]]);
});

test("what a link held back and brings at once is no more than was taken", () => {
  const now = Date.now();
  Object.assign(pictureOf("held-back"), { times: Array(50).fill(now), taken: [now - 1000, now] });
  assert.equal(frameRate("held-back"), 2 / 5);
  Object.assign(pictureOf("old"), { times: [now - 60_000], taken: [now - 60_000] });
  assert.equal(frameRate("old"), 0);
});

test("the lag is how much later than the look the picture was taken", () => {
  pictureOf("camera").time = 1_500;
  assert.equal(pictureLagMs("camera", 1_000), 500);
});
