// A question with a line for the answer and, where there is one, a choice: Enter gives it, Esc takes it back.
import { el } from "./dom.mjs";
import { translate } from "./texts.mjs";

const LONGEST = 400;

/** A choice of `[value, text]` pairs, the first one chosen. */
function chooser(choices) {
  const node = el("select");
  node.append(...choices.map(([value, text]) => Object.assign(el("option", "", text), { value })));
  return node;
}

/**
 * Ask for a line of text under a title (msgid); resolves with the text (and the choice), or null when taken
 * back.
 */
export const askText = (title, { about = "", needed = false, choices = null }) =>
  new Promise((resolve) => {
    if (document.querySelector("dialog[open]")) return void resolve(null);
    const box = el("dialog", "ask");
    const form = el("form");
    const field = el("textarea");
    const foot = el("div", "ask-foot");
    const back = el("button", "", translate("취소"));
    const done = el("button", "primary", translate("확인"));
    Object.assign(field, { maxLength: LONGEST, rows: 3, required: needed });
    field.setAttribute("aria-label", translate(title));
    const choice = choices ? chooser(choices) : null;
    if (choice) field.placeholder = translate("사유");
    [back.type, done.type] = ["button", "submit"];
    let answer = null;
    const give = () => {
      if (!needed || field.value.trim()) {
        answer = choice ? [field.value.trim(), choice.value] : field.value.trim();
        box.close();
      }
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      give();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        give();
      }
    });
    back.addEventListener("click", () => box.close());
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    foot.append(back, done);
    form.append(
      el("h3", "", translate(title)),
      ...(about ? [el("p", "", about)] : []),
      ...(choice ? [choice] : []),
      field,
      foot,
    );
    box.append(form);
    document.body.append(box);
    box.showModal();
    field.focus();
  });
