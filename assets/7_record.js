// Words for the pages of the record: posting, forms, tables, files that are taken with a reason.
(() => {
  "use strict";
  const { el, put } = dom;

  /** What a refused answer says: the server's own words, else its status. */
  async function reason(answer) {
    try {
      const { detail } = await answer.json();
      return typeof detail === "string" ? detail : (detail || []).map(({ loc, msg }) => `${loc[loc.length - 1]}: ${msg}`).join("; ") || String(answer.status);
    } catch { return String(answer.status); }
  }

  /** POST JSON; throws an Error with what the server says when it is refused. */
  async function post(path, body) {
    const answer = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(await reason(answer));
    return answer.json();
  }

  /** Take a file from a door: throws what the server says, else hands the file to the browser. */
  async function take(path) {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(await reason(answer));
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

  gwanje.record = { post, take, field, table, form };
})();
