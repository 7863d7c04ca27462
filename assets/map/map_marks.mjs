// The shapes: one small glyph per kind in calm greys, and the marks of the abnormal, each its own shape.
import { formatNumber } from "../core/format.mjs";
import { map } from "./map.mjs";

const TAU = 2 * Math.PI;
/** The colours of the map, of which the levels are those of the alarms. */
export const COLOURS = {
  ground: "#171b20",
  box: "#0f1215",
  text: "#e8edf2",
  soft: "#9aa6b2",
  calm: "#6e7a86",
  light: "#56616c",
  ring: "#7d8b98",
  vehicle: "#9fb3c4",
  site: "#5d6975",
  silent: "#59636d",
  levels: ["#6e7a86", "#7aa5c9", "#cfc08a", "#e3b341", "#e5484d"],
};

function polygon(ctx, x, y, points) {
  ctx.moveTo(x + points[0][0], y + points[0][1]);
  for (const [dx, dy] of points.slice(1)) ctx.lineTo(x + dx, y + dy);
  ctx.closePath();
}

const square = (ctx, x, y, r) => ctx.rect(x - r, y - r, 2 * r, 2 * r);
const disc = (ctx, x, y, r) => {
  ctx.moveTo(x + r, y);
  ctx.arc(x, y, r, 0, TAU);
};
const diamond = (ctx, x, y, r) =>
  polygon(ctx, x, y, [
    [0, -r],
    [r, 0],
    [0, r],
    [-r, 0],
  ]);
const triangle = (ctx, x, y, r) =>
  polygon(ctx, x, y, [
    [0, -r],
    [r, 0.8 * r],
    [-r, 0.8 * r],
  ]);
const cross = (ctx, x, y, r) => {
  ctx.moveTo(x - r, y);
  ctx.lineTo(x + r, y);
  ctx.moveTo(x, y - r);
  ctx.lineTo(x, y + r);
};

// kind -> [path, radius in px, filled?, colour, least zoom above the park's own]; many small ones come late.
const GLYPHS = {
  camera: [disc, 3.4, true, COLOURS.calm, -1],
  light: [disc, 1.1, true, COLOURS.light, -0.6],
  cabinet: [square, 2, false, COLOURS.site, 2],
  gas: [disc, 3.6, false, COLOURS.ring, -1],
  odour: [disc, 3.6, false, COLOURS.ring, -1],
  air: [disc, 3.6, false, COLOURS.ring, -1],
  water: [disc, 3.6, false, COLOURS.ring, -1],
  weather: [cross, 4.5, false, COLOURS.ring, -1],
  gate: [
    (ctx, x, y, r) =>
      polygon(ctx, x, y, [
        [-r, r],
        [-r, -r],
        [r, -r],
        [r, r],
        [0.4 * r, r],
        [0.4 * r, -0.3 * r],
        [-0.4 * r, -0.3 * r],
        [-0.4 * r, r],
      ]),
    4.5,
    true,
    COLOURS.calm,
    -1,
  ],
  dock: [
    (ctx, x, y, r) => {
      square(ctx, x, y, r);
      ctx.moveTo(x - r, y);
      ctx.lineTo(x + r, y);
    },
    3.2,
    false,
    COLOURS.calm,
    1.2,
  ],
  site: [square, 4, false, COLOURS.ring, -1],
  parking: [
    (ctx, x, y, r) => {
      square(ctx, x, y, r);
      ctx.moveTo(x - 1.5, y + 2.5);
      ctx.lineTo(x - 1.5, y - 2.5);
      ctx.arc(x - 0.5, y - 1, 1.5, -TAU / 4, TAU / 4);
      ctx.lineTo(x - 1.5, y + 0.5);
    },
    4.5,
    false,
    COLOURS.calm,
    0.4,
  ],
  factory: [
    (ctx, x, y, r) =>
      polygon(ctx, x, y, [
        [-r, r],
        [-r, -0.2 * r],
        [0, -r],
        [0, -0.2 * r],
        [r, -r],
        [r, r],
      ]),
    4,
    false,
    COLOURS.site,
    1.2,
  ],
  meter: [square, 1.5, true, COLOURS.site, 2.5],
  substation: [
    (ctx, x, y, r) =>
      polygon(ctx, x, y, [
        [0.2 * r, -1.3 * r],
        [-0.8 * r, 0.2 * r],
        [0, 0.2 * r],
        [-0.2 * r, 1.3 * r],
        [0.8 * r, -0.2 * r],
        [0, -0.2 * r],
      ]),
    5,
    true,
    COLOURS.calm,
    -1,
  ],
  pv: [
    (ctx, x, y, r) => {
      polygon(ctx, x, y, [
        [-r, 0.7 * r],
        [-0.5 * r, -0.7 * r],
        [r, -0.7 * r],
        [0.5 * r, 0.7 * r],
      ]);
      ctx.moveTo(x - 0.7 * r, y);
      ctx.lineTo(x + 0.7 * r, y);
    },
    4.5,
    false,
    COLOURS.ring,
    0,
  ],
  fuelcell: [
    (ctx, x, y, r) =>
      polygon(ctx, x, y, [
        [-r, 0],
        [-r / 2, -r],
        [r / 2, -r],
        [r, 0],
        [r / 2, r],
        [-r / 2, r],
      ]),
    4,
    false,
    COLOURS.ring,
    0,
  ],
  ess: [
    (ctx, x, y, r) => {
      ctx.rect(x - r, y - 0.6 * r, 2 * r, 1.2 * r);
      ctx.moveTo(x - 0.2 * r, y - 0.6 * r);
      ctx.lineTo(x - 0.2 * r, y + 0.6 * r);
    },
    4.5,
    false,
    COLOURS.ring,
    0,
  ],
};

