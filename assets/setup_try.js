// Trying a camera's rules at once: on the last hour or a film, the result on a bar of time, the false alarms judged by eye.
(() => {
  "use strict";
  const { el, put } = dom, setup = gwanje.setup;
  const POLL_MS = 400, DAY_S = 86400, BAR = [1000, 20];
  const JOBS = "/api/v1/cameras/trials/";
  let host = null, job = null, result = null, shown = -1;
  const judged = new Map();

  const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, "0")}`;
  const place = (one) => one.zone || one.line || gwanje.text("화면 전체");

  async function start() {
    const on = host.on.input.value, film = on === "hour" ? "" : on;
    result = null;
    judged.clear();
    const begun = await gwanje.record.post(setup.path("/try"), { ...setup.sent(), on: film ? "film" : "hour", film });
    job = begun.job;
    host.bar.hidden = host.cancel.hidden = false;
    try {
      for (;;) {
        const told = await gwanje.get(JOBS + job);
        host.bar.value = told.progress;
        if (told.error) throw new Error(told.error);
        if (told.done) { result = told.result; break; }
        await new Promise((then) => setTimeout(then, POLL_MS));
      }
    } finally { host.bar.hidden = host.cancel.hidden = true; }
    shown = result.events.length ? 0 : -1;
    paint();
    return result.events.length ? "" : gwanje.text("울린 규칙이 없습니다");
  }

  /** Events a camera-day, and how many of those judged are true. */
  function figures() {
    const t = gwanje.text, days = result.watched_s / DAY_S, marks = [...judged.values()], no = marks.filter((yes) => !yes).length;
    const told = [t("{n}건 / {time}", { n: gwanje.number(result.events.length), time: clock(result.watched_s) }),
      t("하루로 치면 {n}건", { n: gwanje.number(days ? result.events.length / days : 0, 1) })];
    if (marks.length) told.push(t("오경보 하루 {n}건", { n: gwanje.number(days ? no / days : 0, 1) }), t("정확도 {share}%", { share: gwanje.number((100 * (marks.length - no)) / marks.length) }));
    if (result.model === "motion") told.push(t("움직임만으로 시험함"));
    return told.join(" · ");
  }

  function bar() {
    const rules = [...new Set(result.events.map((one) => one.rule))], [width, row] = BAR, whole = result.watched_s || 1;
    host.time.setAttribute("viewBox", `0 0 ${width} ${Math.max(1, rules.length) * row}`);
    host.time.style.height = `${Math.max(1, rules.length) * 1.3}rem`;
    host.time.setAttribute("preserveAspectRatio", "none");
    let from = 0;
    const films = result.films.map(([, length]) => { const at = (from / whole) * width; from += length; return ["line", { class: "setup-film", x1: at, x2: at, y1: 0, y2: rules.length * row }, ""]; });
    const lanes = rules.map((_, at) => ["rect", { class: "setup-lane", x: 0, y: at * row + 2, width, height: row - 4 }, ""]);
    const events = result.events.map((one, at) => ["rect", { class: `setup-event${at === shown ? " on" : ""}${judged.get(at) === false ? " no" : ""}`, "data-event": at, tabindex: 0, role: "button",
      x: (one.t_s / whole) * (width - 6), y: rules.indexOf(one.rule) * row + 2, width: 6, height: row - 4, "aria-label": `${setup.kind(one.kind)} ${clock(one.t_s)}` }, ""]);
    dom.draw(host.time, [...lanes, ...films, ...events]);
    host.names.replaceChildren(...rules.map((rule) => el("span", "", `${setup.kind(rule.split(":")[0])} ${rule.split(":")[1] || ""}`)));
  }

  async function show() {
    const one = result && result.events[shown];
    host.seen.hidden = !one;
    if (!one) return;
    put(host.what, `${clock(one.t_s)} · ${setup.kind(one.kind)} · ${place(one)}`);
    for (const [yes, node] of [[true, host.yes], [false, host.no]]) node.setAttribute("aria-pressed", String(judged.get(shown) === yes));
    if (one.still === undefined || one.still === null) return;
    const answer = await fetch(`${JOBS}${job}/pictures/${one.still}`);
    if (!answer.ok) return;
    const image = await createImageBitmap(await answer.blob()), pen = host.canvas.getContext("2d");
    Object.assign(host.canvas, { width: image.width, height: image.height });
    pen.drawImage(image, 0, 0);
    const [sx, sy] = [image.width / one.frame[0], image.height / one.frame[1]];
    Object.assign(pen, { strokeStyle: "#e3b341", lineWidth: 3 });
    for (const [x, y, w, h] of one.boxes) pen.strokeRect(x * sx, y * sy, w * sx, h * sy);
  }

  function paint() {
    if (!result) return;
    put(host.figures, figures());
    bar();
    show();
  }

  function judge(yes) {
    if (shown < 0) return;
    if (judged.get(shown) === yes) judged.delete(shown); else judged.set(shown, yes);
    paint();
  }

  function pick(event) {
    const at = event.target.dataset.event;
    if (at === undefined || (event.type === "keydown" && event.key !== "Enter")) return;
    shown = Number(at);
    paint();
  }

  function button(label, act, id) {
    const node = el("button", "", gwanje.text(label));
    Object.assign(node, { type: "button", id });
    node.addEventListener("click", act);
    return node;
  }

  function build(element) {
    const { field, form } = gwanje.record, { told } = setup, t = gwanje.text;
    const films = [...told.sources.samples, ...told.sources.files].map((path) => [path, path.split("/").pop()]);
    const hour = ["hour", t("지난 1시간 (저장된 영상 {n}개)", { n: told.clips })];
    host = { on: field("무엇으로", { choices: told.clips ? [hour, ...films] : [...films, hour] }), bar: el("progress"), time: dom.drawing("setup-time", t("시험 결과")),
      names: el("div", "setup-names"), figures: el("p", "setup-figures"), seen: el("div", "setup-seen"), canvas: el("canvas"), what: el("b"),
      cancel: button("그만", () => gwanje.record.post(`${JOBS}${job}/cancel`, {}), "setup-cancel"),
      yes: button("맞음", () => judge(true), "setup-true"), no: button("오경보", () => judge(false), "setup-false") };
    host.bar.max = 1;
    host.bar.hidden = host.cancel.hidden = host.seen.hidden = true;
    const ask = form([host.on], "시험하기", start), lanes = el("div", "setup-lanes"), text = el("div", "setup-judge"), left = el("div", "setup-result");
    ask.id = "setup-try";
    ask.append(host.bar, host.cancel);
    text.append(host.what, host.yes, host.no);
    host.seen.append(host.canvas, text);
    lanes.append(host.names, host.time);
    left.append(ask, host.figures, lanes);
    host.time.addEventListener("click", pick);
    host.time.addEventListener("keydown", pick);
    element.append(left, host.seen);
  }

  gwanje.mount("#setup-trial", (element) => {
    setup.on("rules", () => { if (!host) build(element); });
  });
})();
