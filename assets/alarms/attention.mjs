// The attention list: incidents and the alarms that none holds, folded by condition, the gravest first; the
// keyboard does everything.

import { el, isWithin, setAttribute, setClass, setNote, setText, updateList } from "../core/dom.mjs";
import { formatClock, formatDuration, formatLimit, formatMeasured, formatNumber } from "../core/format.mjs";
import { registerPanel } from "../core/panel.mjs";
import { ageMs, connection } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { isTyping, KEY_HELP, pressKey, toggleKeyHelp } from "../incidents/actions.mjs";
import { mayAct, openIncident, requestAction, standingIncidents } from "../incidents/incidents.mjs";
import { flyToMark, map } from "../map/map.mjs";
import { selectAsset } from "../map/map_card.mjs";
import { paintStrip } from "../shell/strip.mjs";
import { createIncidentRow, updateIncidentRow } from "./attention_incident.mjs";
import { alarmValue, foldAlarms, isListed, isWaiting, rowRank, worstOf } from "./folding.mjs";
import { shelveAlarm } from "./shelf.mjs";

const WORDS = { critical: "심각", high: "높음", medium: "보통", low: "낮음" };
const ALARM_ZOOM = 15.5;
const APART_MS = 150;
const UNITS = ["등", "배"]; // the units that are words
const open = new Set();
let chosen = null;
let rows = [];
let repaint = () => {};

function measured(alarm) {
  const { limit, unit } = alarm;
  const shown = alarmValue(alarm);
  if (shown === null || shown === undefined) return "";
  if (!unit && !limit && shown <= 1) return translate("신뢰도 {n} %", { n: formatNumber(100 * shown) });
  const of = limit === null || limit === undefined ? "" : ` / ${formatLimit(limit)}`;
  return `${formatMeasured(shown)}${of} ${UNITS.includes(unit) ? translate(unit) : unit || ""}`.trim();
}

function place({ members, head }) {
  const others = new Set(members.map((m) => localName(m.place))).size - 1;
  return others > 0
    ? translate("{place} 외 {n}곳", { place: localName(head.place), n: others })
    : localName(head.place);
}

function stateOf({ head, members, folded }, button) {
  const left = members.filter(isWaiting).length;
  if (members.every((m) => m.state === "latched" || m.state === "latched_ack"))
    return translate("복귀 · 재설정 필요");
  if (members.every((m) => m.state === "returned")) return translate("정상 복귀");
  // The button says it.
  if (folded) return button && left === members.length ? "" : translate("미확인 {n}", { n: left });
  if (head.state === "ack") {
    return translate("확인 {user} {time}", { user: head.user || "–", time: formatClock(head.acked_ms) });
  }
  return button ? "" : translate("미확인"); // the button says it
}

function make(row) {
  if (row.card) return createIncidentRow(row, choose);
  const node = el("li");
  node.parts = {
    mark: el("span", "mark"),
    title: el("b", "title"),
    age: el("span", "age"),
    detail: el("span", "detail"),
    value: el("b", "value"),
    count: el("span", "count"),
    told: el("span", "told"),
    button: el("button", "acknowledge", translate("확인하기")),
    shelve: el("button", "shelve", translate("보류")),
  };
  const { mark, title, age, count, detail, value, told: state, button, shelve } = node.parts;
  button.type = shelve.type = "button";
  const first = el("div", "line");
  const second = el("div", "line second");
  first.append(mark, title, count, age);
  second.append(detail, value, state, shelve, button);
  node.append(first, second);
  node.tabIndex = -1;
  node.addEventListener("click", () => choose(row.key, true));
  button.addEventListener("click", (event) => {
    event.stopPropagation();
    acknowledge(row.key);
  });
  shelve.addEventListener("click", (event) => {
    event.stopPropagation();
    shelveAlarm(rows.find((r) => r.key === row.key)?.head);
  });
  return node;
}

function update(node, row) {
  if (row.card) return updateIncidentRow(node, row, chosen);
  const { head, members, folded, inner } = row;
  const { parts } = node;
  const unack = members.some((m) => m.state === "unack");
  const wait = members.some(isWaiting);
  setClass(
    node,
    [
      "alarm",
      head.priority,
      unack ? "unack" : wait ? "returned" : "ack",
      folded ? "folded" : "",
      inner ? "inner" : "",
      row.key === chosen ? "chosen" : "",
    ]
      .filter(Boolean)
      .join(" "),
  );
  setText(parts.mark, translate(WORDS[head.priority]));
  setText(parts.title, localName(head.name));
  setText(parts.age, formatDuration(ageMs(head.raised_ms)));
  setText(parts.detail, place(row));
  setText(parts.value, measured(head));
  setText(parts.count, folded ? members.length : "");
  parts.count.hidden = !folded;
  parts.button.hidden = !(wait || latched(row).length) || !mayAct();
  setText(parts.button, translate(wait ? "확인하기" : "재설정"));
  parts.shelve.hidden = row.key !== chosen || folded || head.priority === "critical" || !mayAct();
  setText(parts.told, stateOf(row, !parts.button.hidden));
  setAttribute(node, "aria-expanded", folded ? String(Boolean(row.open)) : null);
  setAttribute(node, "aria-selected", String(row.key === chosen));
  return undefined;
}

