// The status line: live or not, how late the screen is, what runs behind, wind, shift and the clock.

import { askText } from "../core/dialog.mjs";
import { el, setClass, setText, whenMounted } from "../core/dom.mjs";
import { compassPoint, formatDateTime, formatNumber } from "../core/format.mjs";
import { isStale, registerPanel } from "../core/panel.mjs";
import { connection, parkState, serverNow } from "../core/push.mjs";
import { isManager } from "../core/roles.mjs";
import { localName, translate } from "../core/texts.mjs";
import { requestAction } from "../incidents/incidents.mjs";

const LINKS = { live: "실시간", stale: "지연", lost: "연결 끊김" };
const SYNTHETIC = "모의 데이터";

function item(host, label, className = "") {
  const node = el("span", `item ${className}`);
  const name = el("span", "what", label);
  const value = el("b");
  node.append(name, value);
  host.append(node);
  return (text, warn = false) => {
    node.hidden = text === null || text === undefined || text === "";
    setText(value, text ?? "");
    node.classList.toggle("warn", warn);
  };
}

function build(host) {
  return {
    exercise: item(host, "", "exercise"),
    synthetic: item(host, "", "synthetic"),
    delay: item(host, translate("화면 지연")),
    lag: item(host, translate("스트림 지연")),
    alarms: item(host, translate("경보")),
    wind: item(host, translate("바람")),
    shift: item(host, translate("근무")),
    stale: item(host, translate("무응답"), "quiet"),
  };
}

function wind(weather) {
  const { wind_speed: speed, wind_from: from } = weather || {};
  if (!speed || speed.value === null || !from || from.value === null) return null;
  return `${compassPoint(from.value)} ${formatNumber(speed.value, 1)} m/s`;
}

function paint(parts, { status, environment, load, hello }) {
  paintFigures(parts, { status: status || {}, weather: environment?.weather, load });
  live();
  people(status || {}, hello || {});
  const clock = document.getElementById("clock");
  if (clock) setText(clock, formatDateTime(serverNow()));
}

function paintFigures(parts, { status, weather, load }) {
  const delay = connection.delayMs();
  parts.delay(delay === null ? null : `${formatNumber(delay)} ms`, delay > 1000);
  parts.lag(lag(status), (status.lag_ms ?? 0) > 5000);
  parts.alarms(load ? translate("{n}/10분", { n: formatNumber(load.last_10min) }) : null, load?.level > 0);
  parts.wind(wind(weather), isStale(weather?.wind_speed));
  parts.shift(status.shift ? localName(status.shift) : null);
  parts.stale(status.stale ? translate("{n}곳", { n: status.stale }) : null, true);
  parts.exercise(status.exercise ? translate("훈련 중 · 밖으로 나가지 않음") : null);
  parts.synthetic(status.synthetic ? translate(SYNTHETIC) : null);
}

function lag(status) {
  if (status.lag_ms === undefined && status.pending === undefined) return null;
  return translate("{ms} ms · 대기 {n}", {
    ms: formatNumber(status.lag_ms ?? 0),
    n: formatNumber(status.pending ?? 0),
  });
}

function live() {
  const host = document.getElementById("live");
  if (!host) return;
  setClass(host, `live ${connection.link}`);
  setText(host, translate(LINKS[connection.link] || "연결 중"));
  if (connection.link === "live") stopped(host, parkState.status || {});
}

/** What stands still behind a live link: the stream itself, or workers that are not heard. */
function stopped(host, { connected = true, absent = [] }) {
  const names = connected ? absent.map(({ name }) => localName(name)) : [translate("이벤트 흐름")];
  host.title = names.join(", ");
  if (!names.length) return;
  setClass(host, "live stale");
  setText(
    host,
    names.length > 1
      ? translate("{name} 외 {n} 멈춤", { name: names[0], n: names.length - 1 })
      : translate("{name} 멈춤", { name: names[0] }),
  );
}

/** Managers begin and end an exercise, each with its reason. */
function exercise(status) {
  const button = document.getElementById("exercise");
  if (!button) return;
  const word = status.exercise ? "훈련 끝내기" : "훈련 시작";
  button.hidden = !isManager();
  setText(button, translate(word));
  button.onclick = async () => {
    const reason = await askText(word, {
      about: translate("훈련 중에는 아무것도 밖으로 나가지 않습니다"),
      needed: true,
    });
    if (reason !== null) requestAction("exercise.set", "exercise", { active: !status.exercise, reason });
  };
}

function people(status, hello) {
  exercise(status);
  const user = document.getElementById("user");
  const link = document.getElementById("dead-letters-link");
  if (user) setText(user, hello.user || "");
  if (!link) return;
  const seen = isManager() && (status.dead_letters || 0) > 0;
  link.hidden = !seen;
  setText(link, seen ? translate("배달 못 함 {n}", { n: formatNumber(status.dead_letters) }) : "");
}

whenMounted(".room", (room) => {
  document.body.dataset.view = room.dataset.view;
  document.documentElement.lang = room.lang;
});
registerPanel("status", ["status", "load", "link", "hello"], build, paint);
