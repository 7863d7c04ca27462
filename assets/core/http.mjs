// Requests to the server: JSON in and out, files to keep; who is signed out is led to the sign-in page.
import { localName } from "./texts.mjs";

const FILE_KEPT_MS = 60000; // so long the browser may take to begin with a file

/**
 * The query of an address.
 * @param {Record<string, string | number | boolean>} params
 */
export const queryOf = (params) =>
  new URLSearchParams(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** Ask whether the session still lives: a refused handshake tells a script nothing, an answer does. */
export async function checkSession() {
  try {
    leaveWhenRefused(await fetch("/api/v1/park", { redirect: "manual", cache: "no-store" }));
  } catch {
    // the server is away: the link state says so
  }
}

/** @param {Response} answer */
function leaveWhenRefused(answer) {
  if (answer.type !== "opaqueredirect" && answer.status !== 401 && answer.status !== 403) return;
  location.assign(`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/**
 * GET JSON; throws an Error with the status when refused, and leaves to sign-in when signed out.
 * @param {string} path
 * @returns {Promise<any>}
 */
export async function getJson(path) {
  const answer = await fetch(path, { headers: { accept: "application/json" }, redirect: "manual" });
  leaveWhenRefused(answer);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

/**
 * What a refused answer says, as an Error: the server's words in the page's language, else its status.
 * Its `detail` is the reason as it came.
 * @param {Response} answer
 * @returns {Promise<Error & {detail?: string}>}
 */
export async function refusalOf(answer) {
  try {
    const { detail, said } = await answer.json();
    return Object.assign(new Error(localName(said) || String(answer.status)), { detail: String(detail) });
  } catch {
    return new Error(String(answer.status));
  }
}

/**
 * POST JSON; throws an Error with what the server says when it is refused.
 * @param {string} path
 * @param {object} body
 * @returns {Promise<any>}
 */
export async function postJson(path, body) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) throw await refusalOf(answer);
  return answer.json();
}

/**
 * GET a file and hand it to the browser; throws an Error with what the server says when it is refused.
 * @param {string} path
 */
export async function downloadFile(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw await refusalOf(answer);
  const named = /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") || "");
  const link = document.createElement("a");
  const url = URL.createObjectURL(await answer.blob());
  link.href = url;
  link.download = named ? named[1] : "";
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), FILE_KEPT_MS);
}
