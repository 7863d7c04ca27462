// Logistics: vehicles inside, turnaround, docks on a time line, gates, dangerous goods.
import { createSvg, drawSvg, el, remPixels, setNote, setText } from "../core/dom.mjs";
import { formatClock, formatNumber, joinFacts } from "../core/format.mjs";
import { createFigure, isStale, oldestAge, registerPanel, staleReason } from "../core/panel.mjs";
import { serverNow } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";

const BACK_MS = 7200000;
const AHEAD_MS = 5400000;
const LEAST_DOCKS = 5;
const DOCK_REM = 1.35;

function build(host) {
  const left = el("div", "figures-col");
  const right = el("div", "picture");
  const docks = createSvg("docks", translate("도크 일정"));
  const foot = el("p", "foot");
  const gates = el("p", "foot gates");
  right.append(docks, gates, foot);
  host.append(left, right);
  return {
    docks,
    foot,
    gates,
    inside: createFigure(left, translate("대"), translate("단지 내 차량")),
    turnaround: createFigure(left, translate("분"), translate("평균 체류")),
  };
}

// Docks that have something to say come first: late, then busy, then by name.
function chosen(docks, svg) {
  const most = Math.max(LEAST_DOCKS, Math.floor(svg.clientHeight / remPixels() / DOCK_REM) - 1);
  const weight = (dock) => (dock.late ? 0 : dock.state === "busy" ? 1 : 2);
  return [...docks]
    .sort((a, b) => weight(a) - weight(b) || a.asset.localeCompare(b.asset))
    .slice(0, most)
    .sort((a, b) => a.asset.localeCompare(b.asset));
}

function timeline(svg, docks, now) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const rem = remPixels();
  if (!width || !height) return;
  const [labels, wide] = fitted(
    svg,
    docks.map((dock) => localName(dock.name)),
    0.42 * width,
  );
  const left = wide + 0.8 * rem;
  const top = 1.1 * rem;
  const row = Math.min(2.2 * rem, (height - top) / Math.max(docks.length, 4));
  const from = now - BACK_MS;
  const span = BACK_MS + AHEAD_MS;
  const x = (ms) => left + Math.min(1, Math.max(0, (ms - from) / span)) * (width - left - 2);
  const marks = hours(from, span, x, height, rem);
  docks.forEach((dock, index) => {
    const y = top + index * row;
    marks.push([
      "text",
      { class: "label", x: left - 0.6 * rem, y: y + row * 0.5 + 0.3 * rem, "text-anchor": "end" },
      labels[index],
    ]);
    for (const slot of dock.slots) marks.push(...bar(slot, now, x, y, row));
  });
  marks.push(["line", { class: "now", x1: x(now), x2: x(now), y1: top * 0.6, y2: height }]);
  drawSvg(svg, marks);
}

const ruler = document.createElement("canvas").getContext("2d");

// Labels that fit, first words dropped where they must be, and the width of the widest.
function fitted(svg, labels, most) {
  const { fontSize, fontFamily } = getComputedStyle(svg.querySelector(".label") || svg);
  ruler.font = `${fontSize} ${fontFamily}`;
  const wide = (label) => ruler.measureText(label).width;
  const short = (label) =>
    wide(label) > most && label.includes(" ") ? short(label.replace(/^\S+\s/, "")) : label;
  const shown = labels.map(short);
  return [shown, Math.max(0, ...shown.map(wide))];
}

function hours(from, span, x, height, rem) {
  const marks = [];
  for (let ms = Math.ceil(from / 3600000) * 3600000; ms < from + span; ms += 3600000) {
    marks.push(["line", { class: "grid", x1: x(ms), x2: x(ms), y1: rem, y2: height }]);
    marks.push([
      "text",
      { class: "tick", x: x(ms), y: 0.75 * rem, "text-anchor": "middle" },
      formatClock(ms).slice(0, 5),
    ]);
  }
  return marks;
}

function bar(slot, now, x, y, row) {
  const start = slot.actual_start_ms ?? slot.planned_start_ms;
  const end =
    slot.actual_end_ms ??
    (slot.state === "now" || slot.actual_start_ms ? Math.max(now, slot.planned_end_ms) : slot.planned_end_ms);
  const a = x(start);
  const b = x(end);
  if (b - a < 1) return [];
  /** @type {SvgMark[]} */
  const marks = [
    [
      "rect",
      { class: `slot ${slot.state}`, x: a, y: y + row * 0.14, width: b - a, height: row * 0.72, rx: 2 },
    ],
  ];
  if (slot.state === "late" && slot.late_min) {
    const roomy = b - a > 3.2 * remPixels();
    marks.push([
      "text",
      {
        class: roomy ? "late-text" : "late-text beside",
        x: roomy ? a + 4 : b + 4,
        y: y + row * 0.5 + remPixels() * 0.28,
      },
      translate("+{n}분", { n: Math.round(slot.late_min) }),
    ]);
  }
  return marks;
}

function paint(parts, { logistics: d }) {
  if (!d) return;
  parts.inside.show(d.inside, 0);
  const target = translate("평균 체류 (목표 {n})", { n: formatNumber(d.turnaround_target_min) });
  const over = d.turnaround_band === "concern";
  parts.turnaround.show(d.turnaround, 0, 1, over ? `▲ ${target}` : target);
  parts.turnaround.node.classList.toggle("warn", over);
  timeline(parts.docks, chosen(d.docks, parts.docks), serverNow());
  setText(
    parts.gates,
    d.gates
      .map((gate) => gateText(gate))
      .join("   ")
      .replaceAll(" ", "\u00a0")
      .replaceAll("\u00a0".repeat(3), "\u00a0\u00a0 "),
  );
  setText(
    parts.foot,
    joinFacts([
      translate("위험물 차량 {n}", { n: d.dangerous_count }),
      translate("경로 이탈 {n}", { n: d.dangerous_off_route }),
      translate("공차거리율 {n} %", { n: formatNumber(d.empty_run.value, 0) }),
      translate("정시 {n} %", { n: formatNumber(d.on_time.value, 0) }),
    ]),
  );
  parts.foot.classList.toggle("warn", d.dangerous_off_route > 0);
  setNote(
    "logistics",
    [
      oldestAge([d.inside, ...d.gates.map((g) => g.queue)]),
      translate("게이트 {n}", { n: d.gates.length }),
      translate("도크 {n}", { n: d.docks.length }),
      d.late ? translate("지연 {n}", { n: d.late }) : "",
    ]
      .filter(Boolean)
      .join(" · "),
  );
}

function gateText({ name, queue, wait, open }) {
  const label = localName(name);
  if (open === false) return `${label} ${translate("닫힘")}`;
  if (queue.value === null) return `${label} –`;
  if (isStale(queue)) return `${label} ▨ ${staleReason()}`;
  const params = { n: formatNumber(queue.value), wait: formatNumber(wait.value) };
  return `${label} ${translate("{n}대 {wait}분", params)}`;
}

registerPanel("logistics", ["logistics"], build, paint);
