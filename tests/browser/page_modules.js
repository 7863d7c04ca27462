// Lets tests look into the modules of a page: `gwanje` holds what they read, once the page's script has run.
addEventListener("DOMContentLoaded", async () => {
  const entry = document.querySelector('script[src*="/main.mjs"]');
  if (!entry) return;
  const load = (path) => import(new URL(`${path}.mjs`, entry.src));
  const [
    push,
    http,
    format,
    map,
    assets,
    base,
    cluster,
    incident,
    card,
    incidents,
    page,
    boxes,
    video,
    labels,
    report,
    editor,
    statistics,
  ] = await Promise.all(
    [
      "core/push",
      "core/http",
      "core/format",
      "map/map",
      "map/map_assets",
      "map/map_canvas",
      "map/map_cluster",
      "map/map_incident",
      "map/map_card",
      "incidents/incidents",
      "incidents/page",
      "cameras/boxes",
      "cameras/video",
      "cameras/labels",
      "incidents/report",
      "cameras/setup/editor",
      "cameras/setup/statistics",
    ].map(load),
  );
  const mapFunctions = {
    whereNow: assets.vehiclePosition,
    stale: assets.isMarkStale,
    present: assets.isPresent,
    hit: base.hitTest,
    incidentAt: base.incidentAt,
    cluster: cluster.clusterMarks,
    incidents: incident.looseCriticalAlarms,
    things: incident.mapIncidents,
    candidatesOf: incident.candidateMarks,
    select: card.selectAsset,
  };
  window.gwanje = {
    on: push.onPush,
    state: push.parkState,
    now: push.serverNow,
    age: push.ageMs,
    connection: push.connection,
    delay: () => push.connection.delayMs(),
    get link() {
      return push.connection.link;
    },
    get frame() {
      return push.connection.frame;
    },
    get: http.getJson,
    date: format.formatDateTime,
    map: Object.assign(Object.create(map.map), mapFunctions),
    incidents: { list: incidents.standingIncidents, open: incidents.openIncident },
    incident: { card: page.shownCard },
    boxes: { carry: boxes.carryBox, carried: boxes.carriedBoxes },
    video: { rate: video.frameRate, picture: video.pictureOf, onPicture: video.onPicture },
    cameraPage: { said: labels.cameraDetail },
    report: report.showReportForm,
    setup: editor.editor,
    upperBound: statistics.upperBound,
  };
});
