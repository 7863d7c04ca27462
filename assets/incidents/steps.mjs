// The procedure: what is done, what is next and by when; its buttons lie under the thumb.
import { el, ensureChild, setAttribute, setClass, setNote, setText, updateList } from "../core/dom.mjs";
import { formatClock, formatDuration } from "../core/format.mjs";
import { onPush, serverNow } from "../core/push.mjs";
import { language, localName, translate } from "../core/texts.mjs";
import {
  acknowledgeIncident,
  addNote,
  closeIncident,
  doNextStep,
  gradeIncident,
  skipStep,
  stateAfterClose,
  verifyIncident,
} from "./actions.mjs";
import { gradeText, mayAct, unsentText } from "./incidents.mjs";
import { incidentDetail, onIncidentDetail, shownCard } from "./page.mjs";
import { GRADE_NAMES } from "./ranking.mjs";

const MARKS = { done: "✔", skipped: "↷", failed: "✕", started: "…", open: "○" };
const WORDS = { skipped: "생략", failed: "실패", started: "진행 중" };

function make() {
  const node = el("li");
  const words = el("div", "words");
  node.parts = { mark: el("span", "mark"), name: el("b", "name"), more: el("span", "more") };
  node.parts.mark.setAttribute("aria-hidden", "true");
  words.append(node.parts.name, node.parts.more);
  node.append(node.parts.mark, words);
  return node;
}

function target({ due_ms: due }) {
  if (!due) return "";
  const left = due - serverNow();
  return left >= 0
    ? translate("목표까지 {time}", { time: formatDuration(left) })
    : translate("목표 {time} 지남", { time: formatDuration(-left) });
}

function more(step, isNext) {
  const flags = [step.mandatory ? translate("필수") : "", step.auto ? translate("자동") : ""];
  const said =
    step.state === "open"
      ? [isNext ? translate("지금") : "", target(step)]
      : [
          unsentText(step) || (WORDS[step.state] ? translate(WORDS[step.state]) : ""),
          step.at_ms ? formatClock(step.at_ms) : "",
          step.user || "",
          step.reason,
        ];
  return [...said, ...flags].filter(Boolean).join(" · ");
}

function update(node, step) {
  const isNext = step.isNext;
  const late = step.state === "open" && step.due_ms && step.due_ms < serverNow();
  setClass(
    node,
    ["step", step.state, isNext ? "next" : "", late ? "late" : "", step.unsent ? "unsent" : ""]
      .filter(Boolean)
      .join(" "),
  );
  setText(node.parts.mark, isNext ? "➤" : step.unsent ? "▲" : MARKS[step.state] || "○");
  setText(node.parts.name, localName(step.name));
  setText(node.parts.more, more(step, isNext));
  setAttribute(node, "aria-current", isNext ? "step" : null);
}

function button(key, text, press, look = "") {
  const node = el("button", look);
  node.type = "button";
  node.append(el("span", "", text), el("kbd", "", key));
  node.addEventListener("click", () => press(shownCard()));
  return node;
}

function gradeButton(grade, key, card) {
  const look = grade === card.grade ? "primary" : "";
  return button(key, gradeText({ grade }), (shown) => gradeIncident(shown, grade), look);
}

// The buttons are made anew only when others are needed: a button does not vanish under a thumb.
function choices(card) {
  const { next } = card;
  const closed = card.state === "closed" || card.state === "merged";
  const found = [];
  if (closed) return [["note", () => button("N", translate("메모 쓰기"), addNote)]];
  if (!card.acked_ms && next?.act !== "acknowledge")
    found.push(["ack", () => button("A", translate("인지"), acknowledgeIncident, next ? "" : "primary")]);
  if (next?.act === "verify" || (!next && !card.verdict)) {
    found.push(
      ["t", () => button("T", translate("사실"), (c) => verifyIncident(c, "true"), "primary")],
      ["f", () => button("F", translate("오경보"), (c) => verifyIncident(c, "false"))],
      ["u", () => button("U", translate("불분명"), (c) => verifyIncident(c, "unclear"))],
    );
  } else if (next?.act === "grade") {
    found.push(...GRADE_NAMES.map((grade, index) => [grade, () => gradeButton(grade, index + 1, card)]));
  } else if (next?.unsent) {
    found.push([`told/${next.id}`, () => button("Enter", translate("전화로 알렸음"), doNextStep, "primary")]);
  } else if (next) {
    found.push([`next/${next.id}`, () => button("Enter", localName(next.name), doNextStep, "primary")]);
  }
  if (next) found.push(["skip", () => button("S", translate("건너뛰기(사유)"), skipStep)]);
  found.push(["note", () => button("N", translate("메모 쓰기"), addNote)]);
  const ends = stateAfterClose(card) === "closed";
  if (!next || !ends || !card.mandatory_open) {
    found.push([
      `close/${ends}`,
      () => button("C", translate(ends ? "종료" : "통제됨"), closeIncident, next ? "" : "primary"),
    ]);
  }
  return found;
}

function paintButtons(card) {
  const host = document.getElementById("incident-buttons");
  if (!host) return;
  host.hidden = !mayAct();
  const found = choices(card);
  const key = `${language()}/${found.map(([id]) => id).join()}`;
  if (host.dataset.key === key) return;
  host.dataset.key = key;
  host.replaceChildren(...found.map(([, build]) => build()));
}

function paintDraft(draft) {
  const host = document.getElementById("incident-draft");
  if (!host) return;
  host.hidden = !draft;
  if (!draft) return;
  const [first, ...others] = draft.to;
  const to = others.length
    ? translate("{place} 외 {n}곳", { place: localName(first), n: others.length })
    : localName(first);
  setText(host.querySelector("h3"), translate("{to} 통보문 (초안)", { to }));
  setText(host.querySelector("p"), localName(draft.body).replace(/\n{2,}/g, "\n"));
  setAttribute(host, "title", draft.to.map(localName).join(", "));
}

function paint() {
  const detail = incidentDetail();
  const card = shownCard();
  const host = document.getElementById("incident-steps");
  if (!detail || !card || !host) return;
  const rows = ensureChild(host, "ol", () => el("ol", "steps"));
  const nextId = card.next ? card.next.id : null;
  const was = rows.dataset.next;
  updateList(
    rows,
    detail.steps.map((step) => ({ ...step, isNext: step.id === nextId })),
    (step) => step.id,
    make,
    update,
  );
  rows.dataset.next = nextId || "";
  setNote(
    "incident-steps",
    card.steps_total
      ? translate("{done} / {all} · 필수 {left} 남음", {
          done: card.steps_done,
          all: card.steps_total,
          left: card.mandatory_open,
        })
      : translate("정해진 절차 없음"),
  );
  paintDraft(detail.draft);
  paintButtons(card);
  // Once draft and buttons have their place.
  if (was !== rows.dataset.next) rows.querySelector(".next")?.scrollIntoView({ block: "center" });
}

onIncidentDetail(paint);
onPush("incidents", paint);
onPush("hello", paint);
setInterval(paint, 1000);
