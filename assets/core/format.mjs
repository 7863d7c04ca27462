// Numbers, ages and times as people read them, in the page's language and the park's zone.
import { parkState } from "./push.mjs";
import { language, translate } from "./texts.mjs";

/** @type {[number, string][]} */
const UNITS = [
  [86400000, "{n}일 전"],
  [3600000, "{n}시간 전"],
  [60000, "{n}분 전"],
  [0, "{n}초 전"],
];
/** @type {Map<string, any>} */
const formats = new Map();

/**
 * @template Format
 * @param {string} key
 * @param {() => Format} make
 * @returns {Format}
 */
function cached(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

/**
 * A number with thousands separators and exactly so many decimals; `–` when there is none.
 * @param {any} x
 */
export const formatNumber = (x, digits = 0) => {
  if (x === null || x === undefined || !Number.isFinite(Number(x))) return "–";
  const options = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return cached(`${language()}/${digits}`, () => new Intl.NumberFormat(language(), options)).format(x);
};

/**
 * A measured value: with one decimal below ten.
 * @param {any} value
 */
export const formatMeasured = (value) => formatNumber(value, Math.abs(value) < 10 ? 1 : 0);

/**
 * A limit: with a decimal only where it has one.
 * @param {any} limit
 */
export const formatLimit = (limit) => formatNumber(limit, limit % 1 ? 1 : 0);

/**
 * Facts side by side, ` · ` between them; a line breaks between facts only, never before a unit.
 * @param {string[]} texts
 */
export const joinFacts = (texts) =>
  texts
    .filter(Boolean)
    .map((text) => text.replaceAll(" ", "\u00a0"))
    .join("\u00a0· ");

/**
 * Age in ms as text: `5초 전`, `5 s ago`.
 * @param {number | null | undefined} ms
 */
export const formatAge = (ms) => {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return "–";
  const [unit, msgid] = UNITS.find(([least]) => ms >= least) || UNITS[UNITS.length - 1];
  return translate(msgid, { n: Math.floor(Math.max(0, ms) / (unit || 1000)) });
};

/**
 * Time span in ms as `06:12`, or `1:06:12` from one hour on.
 * @param {number} ms
 */
export const formatDuration = (ms) => {
  const s = Math.max(0, Math.floor(ms / 1000));
  /** @param {number} n */
  const two = (n) => String(n).padStart(2, "0");
  const rest = `${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${rest}` : rest;
};

/** @param {number} ms */
function parts(ms) {
  const timeZone = parkState.hello?.timezone || "Asia/Seoul";
  const format = cached(
    `zone/${timeZone}`,
    () =>
      new Intl.DateTimeFormat("en-GB", {
        timeZone,
        hourCycle: "h23",
        year: "numeric",
        month: "2-digit",
        day: "2-digit",
        hour: "2-digit",
        minute: "2-digit",
        second: "2-digit",
      }),
  );
  return Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, value]));
}

/**
 * Time of day in the park's zone, `20:14:07`.
 * @param {number} ms since 1970
 */
export const formatClock = (ms) => {
  const p = parts(ms);
  return `${p.hour}:${p.minute}:${p.second}`;
};

/**
 * Month, day and time in the park's zone, `11-22 20:14:07`.
 * @param {number} ms since 1970
 */
export const formatDateTime = (ms) => {
  const p = parts(ms);
  return `${p.month}-${p.day} ${formatClock(ms)}`;
};

const POINTS = ["북", "북동", "동", "남동", "남", "남서", "서", "북서"];

/**
 * Compass word of a bearing in degrees.
 * @param {number} deg
 */
export const compassPoint = (deg) => translate(POINTS[Math.round((((deg % 360) + 360) % 360) / 45) % 8]);
