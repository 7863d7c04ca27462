// Tabs of the incident's page: its records, and on a tablet what is shown beside the procedure.
import { whenMounted } from "../core/dom.mjs";

function bind(nav) {
  const host = document.getElementById("incident");
  const { of } = nav.dataset;
  const choose = (name) => {
    host.dataset[of] = name;
    for (const button of nav.children)
      button.setAttribute("aria-pressed", String(button.dataset.tab === name));
    window.dispatchEvent(new Event("resize")); // the map and the pictures measure themselves anew
  };
  nav.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button.dataset.tab);
  });
  choose(nav.firstElementChild.dataset.tab);
}

whenMounted("#incident-tabs, #incident-views", bind);
