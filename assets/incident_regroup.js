// Hands on an incident: a member split off, all of it put into another, taken over, a word sent to somebody.
(() => {
  "use strict";
  const { el, put } = dom;
  const { incidents } = gwanje;
  const standing = (card) => incidents.mayAct() && card.state !== "closed" && card.state !== "merged";
  let held = null;

  const others = () => incidents.list().filter((one) => one.incident !== held.card.incident && one.exercise === held.card.exercise);

  async function merge() {
    const choices = others().map((one) => [one.incident, `${one.number} · ${dom.name(one.title)}`]);
    const answer = await gwanje.ask("합칠 사건과 사유", { needed: true, choices });
    if (answer) incidents.act("incident.merge", held.card.incident, { into: answer[1], reason: answer[0] });
  }

  async function split(row) {
    const about = row.querySelector("b").textContent;
    const reason = await gwanje.ask("따로 나누는 사유", { about, needed: true });
    if (reason !== null) incidents.act("incident.split", held.card.incident, { members: [row.dataset.key], reason });
  }

  const WAYS = { email: "전자우편", webhook: "웹훅", room: "관제실" };

  async function write() {
    const { incident, title } = held.card;
    const choices = held.contacts.flatMap(({ recipient, name, channels }) =>
      channels.map((way) => [`${recipient}|${way}`, `${dom.name(name)} · ${gwanje.text(WAYS[way] || way)}`]));
    const answer = await gwanje.ask("보낼 내용과 받는 곳", { needed: true, choices });
    if (!answer) return;
    const [body, [recipient, channel]] = [answer[0], answer[1].split("|")];
    incidents.act("message.request", incident, { recipient, channel, title_ko: title.ko, title_en: title.en, body_ko: body, body_en: body });
  }

  const take = () => incidents.act("incident.assign", held.card.incident, { user: gwanje.state.hello.user });

  /** A button at the head of a part of the records, made once. */
  function button(part, msgid, act) {
    const host = document.getElementById(`incident-${part}`);
    if (!host) return null;
    const made = host.querySelector(":scope > button.hand") || host.insertBefore(el("button", "hand"), host.firstChild);
    put(made, gwanje.text(msgid));
    made.type = "button";
    made.onclick = act;
    return made;
  }

  function paint(detail) {
    held = detail;
    const may = standing(detail.card), mine = detail.card.owner === (gwanje.state.hello || {}).user;
    const merging = button("members", "다른 사건에 합치기", merge), taking = button("people", "내가 담당", take);
    const writing = button("messages", "직접 전파", write);
    if (writing) writing.hidden = !may || !(detail.contacts || []).length;
    if (merging) merging.hidden = !may || !others().length;
    if (taking) taking.hidden = !may || mine;
    for (const row of document.querySelectorAll("#incident-members .record")) {
      const line = row.querySelector(".second"), made = row.querySelector("button.hand") || line.appendChild(el("button", "hand"));
      put(made, gwanje.text("나누기"));
      made.type = "button";
      made.onclick = () => split(row);
      made.hidden = !may || detail.members.length < 2;
    }
  }

  gwanje.incident.on(paint);
})();
