// Incidents as every panel needs them: in order of urgency, their words, the way to their page, and acts on them.
(() => {
  "use strict";
  const GRADES = { attention: "관심", caution: "주의", alert: "경계", serious: "심각" };
  const RANK = { serious: 0, alert: 1, caution: 2, attention: 3 };
  const PRIORITY = { critical: 0, high: 1, medium: 2, low: 3 }; // of alarms, on the same scale
  const LOOKS = { serious: "critical", alert: "high", caution: "medium", attention: "low" };
  const STATES = { new: "새 사건", acknowledged: "인지", verified: "확인됨", responding: "대응 중", controlled: "통제됨",
    closed: "종료", merged: "다른 사건에 합쳐짐" };
  const VERDICTS = { true: "사실", false: "오경보", unclear: "불분명" };
  const PAGE = "/incident/", OPERATORS = ["operator", "manager", "admin"];

  const FLOOD_MEMBERS = 100; // what a flood is about stands on top, as in park/incidents/cards.py
  const order = (a, b) => (b.members >= FLOOD_MEMBERS) - (a.members >= FLOOD_MEMBERS)
    || RANK[a.grade] - RANK[b.grade] || Boolean(a.acked_ms) - Boolean(b.acked_ms)
    || b.opened_ms - a.opened_ms || a.incident.localeCompare(b.incident);

  /** The standing incidents: what a flood is about, then the gravest first, then not acknowledged, then newest. */
  const list = () => Object.values(gwanje.state.incidents).sort(order);

  /** How grave an incident or an alarm is, 0 the gravest; what a flood is about is no less than that. */
  const rank = ({ priority, grade, members }) => (priority ? PRIORITY[priority] : members >= FLOOD_MEMBERS ? 0 : RANK[grade]);

  /** Whether what raised an alarm goes on: not over, nor latched until somebody resets it. */
  const active = (alarm) => ["unack", "ack"].includes(alarm.state);

  /** Whether an alarm goes before an incident. */
  const outranks = (alarm, card) => active(alarm) && rank(alarm) < rank(card);

  /** Id of the incident whose page is shown, null in the room. */
  const shown = () => (document.querySelector(".room.incident") && location.pathname.startsWith(PAGE)
    ? decodeURIComponent(location.pathname.slice(PAGE.length)) : null);

  function go(pathname) {
    const search = gwanje.lang === "ko" ? "" : `?lang=${gwanje.lang}`;
    window.dash_clientside.set_props("location", { pathname, search });
  }

  let room = "/";

  /** Go to the page of an incident; the wall has no hands. */
  function open(id) {
    if (!id || document.querySelector(".room.wall")) return;
    if (!location.pathname.startsWith(PAGE)) room = location.pathname;
    go(PAGE + encodeURIComponent(id));
  }

  /** Go back to the room that the page was opened from. */
  const leave = () => go(room);

  /** Whether the one at the screen may act. */
  const mayAct = () => OPERATORS.includes((gwanje.state.hello || {}).role) && !document.querySelector(".room.wall");

  /** Ask the server for an act by its name in the table of acts; what it refuses is said at the foot of the page. */
  function act(name, object, fields = {}) {
    if (!mayAct()) return;
    window.dash_clientside.set_props("act", { data: { name, object, fields, at: Date.now() } });
  }

  /** How long until the report is due, or how long it is over; empty without a clock. */
  function clock({ report_due_ms: due }) {
    if (!due) return "";
    const left = due - gwanje.now();
    return left >= 0 ? gwanje.span(left) : gwanje.text("{time} 초과", { time: gwanje.span(-left) });
  }

  const grade = (card) => gwanje.text(GRADES[card.grade]);
  const look = (card) => LOOKS[card.grade];
  const state = (card) => gwanje.text(STATES[card.state] || STATES.new);
  const verdict = (word) => gwanje.text(VERDICTS[word]);
  const exercise = (card) => (card.exercise ? gwanje.text("훈련") : "");

  /** What is wrong with a step whose messages did not arrive; empty where nothing is. */
  const unsent = (step) => (step?.unsent ? gwanje.text("전파 실패 {n} · 전화로 알릴 것", { n: step.unsent }) : "");

  gwanje.incidents = { list, rank, active, outranks, shown, open, leave, act, mayAct, clock, grade, look, state, verdict, exercise, unsent,
    GRADES: Object.keys(RANK).reverse() };
})();
