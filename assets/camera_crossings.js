// How many went over the lines of one camera, each way: today in the park's zone, and in the last hour.
(() => {
  "use strict";
  const HEADS = ["선 통과", "방향", "오늘", "최근 1시간"], EVERY_MS = 20000;
  const WAYS = { up: "위로", down: "아래로", left: "왼쪽으로", right: "오른쪽으로" };

  const cells = (row) => [row.line || "–", WAYS[row.direction] ? gwanje.text(WAYS[row.direction]) : row.direction || "–",
    gwanje.number(row.today), gwanje.number(row.hour)];

  /** Keep the totals of a camera's lines in `host`; nothing where no line is counted. */
  gwanje.crossings = (host, camera) => {
    async function load() {
      if (!host.isConnected) return;
      try {
        const rows = await gwanje.get(`/api/v1/cameras/crossings/${encodeURIComponent(camera.id.split("/").pop())}`);
        host.replaceChildren(...(rows.length ? [gwanje.record.table(HEADS, rows.map(cells))] : []));
      } catch (error) { console.warn("crossings", error.message); }
      setTimeout(load, EVERY_MS);
    }
    load();
  };
})();
