// A question with one line for the answer: Enter gives it, Esc takes it back.
(() => {
  "use strict";
  const LONGEST = 400;

  /** Ask for a line of text under a title (msgid); resolves with the text, or null when taken back. */
  gwanje.ask = (title, { about = "", needed = false }) => new Promise((resolve) => {
    if (document.querySelector("dialog[open]")) return void resolve(null);
    const { el } = dom;
    const box = el("dialog", "ask"), form = el("form"), field = el("textarea");
    const foot = el("div", "ask-foot"), back = el("button", "", gwanje.text("취소")), done = el("button", "primary", gwanje.text("확인"));
    Object.assign(field, { maxLength: LONGEST, rows: 3, required: needed });
    field.setAttribute("aria-label", gwanje.text(title));
    [back.type, done.type] = ["button", "submit"];
    let answer = null;
    const give = () => { if (!needed || field.value.trim()) { answer = field.value.trim(); box.close(); } };
    form.addEventListener("submit", (event) => { event.preventDefault(); give(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); give(); }
    });
    back.addEventListener("click", () => box.close());
    box.addEventListener("close", () => { box.remove(); resolve(answer); });
    foot.append(back, done);
    form.append(el("h3", "", gwanje.text(title)), ...(about ? [el("p", "", about)] : []), field, foot);
    box.append(form);
    document.body.append(box);
    box.showModal();
    field.focus();
  });
})();
