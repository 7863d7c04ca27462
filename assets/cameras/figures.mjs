// How far the cameras' rules can be trusted: what people said of their events, by camera and rule.

import { el, setNote, setText, whenMounted } from "../core/dom.mjs";
import { formatNumber } from "../core/format.mjs";
import { createField, createTable } from "../core/forms.mjs";
import { getJson } from "../core/http.mjs";
import { localName, translate } from "../core/texts.mjs";
import { paintStorage } from "./storage.mjs";

const HEADS = [
  "카메라",
  "규칙",
  "이벤트",
  "경보",
  "사실",
  "오경보",
  "불분명",
  "판정 전",
  "정밀도",
  "오경보/대·일",
];
const DAYS = [
  ["1", "최근 24시간"],
  ["7", "최근 7일"],
  ["30", "최근 30일"],
];
const EVERY_MS = 30000;

function rate(told, goal) {
  const node = el("span", told !== null && told >= goal ? "over" : "", formatNumber(told, 2));
  if (node.className) node.title = translate("한계 {n} 이상", { n: formatNumber(goal, 2) });
  return node;
}

const cells = (row, names, goal) => [
  row.camera ? row.camera.split("/").pop() : translate("모두"),
  row.rule ? localName(names[row.rule]) || row.rule : translate("모든 규칙"),
  ...[row.events, row.alarms, row.true, row.false, row.unclear, row.unverified].map((n) => formatNumber(n)),
  formatNumber(row.precision, 2),
  rate(row.false_per_day, goal),
];

whenMounted("#camera-figures", (host) => {
  const span = createField("기간", { choices: DAYS.map(([value, text]) => [value, translate(text)]) });
  const body = el("div");
  const foot = el("p", "calm");
  const shelf = el("p", "calm shelf-room");
  host.append(shelf, span, body, foot);
  async function load() {
    if (!host.isConnected) return;
    paintStorage(shelf);
    try {
      const told = await getJson(`/api/v1/cameras/figures?days=${span.input.value}`);
      const rows = [told.total, ...told.rows].map((row) => cells(row, told.names, told.goal_per_day));
      body.replaceChildren(createTable(HEADS, rows));
      setText(
        foot,
        translate("지켜본 시간 {d}대·일 · 한계 {n} · 정밀도는 사실 ÷ (사실 + 오경보)", {
          d: formatNumber(told.camera_days, 2),
          n: formatNumber(told.goal_per_day, 2),
        }),
      );
      setNote("camera-figures", translate("판정 전 {n}건", { n: formatNumber(told.total.unverified) }));
    } catch (error) {
      console.warn("camera figures", error.message);
    }
    clearTimeout(host.next);
    host.next = setTimeout(load, EVERY_MS);
  }
  span.input.addEventListener("change", load);
  load();
});
