// Trying a camera's rules at once: on the last hour or a film, the result on a bar of time, the false alarms
// judged by eye.

import { createSvg, drawSvg, el, setText, whenMounted } from "../../core/dom.mjs";
import { formatClock, formatNumber } from "../../core/format.mjs";
import { createField, createForm } from "../../core/forms.mjs";
import { getJson, postJson } from "../../core/http.mjs";
import { translate } from "../../core/texts.mjs";
import { cameraDetail } from "../labels.mjs";
import { editedCamera, editor, onEdit, postSetup, setupPath } from "./editor.mjs";
import { ruleLabel } from "./labels.mjs";
import { upperBound } from "./statistics.mjs";

const POLL_MS = 400;
const DAY_S = 86400;
const DAILY_LEAST_S = 3600;
const SLACK_S = 0.01;
const BAR = [1000, 20];
const JOBS = "/api/v1/cameras/trials/";
let host = null;
let job = null;
let result = null;
let began = [];
let shown = -1;
let asked = [];
const judged = new Map();

const span = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
/** When it was: by the clock for kept clips, else from the beginning of the film. */
function clock(s) {
  let before = 0;
  for (const [at, [, length]] of result.films.entries()) {
    if (began[at] !== undefined && s < before + length + SLACK_S)
      return formatClock(began[at] + (s - before) * 1000);
    before += length;
  }
  return span(s);
}
const place = (event) => event.zone || event.line || translate("화면 전체");

/** The rules of a camera by the names that their events carry. */
function named({ zones = [], lines = [], rules = [] }) {
  const of = (place) => (place.rules || []).map(({ kind }) => (place.name ? `${kind}:${place.name}` : kind));
  return [...zones, ...lines, { rules }].flatMap(of);
}

/** Every rule that was tried, also one that never fired. */
const lanes = () => [...new Set([...asked, ...result.events.map((event) => event.rule)])];

/** A rule with how often it fired; one that this machine cannot give was not tried. */
function lane(rule) {
  const [kind, place = ""] = rule.split(":");
  const off = (result.off || []).some((why) => why.startsWith(`${rule}: `));
  const count = off
    ? translate("꺼짐")
    : formatNumber(result.events.filter((event) => event.rule === rule).length);
  return el("span", "", `${[ruleLabel(kind), place].filter(Boolean).join(" ")} · ${count}`);
}

async function start() {
  const on = host.on.input.value;
  const film = on === "hour" ? "" : on;
  const sent = editedCamera();
  result = null;
  judged.clear();
  const begun = await postSetup(setupPath("/try"), { ...sent, on: film ? "film" : "hour", film });
  asked = named(sent.camera);
  job = begun.job;
  host.bar.hidden = host.cancel.hidden = false;
  try {
    for (;;) {
      const progress = await getJson(JOBS + job);
      host.bar.value = progress.progress;
      if (progress.error) throw new Error(cameraDetail(progress.error));
      if (progress.done) {
        result = progress.result;
        began = progress.began_ms;
        break;
      }
      await new Promise((then) => setTimeout(then, POLL_MS));
    }
  } finally {
    host.bar.hidden = host.cancel.hidden = true;
  }
  shown = result.events.length ? 0 : -1;
  paint();
  return result.events.length ? "" : translate("울린 규칙이 없습니다");
}

/** What a day would bring, only where enough was watched to say so. */
function daily(no, all) {
  const days = result.watched_s / DAY_S;
  const count = all ? no : result.events.length;
  if (began.length) return translate("저장된 영상은 규칙이 울린 때뿐이라 하루로 치지 않음");
  if (result.watched_s < DAILY_LEAST_S)
    return translate("하루로 치기에는 짧음 ({n}분 이상 필요)", { n: DAILY_LEAST_S / 60 });
  const params = { n: formatNumber(count / days, 1), most: formatNumber(upperBound(count) / days, 1) };
  return all
    ? translate("오경보 하루 {n}건 (95% 상한 {most}건)", params)
    : translate("하루로 치면 {n}건 (95% 상한 {most}건)", params);
}

