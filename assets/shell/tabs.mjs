// The tablet shows one panel beside the alarms at a time; every other one is a tab away.
import { whenMounted } from "../core/dom.mjs";

/** @param {string} name */
function show(name) {
  document.body.dataset.tab = name;
  for (const button of document.querySelectorAll("#tabs button")) {
    button.setAttribute("aria-pressed", String(button.getAttribute("data-tab") === name));
  }
  window.dispatchEvent(new Event("resize")); // the map and the drawings measure themselves anew
}

whenMounted("#tabs", (tabs) => {
  tabs.addEventListener("click", (/** @type {any} */ event) => {
    const button = event.target.closest("button");
    if (button) show(button.dataset.tab);
  });
  show(document.body.dataset.tab || "map");
});
