// Environment and lights: the air index in words, worst gas and odour against their limits, lights by zone.
(() => {
  "use strict";
  const { el, put, dress, attr, list } = dom;
  const GRADES = { good: "대기 좋음", moderate: "대기 보통", bad: "대기 나쁨", very_bad: "대기 매우 나쁨" };
  const LEAST_BARS = 3, ZONES = 3, LIGHTS_LINES = 3.4;

  function build(host) {
    const t = gwanje.text, left = el("div", "figures-col"), right = el("div", "picture");
    const bars = el("ul", "bars"), zones = el("ul", "zones"), foot = el("p", "foot");
    right.append(bars, zones, foot);
    nameZones();
    host.append(left, right);
    return {
      bars, zones, foot,
      cai: dom.figure(left, "", t("통합대기환경지수")),
      lights: dom.figure(left, "%", t("가로등 정상")),
    };
  }

  async function nameZones() {
    try { zoneNames = (await gwanje.get("/api/v1/park")).zones || {}; } catch (error) { console.warn("zones", error.message); }
  }

  function makeBar() {
    const node = el("li"), text = el("span", "what"), amount = el("span", "amount"), limit = el("span", "limit"), track = el("div", "track"), fill = el("div");
    track.append(fill);
    node.append(text, amount, limit, track);
    node.parts = { text, amount, limit, fill };
    return node;
  }

  function updateBar(node, m) {
    const share = m.share_pct ?? 0, old = dom.stale(m.value);
    dress(node, `bar ${old ? "stale" : share >= 100 ? "over" : share >= 80 ? "near" : ""}`.trim());
    put(node.parts.text, title(m));
    put(node.parts.amount, old ? `${dom.reason()} · ${gwanje.ageText(gwanje.age(m.value.time_ms))}`
      : `${share >= 100 ? "▲ " : ""}${gwanje.number(m.value.value, m.value.value < 10 ? 1 : 0)} / ${gwanje.number(m.limit, m.limit % 1 ? 1 : 0)} ${unit(m.value.unit)}`);
    put(node.parts.limit, old ? "" : limitName(m.limit_name));
    node.parts.fill.style.width = `${Math.min(100, share)}%`;
  }

  const SUBSCRIPT = "₀₁₂₃₄₅₆₇₈₉";
  const LIMITS = { boundary: "부지경계" };
  const limitName = (word) => (LIMITS[word] ? gwanje.text(LIMITS[word]) : word);
  const unit = (word) => (word === "배" ? gwanje.text("배") : word);
  let zoneNames = {};
  const WHAT = { odour: "복합악취", dilution_ratio: "복합악취" };
  const gas = (what) => WHAT[what] ? gwanje.text(WHAT[what])
    : what.replace(/_ppm$/, "").replace(/^[a-z0-9]+$/, (s) => s.toUpperCase()).replace(/\d/g, (n) => SUBSCRIPT[n]);

  // A name that already says the gas is not told twice.
  function title({ what, name }) {
    const bare = what.replace(/_ppm$/, "").toUpperCase(), label = dom.name(name);
    return label.toUpperCase().includes(bare) ? label.replace(new RegExp(bare, "i"), gas(what)) : `${gas(what)} · ${label}`;
  }

  function updateZone(node, zone) {
    const bad = zone.failed + zone.unreachable;
    dress(node, bad ? "zone bad" : "zone");
    put(node, gwanje.text("{zone} 고장 {failed} · 두절 {unreachable}", {
      zone: dom.name(zoneNames[zone.zone]) || zone.zone, failed: gwanje.number(zone.failed), unreachable: gwanje.number(zone.unreachable),
    }));
  }

  function paint(parts, { environment: e, lighting: l }) {
    if (e) air(parts, e);
    if (l) lights(parts, l);
    dom.note("environment", e ? dom.oldest([e.cai, ...e.gases.slice(0, 6).map((g) => g.value)]) : "");
  }

  function air(parts, e) {
    const grade = e.grade ? gwanje.text(GRADES[e.grade]) : gwanje.text("자료 부족");
    parts.cai.show(e.cai, 0, 1, `${gwanje.text("통합대기환경지수")} · ${grade}`);
    parts.cai.node.classList.toggle("warn", e.grade === "bad" || e.grade === "very_bad");
    const rows = worst(e, parts.bars);
    list(parts.bars, rows, (m) => `${m.asset}/${m.what}`, makeBar, updateBar);
  }

  // As many as there is room for, gases before odours, each kind worst first.
  function worst({ gases, odours }, bars) {
    const line = 1.35 * parseFloat(getComputedStyle(bars.nextElementSibling).fontSize);
    const room = bars.parentElement.clientHeight - LIGHTS_LINES * line, bar = line + 1.15 * dom.rem();
    const most = Math.max(LEAST_BARS, Math.floor(room / bar));
    const smells = Math.min(odours.length, Math.max(1, Math.floor(most / 3)));
    return [...gases.slice(0, most - smells), ...odours.slice(0, smells)];
  }

  function lights(parts, { park, zones, power }) {
    const known = park.total - park.unknown, share = known ? (100 * park.normal) / known : null;
    parts.lights.show({ ...power, value: share }, 1, 1,
      gwanje.text("가로등 정상 ({n})", { n: gwanje.number(park.normal) }));
    const dark = [...zones].sort((a, b) => b.failed + b.unreachable - a.failed - a.unreachable)
      .filter((z) => z.failed + z.unreachable).slice(0, ZONES);
    list(parts.zones, dark, (z) => z.zone, () => el("li"), updateZone);
    while (parts.zones.scrollHeight > parts.zones.clientHeight + 0.3 * dom.rem()) parts.zones.lastElementChild.remove(); // no half lines
    put(parts.foot, gwanje.text("가로등 {all} · 고장 {failed} · 두절 {unreachable} · {power} kW", {
      all: gwanje.number(park.total), failed: gwanje.number(park.failed), unreachable: gwanje.number(park.unreachable),
      power: gwanje.number(power.value),
    }));
    attr(parts.foot, "title", park.unknown ? gwanje.text("미수신 {n}", { n: gwanje.number(park.unknown) }) : null);
  }

  dom.panel("environment", ["environment", "lighting"], build, paint);
})();
