// Going to another page of the room without loading it anew.
import { language } from "./texts.mjs";

/**
 * Go to a path; the language stays.
 * @param {string} pathname
 */
export function goToPage(pathname) {
  const search = language() === "ko" ? "" : `?lang=${language()}`;
  window.dash_clientside.set_props("location", { pathname, search });
}
