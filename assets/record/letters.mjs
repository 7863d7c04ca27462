// Dead letters: what was refused, why and from where; one button puts a letter back into the stream.

import { el, setNote, setText, updateList, whenMounted } from "../core/dom.mjs";
import { formatDateTime, formatNumber } from "../core/format.mjs";
import { getJson, refusalOf } from "../core/http.mjs";
import { isManager } from "../core/roles.mjs";
import { localName, translate } from "../core/texts.mjs";

const EVERY_MS = 10000;
const failed = new Map();
let letters = null;
let host = null;

async function load() {
  if (!host?.isConnected) return;
  try {
    letters = await getJson("/api/v1/dead-letters");
    paint();
  } catch (error) {
    setText(host.said, translate("불러오지 못함: {why}", { why: error.message }));
  }
}

async function replay(id) {
  const answer = await fetch(`/api/v1/dead-letters/${encodeURIComponent(id)}/replay`, { method: "POST" });
  if (answer.ok) failed.delete(id);
  else failed.set(id, translate("다시 보내지 못함: {why}", { why: (await refusalOf(answer)).message }));
  load();
}

function make(letter) {
  const node = el("li", "letter");
  const head = el("div", "line");
  const raw = el("pre", "raw");
  const when = el("b");
  const origin = el("span", "note");
  const why = el("p", "why");
  const button = el("button", "replay", translate("다시 보내기"));
  button.type = "button";
  button.addEventListener("click", () => replay(letter.id));
  head.append(when, origin, button);
  node.append(head, why, raw);
  node.parts = { when, origin, why, raw, button };
  return node;
}

function update(node, letter) {
  const { when, origin, why, raw, button } = node.parts;
  setText(when, formatDateTime(Date.parse(letter.first_seen)));
  setText(
    origin,
    [`${letter.stream} ${letter.stream_id}`, translate("시도 {n}회", { n: letter.deliveries })].join(" · "),
  );
  setText(
    why,
    [`${letter.path}: ${localName(letter.said)}`, failed.get(letter.id)].filter(Boolean).join(" — "),
  );
  setText(raw, letter.raw);
  button.disabled = Boolean(letter.replayed);
  button.hidden = !isManager();
  setText(
    button,
    letter.replayed
      ? translate("다시 보냄 {time}", { time: formatDateTime(Date.parse(letter.replayed)) })
      : translate("다시 보내기"),
  );
}

function paint() {
  setText(host.said, letters.length ? "" : translate("배달 못 한 이벤트 없음"));
  updateList(host.rows, letters, (letter) => letter.id, make, update);
  setNote("letters", translate("{n}건", { n: formatNumber(letters.length) }));
}

whenMounted("#letters", (element) => {
  host = element;
  host.said = el("p", "calm");
  host.rows = el("ul", "letter-list");
  host.append(host.said, host.rows);
  load();
});
setInterval(load, EVERY_MS);
