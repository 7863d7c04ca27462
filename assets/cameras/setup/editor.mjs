// What the set-up page of a camera edits, who hears of changes, and what is wrong with a file in words.
import { setNote } from "../../core/dom.mjs";
import { postJson } from "../../core/http.mjs";
import { translate } from "../../core/texts.mjs";
import { directionLabel } from "./labels.mjs";

/** Address of the set-up of all cameras. */
export const SETUP_URL = "/api/v1/cameras/setup";

const PAGE = "/cameras/setup/";
const listeners = { draw: new Set(), rules: new Set(), picture: new Set() };

/** The camera that is edited, the answer it came with, and what of it is chosen. */
export const editor = {
  name: location.pathname.startsWith(PAGE) ? decodeURIComponent(location.pathname.split("/")[3]) : "",
  camera: null,
  loaded: null, // the answer that the camera came with
  chosen: null, // {part, index} of a zone, line or mask
  point: -1, // index of the chosen point of it
  dirty: false,
  picture: null, // ImageBitmap of the source
};

/** Call `listener` now, if the camera is known, and whenever its drawing, rules or picture change. */
export function onEdit(kind, listener) {
  listeners[kind].add(listener);
  if (editor.camera) listener();
}

/** Tell that these changed: by hand, unless `edited` is false. */
export function announceEdit(kinds, edited = true) {
  if (edited) editor.dirty = true;
  for (const kind of kinds) for (const listener of listeners[kind]) listener();
  setNote("setup-source", editor.dirty ? translate("저장하지 않은 변경") : "");
}

/** The points of a zone, line or mask. */
export const pointsOf = (part, shape) => (part === "lines" ? shape.points : shape.polygon);

/** Address of the set-up of the edited camera. */
export const setupPath = (rest = "") => `${SETUP_URL}/${encodeURIComponent(editor.name)}${rest}`;

const isGiven = (value) => value !== null && !(Array.isArray(value) && !value.length);

/** The camera as it is sent: what is empty is left out. */
export const editedCamera = () => ({
  camera: Object.fromEntries(Object.entries(editor.camera).filter(([, value]) => isGiven(value))),
});

/**
 * A file's fault as the checker says it, in words: pattern, msgid, the names of what it found.
 * @type {[RegExp, string, string[]][]}
 */
const FAULTS = [
  [/^Expected `(.+)` (>=|<=|>|<) (.+)$/, "값이 {sign} {n} 이어야 합니다", ["", "sign", "n"]],
  [/^Expected `(.+?)`, got `(.+)`$/, "{wanted} 이어야 하는데 {got} 입니다", ["wanted", "got"]],
  [/^Object missing required field `(.+)`$/, "{name} 항목이 없습니다", ["name"]],
  [/^Object contains unknown field `(.+)`$/, "모르는 항목입니다: {name}", ["name"]],
  [/^Invalid (?:enum )?value '?(.+?)'?$/, "모르는 값입니다: {value}", ["value"]],
  [/^point \((.+)\) lies outside \((.+)\)$/, "점 ({point})이 화면 {frame} 밖입니다", ["point", "frame"]],
  [/^the edges of the polygon cross/, "다각형의 변이 서로 엇갈리거나 넓이가 없습니다", []],
  [/^a name is used twice: \[(.+)\]$/, "이름이 두 번 쓰였습니다: {names}", ["names"]],
  [/^'(.+)' is not the file's name$/, "파일 이름과 다릅니다: {name}", ["name"]],
  [/^the line begins where it ends$/, "선의 두 끝이 같은 점입니다", []],
  [
    /line '(.+)' is crossed (\w+) or (\w+), never '(\w+)'$/,
    "선 ‘{line}’에는 ‘{way}’ 방향이 없습니다: {one} 또는 {other}",
    ["line", "one", "other", "way"],
  ],
  [
    /is told from ([\d.]+) pictures a second on, not from ([\d.]+)$/,
    "화재와 연기는 초당 {n}장 이상을 봐야 판단합니다 (지금 {now}장)",
    ["n", "now"],
  ],
  [/^nested too deeply$/, "괄호가 너무 깊이 겹쳐 있습니다", []],
  [/^not TOML: (.+)$/, "TOML 문법에 맞지 않습니다: {why}", ["why"]],
];
const DIRECTIONS = ["one", "other", "way"]; // parameters that are directions

function reasonText(reason) {
  for (const [pattern, text, names] of FAULTS) {
    const found = pattern.exec(reason);
    if (!found) continue;
    const value = (name, at) => (DIRECTIONS.includes(name) ? directionLabel(found[at + 1]) : found[at + 1]);
    return translate(text, Object.fromEntries(names.map((name, at) => [name, value(name, at)])));
  }
  return reason;
}

/** What is wrong with a file and where: `{key, reason, line}` in words. */
export function faultText({ key, reason, line }) {
  return `${line ? `${translate("{n}행", { n: line })} · ` : ""}${key}: ${reasonText(reason)}`;
}

/** POST; a camera that is refused is refused in words. */
export async function postSetup(path, body) {
  try {
    return await postJson(path, body);
  } catch (error) {
    const fault = /^(\S+): (.*) \(line (\d+)\)$/.exec(error.detail || error.message);
    throw fault ? new Error(faultText({ key: fault[1], reason: fault[2], line: Number(fault[3]) })) : error;
  }
}
