// A question with a line for the answer and, where there is one, a choice: Enter gives it, Esc takes it back.
import { el } from "./dom.mjs";
import { translate } from "./texts.mjs";

const LONGEST = 400; // characters of an answer, as the server has it

/**
 * A choice of `[value, text]` pairs, the first one chosen.
 * @param {string[][]} choices
 */
function createChoice(choices) {
  const node = el("select");
  node.append(...choices.map(([value, text]) => Object.assign(el("option", "", text), { value })));
  return node;
}

/**
 * @param {string} label
 * @param {"button" | "submit"} type
 * @param {string} [className]
 */
function createButton(label, type, className = "") {
  const node = el("button", className, translate(label));
  node.type = type;
  return node;
}

/**
 * Ask for a line of text under a title (msgid).
 * @param {string} title
 * @param {{about?: string, needed?: boolean, choices?: string[][] | null}} options
 * @returns {Promise<any>} the text, with choices `[text, value]`; null when taken back
 */
export const askText = (title, { about = "", needed = false, choices = null }) =>
  new Promise((resolve) => {
    if (document.querySelector("dialog[open]")) {
      resolve(null);
      return;
    }
    // The parts: a title, what it is about, the choice, the line, two buttons.
    const box = el("dialog", "ask");
    const form = el("form");
    const foot = el("div", "ask-foot");
    const cancel = createButton("취소", "button");
    const choice = choices ? createChoice(choices) : null;
    const field = Object.assign(el("textarea"), { maxLength: LONGEST, rows: 3, required: needed });
    field.setAttribute("aria-label", translate(title));
    if (choice) field.placeholder = translate("사유");
    foot.append(cancel, createButton("확인", "submit", "primary"));
    const head = [el("h3", "", translate(title)), about ? el("p", "", about) : null];
    form.append(...[...head, choice, field, foot].filter((part) => part !== null));
    // What becomes of it.
    /** @type {string | string[] | null} */
    let answer = null;
    const give = () => {
      const text = field.value.trim();
      if (needed && !text) return;
      answer = choice ? [text, choice.value] : text;
      box.close();
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      give();
    });
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      give();
    });
    cancel.addEventListener("click", () => box.close());
    box.addEventListener("close", () => {
      box.remove();
      resolve(answer);
    });
    box.append(form);
    document.body.append(box);
    box.showModal();
    field.focus();
  });
