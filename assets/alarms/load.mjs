// The load of the operator, always in sight: alarms of ten minutes and an hour, flood, the oldest that waits.
import { el, setClass, setText } from "../core/dom.mjs";
import { formatDuration, formatNumber } from "../core/format.mjs";
import { registerPanel } from "../core/panel.mjs";
import { ageMs } from "../core/push.mjs";
import { translate } from "../core/texts.mjs";

const WORDS = ["정상", "많음", "경보 폭주"];

/**
 * A figure with its label; what it returns shows a text.
 * @param {Element} host
 * @param {string} label
 * @returns {(text: string, warn?: boolean, hidden?: boolean) => void}
 */
function item(host, label) {
  const node = el("span", "item");
  const value = el("b");
  node.append(el("span", "what", label), value);
  host.append(node);
  return (text, warn = false, hidden = false) => {
    setText(value, text);
    node.classList.toggle("warn", warn);
    node.hidden = hidden;
  };
}

/** @param {HTMLElement} host */
function build(host) {
  const level = el("b", "level");
  host.append(level);
  return {
    host,
    level,
    ten: item(host, translate("10분")),
    hour: item(host, translate("1시간")),
    oldest: item(host, translate("최장 미확인")),
    chattering: item(host, translate("채터링")),
    stale: item(host, translate("24시간 넘게 계속")),
    shelved: item(host, translate("보류")),
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ParkState} state
 */
function paint(parts, { load }) {
  if (!load) return;
  const waiting = load.oldest_unack_ms !== null && load.oldest_unack_ms !== undefined;
  setClass(parts.host, `load level-${load.level}`);
  setText(parts.level, translate(WORDS[load.level]));
  parts.ten(formatNumber(load.last_10min), load.level > 0);
  parts.hour(formatNumber(load.last_hour));
  parts.oldest(waiting ? formatDuration(ageMs(load.oldest_unack_ms)) : "", false, !waiting);
  parts.chattering(formatNumber(load.chattering), true, !load.chattering);
  parts.stale(formatNumber(load.stale), true, !load.stale);
  parts.shelved(formatNumber(load.shelved), false, !load.shelved);
}

registerPanel("load", ["load"], build, paint);
