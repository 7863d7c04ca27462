// Stills of a camera: one with its caption, the two of a change of health, both over the page.
import { el } from "../core/dom.mjs";
import { translate } from "../core/texts.mjs";
import { cameraDetail, healthLabel } from "./labels.mjs";

/**
 * Address of a still; the purpose stands in the audit trail once it is looked at.
 * @param {string} id
 * @param {string} purpose
 */
export const stillPath = (id, purpose) =>
  `/api/v1/stills/${encodeURIComponent(id)}?purpose=${encodeURIComponent(purpose)}`;

const noStill = () => el("p", "calm", translate("정지 화면 없음"));

/**
 * A still with its caption; the purpose stands in the audit trail once it is looked at.
 * @param {string | null | undefined} id
 * @param {string} label
 * @param {string} purpose
 */
export function createStill(id, label, purpose) {
  const figure = el("figure", "camera-still");
  if (id) {
    const image = el("img");
    image.loading = "lazy"; // what nobody scrolls to was not looked at
    image.src = stillPath(id, purpose);
    image.alt = translate(label);
    image.addEventListener("error", () => image.replaceWith(noStill()));
    figure.append(image);
  } else figure.append(noStill());
  figure.append(el("figcaption", "", translate(label)));
  return figure;
}

/**
 * The two stills of a change of health of a camera, one before and one after it.
 * @param {{before?: string | null, after?: string | null}} facts
 * @param {Pick<Asset, "id">} camera
 */
export function createStillPair({ before, after }, camera) {
  const node = el("div", "camera-pair");
  const purpose = translate("카메라 {camera} 상태 점검", { camera: camera.id.split("/").pop() });
  node.append(createStill(before, "바뀌기 전", purpose), createStill(after, "바뀐 뒤", purpose));
  return node;
}

/**
 * Show both stills of a change of health over the page.
 * @param {Record<string, any>} facts
 * @param {Pick<Asset, "id">} camera
 */
export function showStills(facts, camera) {
  const box = el("dialog", "ask camera-stills");
  const close = el("button", "", translate("닫기"));
  close.type = "button";
  close.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  const title = el("h3", "", `${camera.id.split("/").pop()} · ${healthLabel(facts.state)}`);
  box.append(title, el("p", "", cameraDetail(facts.detail)), createStillPair(facts, camera), close);
  document.body.append(box);
  box.showModal();
}
