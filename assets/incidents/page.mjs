// One incident on its page: which one, all that is known of it, told to the panels; its head and its clock.
import { el, setAttribute, setClass, setText, updateList, whenMounted } from "../core/dom.mjs";
import { formatClock, formatDuration } from "../core/format.mjs";
import { getJson } from "../core/http.mjs";
import { ageMs, onPush, parkState, serverNow } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import {
  exerciseText,
  gradeClass,
  gradeText,
  reportClock,
  shownIncident,
  stateText,
  verdictText,
} from "./incidents.mjs";

const SETTLE_MS = 150;
const RETRY_MS = 2000;
const AGAIN_MS = 1200;
const listeners = [];
let detail = null;
let wanted = null;
let timer = null;
let asked = 0;

/** The card as it is now: the pushed one while it stands, else what was fetched. */
export const shownCard = () =>
  parkState.incidents[wanted] || (detail && detail.card.incident === wanted ? detail.card : null);

function announce() {
  for (const listener of listeners) listener(detail);
  paint();
}

async function fetchNow() {
  const id = wanted;
  const request = ++asked;
  if (!id) return;
  try {
    const answer = await getJson(`/api/v1/incidents/${encodeURIComponent(id)}`);
    if (id !== wanted || request !== asked) return;
    detail = answer;
    announce();
  } catch (error) {
    if (id !== wanted) return;
    if (String(error.message).endsWith("404")) return missing();
    console.warn("incident", error.message);
    refreshSoon(RETRY_MS);
  }
}

function missing() {
  const title = document.getElementById("incident-title");
  if (title) setText(title, translate("그런 사건이 없음"));
}

export function refreshSoon(ms = SETTLE_MS) {
  clearTimeout(timer);
  timer = setTimeout(fetchNow, ms);
}

function follow() {
  const id = shownIncident();
  if (id === wanted) return;
  wanted = id;
  detail = null;
  if (id) fetchNow();
}

function owner({ owner: who, state }) {
  if (state === "closed") return "";
  return who ? translate("담당 {user}", { user: who }) : translate("담당 없음");
}

/**
 * Whose it may be and why: the likeliest works, then the others; empty where it happens at its cause itself.
 */
function origin({ source }) {
  if (!source) return "";
  const others = localName(source.others);
  const likeliest =
    source.relation === "at"
      ? translate("발생지: {works}", { works: localName(source.likeliest) })
      : translate("발생 추정: {works}", { works: localName(source.likeliest) });
  return [likeliest, others ? translate("다른 후보: {works}", { works: others }) : ""]
    .filter(Boolean)
    .join(" · ");
}

function paint() {
  const card = shownCard();
  const head = document.getElementById("incident-head");
  if (!card || !head) return;
  const part = (id) => document.getElementById(`incident-${id}`);
  setClass(head, `incident-head ${gradeClass(card)}${card.acked_ms ? "" : " unack"}`);
  setText(part("grade"), gradeText(card));
  setText(part("title"), [exerciseText(card), localName(card.title)].filter(Boolean).join(" · "));
  setText(part("source"), origin(card));
  part("source").hidden = !card.source;
  setText(
    part("reason"),
    [
      localName(card.reason),
      stateText(card),
      card.verdict ? translate("판정 {verdict}", { verdict: verdictText(card.verdict) }) : "",
      owner(card),
      card.number,
    ]
      .filter(Boolean)
      .join(" · "),
  );
  paintLinked(card, part("linked"));
  paintClock(card, part);
}

/** Links to the incidents that may have to do with this one. */
function paintLinked({ linked = [] }, host) {
  host.hidden = !linked.length;
  updateList(
    host,
    linked,
    (other) => other.incident,
    () => el("a"),
    (link, other) => {
      setAttribute(link, "href", `/incident/${encodeURIComponent(other.incident)}${location.search}`);
      setText(
        link,
        translate("관련 사건: {title} ({why})", {
          title: localName(other.title),
          why: localName(other.rule),
        }),
      );
    },
  );
}

function paintClock(card, part) {
  const reported = detail?.reported_ms;
  const closed = card.state === "closed";
  const due = card.report_due_ms;
  const late = due && due < serverNow() && !closed;
  part("due").hidden = false;
  setClass(part("due"), `incident-due${late ? " late" : ""}${due && !closed ? "" : " calm"}`);
  const [label, value] = closed
    ? ["종료", formatClock(card.closed_ms)]
    : due
      ? ["화학사고 신고 시한", reportClock(card)]
      : reported
        ? ["신고 완료", formatClock(reported)]
        : ["경과", formatDuration(ageMs(card.opened_ms))];
  setText(part("due-what"), translate(label));
  setText(part("due-time"), value);
}

/** Call `listener(detail)` with all that is known, now and whenever something else is known. */
export function onIncidentDetail(listener) {
  listeners.push(listener);
  if (detail) listener(detail);
}

export function incidentId() {
  return wanted;
}
export function incidentDetail() {
  return detail;
}
onPush("incidents", (changed) => {
  if (changed.some((card) => card.incident === wanted)) {
    paint();
    refreshSoon();
  }
});
onPush("reset", () => refreshSoon(AGAIN_MS));
whenMounted(".room", () => {
  follow();
  if (detail) announce();
});
window.addEventListener("popstate", () => setTimeout(follow));
setInterval(() => {
  follow();
  paint();
}, 1000);
