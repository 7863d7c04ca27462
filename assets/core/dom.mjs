// Few words for writing to the page: elements, texts, keyed lists and drawings that change in place.

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new element with a class and a text; never HTML.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function el(tag, className = "", text = "") {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text) node.textContent = text;
  return node;
}

/**
 * Set a text only when it is another one, so that nothing repaints in vain.
 * @param {Element} node
 * @param {unknown} text empty when null or undefined
 */
export function setText(node, text) {
  const next = String(text ?? "");
  if (node.textContent !== next) node.textContent = next;
}

/**
 * Set the classes only when they are others.
 * @param {Element} node
 * @param {string} className
 */
export function setClass(node, className) {
  if (node.getAttribute("class") !== className) node.setAttribute("class", className);
}

/**
 * Set an attribute only when it is another one; null takes it away.
 * @param {Element} node
 * @param {string} name
 * @param {string | number | null | undefined} value
 */
export function setAttribute(node, name, value) {
  if (value === null || value === undefined) node.removeAttribute(name);
  else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/**
 * Make the children of `host` match `items`: kept by key, made once, updated, put in order.
 * @template Item
 * @param {Element} host
 * @param {Item[]} items
 * @param {(item: Item) => unknown} key
 * @param {(item: Item) => HTMLElement} make
 * @param {(node: any, item: Item) => void} update
 */
export function updateList(host, items, key, make, update) {
  const children = /** @type {HTMLElement[]} */ ([...host.children]);
  const kept = new Map(children.map((node) => [node.dataset.key, node]));
  items.forEach((item, index) => {
    const id = String(key(item));
    const node = kept.get(id) || make(item);
    node.dataset.key = id;
    kept.delete(id);
    update(node, item);
    if (host.children[index] !== node) host.insertBefore(node, host.children[index] || null);
  });
  kept.forEach((node) => {
    node.remove();
  });
}

/**
 * Draw marks into an <svg>, reusing what is there by position.
 * @param {SVGSVGElement} svg
 * @param {SvgMark[]} marks
 */
export function drawSvg(svg, marks) {
  marks.forEach(([tag, attributes, text], index) => {
    let node = svg.children[index];
    if (!node || node.tagName !== tag) {
      const fresh = document.createElementNS(SVG, tag);
      if (node) node.replaceWith(fresh);
      else svg.append(fresh);
      node = fresh;
    }
    for (const name of node.getAttributeNames()) if (!(name in attributes)) node.removeAttribute(name);
    for (const [name, value] of Object.entries(attributes)) setAttribute(node, name, value);
    setText(node, text);
  });
  while (svg.children.length > marks.length) svg.lastElementChild?.remove();
}

/**
 * A new, empty <svg> with a class and a label for those who do not see it.
 * @param {string} className
 * @param {string} label
 */
export function createSvg(className, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  return svg;
}

/**
 * The element inside of `host` that matches; made and put at its end when there is none.
 * @template {HTMLElement} Made
 * @param {Element} host
 * @param {string} selector
 * @param {() => Made} make
 * @returns {Made}
 */
export function ensureChild(host, selector, make) {
  return /** @type {Made | null} */ (host.querySelector(selector)) || host.appendChild(make());
}

/** Size of one rem in pixels: the whole room scales with it. */
export const remPixels = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

/**
 * Set the note in the head of a panel, if the panel is there.
 * @param {string} panel its name
 * @param {unknown} text
 */
export function setNote(panel, text) {
  const node = document.getElementById(`${panel}-note`);
  if (node) setText(node, text);
}

/**
 * Whether an event happened inside an element that matches.
 * @param {Event} event
 * @param {string} selector
 */
export const isWithin = ({ target }, selector) =>
  target instanceof Element && target.closest(selector) !== null;

/**
 * Call `start(element)` once for each element that matches, now or when Dash draws it later.
 * @param {string} selector
 * @param {(element: any) => void} start
 */
export function whenMounted(selector, start) {
  const seen = new WeakSet();
  const startNew = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (seen.has(element)) continue;
      seen.add(element);
      start(element);
    }
  };
  new MutationObserver(startNew).observe(document.documentElement, { childList: true, subtree: true });
  startNew();
}
