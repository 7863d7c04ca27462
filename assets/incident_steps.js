// The procedure: what is done, what is next and by when; its buttons lie under the thumb.
(() => {
  "use strict";
  const { el, put, dress, attr, list, name } = dom;
  const { incident, incidents, acts } = gwanje;
  const MARKS = { done: "✔", skipped: "↷", failed: "✕", started: "…", open: "○" };
  const WORDS = { skipped: "생략", failed: "실패", started: "진행 중" };

  function make() {
    const node = el("li"), words = el("div", "words");
    node.parts = { mark: el("span", "mark"), name: el("b", "name"), more: el("span", "more") };
    node.parts.mark.setAttribute("aria-hidden", "true");
    words.append(node.parts.name, node.parts.more);
    node.append(node.parts.mark, words);
    return node;
  }

  function target({ due_ms: due }) {
    if (!due) return "";
    const left = due - gwanje.now();
    return left >= 0 ? gwanje.text("목표까지 {time}", { time: gwanje.span(left) })
      : gwanje.text("목표 {time} 지남", { time: gwanje.span(-left) });
  }

  function more(step, isNext) {
    const flags = [step.mandatory ? gwanje.text("필수") : "", step.auto ? gwanje.text("자동") : ""];
    const said = step.state === "open" ? [isNext ? gwanje.text("지금") : "", target(step)]
      : [incidents.unsent(step) || (WORDS[step.state] ? gwanje.text(WORDS[step.state]) : ""), step.at_ms ? gwanje.clock(step.at_ms) : "", step.user || "", step.reason];
    return [...said, ...flags].filter(Boolean).join(" · ");
  }

  function update(node, step) {
    const isNext = step.isNext, late = step.state === "open" && step.due_ms && step.due_ms < gwanje.now();
    dress(node, ["step", step.state, isNext ? "next" : "", late ? "late" : "", step.unsent ? "unsent" : ""].filter(Boolean).join(" "));
    put(node.parts.mark, isNext ? "➤" : step.unsent ? "▲" : MARKS[step.state] || "○");
    put(node.parts.name, name(step.name));
    put(node.parts.more, more(step, isNext));
    attr(node, "aria-current", isNext ? "step" : null);
  }

  function button(key, text, press, look = "") {
    const node = el("button", look);
    node.type = "button";
    node.append(el("span", "", text), el("kbd", "", key));
    node.addEventListener("click", () => press(incident.card()));
    return node;
  }

  // The buttons are made anew only when others are needed: a button does not vanish under a thumb.
  function choices(card) {
    const t = gwanje.text, { next } = card, closed = card.state === "closed" || card.state === "merged";
    const found = [];
    if (closed) return [["note", () => button("N", t("메모 쓰기"), acts.note)]];
    if (!card.acked_ms && next?.act !== "acknowledge") found.push(["ack", () => button("A", t("인지"), acts.acknowledge, next ? "" : "primary")]);
    if (next?.act === "verify" || !next && !card.verdict) {
      found.push(["t", () => button("T", t("사실"), (c) => acts.verify(c, "true"), "primary")],
        ["f", () => button("F", t("오경보"), (c) => acts.verify(c, "false"))],
        ["u", () => button("U", t("불분명"), (c) => acts.verify(c, "unclear"))]);
    } else if (next?.act === "grade") {
      incidents.GRADES.forEach((grade, index) => found.push([grade, () => button(index + 1, incidents.grade({ grade }), (c) => acts.grade(c, grade),
        grade === card.grade ? "primary" : "")]));
    } else if (next?.unsent) {
      found.push([`told/${next.id}`, () => button("Enter", t("전화로 알렸음"), acts.next, "primary")]);
    } else if (next) {
      found.push([`next/${next.id}`, () => button("Enter", name(next.name), acts.next, "primary")]);
    }
    if (next) found.push(["skip", () => button("S", t("건너뛰기(사유)"), acts.skip)]);
    found.push(["note", () => button("N", t("메모 쓰기"), acts.note)]);
    const ends = acts.after(card) === "closed";
    if (!next || !ends || !card.mandatory_open) {
      found.push([`close/${ends}`, () => button("C", t(ends ? "종료" : "통제됨"), acts.close, next ? "" : "primary")]);
    }
    return found;
  }

  function paintButtons(card) {
    const host = document.getElementById("incident-buttons");
    if (!host) return;
    host.hidden = !incidents.mayAct();
    const found = choices(card), key = `${gwanje.lang}/${found.map(([id]) => id).join()}`;
    if (host.dataset.key === key) return;
    host.dataset.key = key;
    host.replaceChildren(...found.map(([, build]) => build()));
  }

  function paintDraft(draft) {
    const host = document.getElementById("incident-draft");
    if (!host) return;
    host.hidden = !draft;
    if (!draft) return;
    const [first, ...others] = draft.to, to = others.length ? gwanje.text("{place} 외 {n}곳", { place: name(first), n: others.length }) : name(first);
    put(host.querySelector("h3"), gwanje.text("{to} 통보문 (초안)", { to }));
    put(host.querySelector("p"), name(draft.body).replace(/\n{2,}/g, "\n"));
    attr(host, "title", draft.to.map(name).join(", "));
  }

  function paint() {
    const { detail } = incident, card = incident.card(), host = document.getElementById("incident-steps");
    if (!detail || !card || !host) return;
    const rows = host.querySelector("ol") || host.appendChild(el("ol", "steps"));
    const nextId = card.next ? card.next.id : null, was = rows.dataset.next;
    list(rows, detail.steps.map((step) => ({ ...step, isNext: step.id === nextId })), (step) => step.id, make, update);
    rows.dataset.next = nextId || "";
    dom.note("incident-steps", card.steps_total ? gwanje.text("{done} / {all} · 필수 {left} 남음",
      { done: card.steps_done, all: card.steps_total, left: card.mandatory_open }) : gwanje.text("정해진 절차 없음"));
    paintDraft(detail.draft);
    paintButtons(card);
    if (was !== rows.dataset.next) rows.querySelector(".next")?.scrollIntoView({ block: "center" }); // once draft and buttons have their place
  }

  incident.on(paint);
  gwanje.on("incidents", paint);
  gwanje.on("hello", paint);
  setInterval(paint, 1000);
})();
