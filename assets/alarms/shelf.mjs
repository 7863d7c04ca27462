// What is hidden: alarms are put on the shelf with a reason and an end, and everything hidden is listed with
// its way back.

import { askText } from "../core/dialog.mjs";
import { el, setClass, setNote, setText, updateList, whenMounted } from "../core/dom.mjs";
import { formatDateTime, formatNumber } from "../core/format.mjs";
import { getJson } from "../core/http.mjs";
import { isManager } from "../core/roles.mjs";
import { localName, translate } from "../core/texts.mjs";
import { showNotice } from "../incidents/actions.mjs";
import { mayAct, requestAction } from "../incidents/incidents.mjs";

const EVERY_MS = 5000;
const WORDS = { shelved: "보류", suppressed: "설계 억제", out_of_service: "사용 중지" };
const BACK = { shelved: ["alarm.unshelve", "다시 보이기"], out_of_service: ["alarm.restore", "다시 사용"] };
/** @type {[number, string][]} */
const TIMES = [
  [30, "30분"],
  [120, "2시간"],
  [480, "8시간"],
];
let host = null;

/** Ask how long and why, then hide the condition of an alarm; the gravest stay in sight. */
export async function shelveAlarm(alarm) {
  if (!alarm || !mayAct()) return;
  if (alarm.priority === "critical") return void showNotice(translate("심각 등급 경보는 보류할 수 없습니다"));
  const choices = TIMES.map(([minutes, text]) => [`timed/${minutes}`, translate(text)]);
  choices.push(["one_shot/480", translate("한 번 정상으로 돌아올 때까지")]);
  if (isManager()) choices.push(["remove", translate("사용 중지 (관리자)")]);
  const answer = await askText("보류 사유", {
    about: `${localName(alarm.name)} · ${localName(alarm.place)}`,
    needed: true,
    choices,
  });
  if (answer === null) return;
  const [reason, [mode, minutes]] = [answer[0], answer[1].split("/")];
  const object = `${alarm.asset}|${alarm.condition}`;
  if (mode === "remove") requestAction("alarm.remove", object, { reason });
  else requestAction("alarm.shelve", object, { mode, minutes: Number(minutes), reason });
  setTimeout(load, 1000);
}

async function back(hidden) {
  const [act, title] = BACK[hidden.name];
  const reason = await askText(title, { about: `${localName(hidden.title)} · ${localName(hidden.place)}` });
  if (reason === null) return;
  requestAction(act, `${hidden.asset}|${hidden.condition}`, { reason });
  setTimeout(load, 1000);
}

function make() {
  const node = el("li", "letter");
  const head = el("div", "line");
  const why = el("p", "why");
  const mark = el("span", "mark");
  const title = el("b", "title");
  const until = el("span", "note");
  const button = el("button", "replay");
  button.type = "button";
  button.addEventListener("click", () => back(node.shown));
  head.append(mark, title, until, button);
  node.append(head, why);
  return Object.assign(node, { parts: { mark, title, until, button, why } });
}

function update(node, hidden) {
  const { mark, title, until, button, why } = node.parts;
  node.shown = hidden;
  setText(mark, translate(WORDS[hidden.name]));
  setText(title, `${localName(hidden.title)} · ${localName(hidden.place)}`);
  const end = hidden.until_ms ? translate("{time}까지", { time: formatDateTime(hidden.until_ms) }) : "";
  setText(until, [formatDateTime(hidden.since_ms), end].filter(Boolean).join(" → "));
  setText(why, [hidden.by?.split("/").pop(), localName(hidden.why)].filter(Boolean).join(" · "));
  const may = hidden.name === "shelved" ? mayAct() : hidden.name === "out_of_service" && isManager();
  button.hidden = !may;
  setText(button, may ? translate(BACK[hidden.name][1]) : "");
}

async function load() {
  if (!host?.isConnected) return;
  try {
    const hidden = await getJson("/api/v1/alarms/shelf");
    setText(host.said, hidden.length ? "" : translate("숨긴 경보 없음"));
    setClass(host.said, "calm");
    updateList(host.rows, hidden, (one) => `${one.asset}|${one.condition}|${one.name}`, make, update);
    setNote("shelf", translate("{n}건", { n: formatNumber(hidden.length) }));
  } catch (error) {
    setText(host.said, translate("불러오지 못함: {why}", { why: error.message }));
    setClass(host.said, "calm blind");
  }
}

whenMounted("#shelf", (element) => {
  host = element;
  host.said = el("p", "calm");
  host.rows = el("ul", "letter-list");
  host.append(host.said, host.rows);
  load();
});
setInterval(load, EVERY_MS);
