// The review of a month of the audit trail, and what may be taken out of the record, each with its reason.
import { el, whenMounted } from "../core/dom.mjs";
import { formatDateTime, formatNumber } from "../core/format.mjs";
import { createField, createForm, createTable } from "../core/forms.mjs";
import { downloadFile, getJson, postJson } from "../core/http.mjs";
import { serverNow } from "../core/push.mjs";
import { translate } from "../core/texts.mjs";
import { actionLabel } from "./action_labels.mjs";

const MONTHS = 13;
const WHAT = [
  ["events", "이벤트"],
  ["alarms", "경보"],
  ["audit", "감사 기록"],
];

function months() {
  const now = new Date(serverNow());
  return Array.from({ length: MONTHS }, (_, back) => {
    const first = new Date(now.getFullYear(), now.getMonth() - back, 1);
    const name = `${first.getFullYear()}-${String(first.getMonth() + 1).padStart(2, "0")}`;
    return [name, name];
  });
}

const most = (counts, word = (name) => name) =>
  Object.entries(counts)
    .slice(0, 8)
    .map(([name, n]) => [word(name), formatNumber(n)]);

function show(host, told) {
  const figures = el(
    "p",
    "month-figures",
    [
      translate("행위 {n}건", { n: formatNumber(told.acts) }),
      translate("거부·실패 {n}건", { n: formatNumber(told.refused) }),
      translate("반출 {n}건", { n: formatNumber(told.taken_out.length) }),
      translate("사유 없는 반출 {n}건", { n: formatNumber(told.unreasoned) }),
    ].join(" · "),
  );
  const taken = told.taken_out
    .slice(0, 20)
    .map((row) => [formatDateTime(Date.parse(row.time)), row.user, row.object, row.reason]);
  const reviews = told.reviews.map((row) =>
    el(
      "p",
      "review",
      translate("{time} {user} 점검: {note}", {
        time: formatDateTime(Date.parse(row.time)),
        user: row.user,
        note: row.reason,
      }),
    ),
  );
  host.replaceChildren(
    figures,
    createTable(["누가", "건수"], most(told.users)),
    createTable(["행위", "건수"], most(told.actions, actionLabel)),
    ...(taken.length ? [createTable(["시각", "누가", "반출한 것", "사유"], taken)] : []),
    ...(reviews.length ? reviews : [el("p", "review open", translate("아직 점검하지 않음"))]),
  );
}

whenMounted("#audit-month", (element) => {
  const body = el("div", "month");
  const month = createField("달", { choices: months() });
  const note = createField("점검 의견", { required: true, maxLength: 500 });
  const path = () => `/api/v1/audit/months/${month.input.value}`;
  const load = async () => show(body, await getJson(path()));
  const look = createForm([month], "보기", load);
  const review = createForm([note], "점검 완료", async () => {
    await postJson(`${path()}/review`, { note: note.input.value });
    note.input.value = "";
    await load();
    return translate("점검을 기록했습니다");
  });
  element.append(look, body, review);
  look.requestSubmit();
});

whenMounted("#audit-export", (element) => {
  const what = createField("대상", { choices: WHAT.map(([value, text]) => [value, translate(text)]) });
  const format = createField("형식", {
    choices: [
      ["csv", "CSV"],
      ["jsonl", "JSON Lines"],
    ],
  });
  const from = createField("부터", { type: "datetime-local" });
  const to = createField("까지", { type: "datetime-local" });
  const why = createField("사유", { required: true, minLength: 2, maxLength: 500 });
  element.append(
    createForm([what, format, from, to, why], "내보내기", async () => {
      const asked = new URLSearchParams({ format: format.input.value, reason: why.input.value });
      for (const [name, { input }] of Object.entries({ from, to }))
        if (input.value) asked.set(name, new Date(input.value).toISOString());
      await downloadFile(`/api/v1/export/${what.input.value}?${asked}`);
      why.input.value = "";
      return translate("내보냈고, 사유와 함께 기록했습니다");
    }),
  );
});
