// The words beside what happens on the map: each label where there is room, off the sector and off each
// other.
import { formatMeasured, formatNumber } from "../core/format.mjs";
import { translate } from "../core/texts.mjs";
import { incidentDetail } from "../incidents/page.mjs";
import { map } from "./map.mjs";
import { mapIncidents, marksDownwind, sectorOf } from "./map_incident.mjs";
import { COLOURS, MAP_FONT } from "./map_marks.mjs";

let boxes = [];

const formula = (substance) => substance.replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

/**
 * What is wrong in figures: the live concentration of a gas, else the value that raised the alarm, a
 * camera's certainty; ↑ over its limit.
 */
export const alarmValueText = (alarm, mark) => {
  const value =
    mark && mark.kind === "gas" && Number.isFinite(mark.fields.ppm) ? mark.fields.ppm : alarm.value;
  if (!Number.isFinite(value)) return "";
  if (!alarm.unit && !alarm.limit && value <= 1)
    return translate("신뢰도 {n} %", { n: formatNumber(100 * value) });
  const substance = mark?.fields.substance ? `${formula(mark.fields.substance)} ` : "";
  const side = Number.isFinite(alarm.limit) ? (value >= alarm.limit ? " ↑" : " ↓") : "";
  return `${substance}${formatMeasured(value)} ${translate(alarm.unit || "")}${side}`;
};

function inside(thing) {
  const detail = incidentDetail();
  if (thing.incident && detail && detail.card.incident === thing.incident && detail.inside) {
    return [detail.inside.firms.length, detail.inside.vehicles.length];
  }
  const marks = marksDownwind(thing);
  return [
    marks.filter(({ kind }) => kind === "factory").length,
    marks.filter(({ kind, cargo }) => kind === "vehicle" && (!thing.card || cargo === "dangerous")).length,
  ];
}

function detailOf(thing) {
  const parts = [thing.alarm ? alarmValueText(thing.alarm, thing.mark) : ""];
  if (thing.card && thing.card.members > 1)
    parts.push(translate("구성 {n}건", { n: formatNumber(thing.card.members) }));
  if (thing.reach && thing.toDeg !== null && thing.toDeg !== undefined) {
    const [firms, vehicles] = inside(thing);
    parts.push(
      translate("풍하 업체 {n}곳", { n: firms }),
      translate(thing.card ? "위험물 차량 {n}대" : "차량 {n}대", { n: vehicles }),
    );
  }
  return parts.filter(Boolean).join(" · ");
}

const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

// Beside the mark where there is room: right, left, below; not on another label or the sector, not off the
// map.
function findRoom(view, [x, y], w, h, taken) {
  const margin = map.view.getSize().divideBy(view.unit);
  const pad = view.size.subtract(margin).divideBy(2);
  const fits = (box) =>
    box.x > pad.x && box.y > pad.y && box.x + w < pad.x + margin.x && box.y + h < pad.y + margin.y - 40;
  const tries = [
    [46, -h - 4],
    [-46 - w, -h - 4],
    [46, 8],
    [-46 - w, 8],
    [-w / 2, 46],
    [-w / 2, -46 - h],
  ];
  const places = tries.map(([dx, dy]) => ({ x: x + dx, y: y + dy, w, h }));
  const free = (box) => !taken.some((other) => overlaps(box, other));
  const pushedIn = (box) => ({
    ...box, // what fits nowhere is pushed into the view
    x: Math.max(pad.x + 4, Math.min(box.x, pad.x + margin.x - w - 4)),
    y: Math.max(pad.y + 4, Math.min(box.y, pad.y + margin.y - h - 44)),
  });
  return places.find((box) => fits(box) && free(box)) || pushedIn(places.find(free) || places[0]);
}

function drawLabel(ctx, view, thing, taken) {
  const at = view.put(thing.spot.x, thing.spot.y);
  if (!view.inside(at)) return;
  const big = map.wall ? 1.3 : 1;
  const more = detailOf(thing);
  const [titleFont, moreFont] = [`700 ${15 * big}px ${MAP_FONT}`, `400 ${13.5 * big}px ${MAP_FONT}`];
  ctx.font = titleFont;
  let width = ctx.measureText(thing.title).width;
  ctx.font = moreFont;
  width = Math.max(width, ctx.measureText(more).width) + 26 * big;
  const box = findRoom(view, at, width, (more ? 54 : 32) * big, taken);
  box.incident = thing.incident || null;
  taken.push(box);
  ctx.beginPath();
  ctx.roundRect(box.x, box.y, box.w, box.h, 4);
  ctx.fillStyle = COLOURS.box;
  ctx.fill();
  ctx.strokeStyle = COLOURS.levels[thing.level];
  ctx.lineWidth = 1.4;
  ctx.stroke();
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.fillStyle = "#f6f1f1";
  ctx.font = titleFont;
  ctx.fillText(thing.title, box.x + 13 * big, box.y + 22 * big);
  ctx.fillStyle = COLOURS.soft;
  ctx.font = moreFont;
  ctx.fillText(more, box.x + 13 * big, box.y + 43 * big);
}

// The sector as three boxes along its middle, wide enough that a label keeps off it where it can.
function sectorBoxes(view, all) {
  return all.flatMap((thing) => {
    const sector = sectorOf(thing, view);
    const [x, y] = view.put(thing.spot.x, thing.spot.y);
    if (!sector || thing.half >= 180) return [];
    const { angle, length } = sector;
    return [0.45, 0.65, 0.85].map((part) => {
      const half = 0.45 * part * length;
      return {
        x: x + Math.cos(angle) * part * length - half,
        y: y + Math.sin(angle) * part * length - half,
        w: 2 * half,
        h: 2 * half,
      };
    });
  });
}

function cardBox({ unit, size }) {
  const card = document.getElementById("card");
  if (!card || card.hidden) return [];
  const pad = size.subtract(map.view.getSize().divideBy(unit)).divideBy(2);
  return [
    {
      x: pad.x + card.offsetLeft / unit,
      y: pad.y + card.offsetTop / unit,
      w: card.offsetWidth / unit,
      h: card.offsetHeight / unit,
    },
  ];
}

/** Draw the labels of what happens, one a thing. */
export const drawLabels = (ctx, view) => {
  const all = mapIncidents();
  const kept = [...sectorBoxes(view, all), ...cardBox(view)];
  const taken = [...kept];
  for (const thing of all) drawLabel(ctx, view, thing, taken);
  boxes = taken.slice(kept.length);
};

const within = (x, y) => (box) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h;

/** Is there a label at this point of the canvas? Ordinary vehicles pass beneath it. */
export const isUnderLabel = (x, y) => boxes.some(within(x, y));

/** Id of the incident whose label is at this point of the canvas, null when there is none. */
export const labelIncidentAt = (x, y) => boxes.find(within(x, y))?.incident || null;
