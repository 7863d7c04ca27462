// Forms and tables of the pages: labelled fields, tables of texts, a form that says what it came to.
import { el, setText } from "./dom.mjs";
import { translate } from "./texts.mjs";

/**
 * A labelled field: `createField("사유", {required: true})`; `choices` make it a list of `[value, text]`.
 * @param {string} label its msgid
 * @param {{choices?: (string | number)[][] | null, [property: string]: any}} [properties] of the input
 * @returns {HTMLLabelElement & {input: any}}
 */
export function createField(label, { choices = null, ...properties } = {}) {
  const input = el(choices ? "select" : "input");
  const host = Object.assign(el("label", "field"), { input });
  if (choices) {
    input.append(...choices.map(createOption));
  }
  Object.assign(input, properties);
  host.append(el("span", "", translate(label)), input);
  return host;
}

/** @param {(string | number)[]} choice */
const createOption = ([value, text]) =>
  Object.assign(el("option", "", String(text)), { value: String(value) });

/**
 * A table of `rows` of texts (or nodes) under heads (msgids).
 * @param {string[]} heads
 * @param {unknown[][]} rows
 */
export function createTable(heads, rows) {
  const node = el("table", "record-table");
  const head = el("thead");
  const headRow = el("tr");
  headRow.append(...heads.map((text) => Object.assign(el("th", "", translate(text)), { scope: "col" })));
  head.append(headRow);
  const body = el("tbody");
  for (const cells of rows) {
    const row = el("tr");
    row.append(...cells.map(createCell));
    body.append(row);
  }
  node.append(head, body);
  return node;
}

/** @param {unknown} content */
function createCell(content) {
  const node = el("td");
  if (content instanceof Node) node.append(content);
  else setText(node, content ?? "");
  return node;
}

/**
 * A form with fields and a button (msgid): `submit()` says what it came to, or throws why not.
 * @param {Node[]} fields
 * @param {string} button
 * @param {() => unknown} submit
 */
export function createForm(fields, button, submit) {
  const node = el("form", "record-form");
  const outcome = el("p", "said-here");
  const send = el("button", "primary", translate(button));
  send.type = "submit";
  outcome.setAttribute("role", "status");
  node.append(...fields, send, outcome);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    setText(outcome, "");
    try {
      setText(outcome, (await submit()) || "");
      outcome.classList.remove("bad");
    } catch (error) {
      setText(outcome, translate(/** @type {Error} */ (error).message));
      outcome.classList.add("bad");
    }
    send.disabled = false;
  });
  return node;
}
