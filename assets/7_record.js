// Words for the pages of the record: posting, forms, tables, files that are taken with a reason.
(() => {
  "use strict";
  const { el, put } = dom;

  const ACTS = {
    "alarm.acknowledge": "경보 확인", "alarm.reset": "경보 리셋", "alarm.shelve": "경보 보류", "alarm.unshelve": "경보 보류 해제",
    "alarm.remove": "경보 사용 중지", "alarm.restore": "경보 사용 재개", "incident.acknowledge": "사건 인지", "incident.verify": "사건 판정",
    "incident.grade": "등급 결정", "incident.advance": "사건 단계 진행", "incident.assign": "담당 지정", "incident.step": "절차 수행",
    "incident.skip": "절차 건너뜀", "incident.note": "사건 메모", "incident.merge": "사건 병합", "incident.split": "사건 분리",
    "command.request": "명령 요청", "command.confirm": "명령 확인", "command.cancel": "명령 취소", "message.request": "전파 요청",
    "camera.verify": "카메라 이벤트 판정", "exercise.set": "훈련 전환", "handover.note": "인계 메모", "handover.sign": "인수 서명", "report.make": "보고서 작성", "report.take": "보고서 반출",
    "record.export": "기록 내보내기", "clip.view": "영상 열람", "still.view": "정지 화면 열람", "clip.hold": "영상 보존", "clip.release": "영상 보존 해제", "clip.download": "영상 내려받기", "camera.save": "카메라 설정 저장", "audit.read": "감사 열람", "audit.verify": "감사 검증", "audit.review": "감사 점검",
    "dead_letter.replay": "배달 못 한 이벤트 재전송", "user.add": "계정 추가", "user.passwd": "암호 변경", "user.revoke": "계정 회수",
    "key.add": "키 발급", "key.revoke": "키 회수", "screen.add": "화면 등록", "screen.revoke": "화면 회수",
  };
  /** An act in words; its own name where there are none. */
  const act = (name) => (ACTS[name] ? gwanje.text(ACTS[name]) : name);

  /** Every act with its words, to choose from. */
  const acts = () => Object.entries(ACTS).map(([name, text]) => [name, gwanje.text(text)]);

  /** What a refused answer says, as an Error: the server's words in the page's language, else its status; `detail` as it came. */
  async function refusal(answer) {
    try {
      const { detail, said } = await answer.json();
      return Object.assign(new Error(dom.name(said) || String(answer.status)), { detail: String(detail) });
    } catch { return new Error(String(answer.status)); }
  }

  /** POST JSON; throws an Error with what the server says when it is refused. */
  async function post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw await refusal(answer);
    return answer.json();
  }

  /** Take a file from a door: throws what the server says, else hands the file to the browser. */
  async function take(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw await refusal(answer);
    const named = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "");
    const link = el("a"), url = URL.createObjectURL(await answer.blob());
    link.href = url;
    link.download = named ? named[1] : "";
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  /** A labelled field: `field("사유", {required: true})`; `choices` make it a list of `[value, text]`. */
  function field(label, { choices = null, ...rest } = {}) {
    const host = el("label", "field"), input = el(choices ? "select" : "input");
    if (choices) input.append(...choices.map(([value, text]) => Object.assign(el("option", "", text), { value })));
    Object.assign(input, rest);
    host.append(el("span", "", gwanje.text(label)), input);
    host.input = input;
    return host;
  }

  /** A table of `rows` of texts (or nodes) under heads (msgids). */
  function table(heads, rows) {
    const node = el("table", "record-table"), head = el("thead"), body = el("tbody"), line = el("tr");
    line.append(...heads.map((text) => Object.assign(el("th", "", gwanje.text(text)), { scope: "col" })));
    head.append(line);
    for (const cells of rows) {
      const row = el("tr");
      row.append(...cells.map((cell) => {
        const held = el("td");
        if (cell instanceof Node) held.append(cell); else put(held, cell ?? "");
        return held;
      }));
      body.append(row);
    }
    node.append(head, body);
    return node;
  }

  /** A form with fields and a button (msgid): `act()` says what it came to, or throws why not. */
  function form(fields, button, act) {
    const node = el("form", "record-form"), said = el("p", "said-here"), send = el("button", "primary", gwanje.text(button));
    send.type = "submit";
    said.setAttribute("role", "status");
    node.append(...fields, send, said);
    node.addEventListener("submit", async (event) => {
      event.preventDefault();
      send.disabled = true;
      put(said, "");
      try { put(said, (await act()) || ""); said.classList.remove("bad"); }
      catch (error) { put(said, gwanje.text(error.message)); said.classList.add("bad"); }
      send.disabled = false;
    });
    return node;
  }

  gwanje.record = { refusal, act, acts, post, take, field, table, form };
})();
