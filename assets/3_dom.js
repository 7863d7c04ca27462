// Few words for writing to the page: elements, texts, keyed lists and drawings that change in place.
(() => {
  "use strict";
  const SVG = "http://www.w3.org/2000/svg";
  const BEHIND_MS = 5000;

  /** A new element with a class and a text; never HTML. */
  function el(tag, className = "", text = "") {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  }

  /** Set a text, a class or an attribute only when it is another one, so nothing repaints in vain. */
  function put(node, text) {
    const next = String(text ?? "");
    if (node.textContent !== next) node.textContent = next;
  }
  function dress(node, className) {
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
  }
  function attr(node, name, value) {
    if (value === null || value === undefined) node.removeAttribute(name);
    else if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  }

  /** Make the children of `host` match `items`: kept by key, made once, updated, put in order. */
  function list(host, items, key, make, update) {
    const held = new Map([...host.children].map((node) => [node.dataset.key, node]));
    items.forEach((item, index) => {
      const id = String(key(item));
      const node = held.get(id) || make(item);
      node.dataset.key = id;
      held.delete(id);
      update(node, item);
      if (host.children[index] !== node) host.insertBefore(node, host.children[index] || null);
    });
    held.forEach((node) => node.remove());
  }

  /** Draw `[tag, attributes, text]` marks into an <svg>, reusing what is there by position. */
  function draw(svg, marks) {
    marks.forEach(([tag, attrs, text], index) => {
      let node = svg.children[index];
      if (!node || node.tagName !== tag) {
        const fresh = document.createElementNS(SVG, tag);
        if (node) node.replaceWith(fresh); else svg.append(fresh);
        node = fresh;
      }
      for (const name of node.getAttributeNames()) if (!(name in attrs)) node.removeAttribute(name);
      for (const [name, value] of Object.entries(attrs)) attr(node, name, value);
      put(node, text);
    });
    while (svg.children.length > marks.length) svg.lastElementChild.remove();
  }

  function drawing(className, label) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("class", className);
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
    return svg;
  }

  /** Size of one rem in pixels: the whole room scales with it. */
  const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);

  /** Whether a reading is older than two of its periods. */
  const stale = (r) => Boolean(r && r.time_ms && r.period_s && gwanje.age(r.time_ms) > 2000 * r.period_s);

  /** Why values are old: the link, the consumer behind, or the sensor itself. */
  function reason() {
    if (gwanje.link !== "live") return gwanje.text("연결 끊김");
    const status = gwanje.state.status || {};
    return gwanje.text((status.lag_ms ?? 0) > BEHIND_MS ? "기록 지연" : "센서 무응답");
  }

  /** A big number with unit and meaning; `show(reading, digits, factor)` keeps it true. */
  function figure(host, unit, meaning, className = "") {
    const node = el("div", `figure ${className}`);
    const value = el("b", "num"), unitNode = el("span", "unit", unit), what = el("span", "what", meaning);
    const line = el("div", "reading");
    line.append(value, unitNode);
    node.append(line, what);
    host.append(node);
    return {
      node, what,
      show(r, digits = 0, factor = 1, note = meaning) {
        const old = stale(r), known = r && r.value !== null && r.value !== undefined;
        put(value, known ? gwanje.number(r.value * factor, digits) : "–");
        put(what, old ? `${reason()} · ${gwanje.ageText(gwanje.age(r.time_ms))}` : note);
        node.classList.toggle("stale", old);
        attr(node, "title", r && r.time_ms ? `${meaning} · ${gwanje.ageText(gwanje.age(r.time_ms))}` : meaning);
      },
    };
  }

  /** The oldest age that a panel shows, as text; empty when nothing is known. */
  function oldest(readings) {
    const times = readings.filter((r) => r && r.time_ms && !stale(r)).map((r) => r.time_ms);
    return times.length ? gwanje.ageText(gwanje.age(Math.min(...times))) : "";
  }

  /** Fill `#name` once it is there and repaint it with new data and once a second, for the ages. */
  function panel(name, kinds, build, paint) {
    let parts = null, host = null;
    const repaint = () => {
      if (!host || !host.isConnected) return;
      parts = parts || build(host);
      paint(parts, gwanje.state);
    };
    gwanje.mount(`#${name}`, (element) => { host = element; parts = null; repaint(); });
    for (const kind of kinds) gwanje.on(kind, repaint);
    setInterval(repaint, 1000);
    window.addEventListener("resize", repaint);
    return repaint;
  }

  const note = (name, text) => {
    const node = document.getElementById(`${name}-note`);
    if (node) put(node, text);
  };

  /** The page's language of a `{ko, en}` name. */
  const name = (label) => (label && (label[gwanje.lang] || label.ko)) || "";

  window.dom = { el, put, dress, attr, list, draw, drawing, rem, stale, reason, figure, oldest, panel, note, name };
})();
