// Environment and lights: the air index in words, worst gas and odour against their limits, lights by zone.
import { el, remPixels, setAttribute, setClass, setNote, setText, updateList } from "../core/dom.mjs";
import { formatAge, formatLimit, formatMeasured, formatNumber } from "../core/format.mjs";
import { getJson } from "../core/http.mjs";
import { createFigure, isStale, oldestAge, registerPanel, staleReason } from "../core/panel.mjs";
import { ageMs } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";

const GRADES = { good: "대기 좋음", moderate: "대기 보통", bad: "대기 나쁨", very_bad: "대기 매우 나쁨" };
const LEAST_BARS = 3;
const ZONES = 3;
const LIGHTS_LINES = 3.4;

function build(host) {
  const left = el("div", "figures-col");
  const right = el("div", "picture");
  const bars = el("ul", "bars");
  const zones = el("ul", "zones");
  const foot = el("p", "foot");
  right.append(bars, zones, foot);
  nameZones();
  host.append(left, right);
  return {
    bars,
    zones,
    foot,
    cai: createFigure(left, "", translate("통합대기환경지수")),
    lights: createFigure(left, "%", translate("가로등 정상")),
  };
}

async function nameZones() {
  try {
    zoneNames = (await getJson("/api/v1/park")).zones || {};
  } catch (error) {
    console.warn("zones", error.message);
  }
}

function makeBar() {
  const node = el("li");
  const text = el("span", "what");
  const amount = el("span", "amount");
  const limit = el("span", "limit");
  const track = el("div", "track");
  const fill = el("div");
  track.append(fill);
  node.append(text, amount, limit, track);
  node.parts = { text, amount, limit, fill };
  return node;
}

const amount = ({ value: { value, unit: word }, limit }, share) =>
  `${share >= 100 ? "▲ " : ""}${formatMeasured(value)} / ${formatLimit(limit)} ${unit(word)}`;

function updateBar(node, m) {
  const share = m.share_pct ?? 0;
  const old = isStale(m.value);
  setClass(node, `bar ${old ? "stale" : share >= 100 ? "over" : share >= 80 ? "near" : ""}`.trim());
  setText(node.parts.text, title(m));
  setText(
    node.parts.amount,
    old ? `${staleReason()} · ${formatAge(ageMs(m.value.time_ms))}` : amount(m, share),
  );
  setText(node.parts.limit, old ? "" : limitName(m.limit_name));
  node.parts.fill.style.width = `${Math.min(100, share)}%`;
}

const SUBSCRIPT = "₀₁₂₃₄₅₆₇₈₉";
const LIMITS = { boundary: "부지경계" };
const limitName = (word) => (LIMITS[word] ? translate(LIMITS[word]) : word);
const unit = (word) => (word === "배" ? translate("배") : word);
let zoneNames = {};
const WHAT = { odour: "복합악취", dilution_ratio: "복합악취" };
const gas = (what) =>
  WHAT[what]
    ? translate(WHAT[what])
    : what
        .replace(/_ppm$/, "")
        .replace(/^[a-z0-9]+$/, (s) => s.toUpperCase())
        .replace(/\d/g, (n) => SUBSCRIPT[n]);

// A name that already says the gas is not told twice.
function title({ what, name }) {
  const bare = what.replace(/_ppm$/, "").toUpperCase();
  const label = localName(name);
  return label.toUpperCase().includes(bare)
    ? label.replace(new RegExp(bare, "i"), gas(what))
    : `${gas(what)} · ${label}`;
}

function updateZone(node, zone) {
  const bad = zone.failed + zone.unreachable;
  setClass(node, bad ? "zone bad" : "zone");
  setText(
    node,
    translate("{zone} 고장 {failed} · 두절 {unreachable}", {
      zone: localName(zoneNames[zone.zone]) || zone.zone,
      failed: formatNumber(zone.failed),
      unreachable: formatNumber(zone.unreachable),
    }),
  );
}

function paint(parts, { environment: e, lighting: l }) {
  if (e) air(parts, e);
  if (l) lights(parts, l);
  setNote("environment", e ? oldestAge([e.cai, ...e.gases.slice(0, 6).map((g) => g.value)]) : "");
}

function air(parts, e) {
  const grade = e.grade ? translate(GRADES[e.grade]) : translate("자료 부족");
  parts.cai.show(e.cai, 0, 1, `${translate("통합대기환경지수")} · ${grade}`);
  parts.cai.node.classList.toggle("warn", e.grade === "bad" || e.grade === "very_bad");
  const rows = worst(e, parts.bars);
  updateList(parts.bars, rows, (m) => `${m.asset}/${m.what}`, makeBar, updateBar);
}

// As many as there is room for, gases before odours, each kind worst first.
function worst({ gases, odours }, bars) {
  const line = 1.35 * parseFloat(getComputedStyle(bars.nextElementSibling).fontSize);
  const room = bars.parentElement.clientHeight - LIGHTS_LINES * line;
  const bar = line + 1.15 * remPixels();
  const most = Math.max(LEAST_BARS, Math.floor(room / bar));
  const smells = Math.min(odours.length, Math.max(1, Math.floor(most / 3)));
  return [...gases.slice(0, most - smells), ...odours.slice(0, smells)];
}

function lights(parts, { park, zones, power }) {
  const known = park.total - park.unknown;
  const share = known ? (100 * park.normal) / known : null;
  parts.lights.show(
    { ...power, value: share },
    1,
    1,
    translate("가로등 정상 ({n})", { n: formatNumber(park.normal) }),
  );
  const dark = [...zones]
    .sort((a, b) => b.failed + b.unreachable - a.failed - a.unreachable)
    .filter((z) => z.failed + z.unreachable)
    .slice(0, ZONES);
  updateList(
    parts.zones,
    dark,
    (z) => z.zone,
    () => el("li"),
    updateZone,
  );
  while (parts.zones.scrollHeight > parts.zones.clientHeight + 0.3 * remPixels())
    parts.zones.lastElementChild.remove(); // no half lines
  setText(
    parts.foot,
    translate("가로등 {all} · 고장 {failed} · 두절 {unreachable} · {power} kW", {
      all: formatNumber(park.total),
      failed: formatNumber(park.failed),
      unreachable: formatNumber(park.unreachable),
      power: formatNumber(power.value),
    }),
  );
  setAttribute(
    parts.foot,
    "title",
    park.unknown ? translate("미수신 {n}", { n: formatNumber(park.unknown) }) : null,
  );
}

registerPanel("environment", ["environment", "lighting"], build, paint);
