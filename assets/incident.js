// One incident on its page: which one, all that is known of it, told to the panels; its head and its clock.
(() => {
  "use strict";
  const { el, put, dress, attr, list, name } = dom;
  const { incidents } = gwanje;
  const SETTLE_MS = 150, RETRY_MS = 2000, AGAIN_MS = 1200;
  const listeners = [];
  let detail = null, wanted = null, timer = null, asked = 0;

  /** The card as it is now: the pushed one while it stands, else what was fetched. */
  const card = () => gwanje.state.incidents[wanted] || (detail && detail.card.incident === wanted ? detail.card : null);

  function tell() {
    for (const listener of listeners) listener(detail);
    paint();
  }

  async function fetchNow() {
    const id = wanted, mine = ++asked;
    if (!id) return;
    try {
      const told = await gwanje.get(`/api/v1/incidents/${encodeURIComponent(id)}`);
      if (id !== wanted || mine !== asked) return;
      detail = told;
      tell();
    } catch (error) {
      if (id !== wanted) return;
      if (String(error.message).endsWith("404")) return missing();
      console.warn("incident", error.message);
      soon(RETRY_MS);
    }
  }

  function missing() {
    const title = document.getElementById("incident-title");
    if (title) put(title, gwanje.text("그런 사건이 없음"));
  }

  function soon(ms = SETTLE_MS) {
    clearTimeout(timer);
    timer = setTimeout(fetchNow, ms);
  }

  function follow() {
    const id = incidents.shown();
    if (id === wanted) return;
    wanted = id;
    detail = null;
    if (id) fetchNow();
  }

  function owner({ owner: who, state }) {
    if (state === "closed") return "";
    return who ? gwanje.text("담당 {user}", { user: who }) : gwanje.text("담당 없음");
  }

  /** Whose it may be and why: the likeliest works, then the others; empty where it happens at its cause itself. */
  function origin({ source }) {
    if (!source) return "";
    const others = name(source.others);
    const likeliest = source.relation === "at" ? gwanje.text("발생지: {works}", { works: name(source.likeliest) })
      : gwanje.text("발생 추정: {works}", { works: name(source.likeliest) });
    return [likeliest, others ? gwanje.text("다른 후보: {works}", { works: others }) : ""].filter(Boolean).join(" · ");
  }

  function paint() {
    const told = card(), head = document.getElementById("incident-head");
    if (!told || !head) return;
    const part = (id) => document.getElementById(`incident-${id}`);
    dress(head, `incident-head ${incidents.look(told)}${told.acked_ms ? "" : " unack"}`);
    put(part("grade"), incidents.grade(told));
    put(part("title"), [incidents.exercise(told), name(told.title)].filter(Boolean).join(" · "));
    put(part("source"), origin(told));
    part("source").hidden = !told.source;
    put(part("reason"), [name(told.reason), incidents.state(told),
      told.verdict ? gwanje.text("판정 {verdict}", { verdict: incidents.verdict(told.verdict) }) : "", owner(told), told.number].filter(Boolean).join(" · "));
    paintLinked(told, part("linked"));
    paintClock(told, part);
  }

  /** Links to the incidents that may have to do with this one. */
  function paintLinked({ linked = [] }, host) {
    host.hidden = !linked.length;
    list(host, linked, (other) => other.incident, () => el("a"), (link, other) => {
      attr(link, "href", `/incident/${encodeURIComponent(other.incident)}${location.search}`);
      put(link, gwanje.text("관련 사건: {title} ({why})", { title: name(other.title), why: name(other.rule) }));
    });
  }

  function paintClock(told, part) {
    const reported = detail && detail.reported_ms, closed = told.state === "closed";
    const due = told.report_due_ms, late = due && due < gwanje.now() && !closed;
    part("due").hidden = false;
    dress(part("due"), `incident-due${late ? " late" : ""}${due && !closed ? "" : " calm"}`);
    const [what, value] = closed ? ["종료", gwanje.clock(told.closed_ms)]
      : due ? ["화학사고 신고 시한", incidents.clock(told)]
      : reported ? ["신고 완료", gwanje.clock(reported)] : ["경과", gwanje.span(gwanje.age(told.opened_ms))];
    put(part("due-what"), gwanje.text(what));
    put(part("due-time"), value);
  }

  /** Call `listener(detail)` with all that is known, now and whenever something else is known. */
  function on(listener) {
    listeners.push(listener);
    if (detail) listener(detail);
  }

  gwanje.incident = { on, card, soon, get id() { return wanted; }, get detail() { return detail; } };
  gwanje.on("incidents", (changed) => { if (changed.some((one) => one.incident === wanted)) { paint(); soon(); } });
  gwanje.on("reset", () => soon(AGAIN_MS));
  gwanje.mount(".room", () => { follow(); if (detail) tell(); });
  window.addEventListener("popstate", () => setTimeout(follow));
  setInterval(() => { follow(); paint(); }, 1000);
})();
