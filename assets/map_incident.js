// An incident on the map: what it is beside its mark, the nearest cameras, and where the wind carries a gas.
(() => {
  "use strict";
  const map = gwanje.map;
  const CAMERAS = 2, CAMERA_REACH_M = 600, LABELS = 4, ALIKE_M = 400;
  // A drawing aid, not a dispersion model: the sector says where to look first.
  const SECTOR_M = 500, HALF_ANGLE_DEG = 30, LEAST_WIND_MS = 0.5;
  const FONT = 'Pretendard, "Noto Sans KR", "Noto Sans CJK KR", "Apple SD Gothic Neo", "Malgun Gothic", sans-serif';

  let boxes = [];

  /** Critical alarms that are on the map, newest first. */
  map.incidents = () => [...map.marks.values()]
    .flatMap((mark) => [...mark.alarms.values()].map((alarm) => ({ mark, alarm })))
    .filter(({ alarm }) => alarm.priority === "critical" && alarm.state !== "returned")
    .sort((a, b) => b.alarm.raised_ms - a.alarm.raised_ms);

  const share = ({ mark, alarm }) => (alarm.limit ? (Number.isFinite(mark.fields.ppm) ? mark.fields.ppm : alarm.value) / alarm.limit : 0);

  // Alarms of one condition close to each other are one thing: it is drawn at the worst of them.
  function things() {
    const found = [];
    for (const incident of map.incidents().sort((a, b) => share(b) - share(a))) {
      const near = found.find(({ mark, alarm }) => mark === incident.mark
        || (alarm.condition === incident.alarm.condition && map.metres(mark, incident.mark) < ALIKE_M));
      if (near) near.marks.add(incident.mark); else found.push({ ...incident, marks: new Set([incident.mark]) });
    }
    return found.sort((a, b) => b.alarm.raised_ms - a.alarm.raised_ms).slice(0, LABELS);
  }

  function windAt(spot) {
    const points = [...map.marks.values()].filter((mark) => mark.kind === "weather" && !map.stale(mark)
      && Number.isFinite(mark.fields.wind_from_deg) && mark.fields.wind_speed_ms >= LEAST_WIND_MS);
    points.sort((a, b) => map.metres(spot, a) - map.metres(spot, b));
    return points.length ? points[0].fields : null;
  }

  function bearing(a, b) {
    const east = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
    return (Math.atan2(east, b.lat - a.lat) * 180) / Math.PI;
  }

  /** Marks inside the downwind sector of a gas alarm. */
  map.downwind = (spot, toDeg) => [...map.marks.values()].filter((mark) => {
    if (mark === spot || !map.present(mark) || map.metres(spot, mark) > SECTOR_M) return false;
    return Math.abs(((bearing(spot, mark) - toDeg + 540) % 360) - 180) <= HALF_ANGLE_DEG;
  });

  function drawSector(ctx, [x, y], radius, toDeg) {
    const middle = ((toDeg - 90) * Math.PI) / 180, half = (HALF_ANGLE_DEG * Math.PI) / 180;
    ctx.beginPath();
    ctx.moveTo(x, y);
    ctx.arc(x, y, radius, middle - half, middle + half);
    ctx.closePath();
    ctx.fillStyle = "rgba(229, 72, 77, 0.18)";
    ctx.fill();
    dashed(ctx, "rgba(229, 72, 77, 0.7)", [7, 5]);
  }

  function dashed(ctx, colour, dash) {
    ctx.setLineDash(dash);
    ctx.strokeStyle = colour;
    ctx.lineWidth = 1.4;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  function drawCameras(ctx, view, mark, from) {
    for (const [metres, camera] of map.nearestCameras(mark, CAMERAS)) {
      if (metres > CAMERA_REACH_M) continue;
      const to = view.put(camera.x, camera.y);
      ctx.beginPath();
      ctx.moveTo(...from);
      ctx.lineTo(...to);
      dashed(ctx, "rgba(229, 72, 77, 0.75)", [4, 5]);
      ctx.beginPath();
      ctx.arc(...to, 6, 0, 2 * Math.PI);
      ctx.fillStyle = "#f3ecec";
      ctx.fill();
      ctx.strokeStyle = map.colours.levels[4];
      ctx.lineWidth = 2.5;
      ctx.stroke();
    }
  }

  const sectorReach = (mark, { zoom, unit }) =>
    (SECTOR_M * 2 ** (zoom + 8)) / (40075016.686 * Math.cos((mark.lat * Math.PI) / 180) * unit);
  const wherePut = (view, mark) => view.put(mark.x, mark.y);

  /** Draw what lies under the marks: sector and lines to the cameras. */
  map.drawGround = (ctx, view) => {
    for (const { mark } of things()) {
      const at = wherePut(view, mark), wind = mark.kind === "gas" ? windAt(mark) : null;
      if (wind) drawSector(ctx, at, sectorReach(mark, view), (wind.wind_from_deg + 180) % 360);
      drawCameras(ctx, view, mark, at);
    }
  };

  const word = (label) => (label && (label[gwanje.lang] || label.ko)) || "";

  const formula = (substance) => substance.replace(/\d/g, (digit) => "₀₁₂₃₄₅₆₇₈₉"[digit]);

  /** What is wrong in figures: the live concentration of a gas, else the value that raised the alarm, a camera's certainty; ↑ over its limit. */
  map.valueText = (alarm, mark) => {
    const value = mark && mark.kind === "gas" && Number.isFinite(mark.fields.ppm) ? mark.fields.ppm : alarm.value;
    if (!Number.isFinite(value)) return "";
    if (!alarm.unit && !alarm.limit && value <= 1) return gwanje.text("신뢰도 {n} %", { n: gwanje.number(100 * value) });
    const what = mark && mark.fields.substance ? `${formula(mark.fields.substance)} ` : "";
    const side = Number.isFinite(alarm.limit) ? (value >= alarm.limit ? " ↑" : " ↓") : "";
    return `${what}${gwanje.number(value, Math.abs(value) < 10 ? 1 : 0)} ${gwanje.text(alarm.unit || "")}${side}`;
  };

  function detail({ mark, alarm }) {
    const parts = [map.valueText(alarm, mark)];
    const wind = mark.kind === "gas" ? windAt(mark) : null;
    if (wind) {
      const inside = map.downwind(mark, (wind.wind_from_deg + 180) % 360);
      const count = (kind) => inside.filter((other) => other.kind === kind).length;
      parts.push(gwanje.text("풍하 업체 {n}곳", { n: count("factory") }), gwanje.text("차량 {n}대", { n: count("vehicle") }));
    }
    return parts.filter(Boolean).join(" · ");
  }

  const overlaps = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

  // Beside the mark where there is room: right, left, below; not on another label or the sector, not off the map.
  function findRoom(view, [x, y], w, h, taken) {
    const margin = map.view.getSize().divideBy(view.unit), pad = view.size.subtract(margin).divideBy(2);
    const fits = (box) => box.x > pad.x && box.y > pad.y && box.x + w < pad.x + margin.x && box.y + h < pad.y + margin.y - 40;
    const tries = [[46, -h - 4], [-46 - w, -h - 4], [46, 8], [-46 - w, 8], [-w / 2, 46], [-w / 2, -46 - h]];
    const boxes = tries.map(([dx, dy]) => ({ x: x + dx, y: y + dy, w, h }));
    const free = (box) => !taken.some((other) => overlaps(box, other));
    const held = (box) => ({ ...box, // what fits nowhere is pushed into the view
      x: Math.max(pad.x + 4, Math.min(box.x, pad.x + margin.x - w - 4)), y: Math.max(pad.y + 4, Math.min(box.y, pad.y + margin.y - h - 44)) });
    return boxes.find((box) => fits(box) && free(box)) || held(boxes.find(free) || boxes[0]);
  }

  function drawLabel(ctx, view, incident, taken) {
    const at = wherePut(view, incident.mark);
    if (!view.inside(at)) return;
    const big = map.wall ? 1.3 : 1, own = word(incident.alarm.place) || map.nameOf(incident.mark);
    const others = incident.marks.size - 1, place = others ? gwanje.text("{place} 외 {n}곳", { place: own, n: others }) : own;
    const title = [word(incident.alarm.name), place].filter(Boolean).join(" · "), more = detail(incident);
    const [titleFont, moreFont] = [`700 ${15 * big}px ${FONT}`, `400 ${13.5 * big}px ${FONT}`];
    ctx.font = titleFont;
    let width = ctx.measureText(title).width;
    ctx.font = moreFont;
    width = Math.max(width, ctx.measureText(more).width) + 26 * big;
    const box = findRoom(view, at, width, (more ? 54 : 32) * big, taken);
    taken.push(box);
    ctx.beginPath();
    ctx.roundRect(box.x, box.y, box.w, box.h, 4);
    ctx.fillStyle = map.colours.box;
    ctx.fill();
    ctx.strokeStyle = map.colours.levels[4];
    ctx.lineWidth = 1.4;
    ctx.stroke();
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.fillStyle = "#f6f1f1";
    ctx.font = titleFont;
    ctx.fillText(title, box.x + 13 * big, box.y + 22 * big);
    ctx.fillStyle = map.colours.soft;
    ctx.font = moreFont;
    ctx.fillText(more, box.x + 13 * big, box.y + 43 * big);
  }

  // The sector as three boxes along its middle, wide enough that a label keeps off it where it can.
  function sectorBoxes(view) {
    return things().filter(({ mark }) => mark.kind === "gas").flatMap(({ mark }) => {
      const wind = windAt(mark), [x, y] = wherePut(view, mark);
      if (!wind) return [];
      const reach = sectorReach(mark, view), angle = ((wind.wind_from_deg + 90) * Math.PI) / 180;
      return [0.45, 0.65, 0.85].map((part) => {
        const half = 0.45 * part * reach;
        return { x: x + Math.cos(angle) * part * reach - half, y: y + Math.sin(angle) * part * reach - half, w: 2 * half, h: 2 * half };
      });
    });
  }

  function cardBox({ unit, size }) {
    const card = document.getElementById("card");
    if (!card || card.hidden) return [];
    const pad = size.subtract(map.view.getSize().divideBy(unit)).divideBy(2);
    return [{ x: pad.x + card.offsetLeft / unit, y: pad.y + card.offsetTop / unit, w: card.offsetWidth / unit, h: card.offsetHeight / unit }];
  }

  /** Draw the labels of the newest critical alarms, one a thing. */
  map.drawLabels = (ctx, view) => {
    const sectors = [...sectorBoxes(view), ...cardBox(view)], taken = [...sectors];
    for (const thing of things()) drawLabel(ctx, view, thing, taken);
    boxes = taken.slice(sectors.length);
  };

  /** Is there a label at this point of the canvas? Ordinary vehicles pass beneath it. */
  map.labelled = (x, y) => boxes.some((box) => x > box.x && x < box.x + box.w && y > box.y && y < box.y + box.h);

  // The wall has no hands: it goes to the newest critical alarm, and back when none is left.
  let followed = null;
  function follow() {
    if (!map.view || !map.wall || !map.marks.size) return;
    const [newest] = map.incidents();
    const alarm = newest ? newest.alarm.alarm : null;
    if (alarm === followed) return;
    followed = alarm;
    if (newest) map.goTo(newest.mark, Math.max(map.fitZoom + 1.5, 15.5)); else map.fit();
  }
  gwanje.on("alarms", follow);
  gwanje.on("reset", () => setTimeout(follow, 500));
  map.onChange(follow);
  map.onView(() => { followed = null; });
})();
