// The records of an incident: who was told and whether it arrived, its members and why, people, notes.
import { el, ensureChild, setClass, setText, updateList } from "../core/dom.mjs";
import { formatClock, formatLimit, formatMeasured, formatNumber } from "../core/format.mjs";
import { localName, translate } from "../core/texts.mjs";
import { onIncidentDetail } from "./page.mjs";

const SENT = {
  queued: "대기",
  sending: "보내는 중",
  sent: "전달됨",
  failed: "실패",
  held: "훈련: 보내지 않음",
  unclear: "전달 불분명",
};
const CHANNELS = { email: "전자우편", webhook: "웹훅", cap: "CAP", room: "관제실" };
const RULES = {
  cause: "원인",
  same_asset: "같은 설비",
  same_grid: "같은 전력망",
  same_firm: "같은 사업장",
  same_site: "같은 거점",
  same_place: "가까운 곳",
  same_way: "이동 가능한 거리",
  downwind: "풍하측",
  park_wide: "단지 전체",
  parent: "상위 설비",
  storm: "같은 경보 폭주",
  merged: "합친 사건",
  split: "나눈 사건",
};
const BAD = ["failed", "unclear"];

/**
 * A row of the records: a title and a state, below them more words and a time.
 * @typedef {object} RecordRow
 * @property {string | number} id
 * @property {string} title
 * @property {string} [look]
 * @property {string} [state]
 * @property {string} [more]
 * @property {number | null} [at] time in ms since 1970
 * @property {boolean} [whole] whether its title is shown in full
 */

function make() {
  const node = el("li", "record");
  const first = el("div", "line");
  const second = el("div", "line second");
  node.parts = { name: el("b"), state: el("span", "state"), more: el("span", "more"), time: el("time") };
  first.append(node.parts.name, node.parts.state);
  second.append(node.parts.more, node.parts.time);
  node.append(first, second);
  return node;
}

/** @type {(node: HTMLElement, row: RecordRow) => void} */
function update(node, { look: className = "", title, state = "", more = "", at = null, whole = false }) {
  setClass(node, `record ${className} ${whole ? "whole" : ""}`.trim());
  setText(node.parts.name, title);
  setText(node.parts.state, state);
  setText(node.parts.more, more);
  setText(node.parts.time, at ? formatClock(at) : "");
}

function message(sent) {
  const last = sent.statuses[sent.statuses.length - 1];
  const tries = last && last.attempt > 1 ? translate("{n}번째", { n: last.attempt }) : "";
  return {
    id: sent.id,
    look: BAD.includes(sent.state) ? "bad" : sent.state === "sent" ? "good" : "",
    title: localName(sent.to),
    state: translate(SENT[sent.state] || sent.state),
    at: last ? last.at_ms : sent.asked_ms,
    more: [
      BAD.includes(sent.state) && last ? localName(last.why) : "",
      translate(CHANNELS[sent.channel] || sent.channel),
      tries,
      localName(sent.title),
    ]
      .filter(Boolean)
      .join(" · "),
  };
}

function measuredText({ value, limit, unit }) {
  if (value === null || value === undefined) return "";
  const of = limit ? ` / ${formatLimit(limit)}` : "";
  return `${formatMeasured(value)}${of} ${translate(unit || "")}`.trim();
}

function member(joined) {
  const why = [
    RULES[joined.rule] ? translate(RULES[joined.rule]) : joined.rule,
    joined.distance_m === null || joined.distance_m === undefined
      ? ""
      : `${formatNumber(joined.distance_m)} m`,
    joined.after_s
      ? translate(joined.after_s > 0 ? "{n}초 뒤" : "{n}초 앞", { n: formatNumber(Math.abs(joined.after_s)) })
      : "",
    joined.user || "",
  ];
  return {
    id: joined.id,
    title: localName(joined.name),
    state: measuredText(joined),
    more: [localName(joined.place), ...why].filter(Boolean).join(" · "),
    at: joined.happened_ms,
  };
}

const person = (user) => ({
  id: user.user,
  title: user.user,
  state: user.owner ? translate("담당") : "",
  at: user.last_ms,
  more: translate("행동 {n} · 단계 {steps}", { n: user.acts, steps: user.steps }),
});

const note = (written) => ({
  id: written.at_ms,
  title: written.text,
  more: written.user,
  at: written.at_ms,
  whole: true,
});

/** @type {Record<string, [string, (told: any) => RecordRow, string]>} */
const KINDS = {
  messages: ["messages", message, "보낸 메시지 없음"],
  members: ["members", member, "구성 없음"],
  people: ["people", person, "아직 행동한 사람 없음"],
  notes: ["notes", note, "메모 없음"],
};

function paint(detail) {
  for (const [part, [field, row, none]] of Object.entries(KINDS)) {
    const host = document.getElementById(`incident-${part}`);
    if (!host) continue;
    const rows = ensureChild(host, "ul", () => el("ul", "records"));
    const calm = ensureChild(host, ".calm", () => el("p", "calm"));
    const found = detail[field] || [];
    setText(calm, translate(none));
    calm.hidden = found.length > 0;
    updateList(rows, found.map(row), (record) => record.id, make, update);
    const count = document.querySelector(`#incident-tabs [data-tab="${part}"] .n`);
    if (count) setText(count, part === "members" ? detail.members_total || "" : found.length || "");
  }
}

onIncidentDetail(paint);
