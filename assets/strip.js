// The wall's strip: the active incident with its clock, or the worst alarm where that is graver, in letters that are read at four metres.
(() => {
  "use strict";
  const { el, put, dress, name } = dom;

  function build(host) {
    const parts = { mark: el("span", "strip-mark"), title: el("b", "strip-title"), more: el("span", "strip-more"), what: el("span", "strip-what"), time: el("b", "strip-time") };
    const words = el("div", "strip-words"), clock = el("div", "strip-clock");
    words.append(parts.title, parts.more);
    clock.append(parts.what, parts.time);
    host.append(parts.mark, words, clock);
    host.parts = parts;
    return parts;
  }

  function incident(card) {
    const { incidents } = gwanje, t = gwanje.text, due = incidents.clock(card);
    const answer = card.steps_total ? t("대응 절차 {done} / {all}", { done: card.steps_done, all: card.steps_total }) : "";
    return { look: `${incidents.look(card)} incident`, mark: incidents.grade(card),
      title: [incidents.exercise(card), name(card.title)].filter(Boolean).join(" · "),
      more: [incidents.state(card), card.owner ? t("담당 {user}", { user: card.owner }) : "", answer,
        incidents.unsent(card.next), card.next ? t("다음: {step}", { step: name(card.next.name) }) : "", name(card.reason)].filter(Boolean).join(" · "),
      what: t(due ? "화학사고 신고 시한" : "경과"), time: due || gwanje.span(gwanje.age(card.opened_ms)) };
  }

  function alarm(first, alarms, { place, measured, word }) {
    if (!first) return { look: "none", title: gwanje.text(gwanje.link === "live" ? "처리할 경보 없음" : "연결 끊김: 지금의 경보를 알 수 없음") };
    const alike = alarms.filter((one) => one.condition === first.condition && one.priority === first.priority);
    return { look: first.priority, mark: word(first), title: [name(first.name), place({ head: first, members: alike }), measured(first)].filter(Boolean).join(" · ") };
  }

  gwanje.strip = (cards, alarms, words) => {
    const host = document.getElementById("strip");
    if (!host) return;
    const [card] = cards, graver = (one) => (card ? gwanje.incidents.outranks(one, card) : one.state !== "returned");
    const first = words.worst(alarms.filter(graver)), led = Boolean(card) && !first;
    const parts = host.parts || build(host), told = led ? incident(card) : alarm(first, alarms, words);
    document.querySelector(".room.wall").classList.toggle("in-incident", led);
    dress(host, `strip ${told.look}`);
    for (const part of Object.keys(parts)) put(parts[part], told[part] || "");
  };
})();
