// Hands on an incident: a member split off, all of it put into another, taken over, a word sent to somebody.
import "./records.mjs"; // draws the rows that get a button here
import { askText } from "../core/dialog.mjs";
import { el, ensureChild, setText } from "../core/dom.mjs";
import { parkState } from "../core/push.mjs";
import { localName, translate } from "../core/texts.mjs";
import { mayAct, requestAction, standingIncidents } from "./incidents.mjs";
import { onIncidentDetail } from "./page.mjs";

const standing = (card) => mayAct() && card.state !== "closed" && card.state !== "merged";
let shownDetail = null;

const others = () =>
  standingIncidents().filter(
    (other) => other.incident !== shownDetail.card.incident && other.exercise === shownDetail.card.exercise,
  );

async function merge() {
  const choices = others().map((other) => [other.incident, `${other.number} · ${localName(other.title)}`]);
  const answer = await askText("합칠 사건과 사유", { needed: true, choices });
  if (answer)
    requestAction("incident.merge", shownDetail.card.incident, { into: answer[1], reason: answer[0] });
}

async function split(row) {
  const about = row.querySelector("b").textContent;
  const reason = await askText("따로 나누는 사유", { about, needed: true });
  if (reason !== null)
    requestAction("incident.split", shownDetail.card.incident, { members: [row.dataset.key], reason });
}

const WAYS = { email: "전자우편", webhook: "웹훅", room: "관제실" };

async function write() {
  const { incident, title } = shownDetail.card;
  const choices = shownDetail.contacts.flatMap(({ recipient, name, channels }) =>
    channels.map((way) => [`${recipient}|${way}`, `${localName(name)} · ${translate(WAYS[way] || way)}`]),
  );
  const answer = await askText("보낼 내용과 받는 곳", { needed: true, choices });
  if (!answer) return;
  const [body, [recipient, channel]] = [answer[0], answer[1].split("|")];
  requestAction("message.request", incident, {
    recipient,
    channel,
    title_ko: title.ko,
    title_en: title.en,
    body_ko: body,
    body_en: body,
  });
}

const takeOver = () =>
  requestAction("incident.assign", shownDetail.card.incident, { user: parkState.hello.user });

/** A button at the head of a part of the records, made once. */
function button(part, msgid, act) {
  const host = document.getElementById(`incident-${part}`);
  if (!host) return null;
  /** @type {HTMLButtonElement | null} */
  const known = host.querySelector(":scope > button.hand");
  return dressButton(known || host.insertBefore(el("button", "hand"), host.firstChild), msgid, act);
}

function dressButton(node, msgid, act) {
  setText(node, translate(msgid));
  node.type = "button";
  node.onclick = act;
  return node;
}

function paint(detail) {
  shownDetail = detail;
  const may = standing(detail.card);
  const isOwner = detail.card.owner === parkState.hello?.user;
  const merging = button("members", "다른 사건에 합치기", merge);
  const taking = button("people", "내가 담당", takeOver);
  const writing = button("messages", "직접 전파", write);
  if (writing) writing.hidden = !may || !(detail.contacts || []).length;
  if (merging) merging.hidden = !may || !others().length;
  if (taking) taking.hidden = !may || isOwner;
  for (const row of document.querySelectorAll("#incident-members .record")) {
    const splitting = ensureChild(row.querySelector(".second"), "button.hand", () => el("button", "hand"));
    dressButton(splitting, "나누기", () => split(row)).hidden = !may || detail.members.length < 2;
  }
}

onIncidentDetail(paint);
