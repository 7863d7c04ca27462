// Commands to devices in two steps: what is wanted and why, then once more yes. The room answers with the
// command's id.
import { askText } from "../core/dialog.mjs";
import { el, setText } from "../core/dom.mjs";
import { translate } from "../core/texts.mjs";
import { mayAct, requestAction } from "../incidents/incidents.mjs";
import { map } from "../map/map.mjs";
import { markName } from "../map/map_assets.mjs";

const WAIT_MS = 10000;
const DIM = [
  ["100", "밝기 100 %"],
  ["50", "밝기 50 %"],
  ["0", "끄기"],
  ["", "일정대로"],
];
const HOLD = [
  ["1", "진입 막기"],
  ["0", "진입 허용"],
];
const OF = {
  light: { kind: "light.dim", title: "조명 명령", choices: DIM },
  cabinet: { kind: "light.dim", title: "조명 명령", choices: DIM },
  gate: { kind: "gate.hold", title: "게이트 명령", choices: HOLD },
};

/** The devices a command is for: a cabinet stands for its lights. */
function targets(mark) {
  if (mark.kind !== "cabinet") return [mark.id];
  return [...map.marks.values()].filter((m) => m.traits?.cabinet === mark.id).map((m) => m.id);
}

/** Resolve with the id that the next act came to; null when it was refused or nothing came. */
const nextCommandId = () =>
  new Promise((resolve) => {
    const host = document.getElementById("acted-on");
    const watch = new MutationObserver(() => finish(host.textContent || null));
    const end = setTimeout(() => finish(null), WAIT_MS);
    function finish(id) {
      clearTimeout(end);
      watch.disconnect();
      resolve(id);
    }
    watch.observe(host, { childList: true, characterData: true, subtree: true });
  });

async function command(mark) {
  const { kind, title, choices } = OF[mark.kind];
  const wanted = targets(mark);
  if (!wanted.length) return;
  const about = translate("{name} · 대상 {n}개", { name: markName(mark), n: wanted.length });
  const shown = choices.map(([value, text]) => [value, translate(text)]);
  const answer = await askText(title, { about, needed: true, choices: shown });
  if (answer === null) return;
  const [reason, value] = answer;
  const commandId = nextCommandId();
  requestAction("command.request", "", {
    kind,
    targets: wanted,
    value: value === "" ? null : Number(value),
    reason,
  });
  const id = await commandId;
  if (!id) return;
  const word = shown.find(([known]) => known === value)[1];
  const sure = await askText("이 명령을 실행할까요?", { about: `${about} · ${word}` });
  requestAction(sure === null ? "command.cancel" : "command.confirm", id, {});
}

/** Put the command of an asset's kind under its values, for those who may give it. */
export function paintCommandButton(host, mark) {
  host.hidden = !OF[mark.kind] || !mayAct();
  if (host.hidden) return;
  const button = host.firstChild || host.appendChild(Object.assign(el("button"), { type: "button" }));
  setText(button, translate(OF[mark.kind].title));
  button.onclick = () => command(mark);
}
