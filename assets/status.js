// The status line: live or not, how late the screen is, what runs behind, wind, shift and the clock.
(() => {
  "use strict";
  const { el, put, dress } = dom;
  const LINKS = { live: "실시간", stale: "지연", lost: "연결 끊김" };
  const SYNTHETIC = "모의 데이터";

  function item(host, label, className = "") {
    const node = el("span", `item ${className}`), what = el("span", "what", label), value = el("b");
    node.append(what, value);
    host.append(node);
    return (text, warn = false) => {
      node.hidden = text === null || text === undefined || text === "";
      put(value, text ?? "");
      node.classList.toggle("warn", warn);
    };
  }

  function build(host) {
    const t = gwanje.text;
    return {
      exercise: item(host, "", "exercise"), synthetic: item(host, "", "synthetic"),
      delay: item(host, t("화면 지연")), lag: item(host, t("스트림 지연")), alarms: item(host, t("경보")),
      wind: item(host, t("바람")), shift: item(host, t("근무")), stale: item(host, t("무응답"), "quiet"),
    };
  }

  function wind({ wind_speed: speed, wind_from: from } = {}) {
    if (!speed || speed.value === null || !from || from.value === null) return null;
    return `${gwanje.compass(from.value)} ${gwanje.number(speed.value, 1)} m/s`;
  }

  function paint(parts, { status = {}, environment = {}, load, hello = {} }) {
    const t = gwanje.text, delay = gwanje.delay();
    parts.delay(delay === null ? null : `${gwanje.number(delay)} ms`, delay > 1000);
    parts.lag(lag(status), (status.lag_ms ?? 0) > 5000);
    parts.alarms(load ? t("{n}/10분", { n: gwanje.number(load.last_10min) }) : null, load?.level > 0);
    parts.wind(wind(environment.weather), dom.stale(environment.weather?.wind_speed));
    parts.shift(status.shift ? dom.name(status.shift) : null);
    parts.stale(status.stale ? t("{n}곳", { n: status.stale }) : null, true);
    parts.exercise(status.exercise ? t("훈련 중 · 밖으로 나가지 않음") : null);
    parts.synthetic(status.synthetic ? t(SYNTHETIC) : null);
    live();
    people(status, hello);
    const clock = document.getElementById("clock");
    if (clock) put(clock, gwanje.date(gwanje.now()));
  }

  function lag(status) {
    if (status.lag_ms === undefined && status.pending === undefined) return null;
    return gwanje.text("{ms} ms · 대기 {n}", { ms: gwanje.number(status.lag_ms ?? 0), n: gwanje.number(status.pending ?? 0) });
  }

  function live() {
    const host = document.getElementById("live");
    if (!host) return;
    dress(host, `live ${gwanje.link}`);
    put(host, gwanje.text(LINKS[gwanje.link] || "연결 중"));
    if (gwanje.link === "live") stopped(host, gwanje.state.status || {});
  }

  /** What stands still behind a live link: the stream itself, or workers that are not heard. */
  function stopped(host, { connected = true, absent = [] }) {
    const names = connected ? absent.map(({ name }) => dom.name(name)) : [gwanje.text("이벤트 흐름")];
    host.title = names.join(", ");
    if (!names.length) return;
    dress(host, "live stale");
    put(host, names.length > 1 ? gwanje.text("{name} 외 {n} 멈춤", { name: names[0], n: names.length - 1 })
      : gwanje.text("{name} 멈춤", { name: names[0] }));
  }

  /** Managers begin and end an exercise, each with its reason. */
  function exercise(status, hello) {
    const button = document.getElementById("exercise");
    if (!button) return;
    const word = status.exercise ? "훈련 끝내기" : "훈련 시작";
    button.hidden = !["manager", "admin"].includes(hello.role);
    put(button, gwanje.text(word));
    button.onclick = async () => {
      const reason = await gwanje.ask(word, { about: gwanje.text("훈련 중에는 아무것도 밖으로 나가지 않습니다"), needed: true });
      if (reason !== null) gwanje.incidents.act("exercise.set", "exercise", { active: !status.exercise, reason });
    };
  }

  function people(status, hello) {
    exercise(status, hello);
    const user = document.getElementById("user"), link = document.getElementById("dead-letters-link");
    if (user) put(user, hello.user || "");
    if (!link) return;
    const seen = ["manager", "admin"].includes(hello.role) && (status.dead_letters || 0) > 0;
    link.hidden = !seen;
    put(link, seen ? gwanje.text("배달 못 함 {n}", { n: gwanje.number(status.dead_letters) }) : "");
  }

  gwanje.mount(".room", (room) => { document.body.dataset.view = room.dataset.view; document.documentElement.lang = room.lang; });
  dom.panel("status", ["status", "load", "link", "hello"], build, paint);
})();
