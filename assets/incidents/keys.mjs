// The keyboard on the page of an incident; what people type into a field is never taken for a key.
import { isWithin, remPixels } from "../core/dom.mjs";
import { isTyping, KEY_HELP, pressKey, toggleKeyHelp } from "./actions.mjs";
import { leaveIncident, shownIncident } from "./incidents.mjs";
import { shownCard } from "./page.mjs";

const SCROLL = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
const LINE_REM = 3;

function scroll(lines) {
  const rows = document.querySelector("#incident-time ol");
  if (rows) rows.scrollBy({ top: lines * LINE_REM * remPixels() });
}

function tab(step) {
  /** @type {NodeListOf<HTMLElement>} */
  const all = document.querySelectorAll("#incident-tabs button");
  const buttons = [...all].filter((button) => button.offsetWidth);
  if (!buttons.length) return;
  const at = buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
  buttons[(at + step + buttons.length) % buttons.length].click();
}

function leaveOrClose() {
  const help = document.getElementById("keys");
  const large = document.querySelector(".tile.large");
  if (help) return void help.remove();
  if (!large) leaveIncident();
}

const MOVES = {
  ArrowRight: () => tab(1),
  ArrowLeft: () => tab(-1),
  Escape: leaveOrClose,
  "?": () =>
    toggleKeyHelp([
      ...KEY_HELP,
      ["↑ ↓", "시간선 옮기기"],
      ["← →", "기록 탭"],
      ["Esc", "상황실로"],
      ["?", "단축키"],
    ]),
};

document.addEventListener("keydown", (event) => {
  if (!shownIncident() || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const pressing = (key === "Enter" || key === " ") && isWithin(event, "button, a, [tabindex]");
  if (pressing || (event.repeat && !(key in SCROLL))) return;
  if (key in SCROLL) scroll(SCROLL[key]);
  else if (key in MOVES) MOVES[key]();
  else if (!pressKey(key, shownCard())) return;
  event.preventDefault();
});
