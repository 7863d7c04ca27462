// Words of cameras: states of health, what detectors name, what a camera says of itself.
import { language, translate } from "../core/texts.mjs";

/** @type {Record<string, string>} */
export const HEALTH_LABELS = {
  lost: "신호 끊김",
  frozen: "화면 멈춤",
  black: "화면 어두움",
  white: "화면 밝음",
  covered: "가림 의심",
  defocused: "초점 흐림",
  turned: "방향 틀어짐",
  slow: "느림",
};
/** @type {Record<string, string>} */
export const OBJECT_LABELS = {
  person: "사람",
  bicycle: "자전거",
  car: "승용차",
  motorcycle: "오토바이",
  bus: "버스",
  truck: "화물차",
  backpack: "배낭",
  handbag: "손가방",
  suitcase: "여행 가방",
  object: "움직임",
};
const HANGUL = /[가-힣]/;
const ABOUT = /^[^가-힣]*: /; // what a sentence is about, before the colon, is in neither language
const MODEL = "model ";

/**
 * A state of health in words.
 * @param {string} state
 */
export const healthLabel = (state) =>
  translate(state === "ok" ? "정상" : HEALTH_LABELS[state] || "알 수 없음");

/**
 * What a detector names, in words; nothing for nothing.
 * @param {string | null | undefined} label
 */
export const objectLabel = (label) => (label ? translate(OBJECT_LABELS[label] || label) : "");

/** @param {string | null | undefined} detail */
const sentencesOf = (detail) => (detail || "").split(" · ");

/**
 * What a camera says of itself, in the page's language; what it says of its model is left out.
 * It says "Korean · English: reason" where it has both; `reasons` says whether the reason is wanted.
 * @param {string | null | undefined} detail
 */
export function cameraDetail(detail, reasons = true) {
  const parts = sentencesOf(detail).filter((part) => part && !part.startsWith(MODEL));
  /** @param {number} at */
  const isKorean = (at) => HANGUL.test(parts[at] || "");
  /** @param {number} at */
  const hasEnglish = (at) => isKorean(at) && Boolean(parts[at + 1]) && !isKorean(at + 1);
  /** @param {string} part */
  const reason = (part) => (reasons && part.includes(": ") ? part.slice(part.indexOf(": ")) : "");
  /** @param {string} part */
  const about = (part) => (ABOUT.exec(part) || [""])[0];
  /** @type {(part: string, at: number) => string} */
  const korean = (part, at) => {
    if (hasEnglish(at)) return part + reason(parts[at + 1]);
    return hasEnglish(at - 1) ? "" : part;
  };
  /** @type {(part: string, at: number) => string} */
  const english = (part, at) => {
    if (hasEnglish(at)) return "";
    return hasEnglish(at - 1) ? about(parts[at - 1]) + part : part;
  };
  return parts
    .map(language() === "ko" ? korean : english)
    .filter(Boolean)
    .join(" · ");
}

/**
 * The model that a camera says it sees by; nothing when it tells of none.
 * @param {string | null | undefined} detail
 */
export const modelOf = (detail) =>
  (sentencesOf(detail).find((part) => part.startsWith(MODEL)) || "").slice(MODEL.length);
