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
      letters = await gwanje.get("/api/v1/dead-letters");
      paint();
    } catch (error) {
      put(host.said, gwanje.text("불러오지 못함: {why}", { why: error.message }));
    }
  }

  async function replay(id) {
    const answer = await fetch(`/api/v1/dead-letters/${encodeURIComponent(id)}/replay`, { method: "POST" });
    if (answer.ok) failed.delete(id); else failed.set(id, gwanje.text("다시 보내지 못함: {why}", { why: (await gwanje.record.refusal(answer)).message }));
    load();
  }

  function make(letter) {
    const node = el("li", "letter"), head = el("div", "line"), raw = el("pre", "raw");
    const when = el("b"), origin = el("span", "note"), why = el("p", "why"), button = el("button", "replay", gwanje.text("다시 보내기"));
    button.type = "button";
    button.addEventListener("click", () => replay(letter.id));
    head.append(when, origin, button);
    node.append(head, why, raw);
    node.parts = { when, origin, why, raw, button };
    return node;
  }

  function update(node, letter) {
    const { when, origin, why, raw, button } = node.parts;
    put(when, gwanje.date(Date.parse(letter.first_seen)));
    put(origin, [`${letter.stream} ${letter.stream_id}`, gwanje.text("시도 {n}회", { n: letter.deliveries })].join(" · "));
    put(why, [`${letter.path}: ${dom.name(letter.said)}`, failed.get(letter.id)].filter(Boolean).join(" — "));
    put(raw, letter.raw);
    button.disabled = Boolean(letter.replayed);
    button.hidden = !["manager", "admin"].includes((gwanje.state.hello || {}).role);
    put(button, letter.replayed ? gwanje.text("다시 보냄 {time}", { time: gwanje.date(Date.parse(letter.replayed)) })
      : gwanje.text("다시 보내기"));
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
