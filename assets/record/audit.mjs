// The audit trail: rows with filters, newest first, and whether the chain is sound. Looking is on record, so
// it asks only when told to.

import { el, setNote, whenMounted } from "../core/dom.mjs";
import { formatDateTime, formatNumber } from "../core/format.mjs";
import { createField, createForm, createTable } from "../core/forms.mjs";
import { getJson, queryOf } from "../core/http.mjs";
import { onPush } from "../core/push.mjs";
import { isManager } from "../core/roles.mjs";
import { translate } from "../core/texts.mjs";
import { actionChoices, actionLabel } from "./action_labels.mjs";

const PAGE = 100;
const HEADS = ["번호", "시각", "누가", "어디서", "행위", "대상", "사유", "결과", "해시"];
const WHY = {
  changed: "내용이 바뀜",
  removed: "빠짐",
  inserted: "끼워 넣음",
  reordered: "순서가 바뀜",
  cut: "끝이 잘림",
  rewritten: "다시 쓰임",
};
const RESULTS = { done: "완료", refused: "거부", failed: "실패" };
let host = null;
let rows = [];

function query(before) {
  const { user, action, object, from, to } = host.fields;
  const told = queryOf({ limit: PAGE });
  for (const [name, { input }] of Object.entries({ user, action, object }))
    if (input.value.trim()) told.set(name, input.value.trim());
  for (const [name, { input }] of Object.entries({ from, to }))
    if (input.value) told.set(name, new Date(input.value).toISOString());
  if (before) told.set("before", before);
  return `/api/v1/audit?${told}`;
}

function named(action) {
  const node = el("span", "", actionLabel(action));
  node.title = action;
  return node;
}

const line = (row) => [
  String(row.chain),
  formatDateTime(Date.parse(row.time)),
  row.role ? `${row.user} (${row.role})` : row.user,
  row.origin,
  named(row.action),
  row.object,
  row.reason,
  translate(RESULTS[row.result] || row.result),
  row.hash.slice(0, 12),
];

async function load(more) {
  const found = await getJson(query(more && rows.length ? rows[rows.length - 1].chain : 0));
  rows = more ? [...rows, ...found] : found;
  host.body.replaceChildren(createTable(HEADS, rows.map(line)));
  host.more.hidden = found.length < PAGE;
  setNote("audit-trail", translate("{n}건", { n: formatNumber(rows.length) }));
  return rows.length ? "" : translate("기록 없음");
}

whenMounted("#audit-trail", (element) => {
  const fields = {
    user: createField("누가"),
    action: createField("행위", { choices: [["", translate("전체")], ...actionChoices()] }),
    object: createField("대상"),
    from: createField("부터", { type: "datetime-local" }),
    to: createField("까지", { type: "datetime-local" }),
  };
  host = { fields, body: el("div", "audit-rows"), more: el("button", "", translate("더 보기")) };
  host.more.type = "button";
  host.more.hidden = true;
  host.more.addEventListener("click", () => load(true));
  const filter = createForm(Object.values(fields), "조회", () => load(false));
  element.append(filter, host.body, host.more);
  filter.requestSubmit();
});

function tell(body, { verdict, at, witnesses, took_ms: took }) {
  const lines = [
    verdict.ok
      ? translate("이상 없음: {n}행이 모두 이어짐", { n: formatNumber(verdict.rows) })
      : translate("{row}행에서 깨짐: {why}", { row: verdict.row, why: translate(WHY[verdict.why]) }),
  ];
  lines.push(
    translate("{time} 확인 · 따로 적어 둔 끝 {n}개와 비교 · {ms} ms", {
      time: formatDateTime(Date.parse(at)),
      n: witnesses,
      ms: formatNumber(took),
    }),
  );
  body.className = `verdict ${verdict.ok ? "sound" : "broken"}`;
  body.replaceChildren(
    el("b", "", lines[0]),
    el("p", "", lines[1]),
    el("code", "", `${verdict.rows}:${verdict.hash}`),
  );
}

whenMounted("#audit-verdict", (element) => {
  const body = el("div", "verdict");
  const check = createForm([], "전체 검증", async () => {
    tell(body, await getJson("/api/v1/audit/verdict"));
  });
  element.append(body, check);
  check.requestSubmit();
});

onPush("hello", () =>
  whenMounted("#audit-link", (link) => {
    link.hidden = !isManager();
  }),
);
