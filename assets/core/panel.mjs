// A panel of the desk: filled once it is there, repainted with new data; its figures say how old they are.
import { el, setAttribute, setText, whenMounted } from "./dom.mjs";
import { formatAge, formatNumber } from "./format.mjs";
import { ageMs, connection, onPush, parkState } from "./push.mjs";
import { translate } from "./texts.mjs";

const BEHIND_MS = 5000; // a stream that is read so late makes every value old
const STALE_PERIODS = 2; // a sensor that left out so many of its periods does not answer
const REPAINT_MS = 1000; // the ages go on without data

/**
 * Whether a reading is older than two of its periods.
 * @param {Reading | null | undefined} reading
 */
export const isStale = (reading) =>
  Boolean(
    reading?.time_ms && reading.period_s && ageMs(reading.time_ms) > STALE_PERIODS * 1000 * reading.period_s,
  );

/** Why values are old: the link, the consumer behind, or the sensor itself. */
export function staleReason() {
  if (connection.link !== "live") return translate("연결 끊김");
  const lagMs = parkState.status?.lag_ms ?? 0;
  return translate(lagMs > BEHIND_MS ? "기록 지연" : "센서 무응답");
}

/**
 * A big number with unit and meaning; `show(reading, digits, factor, note)` keeps it true.
 * @param {Element} host
 * @param {string} unit
 * @param {string} meaning
 */
export function createFigure(host, unit, meaning, className = "") {
  const node = el("div", `figure ${className}`);
  const value = el("b", "num");
  const words = el("span", "what", meaning);
  const line = el("div", "reading");
  line.append(value, el("span", "unit", unit));
  node.append(line, words);
  host.append(node);
  return {
    node,
    /** @param {Reading | null | undefined} reading */
    show(reading, digits = 0, factor = 1, note = meaning) {
      const old = isStale(reading);
      const age = reading?.time_ms ? formatAge(ageMs(reading.time_ms)) : "";
      const current = reading?.value ?? null;
      setText(value, current === null ? "–" : formatNumber(current * factor, digits));
      setText(words, old ? `${staleReason()} · ${age}` : note);
      node.classList.toggle("stale", old);
      setAttribute(node, "title", age ? `${meaning} · ${age}` : meaning);
    },
  };
}

/**
 * The oldest age that a panel shows, as text; empty when nothing is known.
 * @param {(Reading | null | undefined)[]} readings
 */
export function oldestAge(readings) {
  const fresh = readings.filter((reading) => !isStale(reading));
  const times = fresh.flatMap((reading) => reading?.time_ms || []);
  return times.length ? formatAge(ageMs(Math.min(...times))) : "";
}

/**
 * Fill `#name` once it is there and repaint it with new data and once a second, for the ages.
 * @param {string} name
 * @param {string[]} kinds of push messages
 * @param {(host: HTMLElement) => any} build makes the parts
 * @param {(parts: any, state: any) => void} paint of what is known now
 * @returns {() => void} repaints now
 */
export function registerPanel(name, kinds, build, paint) {
  /** @type {any} */
  let parts = null;
  /** @type {HTMLElement | null} */
  let host = null;
  const repaint = () => {
    if (!host?.isConnected) return;
    parts = parts || build(host);
    paint(parts, parkState);
  };
  whenMounted(`#${name}`, (element) => {
    host = element;
    parts = null;
    repaint();
  });
  for (const kind of kinds) onPush(kind, repaint);
  setInterval(repaint, REPAINT_MS);
  window.addEventListener("resize", repaint);
  return repaint;
}
