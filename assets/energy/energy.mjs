// Energy: demand against the contract with the window projected to its end, prices, PV, and where power
// flows.
import { createSvg, drawSvg, el, remPixels, setAttribute, setNote, setText } from "../core/dom.mjs";
import { formatDuration, formatNumber, joinFacts } from "../core/format.mjs";
import { createFigure, isStale, oldestAge, registerPanel } from "../core/panel.mjs";
import { serverNow } from "../core/push.mjs";
import { translate } from "../core/texts.mjs";

const BANDS = { light: "경부하", mid: "중간부하", peak: "최대부하" };
const NODES = { grid: "한전", pv: "태양광", fuelcell: "연료전지", ess: "ESS", demand: "수요" };
const DAY_MS = 86400000;
const mw = (kw, digits = 1) => formatNumber(kw === null || kw === undefined ? null : kw / 1000, digits);

function build(host) {
  const left = el("div", "figures-col");
  const right = el("div", "picture");
  const chart = createSvg("chart", translate("오늘 수요와 계약전력"));
  const flow = createSvg("flow", translate("전력 흐름"));
  const foot = el("p", "foot");
  const row = el("div", "energy-row");
  row.append(chart, flow);
  right.append(row, foot);
  host.append(left, right);
  return {
    chart,
    flow,
    foot,
    demand: createFigure(left, "MW", translate("현재 수요")),
    self: createFigure(left, "%", translate("에너지 자립률 (오늘)")),
  };
}

function scale(svg, d) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const rem = remPixels();
  const points = d.series.demand.map(([, kw]) => kw);
  const top = Math.max(d.contract_power_kw, d.window.projected.value || 0, ...points) * 1.12;
  const start = d.tou.bands.length ? d.tou.bands[0].start_ms : Math.floor(serverNow() / DAY_MS) * DAY_MS;
  return {
    width,
    height,
    rem,
    start,
    x: (ms) => Math.min(1, Math.max(0, (ms - start) / DAY_MS)) * width,
    y: (kw) => height - rem - (kw / top) * (height - rem * 1.2),
  };
}

// A gap of more than one window breaks the line: what was not measured is not drawn.
function path(points, s) {
  let last = -Infinity;
  return points
    .map(([ms, kw]) => {
      const step = ms - last > 1800000 ? "M" : "L";
      last = ms;
      return `${step}${s.x(ms + 450000).toFixed(1)} ${s.y(kw).toFixed(1)}`;
    })
    .join("");
}

function chart(svg, d) {
  const s = scale(svg, d);
  if (!s.width || !s.height) return;
  const marks = d.tou.bands.map((b) => [
    "rect",
    {
      class: `band ${b.band}`,
      x: s.x(b.start_ms),
      y: 0,
      width: Math.max(0, s.x(b.end_ms) - s.x(b.start_ms)),
      height: s.height - s.rem,
    },
  ]);
  for (let hour = 0; hour <= 24; hour += 6) {
    const anchor = hour === 0 ? "start" : hour === 24 ? "end" : "middle";
    marks.push([
      "text",
      { class: "tick", x: s.x(s.start + hour * 3600000), y: s.height - 2, "text-anchor": anchor },
      String(hour),
    ]);
  }
  const limit = s.y(d.contract_power_kw);
  marks.push(
    ["line", { class: "contract", x1: 0, x2: s.width, y1: limit, y2: limit }],
    [
      "text",
      { class: "label", x: 4, y: limit - 4 },
      translate("계약전력 {n} MW", { n: mw(d.contract_power_kw) }),
    ],
    ["path", { class: "line pv", d: path(d.series.pv, s) }],
    ["path", { class: "line grid-line", d: path(d.series.grid, s) }],
    ["path", { class: "line demand", d: path(d.series.demand, s) }],
    ...projected(d, s),
  );
  drawSvg(svg, marks);
}

function projected({ window: w, demand }, s) {
  const now = serverNow();
  /** @type {SvgMark[]} */
  const marks = [["line", { class: "now", x1: s.x(now), x2: s.x(now), y1: 0, y2: s.height - s.rem }]];
  if (demand.value !== null)
    marks.push(["circle", { class: "head", cx: s.x(now), cy: s.y(demand.value), r: 0.22 * s.rem }]);
  if (w.projected.value === null) return marks;
  const y = s.y(w.projected.value);
  marks.push([
    "path",
    {
      class: `projection band-${w.band}`,
      d: `M${s.x(w.start_ms)} ${y}L${Math.max(s.x(w.end_ms), s.x(w.start_ms) + 0.9 * s.rem)} ${y}`,
    },
  ]);
  return marks;
}

