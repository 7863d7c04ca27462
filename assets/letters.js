// Dead letters: what was refused, why and from where; one button puts a letter back into the stream.
(() => {
  "use strict";
  const { el, put, list } = dom;
  const EVERY_MS = 10000;
  const failed = new Map();
  let letters = null, host = null;

  async function load() {
    if (!host || !host.isConnected) return;
    try {
      const answer = await gwanje.get("/api/v1/dead-letters");
      letters = Array.isArray(answer) ? answer : answer.items || answer.dead_letters || [];
      paint();
    } catch (error) {
      put(host.said, gwanje.text("불러오지 못함: {why}", { why: error.message }));
    }
  }

  async function replay(id) {
    const answer = await fetch(`/api/v1/dead-letters/${encodeURIComponent(id)}/replay`, { method: "POST" });
    if (answer.ok) failed.delete(id); else failed.set(id, gwanje.text("다시 보내지 못함: {why}", { why: answer.status }));
    load();
  }

  function make(letter) {
    const node = el("li", "letter"), head = el("div", "line"), raw = el("pre", "raw");
    const when = el("b"), origin = el("span", "note"), why = el("p", "why"), button = el("button", "replay", gwanje.text("다시 보내기"));
    button.type = "button";
    button.addEventListener("click", () => replay(letter.id));
    head.append(when, origin, button);
    node.append(head, why, raw);
    node.parts = { when, origin, why, raw };
    return node;
  }

  function update(node, letter) {
    const { when, origin, why, raw } = node.parts;
    const ms = letter.time_ms ?? Date.parse(letter.at || letter.time || letter.created);
    put(when, Number.isFinite(ms) ? gwanje.date(ms) : "–");
    put(origin, letter.origin || letter.source || "");
    put(why, failed.get(letter.id) || letter.reason);
    put(raw, letter.raw || letter.body || "");
  }

  function paint() {
    put(host.said, letters.length ? "" : gwanje.text("배달 못 한 이벤트 없음"));
    list(host.rows, letters, (letter) => letter.id, make, update);
    dom.note("letters", gwanje.text("{n}건", { n: gwanje.number(letters.length) }));
  }

  gwanje.mount("#letters", (element) => {
    host = element;
    host.said = el("p", "calm");
    host.rows = el("ul", "letter-list");
    host.append(host.said, host.rows);
    load();
  });
  setInterval(load, EVERY_MS);
})();