const chosenRow = () => rows.find((r) => r.key === chosen);

function choose(key, toggle) {
  chosen = key;
  const row = rows.find((r) => r.key === key);
  if (row?.folded && toggle) open[open.has(key) ? "delete" : "add"](key);
  repaint();
  const node = document.querySelector("#attention .chosen");
  if (node) node.scrollIntoView({ block: "nearest" });
  if (row) showOnMap(row.card ? row.card.cause : row.head.asset, toggle);
}

// The arrows open the card; a click or Enter also goes there.
function showOnMap(asset, go) {
  const mark = map?.marks.get(asset);
  if (!mark) return;
  selectAsset(asset);
  if (go) flyToMark(mark, ALARM_ZOOM);
}

/** The alarms of a row that are over and acknowledged, and stay until they are reset. */
const latched = (row) => (row.members || []).filter((m) => m.state === "latched_ack");

function acknowledge(key) {
  const row = rows.find((r) => r.key === key);
  if (row?.members && !row.members.some(isWaiting)) {
    // One property a tick.
    latched(row).forEach((m, n) => {
      setTimeout(() => requestAction("alarm.reset", m.alarm), n * APART_MS);
    });
  }
  const alarms = row?.members ? row.members.filter(isWaiting).map((m) => m.alarm) : [];
  if (!alarms.length || !mayAct()) return;
  window.dash_clientside.set_props("acknowledge", { data: { alarms, at: Date.now() } });
}

function move(step) {
  if (!rows.length) return;
  const at = rows.findIndex((r) => r.key === chosen);
  choose(rows[Math.min(rows.length - 1, Math.max(0, at < 0 ? 0 : at + step))].key, false);
}

const KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  ArrowRight: () => openIncident(chosenRow()?.card?.incident),
  Enter: () => choose(chosen, true),
  a: () => acknowledge(chosen),
  h: () => shelveAlarm(chosenRow()?.head),
  "?": () => toggleKeyHelp(HELP),
  Escape: () => document.getElementById("keys")?.remove(),
};

const HELP = [
  ["↑ ↓", "사건·경보 고르기"],
  ["→ O", "사건 열기"],
  ["A", "인지 · 경보 확인"],
  ...KEY_HELP.slice(1),
  ["H", "보류(사유)"],
  ["Enter", "묶음 펼치기"],
  ["/", "지도에서 찾기"],
  ["Esc", "닫기"],
  ["?", "단축키"],
];
KEYS.o = KEYS.ArrowRight;

document.addEventListener("keydown", (event) => {
  const pressing = event.key === "Enter" && isWithin(event, "button, a, .tile");
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const row = chosenRow();
  if (event.repeat && !key.startsWith("Arrow")) return; // a held key does nothing twice
  if (pressing || isTyping(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.getElementById("attention") || document.querySelector(".room.wall")) return;
  if (row?.card && pressKey(key, row.card)) return void event.preventDefault();
  if (!KEYS[key]) return;
  if (key !== "Escape") event.preventDefault();
  KEYS[key]();
});

function build(host) {
  const calm = el("p", "calm");
  const rowsHost = el("ul", "alarms");
  host.append(calm, rowsHost);
  return { calm, rowsHost };
}

// The wall does not scroll: a row that would be cut is left out, the note counts it.
function whole(host) {
  for (const node of host.children) node.hidden = false;
  const foot = host.parentElement.getBoundingClientRect().bottom;
  const cut = [...host.children].findIndex((node) => node.getBoundingClientRect().bottom > foot + 1);
  if (cut > 0) for (const node of [...host.children].slice(cut)) node.hidden = true;
}

function paint({ calm, rowsHost }, { alarms, hello, status }) {
  const all = Object.values(alarms).filter(isListed);
  const cards = standingIncidents();
  // Equally grave: incidents first.
  rows = [
    ...cards.map((card) => ({ key: `incident/${card.incident}`, card })),
    ...foldAlarms(all, open),
  ].sort((a, b) => (cards.length ? rowRank(a) - rowRank(b) : 0));
  const blind = connection.link !== "live";
  const unwatched = status && (!status.connected || status.absent.some(({ worker }) => worker === "watch"));
  calm.hidden = !blind && (rows.length > 0 || !hello);
  setText(
    calm,
    translate(
      blind
        ? "연결 끊김: 지금의 경보를 알 수 없음"
        : unwatched
          ? "경보 감시 멈춤: 지금의 경보를 알 수 없음"
          : "처리할 경보 없음",
    ),
  );
  setClass(calm, blind || unwatched ? "calm blind" : "calm");
  updateList(rowsHost, rows, (row) => row.key, make, update);
  if (document.querySelector(".room.wall")) whole(rowsHost);
  setNote(
    "attention",
    [
      cards.length ? translate("사건 {n}", { n: cards.length }) : "",
      all.length
        ? translate("미확인 {n} · 전체 {all}", {
            n: all.filter(isWaiting).length,
            all: all.length,
          })
        : "",
    ]
      .filter(Boolean)
      .join(" · "),
  );
  paintStrip(cards, all, {
    worst: worstOf,
    place,
    measured,
    word: (alarm) => translate(WORDS[alarm.priority]),
  });
}

repaint = registerPanel("attention", ["alarms", "incidents", "reset", "hello", "link"], build, paint);
