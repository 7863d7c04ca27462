// The texts of the page: the catalogue that the server wrote into `#texts`, in the page's language.

let source = null;
let table = {};

function readCatalogue() {
  const element = source?.isConnected ? source : document.getElementById("texts");
  if (!element || element === source) return;
  source = element;
  table = JSON.parse(element.dataset.texts || "{}");
}

/** Language of the page: `ko` or `en`. */
export function language() {
  readCatalogue();
  return source?.dataset.lang || "ko";
}

/** The text of a msgid (the Korean text) in the page's language, `{name}` filled from `params`. */
export function translate(msgid, params = {}) {
  readCatalogue();
  const found = table[msgid] || msgid;
  return found.replace(/\{(\w+)\}/g, (whole, name) => (name in params ? String(params[name]) : whole));
}

/** The page's language of a `{ko, en}` name. */
export const localName = (label) => (label && (label[language()] || label.ko)) || "";