/**
 * What is to be known of a film: that a part of it was seen, that it was damaged, that its time was mended.
 */
function note({ film, footage }) {
  if (!footage) return translate("{film}: 읽을 수 없음", { film });
  const { seen_s, length_s, damaged, breaks, whole, videos } = footage;
  const remarks = [];
  if (!whole && length_s)
    remarks.push(
      translate("끝까지 읽지 못함, {length} 가운데 {seen}만 봄", {
        length: span(length_s),
        seen: span(seen_s),
      }),
    );
  else if (!whole) remarks.push(translate("끝까지 읽지 못함, {seen}만 봄", { seen: span(seen_s) }));
  if (damaged) remarks.push(translate("손상된 패킷 {n}개", { n: formatNumber(damaged) }));
  if (breaks) remarks.push(translate("시간 표시가 {n}번 끊겨 이어 붙임", { n: formatNumber(breaks) }));
  if (videos > 1) remarks.push(translate("영상 {n}개 가운데 하나를 봄", { n: formatNumber(videos) }));
  return `${film}: ${remarks.join(", ")}`;
}

/** What was found in how much, how many of those judged are true, and what a day of it is. */
function figures() {
  const marks = [...judged.values()];
  const no = marks.filter((yes) => !yes).length;
  const many = result.events.length;
  const sentences = [translate("{n}건 / {time}", { n: formatNumber(many), time: span(result.watched_s) })];
  if (marks.length)
    sentences.push(
      translate("판정 {judged}건 중 오경보 {n}건 (정확도 {share}%)", {
        judged: formatNumber(marks.length),
        n: formatNumber(no),
        share: formatNumber((100 * (marks.length - no)) / marks.length),
      }),
    );
  sentences.push(daily(no, marks.length === many));
  if (result.model === "motion") sentences.push(translate("움직임만으로 시험함"));
  return [...sentences, ...(result.notes || []).map(note)].join(" · ");
}

function bar() {
  const rules = lanes();
  const [width, row] = BAR;
  const whole = result.watched_s || 1;
  host.time.setAttribute("viewBox", `0 0 ${width} ${Math.max(1, rules.length) * row}`);
  host.time.style.height = `calc(var(--lane) * ${Math.max(1, rules.length)})`;
  host.time.setAttribute("preserveAspectRatio", "none");
  let from = 0;
  const films = result.films.map(([, length]) => {
    const at = (from / whole) * width;
    from += length;
    return ["line", { class: "setup-film", x1: at, x2: at, y1: 0, y2: rules.length * row }, ""];
  });
  const grounds = rules.map((_, at) => [
    "rect",
    { class: "setup-lane", x: 0, y: at * row + 2, width, height: row - 4 },
    "",
  ]);
  const events = result.events.map((event, at) => [
    "rect",
    {
      class: `setup-event${at === shown ? " on" : ""}${judged.get(at) === false ? " no" : ""}`,
      "data-event": at,
      tabindex: 0,
      role: "button",
      x: (event.t_s / whole) * (width - 6),
      y: rules.indexOf(event.rule) * row + 2,
      width: 6,
      height: row - 4,
      "aria-label": `${ruleLabel(event.kind)} ${clock(event.t_s)}`,
    },
    "",
  ]);
  drawSvg(host.time, [...grounds, ...films, ...events]);
  host.axis.replaceChildren(...[0, whole / 2, whole].map((s) => el("span", "", clock(s))));
  host.names.replaceChildren(...rules.map(lane));
}

