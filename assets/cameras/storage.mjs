// How full the store of clips is.
import { setText } from "../core/dom.mjs";
import { formatDateTime, formatNumber } from "../core/format.mjs";
import { getJson } from "../core/http.mjs";
import { translate } from "../core/texts.mjs";

/** @param {{camera: string, began_ms: number}} clip */
function nextToGo({ camera, began_ms: began }) {
  const params = { camera: camera.split("/").pop(), time: formatDateTime(began) };
  return translate("곧 지워질 영상: {camera} {time}", params);
}

/**
 * Say in `node` how full the store of clips is; when little is left, what goes next.
 * @param {Element} node
 */
export async function paintStorage(node) {
  try {
    const store = await getJson("/api/v1/cameras/shelf");
    if (!store) return setText(node, "");
    const share = formatNumber((100 * store.used_bytes) / store.budget_bytes);
    const full = translate("영상 저장 공간 {p} % 사용", { p: share });
    const allHeld = translate("모두 보존 중: 지울 영상이 없어 한도를 넘습니다");
    const warning = store.tight ? (store.next ? nextToGo(store.next) : allHeld) : "";
    setText(node, warning ? `▲ ${full} · ${warning}` : full);
    node.classList.toggle("over", Boolean(warning));
  } catch (error) {
    console.warn("clip store", String(error));
  }
}
