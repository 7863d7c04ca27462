// The ground under the marks, from the room's own vector files: no tile, no other host.
(() => {
  "use strict";
  const map = gwanje.map;
  const BUILDING_ZOOM = 13.5, NAME_ZOOMS = [-0.5, 3];
  const zoneNames = [];
  let drawn = {};

  // Width in metres of a street by its class; anything unknown is a lane.
  const WIDTH_M = { arterial: 26, main: 26, primary: 26, collector: 16, secondary: 16, local: 10, minor: 8, lane: 7 };
  const streetWidth = ({ width_m: width, class: kind, highway }) => width || WIDTH_M[kind || highway] || 10;

  const STYLES = {
    korea: () => ({ stroke: true, weight: 1, color: "#2a3138", fill: true, fillColor: "#171b20", fillOpacity: 1 }),
    zones: (p) => ({ stroke: true, weight: 1, color: "#262d35", dashArray: "4 5", fill: true,
      fillColor: p.kind === "water" ? "#131d27" : "#1a1f25", fillOpacity: 1 }),
    streets: (p) => ({ fill: false, color: streetWidth(p) >= 20 ? "#333d48" : "#29313a", opacity: 1, lineCap: "round",
      weight: streetPixels(streetWidth(p)) }),
    buildings: () => ({ stroke: true, weight: 1, color: "#2a3038", fill: true, fillColor: "#20252c", fillOpacity: 1 }),
  };

  function streetPixels(metres) {
    const perPixel = (40075016.686 * Math.cos((map.view.getCenter().lat * Math.PI) / 180)) / 2 ** (map.view.getZoom() + 8);
    return Math.max(map.unit * (metres >= 20 ? 6 : metres >= 14 ? 4 : 2.5), Math.min(40, metres / perPixel)); // never a hair from afar
  }

  async function add(view, name) {
    const data = await gwanje.get(`/api/v1/base/${name}`);
    if (map.view !== view) return;
    const renderer = window.L.canvas({ pane: `base-${name}`, padding: 0.25 });
    drawn[name] = window.L.geoJSON(data, {
      pane: `base-${name}`, renderer, interactive: false, smoothFactor: 1.2,
      style: (feature) => STYLES[name](feature.properties || {}),
      pointToLayer: () => null,
    });
    if (name === "zones") rememberNames(data);
    restyle(view);
  }

  function rememberNames(data) {
    zoneNames.length = 0;
    for (const { properties = {}, geometry } of data.features) {
      const bounds = window.L.geoJSON(geometry).getBounds();
      if (!properties.name || !bounds.isValid()) continue;
      const { x, y } = window.L.CRS.EPSG3857.latLngToPoint(bounds.getCenter(), 0);
      zoneNames.push({ name: properties.name, x, y });
    }
    map.redraw();
  }

  /** Name the zones in quiet letters while the whole park is in view. */
  map.drawZoneNames = (ctx, { zoom, put }) => {
    const above = zoom - map.fitZoom;
    if (above < NAME_ZOOMS[0] || above > NAME_ZOOMS[1]) return;
    ctx.font = `600 ${map.wall ? 18 : 13}px Pretendard, "Noto Sans KR", "Noto Sans CJK KR", "Malgun Gothic", sans-serif`;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = "#4b5661";
    for (const { name, x, y } of zoneNames) {
      const word = typeof name === "string" ? name : name[gwanje.lang] || name.ko;
      ctx.fillText(word, ...put(x, y));
    }
  };

  function restyle(view) {
    for (const [name, group] of Object.entries(drawn)) {
      const wanted = name !== "buildings" || view.getZoom() >= BUILDING_ZOOM;
      if (wanted !== view.hasLayer(group)) wanted ? group.addTo(view) : group.remove();
    }
    if (drawn.streets) drawn.streets.setStyle((feature) => STYLES.streets(feature.properties || {}));
  }

  map.onView((view) => {
    drawn = {};
    ["korea", "zones", "buildings", "streets"].forEach((name, order) => {
      const pane = view.createPane(`base-${name}`);
      pane.style.zIndex = 210 + order;
      pane.style.pointerEvents = "none";
      add(view, name).catch((error) => console.warn(String(error)));
    });
    view.on("zoomend", () => restyle(view));
    window.L.control.scale({ imperial: false, position: "bottomright" }).addTo(view);
  });
})();
