// Setting up cameras: the list of them, one camera's source, saving.
import { el, setNote, setText, whenMounted } from "../../core/dom.mjs";
import { formatNumber } from "../../core/format.mjs";
import { createField, createForm, createTable } from "../../core/forms.mjs";
import { getJson, refusalOf } from "../../core/http.mjs";
import { localName, translate } from "../../core/texts.mjs";
import { announceEdit, editedCamera, editor, faultText, postSetup, SETUP_URL, setupPath } from "./editor.mjs";
import { createSearch } from "./find.mjs";

const STATES = { ok: "정상", wrong: "파일 오류", none: "설정 없음" };
const LIST_HEADS = ["카메라", "이름", "파일", "무엇이 문제인지", "저장된 곳"];
const PARTS = ["zones", "lines", "masks", "rules"];

/** What is wrong with a file, and whether its camera goes on without it. */
const faultAndState = (file) =>
  `${faultText(file)} · ${translate(file.runs ? "마지막으로 바른 설정으로 보고 있음" : "이 카메라만 꺼짐")}`;

function listRow(file) {
  const link = el("a", "", file.id);
  link.href = `/cameras/setup/${encodeURIComponent(file.id)}${location.search}`;
  const name = file.name ? localName(file.name) : "–";
  const state = el("b", `setup-state ${file.state}`, translate(STATES[file.state]));
  const trouble = file.state === "wrong" ? faultAndState(file) : (file.off || []).join(" / ");
  const place = file.state === "none" ? "–" : translate(file.own ? "관제실" : "단지 파일");
  return [link, name, state, trouble, place];
}

whenMounted("#setup-list", async (host) => {
  const files = await getJson(SETUP_URL);
  setNote("setup-list", translate("{n}건", { n: formatNumber(files.length) }));
  host.append(createTable(LIST_HEADS, files.map(listRow)));
});

async function load() {
  const loaded = await getJson(setupPath());
  Object.assign(editor, { loaded, camera: loaded.camera });
  for (const part of PARTS) editor.camera[part] = editor.camera[part] || [];
  editor.chosen = editor.camera.zones.length ? { part: "zones", index: 0 } : null;
  announceEdit(["draw", "rules"], false);
}

function sourceChoices(sources) {
  const list = el("datalist");
  list.id = "setup-sources";
  const all = [...sources.samples, ...sources.files, ...sources.devices];
  list.append(...all.map((value) => Object.assign(el("option"), { value })));
  return list;
}

async function save() {
  const { lost = [] } = await postSetup(setupPath(), editedCamera());
  editor.dirty = false;
  await load();
  const saved = translate("저장했습니다. 카메라가 곧 새 설정으로 다시 봅니다.");
  if (!lost.length) return saved;
  return `${saved} ${translate("함께 지워진 주석: {remarks}", { remarks: lost.join(" / ") })}`;
}

/** Take one picture of the source and hand it to the drawing. */
async function takePicture() {
  const headers = { "content-type": "application/json" };
  const body = JSON.stringify(editedCamera());
  const answer = await fetch(setupPath("/look"), { method: "POST", headers, body });
  if (!answer.ok) throw await refusalOf(answer);
  editor.picture = await createImageBitmap(await answer.blob());
  if (!editor.loaded.file.there) editor.camera.frame = [editor.picture.width, editor.picture.height];
  announceEdit(["picture", "draw"], false);
  return "";
}

function fileState({ there, ok, own, ...file }) {
  const node = el("p", "setup-file");
  if (there && !ok) {
    setText(node, faultAndState(file));
    node.classList.add("bad");
  } else if (there) {
    setText(node, translate(own ? "관제실에서 저장한 설정을 씁니다" : "단지 파일의 설정을 씁니다"));
  } else setText(node, translate("아직 설정이 없습니다"));
  return node;
}

whenMounted("#setup-source", async (host) => {
  await load();
  const { camera, loaded } = editor;
  // The fields, and what they change.
  const korean = createField("이름 (한국어)", { value: camera.name.ko, required: true });
  const english = createField("이름 (영어)", { value: camera.name.en, required: true });
  const free = { autocomplete: "off", spellcheck: false };
  const source = createField("영상 주소, 파일 또는 장치", { value: camera.source || "", ...free });
  const sub = createField("분석용 작은 영상 (선택)", { value: camera.substream || "", ...free });
  for (const field of [source, sub]) {
    field.classList.add("wide");
    field.input.setAttribute("list", "setup-sources");
  }
  const edit = () => {
    camera.name = { ko: korean.input.value, en: english.input.value };
    editor.camera.name = camera.name;
    editor.camera.source = source.input.value.trim();
    if (sub.input.value.trim()) editor.camera.substream = sub.input.value.trim();
    else delete editor.camera.substream;
    announceEdit([]);
  };
  const fields = [korean, english, source, sub];
  for (const field of fields) field.input.addEventListener("input", edit);
  // Looking, searching, saving.
  const show = createForm([...fields, sourceChoices(loaded.sources)], "화면 보기", takePicture);
  const keep = createForm([], "저장", save);
  keep.id = "setup-save";
  show.id = "setup-look";
  const useStream = (main, smaller) => {
    source.input.value = main;
    sub.input.value = smaller;
    edit();
    show.requestSubmit();
  };
  host.append(show, createSearch(useStream), keep, fileState(loaded.file));
  if (camera.source) show.requestSubmit();
});

window.addEventListener("beforeunload", (event) => {
  if (editor.dirty) event.preventDefault();
});
