// How many went over the lines of one camera, each way: today in the park's zone, and in the last hour.
import { formatNumber } from "../core/format.mjs";
import { createTable } from "../core/forms.mjs";
import { getJson } from "../core/http.mjs";
import { translate } from "../core/texts.mjs";

const HEADS = ["선 통과", "방향", "오늘", "최근 1시간"];
const EVERY_MS = 20000;
const WAYS = { up: "위로", down: "아래로", left: "왼쪽으로", right: "오른쪽으로" };

const cells = (row) => [
  row.line || "–",
  WAYS[row.direction] ? translate(WAYS[row.direction]) : row.direction || "–",
  formatNumber(row.today),
  formatNumber(row.hour),
];

/** Keep the totals of a camera's lines in `host`; nothing where no line is counted. */
export const showCrossings = (host, camera) => {
  async function load() {
    if (!host.isConnected) return;
    try {
      const rows = await getJson(
        `/api/v1/cameras/crossings/${encodeURIComponent(camera.id.split("/").pop())}`,
      );
      host.replaceChildren(...(rows.length ? [createTable(HEADS, rows.map(cells))] : []));
    } catch (error) {
      console.warn("crossings", error.message);
    }
    setTimeout(load, EVERY_MS);
  }
  load();
};