async function show() {
  const event = result?.events[shown];
  host.seen.hidden = !event;
  if (!event) return;
  setText(host.what, `${clock(event.t_s)} · ${ruleLabel(event.kind)} · ${place(event)}`);
  for (const [yes, node] of [
    [true, host.yes],
    [false, host.no],
  ])
    node.setAttribute("aria-pressed", String(judged.get(shown) === yes));
  if (event.still === undefined || event.still === null) return;
  const answer = await fetch(`${JOBS}${job}/pictures/${event.still}`);
  if (!answer.ok) return;
  const image = await createImageBitmap(await answer.blob());
  const pen = host.canvas.getContext("2d");
  Object.assign(host.canvas, { width: image.width, height: image.height });
  pen.drawImage(image, 0, 0);
  const [sx, sy] = [image.width / event.frame[0], image.height / event.frame[1]];
  Object.assign(pen, { strokeStyle: "#e3b341", lineWidth: 3 });
  for (const [x, y, w, h] of event.boxes) pen.strokeRect(x * sx, y * sy, w * sx, h * sy);
}

function paint() {
  if (!result) return;
  setText(host.figures, figures());
  bar();
  show();
}

function judge(yes) {
  if (shown < 0) return;
  if (judged.get(shown) === yes) judged.delete(shown);
  else judged.set(shown, yes);
  paint();
}

/** The event nearest to where the bar was pressed, of the rule of that lane. */
function nearest({ clientX, clientY }) {
  const box = host.time.getBoundingClientRect();
  const rules = lanes();
  const rule = rules[Math.floor(((clientY - box.top) / box.height) * rules.length)];
  const t_s = ((clientX - box.left) / box.width) * result.watched_s;
  const far = (at) => Math.abs(result.events[at].t_s - t_s);
  const own = [...result.events.keys()].filter((at) => result.events[at].rule === rule);
  return own.length ? own.reduce((best, at) => (far(at) < far(best) ? at : best)) : undefined;
}

function pick(event) {
  if (!result || (event.type === "keydown" && event.key !== "Enter")) return;
  const at = event.target.dataset.event ?? nearest(event);
  if (at === undefined) return;
  shown = Number(at);
  paint();
}

function button(label, act, id) {
  const node = el("button", "", translate(label));
  Object.assign(node, { type: "button", id });
  node.addEventListener("click", act);
  return node;
}

function build(element) {
  const { loaded } = editor;
  const films = [...loaded.sources.samples, ...loaded.sources.files].map((path) => [
    path,
    path.split("/").pop(),
  ]);
  const hour = ["hour", translate("지난 1시간 (저장된 영상 {n}개)", { n: loaded.clips })];
  host = {
    on: createField("무엇으로", { choices: loaded.clips ? [hour, ...films] : [...films, hour] }),
    bar: el("progress"),
    time: createSvg("setup-time", translate("시험 결과")),
    names: el("div", "setup-names"),
    axis: el("div", "setup-axis"),
    figures: el("p", "setup-figures"),
    seen: el("div", "setup-seen"),
    canvas: el("canvas"),
    what: el("b"),
    cancel: button("그만", () => postJson(`${JOBS}${job}/cancel`, {}), "setup-cancel"),
    yes: button("맞음", () => judge(true), "setup-true"),
    no: button("오경보", () => judge(false), "setup-false"),
  };
  host.bar.max = 1;
  host.bar.hidden = host.cancel.hidden = host.seen.hidden = true;
  const startForm = createForm([host.on], "시험하기", start);
  const body = el("div", "setup-lanes");
  const text = el("div", "setup-judge");
  const left = el("div", "setup-result");
  startForm.id = "setup-try";
  startForm.append(host.bar, host.cancel);
  text.append(
    host.what,
    host.yes,
    host.no,
    el("small", "", translate("판정은 이 화면에서만 셈하고 저장하지 않습니다")),
  );
  host.seen.append(host.canvas, text);
  body.append(host.names, host.time, host.axis);
  left.append(startForm, host.figures, body);
  host.time.addEventListener("click", pick);
  host.time.addEventListener("keydown", pick);
  element.append(left, host.seen);
}

whenMounted("#setup-trial", (element) => {
  onEdit("rules", () => {
    if (!host) build(element);
  });
});