// Four sources on the left, stacked into the demand on the right; the width of a ribbon is its power.
function flow(svg, d) {
  const width = svg.clientWidth;
  const height = svg.clientHeight;
  const rem = remPixels();
  if (!width || !height) return;
  const rows = ["grid", "pv", "fuelcell", "ess"].map((node) => {
    const out = sum(d.flows, (f) => f.origin === node);
    const into = sum(d.flows, (f) => f.target === node);
    return {
      node,
      known: d[node].value !== null,
      kw: Math.max(out, into),
      kind: into > out ? "charge" : out > 0 ? "on" : "none",
    };
  });
  const row = height / 4;
  const right = width - 0.5 * rem;
  const left = 0.48 * width;
  const mid = (left + right) / 2;
  const unit =
    Math.min(height * 0.62, width * 0.5) /
    Math.max(
      1,
      rows.reduce((total, r) => total + r.kw, 0),
    );
  let target = height * 0.5 - (rows.reduce((total, r) => total + r.kw, 0) * unit) / 2;
  const marks = [];
  rows.forEach(({ node, known, kw, kind }, index) => {
    const thick = Math.max(1, kw * unit);
    const y = Math.min(height - thick / 2, Math.max(thick / 2, row * (index + 0.5)));
    marks.push([
      "path",
      {
        class: `ribbon ${kind}`,
        "stroke-width": thick,
        d: `M${left} ${y}C${mid} ${y} ${mid} ${target + thick / 2} ${right} ${target + thick / 2}`,
      },
    ]);
    target += kw * unit;
    const word = translate(node === "ess" ? (kind === "charge" ? "ESS 충전" : "ESS 방전") : NODES[node]);
    marks.push(
      ["text", { class: "label", x: 0, y: row * (index + 0.5) - 0.1 * rem }, word],
      ["text", { class: "amount", x: 0, y: row * (index + 0.5) + 0.95 * rem }, `${mw(known ? kw : null)} MW`],
    );
  });
  marks.push(
    ["line", { class: "sink", x1: right, x2: right, y1: height * 0.17, y2: height * 0.83 }],
    [
      "text",
      { class: "label", x: width, y: height * 0.83 + 1.1 * rem, "text-anchor": "end" },
      translate(NODES.demand),
    ],
  );
  drawSvg(svg, marks);
}

const sum = (flows, test) => flows.filter(test).reduce((total, f) => total + f.power_kw, 0);

function paint(parts, { energy: d }) {
  if (!d) return;
  const w = d.window;
  parts.demand.show(d.demand, 1, 0.001);
  parts.self.show(d.self_sufficiency, 1);
  parts.demand.node.classList.toggle("warn", w.band >= 90);
  chart(parts.chart, d);
  flow(parts.flow, d);
  parts.flow.classList.toggle("stale", isStale(d.grid));
  const tou = d.tou.now === null ? null : d.tou.bands[d.tou.now];
  setText(
    parts.foot,
    joinFacts([
      tou ? `${translate(BANDS[tou.band])} ${formatNumber(tou.won_kwh, 1)} ${translate("원/kWh")}` : "",
      `ESS SOC ${formatNumber(d.ess_soc.value)} %`,
      translate("자가소비율 {n} %", { n: formatNumber(d.self_consumption.value) }),
      translate("탄소 {n} tCO₂", { n: formatNumber(d.carbon.today.value, 1) }),
    ]),
  );
  setAttribute(parts.foot, "title", `${formatNumber(d.carbon.factor, 4)} t/MWh (${d.carbon.year})`);
  note(w, d);
}

function note(w, d) {
  const left = t15(w.end_ms);
  const over = w.band >= 90 ? "▲ " : "";
  const share = w.share.value === null ? "" : ` (${formatNumber(w.share.value)} %)`;
  setNote(
    "energy",
    [
      oldestAge([d.demand, d.pv, d.fuelcell, d.ess]),
      translate("15분 창 남은 시간 {time}", { time: left }),
      over + translate("예측 {n} MW", { n: mw(w.projected.value) }) + share,
    ]
      .filter(Boolean)
      .join(" · "),
  );
  document.getElementById("energy-note")?.classList.toggle("warn", w.band >= 90);
}

const t15 = (end) => formatDuration(Math.max(0, end - serverNow()));

registerPanel("energy", ["energy"], build, paint);
