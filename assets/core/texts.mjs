// The texts of the page: the catalogue that the server wrote into `#texts`, in the page's language.

/** @type {HTMLElement | null} */
let source = null;
/** @type {Record<string, string>} */
let table = {};

function readCatalogue() {
  const element = source?.isConnected ? source : document.getElementById("texts");
  if (!element || element === source) return;
  source = element;
  table = JSON.parse(element.dataset.texts || "{}");
}

/**
 * Language of the page.
 * @returns {"ko" | "en"}
 */
export function language() {
  readCatalogue();
  return source?.dataset.lang === "en" ? "en" : "ko";
}

/**
 * The text of a msgid (the Korean text) in the page's language, `{name}` filled from `params`.
 * @param {string} msgid
 * @param {Record<string, unknown>} [params]
 */
export function translate(msgid, params = {}) {
  readCatalogue();
  const found = table[msgid] || msgid;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/**
 * The page's language of a name, the Korean one where there is no other; empty where there is none.
 * @param {Partial<Label> | null | undefined} label
 * @returns {string}
 */
export const localName = (label) => (label && (label[language()] || label.ko)) || "";
