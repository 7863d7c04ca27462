// One incident in the attention list: how grave, what, how old, how far its answer has come, what is next.
(() => {
  "use strict";
  const { el, put, dress, attr, name } = dom;
  const { incidents, acts } = gwanje;

  function make(row, choose) {
    const node = el("li"), t = gwanje.text;
    const parts = node.parts = { mark: el("span", "mark"), title: el("b", "title"), age: el("span", "age"), facts: el("span", "detail"),
      button: el("button", "acknowledge", t("인지")), reason: el("span", "reason"), track: el("div", "track"), bar: el("div"), next: el("span", "next") };
    parts.button.type = "button";
    const [first, second, third] = [el("div", "line"), el("div", "line second"), el("div", "line third")];
    first.append(parts.mark, parts.title, parts.age);
    second.append(parts.facts, parts.button);
    third.append(parts.reason);
    parts.track.append(parts.bar);
    node.append(first, second, third, parts.track, parts.next);
    node.tabIndex = -1;
    node.addEventListener("click", () => { choose(row.key, false); incidents.open(node.card.incident); });
    parts.button.addEventListener("click", (event) => { event.stopPropagation(); acts.acknowledge(node.card); });
    return node;
  }

  function age(card) {
    const clock = incidents.clock(card);
    return clock ? gwanje.text("신고 {time}", { time: clock }) : gwanje.span(gwanje.age(card.opened_ms));
  }

  function facts(card) {
    return [incidents.exercise(card), gwanje.clock(card.opened_ms), incidents.state(card),
      card.owner ? gwanje.text("담당 {user}", { user: card.owner }) : "", card.verdict ? incidents.verdict(card.verdict) : ""].filter(Boolean).join(" · ");
  }

  function next(card) {
    if (!card.steps_total) return "";
    const after = card.next ? gwanje.text("다음: {step}", { step: name(card.next.name) }) : "";
    return [gwanje.text("대응 절차 {done} / {all}", { done: card.steps_done, all: card.steps_total }), incidents.unsent(card.next), after].filter(Boolean).join(" · ");
  }

  function update(node, { card, key }, chosen) {
    const { parts } = node;
    node.card = card;
    dress(node, ["alarm happening-now", incidents.look(card), card.acked_ms ? "ack" : "unack", key === chosen ? "chosen" : ""].filter(Boolean).join(" "));
    put(parts.mark, incidents.grade(card));
    put(parts.title, name(card.title));
    put(parts.age, age(card));
    put(parts.facts, facts(card));
    put(parts.reason, name(card.reason));
    put(parts.next, next(card));
    parts.button.hidden = Boolean(card.acked_ms) || !incidents.mayAct();
    parts.track.hidden = !card.steps_total;
    parts.bar.style.width = `${card.steps_total ? (100 * card.steps_done) / card.steps_total : 0}%`;
    attr(node, "aria-selected", String(key === chosen));
    attr(node, "title", name(card.reason));
  }

  gwanje.incidentRow = { make, update };
})();
