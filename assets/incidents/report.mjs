// The report of an incident: a reason, a button, a bar that shows how far it is, and the file at the end.
import { el, setText, whenMounted } from "../core/dom.mjs";
import { createField, createForm } from "../core/forms.mjs";
import { downloadFile, getJson, postJson } from "../core/http.mjs";
import { onPush } from "../core/push.mjs";
import { language, localName, translate } from "../core/texts.mjs";
import { mayAct, shownIncident } from "./incidents.mjs";

const EVERY_MS = 400;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

/** Follow a report until it is made; throws when there will be none. */
async function follow(job, bar) {
  for (;;) {
    const told = await getJson(`/api/v1/reports/${job}`);
    bar.value = told.progress;
    if (told.error) throw new Error(translate("보고서를 만들지 못함: {why}", { why: localName(told.said) }));
    if (told.done) return;
    await wait(EVERY_MS);
  }
}

/** Draw the button, the field for the reason and the progress bar of an incident's report into `host`. */
export const showReportForm = (incident, host) => {
  const why = createField("보고서 사유", { required: true, minLength: 2, maxLength: 500 });
  const lang = createField("언어", {
    choices: [
      ["ko", "한국어"],
      ["en", "English"],
    ],
    value: language(),
  });
  const bar = el("progress");
  Object.assign(bar, { max: 1, value: 0, hidden: true });
  bar.setAttribute("aria-label", translate("보고서 진행"));
  const made = createForm([why, lang, bar], "PDF 보고서", async () => {
    bar.hidden = false;
    bar.value = 0;
    try {
      const { job } = await postJson(`/api/v1/incidents/${encodeURIComponent(incident)}/report`, {
        reason: why.input.value,
        lang: lang.input.value,
      });
      await follow(job, bar);
      await downloadFile(`/api/v1/reports/${job}/file`);
    } finally {
      bar.hidden = true;
    }
    return translate("보고서를 내려받았습니다");
  });
  made.classList.add("report-form");
  host.replaceChildren(made);
  return made;
};

let place = null;

/** Offer the report on the incident's page, once it is known who sits there. */
function offer() {
  if (!place?.isConnected || place.firstElementChild) return;
  if (shownIncident() && mayAct()) showReportForm(shownIncident(), place);
  else setText(place, translate("관제사 이상의 권한이 필요합니다"));
}

whenMounted("#incident-report", (host) => {
  place = host;
  offer();
});
onPush("hello", offer);
