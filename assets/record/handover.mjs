// The handover of a shift: drawn by the server from state and record, read, signed by the next shift.
import { el, setNote, setText, whenMounted } from "../core/dom.mjs";
import { formatAge, formatDateTime, formatNumber } from "../core/format.mjs";
import { createField, createForm, createTable } from "../core/forms.mjs";
import { getJson, postJson } from "../core/http.mjs";
import { onPush } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { actionLabel } from "./action_labels.mjs";

const LAYERS = { shelved: "보류", suppressed: "설계 억제", out_of_service: "사용 중지" };
const GRADES = { attention: "관심", caution: "주의", alert: "경계", serious: "심각" };
const STATES = {
  new: "신규",
  acknowledged: "인지",
  verified: "확인됨",
  responding: "대응 중",
  controlled: "통제됨",
};
const PRIORITIES = [
  ["critical", "심각"],
  ["high", "높음"],
  ["medium", "보통"],
  ["low", "낮음"],
];
const COMMANDS = {
  "light.dim": "가로등 밝기",
  "camera.point": "카메라 지향",
  "gate.hold": "출입문 고정",
  "vehicle.reroute": "차량 우회",
  "sign.show": "전광판 표시",
};
const KINDS = {
  camera: "카메라",
  light: "가로등",
  cabinet: "분전함",
  gas: "가스센서",
  odour: "악취센서",
  air: "대기센서",
  water: "수질센서",
  weather: "기상점",
  gate: "출입문",
  dock: "도크",
  meter: "전력계",
  vehicle: "차량",
  substation: "변전소",
  pv: "태양광",
  fuelcell: "연료전지",
  ess: "저장장치",
  parking: "주차장",
};
const FORCE = { waiting: "응답 대기", done: "시행 중", partial: "일부 시행" };
let host = null;
let signing = null;
let drawn = null;
const short = (by) => (by ? by.split("/").pop() : "–"); // a person, or the asset whose failure hides it
const time = (ms) => (ms === null || ms === undefined ? "–" : formatDateTime(ms));

function section(title, heads, rows) {
  const node = el("section", "handover-part");
  node.append(el("h3", "", `${translate(title)} (${rows.length})`));
  node.append(rows.length ? createTable(heads, rows) : el("p", "none", translate("없음")));
  return node;
}

function link(one) {
  const node = el("a", "", one.number);
  node.href = `/incident/${encodeURIComponent(one.incident)}${location.search}`;
  return node;
}

const incident = (one) => [
  link(one),
  localName(one.title),
  translate(GRADES[one.grade]),
  translate(STATES[one.state] || one.state),
  one.owner || "–",
  one.next ? localName(one.next) : "–",
  String(one.mandatory_open),
  time(one.opened_ms),
];
const hidden = (one) => [
  translate(LAYERS[one.layer]),
  `${one.asset} ${localName(one.place)}`,
  localName(one.what),
  time(one.since_ms),
  time(one.until_ms),
  short(one.by),
  typeof one.reason === "string" ? one.reason : localName(one.reason),
]; // a text in what was signed long ago
const command = (one) => [
  translate(COMMANDS[one.kind] || one.kind),
  one.value === null ? "–" : formatNumber(one.value),
  formatNumber(one.targets),
  translate(FORCE[one.state] || one.state),
  time(one.asked_ms),
  time(one.until_ms),
  one.user || "–",
];
const act = (one) => [
  actionLabel(one.action),
  formatNumber(one.count),
  time(one.first_ms),
  time(one.last_ms),
  one.users.join(", "),
];
const silent = (one) => [
  translate(KINDS[one.kind] || one.kind),
  formatNumber(one.count),
  formatAge(one.age_ms),
];
const note = (one) => [time(one.at_ms), one.user, one.reason];

function figures(h) {
  const host = el("div", "handover-figures");
  const told = [
    [h.incidents.length, "처리 중 사건"],
    [h.raised, "발생 경보"],
    [h.acknowledged, "확인한 경보"],
    [h.unacknowledged, "미확인 경보"],
    [h.hidden.length, "숨긴 경보"],
    [h.commands.length, "유효한 명령"],
    [h.unsent, "못 보낸 전파"],
  ];
  host.append(
    ...told.map(([n, what]) => {
      const one = el("div", "handover-figure");
      one.append(el("b", "", formatNumber(n)), el("span", "", translate(what)));
      return one;
    }),
  );
  return host;
}

