// The audit trail: rows with filters, newest first, and whether the chain is sound. Looking is on record, so it asks only when told to.
(() => {
  "use strict";
  const { el, put } = dom;
  const PAGE = 100, MANAGERS = ["manager", "admin"];
  const HEADS = ["번호", "시각", "누가", "어디서", "행위", "대상", "사유", "결과", "해시"];
  const WHY = { changed: "내용이 바뀜", removed: "빠짐", inserted: "끼워 넣음", reordered: "순서가 바뀜", cut: "끝이 잘림", rewritten: "다시 쓰임" };
  const RESULTS = { done: "완료", refused: "거부", failed: "실패" };
  let host = null, rows = [];

  function query(before) {
    const { user, action, object, from, to } = host.fields, told = new URLSearchParams({ limit: PAGE });
    for (const [name, { input }] of Object.entries({ user, action, object })) if (input.value.trim()) told.set(name, input.value.trim());
    for (const [name, { input }] of Object.entries({ from, to })) if (input.value) told.set(name, new Date(input.value).toISOString());
    if (before) told.set("before", before);
    return `/api/v1/audit?${told}`;
  }

  function named(action) {
    const node = el("span", "", gwanje.record.act(action));
    node.title = action;
    return node;
  }

  const line = (row) => [String(row.chain), gwanje.date(Date.parse(row.time)), row.role ? `${row.user} (${row.role})` : row.user,
    row.origin, named(row.action), row.object, row.reason, gwanje.text(RESULTS[row.result] || row.result), row.hash.slice(0, 12)];

  async function load(more) {
    const found = await gwanje.get(query(more && rows.length ? rows[rows.length - 1].chain : 0));
    rows = more ? [...rows, ...found] : found;
    host.body.replaceChildren(gwanje.record.table(HEADS, rows.map(line)));
    host.more.hidden = found.length < PAGE;
    dom.note("audit-trail", gwanje.text("{n}건", { n: gwanje.number(rows.length) }));
    return rows.length ? "" : gwanje.text("기록 없음");
  }

  gwanje.mount("#audit-trail", (element) => {
    const { acts, field, form } = gwanje.record;
    const fields = { user: field("누가"), action: field("행위", { choices: [["", gwanje.text("전체")], ...acts()] }), object: field("대상"),
      from: field("부터", { type: "datetime-local" }), to: field("까지", { type: "datetime-local" }) };
    host = { fields, body: el("div", "audit-rows"), more: el("button", "", gwanje.text("더 보기")) };
    host.more.type = "button";
    host.more.hidden = true;
    host.more.addEventListener("click", () => load(true));
    const filter = form(Object.values(fields), "조회", () => load(false));
    element.append(filter, host.body, host.more);
    filter.requestSubmit();
  });

  function tell(body, { verdict, at, witnesses, took_ms: took }) {
    const t = gwanje.text, lines = [verdict.ok ? t("이상 없음: {n}행이 모두 이어짐", { n: gwanje.number(verdict.rows) })
      : t("{row}행에서 깨짐: {why}", { row: verdict.row, why: t(WHY[verdict.why]) })];
    lines.push(t("{time} 확인 · 따로 적어 둔 끝 {n}개와 비교 · {ms} ms", { time: gwanje.date(Date.parse(at)), n: witnesses, ms: gwanje.number(took) }));
    body.className = `verdict ${verdict.ok ? "sound" : "broken"}`;
    body.replaceChildren(el("b", "", lines[0]), el("p", "", lines[1]), el("code", "", `${verdict.rows}:${verdict.hash}`));
  }

  gwanje.mount("#audit-verdict", (element) => {
    const body = el("div", "verdict");
    const check = gwanje.record.form([], "전체 검증", async () => { tell(body, await gwanje.get("/api/v1/audit/verdict")); });
    element.append(body, check);
    check.requestSubmit();
  });

  gwanje.on("hello", ({ role }) => gwanje.mount("#audit-link", (link) => { link.hidden = !MANAGERS.includes(role); }));
})();
