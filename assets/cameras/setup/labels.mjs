// The words of rules and of the directions over a line.
import { translate } from "../../core/texts.mjs";

/** @type {Record<string, string>} */
const RULE_LABELS = {
  intrusion: "침입",
  loitering: "배회",
  abandonment: "유기",
  removal: "물건 사라짐",
  fall: "쓰러짐",
  fight: "싸움",
  fire: "화재",
  smoke: "연기",
  crowd: "군집",
  line_crossing: "선 통과",
  wrong_way: "역주행",
  stopped_vehicle: "정차 차량",
  dumping: "무단 투기",
  person_on_carriageway: "차도 보행자",
};
/** @type {Record<string, string>} */
const DIRECTION_LABELS = { both: "양쪽", left: "왼쪽", right: "오른쪽", up: "위", down: "아래" };

/**
 * A kind of rule in words.
 * @param {string} kind
 */
export const ruleLabel = (kind) => translate(RULE_LABELS[kind] || kind);

/**
 * A direction over a line in words.
 * @param {string} direction
 */
export const directionLabel = (direction) => translate(DIRECTION_LABELS[direction] || direction);