/** Write a handover into an element: the same words for the one being drawn and one signed long ago. */
function write(element, h) {
  const open = PRIORITIES.map(
    ([key, word]) => `${translate(word)} ${formatNumber(h.standing[key] || 0)}`,
  ).join(" · ");
  element.replaceChildren(
    el(
      "p",
      "handover-head",
      translate("{shift} 근무 · {from} – {to}", {
        shift: localName(h.shift),
        from: time(h.since_ms),
        to: time(h.drawn_ms),
      }),
    ),
    figures(h),
    section(
      "처리 중 사건",
      ["번호", "무엇", "등급", "상태", "담당", "다음 단계", "남은 필수", "시작"],
      h.incidents.map(incident),
    ),
    section("숨긴 경보", ["구분", "설비", "경보", "부터", "까지", "누가", "사유"], h.hidden.map(hidden)),
    section(
      "유효한 명령",
      ["명령", "값", "대상 수", "상태", "요청", "까지", "누가"],
      h.commands.map(command),
    ),
    section("남긴 말", ["시각", "누가", "내용"], h.notes.map(note)),
    section("한 일", ["행위", "건수", "처음", "마지막", "누가"], h.done.map(act)),
    section("응답 없는 설비", ["종류", "건수", "가장 오래된"], h.silent.map(silent)),
    el("p", "handover-foot", `${translate("남아 있는 경보")}: ${open}`),
    el(
      "p",
      "handover-foot",
      translate("감사 기록 {n}행 · {hash}", {
        n: formatNumber(h.audit_rows),
        hash: h.audit_hash.slice(0, 16),
      }),
    ),
  );
}

async function draw() {
  drawn = await getJson("/api/v1/handover");
  write(host, drawn.handover);
  setNote("handover", translate("{time} 작성", { time: time(drawn.handover.drawn_ms) }));
  if (signing && !signing.leaving.input.value) signing.leaving.input.value = drawn.handover.leaving || "";
  return "";
}

whenMounted("#handover", (element) => {
  host = element;
  draw();
});

whenMounted("#handover-sign", (element) => {
  const text = createField("다음 근무에 남길 말", { required: true, minLength: 2, maxLength: 500 });
  const leaving = createField("넘기는 사람", { required: true, maxLength: 100 });
  const said = createField("인수 의견", { maxLength: 500 });
  signing = { leaving };
  const keep = createForm([text], "남기기", async () => {
    await postJson("/api/v1/handover/notes", { text: text.input.value });
    text.input.value = "";
    await draw();
    return translate("남겼습니다");
  });
  const sign = createForm([leaving, said], "읽었고 인수합니다", async () => {
    await postJson("/api/v1/handovers", {
      digest: drawn.digest,
      leaving: leaving.input.value,
      note: said.input.value,
    });
    setTimeout(list, 1500);
    return translate("인수했습니다: {digest}", { digest: drawn.digest.slice(0, 16) });
  });
  element.append(keep, createForm([], "다시 작성", draw), el("p", "handover-who"), sign);
  onPush("hello", ({ user, role }) => {
    setText(element.querySelector(".handover-who"), translate("받는 사람: {user}", { user }));
    element.classList.toggle("only-reading", role === "viewer");
  });
});

let signed = null;
async function list() {
  if (!signed?.isConnected) return;
  const told = await getJson("/api/v1/handovers");
  signed.replaceChildren(
    ...told.map((one) => {
      const node = el("button", `signed ${one.sound ? "" : "broken"}`.trim());
      node.type = "button";
      node.append(
        el("b", "", one.shift),
        el("span", "", translate("{from} → {to}", { from: one.leaving, to: one.taking })),
        el("time", "", time(Date.parse(one.time))),
        ...(one.note ? [el("span", "", one.note)] : []),
        el("code", "", one.digest.slice(0, 16)),
        ...(one.sound ? [] : [el("strong", "", translate("서명과 다름"))]),
      );
      node.addEventListener("click", async () =>
        write(host, JSON.parse((await getJson(`/api/v1/handovers/${one.digest}`)).text)),
      );
      return node;
    }),
    ...(told.length ? [] : [el("p", "calm", translate("서명된 인수인계 없음"))]),
  );
}

whenMounted("#handover-signed", (element) => {
  signed = element;
  list();
});
