// The timeline: what was known when, across all systems; the newest is at the foot and in sight.
import { el, ensureChild, setAttribute, setClass, setText, updateList } from "../core/dom.mjs";
import { formatClock, formatDateTime } from "../core/format.mjs";
import { localName, translate } from "../core/texts.mjs";
import { onIncidentDetail } from "./page.mjs";

/** @type {Record<string, string>} */
const SYSTEMS = {
  gas: "가스",
  camera: "영상",
  access: "출입",
  logistics: "물류",
  energy: "에너지",
  lighting: "조명",
  environment: "환경",
  data: "데이터",
  room: "운영",
  message: "전파",
};
const LEVELS = ["plain", "low", "medium", "high", "critical"];
const OWN_SYSTEMS = ["room", "message"]; // what people and the room itself did
const LATE_MS = 5000; // what was known later than this after it happened says so
const FOOT_PX = 40; // so near to the foot the reader follows the newest

/**
 * A line of the timeline, as park/incidents makes it.
 * @typedef {object} Line
 * @property {number} happened_ms
 * @property {number} known_ms when the room knew
 * @property {number | null} [until_ms] until when a folded run lasted
 * @property {string} system
 * @property {string | null} [asset]
 * @property {number | null} [level] 0 plain to 4 critical
 * @property {Label} text
 * @property {string} [key] what tells it from the others
 */

function make() {
  const node = el("li");
  node.parts = {
    time: el("time"),
    system: el("span", "system"),
    text: el("span", "text"),
    known: el("span", "known"),
  };
  const words = el("span", "words");
  words.append(node.parts.text, node.parts.known);
  node.append(node.parts.time, node.parts.system, words);
  return node;
}

/**
 * A line that came late says when the room knew; a folded run says until when it lasted.
 * @param {Line} line
 */
function note({ happened_ms: at, known_ms: known, until_ms: until }) {
  if (until) return translate("{time}까지", { time: formatClock(until) });
  return known - at > LATE_MS ? translate("{time}에 앎", { time: formatClock(known) }) : "";
}

/**
 * @param {HTMLElement} node
 * @param {Line} line
 */
function update(node, line) {
  const own = OWN_SYSTEMS.includes(line.system) ? "ours" : "";
  setClass(node, `happening ${LEVELS[line.level || 0]} ${own}`.trim());
  setText(node.parts.time, formatClock(line.happened_ms));
  setText(node.parts.system, translate(SYSTEMS[line.system] || line.system));
  setText(node.parts.text, localName(line.text));
  setText(node.parts.known, note(line));
  setAttribute(node, "title", formatDateTime(line.happened_ms));
}

/**
 * @param {Line} line
 * @param {number} index
 */
const key = (line, index) => `${line.happened_ms}/${line.system}/${line.asset || ""}/${index}`;

/** @param {{timeline: Line[]}} detail */
function paint({ timeline }) {
  const host = document.getElementById("incident-time");
  if (!host) return;
  const rows = ensureChild(host, "ol", () => el("ol", "happenings"));
  const atFoot = rows.scrollHeight - rows.scrollTop - rows.clientHeight < FOOT_PX;
  const before = rows.children.length;
  updateList(
    rows,
    timeline.map((line, index) => ({ ...line, key: key(line, index) })),
    (line) => line.key,
    make,
    update,
  );
  if (atFoot || !before) rows.scrollTop = rows.scrollHeight;
}

onIncidentDetail(paint);
