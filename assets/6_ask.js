// A question with a line for the answer and, where there is one, a choice: Enter gives it, Esc takes it back.
(() => {
  "use strict";
  const LONGEST = 400;

  /** A choice of `[value, text]` pairs, the first one chosen. */
  function chooser(choices) {
    const node = dom.el("select");
    node.append(...choices.map(([value, text]) => Object.assign(dom.el("option", "", text), { value })));
    return node;
  }

  /** Ask for a line of text under a title (msgid); resolves with the text (and the choice), or null when taken back. */
  gwanje.ask = (title, { about = "", needed = false, choices = null }) => new Promise((resolve) => {
    if (document.querySelector("dialog[open]")) return void resolve(null);
    const { el } = dom;
    const box = el("dialog", "ask"), form = el("form"), field = el("textarea");
    const foot = el("div", "ask-foot"), back = el("button", "", gwanje.text("취소")), done = el("button", "primary", gwanje.text("확인"));
    Object.assign(field, { maxLength: LONGEST, rows: 3, required: needed });
    field.setAttribute("aria-label", gwanje.text(title));
    const choice = choices ? chooser(choices) : null;
    if (choice) field.placeholder = gwanje.text("사유");
    [back.type, done.type] = ["button", "submit"];
    let answer = null;
    const give = () => { if (!needed || field.value.trim()) { answer = choice ? [field.value.trim(), choice.value] : field.value.trim(); box.close(); } };
    form.addEventListener("submit", (event) => { event.preventDefault(); give(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); give(); }
    });
    back.addEventListener("click", () => box.close());
    box.addEventListener("close", () => { box.remove(); resolve(answer); });
    foot.append(back, done);
    form.append(el("h3", "", gwanje.text(title)), ...(about ? [el("p", "", about)] : []), ...(choice ? [choice] : []), field, foot);
    box.append(form);
    document.body.append(box);
    box.showModal();
    field.focus();
  });
})();
