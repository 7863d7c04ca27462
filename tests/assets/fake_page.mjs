// The little of a page that the texts need: a language and a catalogue.

/** Make a page in one language; modules under test read their texts from it. */
export function openPage(lang = "ko", texts = {}) {
  const element = { isConnected: true, dataset: { lang, texts: JSON.stringify(texts) } };
  if (globalThis.document) globalThis.document.element.isConnected = false;
  globalThis.document = { element, getElementById: () => element };
}
