// The review of a month of the audit trail, and what may be taken out of the record, each with its reason.
(() => {
  "use strict";
  const { el } = dom;
  const MONTHS = 13;
  const WHAT = [["events", "이벤트"], ["alarms", "경보"], ["audit", "감사 기록"]];

  function months() {
    const now = new Date(gwanje.now());
    return Array.from({ length: MONTHS }, (_, back) => {
      const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
      const name = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
      return [name, name];
    });
  }

  const most = (counts, word = (name) => name) => Object.entries(counts).slice(0, 8).map(([name, n]) => [word(name), gwanje.number(n)]);

  function show(host, told) {
    const t = gwanje.text, { table } = gwanje.record;
    const figures = el("p", "month-figures", [t("행위 {n}건", { n: gwanje.number(told.acts) }), t("거부·실패 {n}건", { n: gwanje.number(told.refused) }),
      t("반출 {n}건", { n: gwanje.number(told.taken_out.length) }), t("사유 없는 반출 {n}건", { n: gwanje.number(told.unreasoned) })].join(" · "));
    const taken = told.taken_out.slice(0, 20).map((row) => [gwanje.date(Date.parse(row.time)), row.user, row.object, row.reason]);
    const reviews = told.reviews.map((row) => el("p", "review", t("{time} {user} 점검: {note}", { time: gwanje.date(Date.parse(row.time)), user: row.user, note: row.reason })));
    host.replaceChildren(figures, table(["누가", "건수"], most(told.users)), table(["행위", "건수"], most(told.actions, gwanje.record.act)),
      ...(taken.length ? [table(["시각", "누가", "반출한 것", "사유"], taken)] : []),
      ...(reviews.length ? reviews : [el("p", "review open", t("아직 점검하지 않음"))]));
  }

  gwanje.mount("#audit-month", (element) => {
    const { field, form, post } = gwanje.record, body = el("div", "month");
    const month = field("달", { choices: months() }), note = field("점검 의견", { required: true, maxLength: 500 });
    const path = () => `/api/v1/audit/months/${month.input.value}`;
    const load = async () => show(body, await gwanje.get(path()));
    const look = form([month], "보기", load);
    const review = form([note], "점검 완료", async () => {
      await post(`${path()}/review`, { note: note.input.value });
      note.input.value = "";
      await load();
      return gwanje.text("점검을 기록했습니다");
    });
    element.append(look, body, review);
    look.requestSubmit();
  });

  gwanje.mount("#audit-export", (element) => {
    const { field, form, take } = gwanje.record, t = gwanje.text;
    const what = field("대상", { choices: WHAT.map(([value, text]) => [value, t(text)]) });
    const format = field("형식", { choices: [["csv", "CSV"], ["jsonl", "JSON Lines"]] });
    const from = field("부터", { type: "datetime-local" }), to = field("까지", { type: "datetime-local" });
    const why = field("사유", { required: true, minLength: 2, maxLength: 500 });
    element.append(form([what, format, from, to, why], "내보내기", async () => {
      const asked = new URLSearchParams({ format: format.input.value, reason: why.input.value });
      for (const [name, { input }] of [["from", from], ["to", to]]) if (input.value) asked.set(name, new Date(input.value).toISOString());
      await take(`/api/v1/export/${what.input.value}?${asked}`);
      why.input.value = "";
      return t("내보냈고, 사유와 함께 기록했습니다");
    }));
  });
})();
