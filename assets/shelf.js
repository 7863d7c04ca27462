// What is hidden: alarms are put on the shelf with a reason and an end, and everything hidden is listed with its way back.
(() => {
  "use strict";
  const { el, put, dress, list, name } = dom;
  const EVERY_MS = 5000;
  const WORDS = { shelved: "보류", suppressed: "설계 억제", out_of_service: "사용 중지" };
  const BACK = { shelved: ["alarm.unshelve", "다시 보이기"], out_of_service: ["alarm.restore", "다시 사용"] };
  const TIMES = [[30, "30분"], [120, "2시간"], [480, "8시간"]];
  let host = null;

  const managers = () => ["manager", "admin"].includes((gwanje.state.hello || {}).role);

  /** Ask how long and why, then hide the condition of an alarm; the gravest stay in sight. */
  async function shelve(alarm) {
    if (!alarm || !gwanje.incidents.mayAct()) return;
    if (alarm.priority === "critical") return void gwanje.acts.say(gwanje.text("심각 등급 경보는 보류할 수 없습니다"));
    const choices = TIMES.map(([minutes, text]) => [`timed/${minutes}`, gwanje.text(text)]);
    choices.push(["one_shot/480", gwanje.text("한 번 정상으로 돌아올 때까지")]);
    if (managers()) choices.push(["remove", gwanje.text("사용 중지 (관리자)")]);
    const answer = await gwanje.ask("보류 사유", { about: `${name(alarm.name)} · ${name(alarm.place)}`, needed: true, choices });
    if (answer === null) return;
    const [reason, [mode, minutes]] = [answer[0], answer[1].split("/")], object = `${alarm.asset}|${alarm.condition}`;
    if (mode === "remove") gwanje.incidents.act("alarm.remove", object, { reason });
    else gwanje.incidents.act("alarm.shelve", object, { mode, minutes: Number(minutes), reason });
    setTimeout(load, 1000);
  }

  async function back(hidden) {
    const [act, title] = BACK[hidden.name];
    const reason = await gwanje.ask(title, { about: `${name(hidden.title)} · ${name(hidden.place)}` });
    if (reason === null) return;
    gwanje.incidents.act(act, `${hidden.asset}|${hidden.condition}`, { reason });
    setTimeout(load, 1000);
  }

  function make() {
    const node = el("li", "letter"), head = el("div", "line"), why = el("p", "why");
    const mark = el("span", "mark"), title = el("b", "title"), until = el("span", "note"), button = el("button", "replay");
    button.type = "button";
    button.addEventListener("click", () => back(node.hidden_));
    head.append(mark, title, until, button);
    node.append(head, why);
    return Object.assign(node, { parts: { mark, title, until, button, why } });
  }

  function update(node, hidden) {
    const { mark, title, until, button, why } = node.parts, t = gwanje.text;
    node.hidden_ = hidden;
    put(mark, t(WORDS[hidden.name]));
    put(title, `${name(hidden.title)} · ${name(hidden.place)}`);
    const end = hidden.until_ms ? t("{time}까지", { time: gwanje.date(hidden.until_ms) }) : "";
    put(until, [gwanje.date(hidden.since_ms), end].filter(Boolean).join(" → "));
    put(why, [hidden.by && hidden.by.split("/").pop(), name(hidden.why)].filter(Boolean).join(" · "));
    const may = hidden.name === "shelved" ? gwanje.incidents.mayAct() : hidden.name === "out_of_service" && managers();
    button.hidden = !may;
    put(button, may ? t(BACK[hidden.name][1]) : "");
  }

  async function load() {
    if (!host || !host.isConnected) return;
    try {
      const hidden = await gwanje.get("/api/v1/alarms/shelf");
      put(host.said, hidden.length ? "" : gwanje.text("숨긴 경보 없음"));
      dress(host.said, "calm");
      list(host.rows, hidden, (one) => `${one.asset}|${one.condition}|${one.name}`, make, update);
      dom.note("shelf", gwanje.text("{n}건", { n: gwanje.number(hidden.length) }));
    } catch (error) {
      put(host.said, gwanje.text("불러오지 못함: {why}", { why: error.message }));
      dress(host.said, "calm blind");
    }
  }

  gwanje.mount("#shelf", (element) => {
    host = element;
    host.said = el("p", "calm");
    host.rows = el("ul", "letter-list");
    host.append(host.said, host.rows);
    load();
  });
  setInterval(load, EVERY_MS);
  gwanje.shelf = { shelve };
})();