const sizeAt = (zoom) => Math.min(2, Math.max(0.8, 1 + (zoom - map.fitZoom - 1) * 0.18));

/** Is a calm mark of this kind drawn at this zoom? */
export const isKindVisible = (kind, zoom) => zoom >= map.fitZoom + (GLYPHS[kind] || GLYPHS.site)[4];

/** Draw many calm marks of one kind in one path. */
export const drawCalm = (ctx, kind, spots, zoom) => {
  const [path, radius, filled, colour] = GLYPHS[kind] || GLYPHS.site;
  const r = radius * sizeAt(zoom);
  ctx.beginPath();
  for (const [x, y] of spots) path(ctx, x, y, r);
  if (filled) {
    ctx.fillStyle = colour;
    ctx.fill();
  } else {
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.4;
    ctx.stroke();
  }
};

/** Draw a silent mark: hatched, grey; a silent light only hollow. */
export const drawStale = (ctx, kind, x, y, zoom) => {
  ctx.strokeStyle = COLOURS.silent;
  ctx.lineWidth = 1;
  ctx.beginPath();
  if (kind === "light") {
    disc(ctx, x, y, 1.8 * sizeAt(zoom));
    ctx.stroke();
    return;
  }
  const r = 4.5 * sizeAt(zoom);
  ctx.rect(x - r, y - r, 2 * r, 2 * r);
  for (const d of [-0.8, 0, 0.8]) {
    ctx.moveTo(x + Math.max(-r, (d - 1) * r), y + Math.min(r, (d + 1) * r));
    ctx.lineTo(x + Math.min(r, (d + 1) * r), y + Math.max(-r, (d - 1) * r));
  }
  ctx.stroke();
};

/** @type {[typeof square, number][]} */
const ABNORMAL = [null, [square, 5], [triangle, 8], [diamond, 11], [disc, 12]];
/** The letters of the map. */
export const MAP_FONT =
  'Pretendard, "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';
const COUNT_FONT = `600 11px ${MAP_FONT}`;
const LOUD_FONT = `800 16px ${MAP_FONT}`;

/**
 * Draw an abnormal mark or a cluster of `count`: shape and colour by level, `!` or the count inside or
 * beside; small where nothing is to be done.
 */
export const drawAbnormal = (ctx, level, x, y, count, small = false) => {
  const path = ABNORMAL[level][0];
  const r = small ? 2.6 : ABNORMAL[level][1];
  ctx.beginPath();
  path(ctx, x, y, r);
  ctx.fillStyle = COLOURS.levels[level];
  ctx.strokeStyle = COLOURS.box;
  ctx.lineWidth = 2;
  ctx.stroke();
  ctx.fill();
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  if (level === 4) {
    ctx.fillStyle = "#fff";
    ctx.font = LOUD_FONT;
    ctx.fillText("!", x, y + 0.5);
  }
  if (level === 3) {
    ctx.beginPath();
    triangle(ctx, x, y - 0.5, 4.5);
    ctx.fillStyle = COLOURS.box;
    ctx.fill();
  }
  if (count > 1 && !small) drawCount(ctx, x + r, y - r, count, level);
};

function drawCount(ctx, x, y, count, level) {
  ctx.font = COUNT_FONT;
  const text = String(count);
  const width = Math.max(16, ctx.measureText(text).width + 8);
  ctx.beginPath();
  ctx.roundRect(x - 4, y - 8, width, 16, 8);
  ctx.fillStyle = COLOURS.box;
  ctx.fill();
  ctx.strokeStyle = COLOURS.levels[level];
  ctx.lineWidth = 1.2;
  ctx.stroke();
  ctx.fillStyle = COLOURS.text;
  ctx.fillText(text, x - 4 + width / 2, y + 0.5);
}

/** Draw many calm marks seen from afar as one grey disc with their number. */
export const drawCrowd = (ctx, x, y, count) => {
  ctx.beginPath();
  disc(ctx, x, y, 15);
  ctx.fillStyle = "#2a3138";
  ctx.fill();
  ctx.fillStyle = COLOURS.text;
  ctx.font = COUNT_FONT;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(formatNumber(count), x, y + 0.5);
};

/**
 * Draw a vehicle as an arrow by its heading; dangerous goods carry an empty diamond, standing ones are
 * darker.
 */
export const drawVehicle = (ctx, mark, x, y, heading, stale) => {
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate((heading * Math.PI) / 180);
  ctx.beginPath();
  polygon(ctx, 0, 0, [
    [0, -8.5],
    [4.8, 6.5],
    [0, 4],
    [-4.8, 6.5],
  ]);
  ctx.restore();
  ctx.lineWidth = 1;
  ctx.strokeStyle = stale ? COLOURS.silent : COLOURS.ground;
  ctx.fillStyle = mark.level
    ? COLOURS.levels[mark.level]
    : mark.fields.state === "moving"
      ? COLOURS.vehicle
      : COLOURS.calm;
  if (!stale) ctx.fill();
  ctx.stroke();
  if (mark.cargo !== "dangerous") return;
  ctx.beginPath();
  diamond(ctx, x, y, 12.5);
  ctx.strokeStyle = COLOURS.vehicle;
  ctx.lineWidth = 1.3;
  ctx.stroke();
};
