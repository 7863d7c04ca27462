// What hands do on the map: hover, click, legend that switches layers, search (/), zoom buttons.
(() => {
  "use strict";
  const map = gwanje.map;
  const GROUP_WORDS = { camera: "카메라", light: "가로등", env: "환경센서", weather: "기상", vehicle: "차량",
    logistics: "물류 시설", energy: "에너지 · 공장" };
  const GROUP_GLYPH = { camera: "camera", light: "light", env: "gas", weather: "weather", logistics: "gate", energy: "substation" };
  const FOUND = 8, COUNT_MS = 2000;
  const el = (tag, className, text = "") => {
    const node = document.createElement(tag);
    node.className = className;
    node.textContent = text;
    return node;
  };

  // --- legend -------------------------------------------------------------------------------------------
  let buttons = new Map();

  function glyph(group) {
    const canvas = el("canvas", "map-glyph"), size = 18, fine = 2 * map.unit * (window.devicePixelRatio || 1);
    Object.assign(canvas, { width: size * fine, height: size * fine });
    const ctx = canvas.getContext("2d");
    ctx.scale(fine, fine);
    if (group === "stale") map.drawStale(ctx, "gas", 9, 9, map.fitZoom + 1);
    else if (group === "vehicle") map.drawVehicle(ctx, { fields: { state: "moving" }, level: 0 }, 9, 9, 90, false);
    else map.drawCalm(ctx, GROUP_GLYPH[group], [[9, 9]], map.fitZoom + (group === "light" ? 5 : 1));
    return canvas;
  }

  function makeButton(group, word) {
    const button = el("button", "map-layer"), count = el("b", "");
    button.type = "button";
    button.dataset.layer = group;
    button.append(glyph(group), el("span", "", word), count);
    if (map.wall) button.tabIndex = -1;
    else button.addEventListener("click", () => toggle(group));
    return { button, count };
  }

  function toggle(group) {
    if (group === "stale") map.onlyStale = !map.onlyStale;
    else if (!map.hidden.delete(group)) map.hidden.add(group);
    map.redraw();
    tally();
  }

  function buildLegend(host) {
    buttons = new Map(map.groups.map((group) => [group, makeButton(group, gwanje.text(GROUP_WORDS[group]))]));
    buttons.set("stale", makeButton("stale", gwanje.text("데이터 지연")));
    host.replaceChildren(...[...buttons.values()].map(({ button }) => button));
    tally();
  }

  function tally() {
    const counts = Object.fromEntries([...map.groups, "stale"].map((group) => [group, 0])), now = gwanje.now();
    for (const mark of map.marks.values()) {
      if (!map.present(mark)) continue;
      if (mark.kind !== "cabinet") counts[mark.group] += 1;
      if (map.stale(mark, now)) counts.stale += 1;
    }
    for (const [group, { button, count }] of buttons) {
      const text = gwanje.number(counts[group]), on = group === "stale" ? map.onlyStale : !map.hidden.has(group);
      if (count.textContent !== text) count.textContent = text;
      button.setAttribute("aria-pressed", String(on));
      button.classList.toggle("some", group === "stale" && counts.stale > 0);
    }
  }

  // --- pointer ------------------------------------------------------------------------------------------
  function titleOf(hit) {
    if (hit.mark) return map.nameOf(hit.mark);
    const worst = hit.marks[0];
    return hit.marks.length === 1 ? map.nameOf(worst) : gwanje.text("{name} 외 {n}", { name: map.nameOf(worst), n: hit.marks.length - 1 });
  }

  function hover(view, event) {
    const host = document.getElementById("map-hover"), incident = map.incidentAt(event.containerPoint);
    const hit = incident ? null : map.hit(event.containerPoint);
    view.getContainer().style.cursor = incident || hit ? "pointer" : "";
    if (!host) return;
    host.hidden = !hit;
    if (!hit) return;
    const title = titleOf(hit);
    if (host.textContent !== title) host.textContent = title;
    host.style.transform = `translate(${Math.round(event.containerPoint.x + 14)}px, ${Math.round(event.containerPoint.y - 32)}px)`;
  }

  function click(view, event) {
    const incident = map.incidentAt(event.containerPoint);
    if (incident) return gwanje.incidents.open(incident);
    const hit = map.hit(event.containerPoint);
    if (!hit) return map.select(null);
    if (hit.mark) return map.select(hit.mark.id);
    const bounds = window.L.latLngBounds(hit.marks.map((mark) => [mark.lat, mark.lon]));
    const nearer = hit.marks.length > 1 && view.getZoom() < view.getMaxZoom() - 1 && bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 15;
    if (nearer) return view.flyToBounds(bounds.pad(0.3), { duration: 0.5, maxZoom: 18 });
    return map.select(hit.marks[0].id);
  }

  // --- search -------------------------------------------------------------------------------------------
  function matches(query) {
    const wanted = query.trim().toLowerCase();
    if (!wanted) return [];
    const found = [];
    for (const mark of map.marks.values()) {
      if (!map.present(mark)) continue;
      const id = mark.id.toLowerCase(), short = id.split("/").pop();
      const names = Object.values(mark.name || {}).map((name) => name.toLowerCase());
      const rank = short === wanted ? 0 : short.startsWith(wanted) ? 1 : names.some((name) => name.startsWith(wanted)) ? 2
        : id.includes(wanted) || names.some((name) => name.includes(wanted)) ? 3 : 9;
      if (rank < 9) found.push([rank, mark]);
    }
    return found.sort((a, b) => a[0] - b[0] || (a[1].id < b[1].id ? -1 : 1)).slice(0, FOUND).map(([, mark]) => mark);
  }

  function buildSearch(host) {
    const input = el("input", "map-query"), results = document.getElementById("map-found");
    Object.assign(input, { type: "search", placeholder: host.dataset.hint, autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", host.dataset.hint);
    let found = [], chosen = 0;
    const show = () => {
      results.hidden = !found.length;
      results.replaceChildren(...found.map((mark, index) => {
        const item = el("li", index === chosen ? "chosen" : "");
        item.append(el("span", "", map.nameOf(mark)), el("small", "", mark.id.split("/").pop()));
        item.addEventListener("pointerdown", (event) => { event.preventDefault(); choose(mark); });
        return item;
      }));
    };
    const choose = (mark) => {
      if (!mark) return;
      map.goTo(mark);
      map.select(mark.id);
      found = [];
      input.value = "";
      input.blur();
      show();
    };
    input.addEventListener("input", () => { found = matches(input.value); chosen = 0; show(); });
    input.addEventListener("blur", () => { found = []; show(); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") chosen = Math.min(found.length - 1, chosen + 1);
      else if (event.key === "ArrowUp") chosen = Math.max(0, chosen - 1);
      else if (event.key === "Enter") return choose(found[chosen]);
      else if (event.key === "Escape") { event.stopPropagation(); return input.blur(); }
      else return undefined;
      event.preventDefault();
      return show();
    });
    host.replaceChildren(input);
  }

  document.addEventListener("keydown", (event) => {
    const input = document.querySelector(".map-query");
    if (event.key !== "/" || !input || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
    event.preventDefault();
    input.focus();
  });

  const ZOOMS = { in: () => map.view.zoomIn(1), out: () => map.view.zoomOut(1), fit: () => map.fit() };
  function bindZoom(host) {
    host.addEventListener("click", (event) => {
      const button = event.target.closest("[data-zoom]");
      if (button && map.view) ZOOMS[button.dataset.zoom]();
    });
  }

  map.onView((view) => {
    if (map.wall) return;
    view.on("mousemove", (event) => hover(view, event));
    view.on("mouseout movestart", () => { const host = document.getElementById("map-hover"); if (host) host.hidden = true; });
    view.on("click", (event) => click(view, event));
  });
  gwanje.mount("#map-legend", buildLegend);
  gwanje.mount("#map-search", buildSearch);
  gwanje.mount("#map-zoom", bindZoom);
  gwanje.mount("#map-credit", (host) => {
    host.textContent = gwanje.text("행정경계 © 국토지리정보원 (data.go.kr, 2023-09) · 도로·건물 합성");
  });
  map.onChange(tally);
  setInterval(tally, COUNT_MS);
})();
