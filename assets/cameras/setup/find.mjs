// Finding the cameras of the network (ONVIF): who answers, which streams they have, one of them taken as the
// source.
import { el } from "../../core/dom.mjs";
import { formatNumber } from "../../core/format.mjs";
import { createField, createForm } from "../../core/forms.mjs";
import { postJson } from "../../core/http.mjs";
import { language, translate } from "../../core/texts.mjs";

/** The address of a stream with the login that was asked with. */
function entered(uri, user, word) {
  return user ? uri.replace("://", `://${encodeURIComponent(user)}:${encodeURIComponent(word)}@`) : uri;
}

const size = (stream) => `${stream.encoding} ${stream.width}×${stream.height}`;

/** The half of a reason, Korean · English, that is of the language of the page. */
function reason(text) {
  const [korean, english = korean] = (text || "").split(" · ");
  return language() === "ko" ? korean : english;
}

function row(found, login, useStream) {
  const host = el("li");
  const { device, streams } = found;
  const name = device.name || device.hardware || device.address;
  host.append(el("b", "", name), el("span", "", streams ? size(streams.main) : reason(found.error)));
  if (!streams) return host;
  const button = el("button", "", translate("이 카메라 쓰기"));
  button.type = "button";
  const uris = [streams.main, streams.sub].map((stream) => (stream ? entered(stream.uri, ...login) : ""));
  button.addEventListener("click", () => useStream(uris[0], uris[1] === uris[0] ? "" : uris[1]));
  host.append(button);
  return host;
}

/** The folded form of the search; `take(main, smaller)` gets the addresses of the camera that is chosen. */
export const createSearch = (useStream) => {
  const host = el("details", "setup-search");
  const list = el("ul", "setup-found");
  const user = createField("카메라 사용자", { autocomplete: "off", maxLength: 100 });
  const word = createField("카메라 암호", { type: "password", autocomplete: "new-password", maxLength: 200 });
  const card = createField("카메라 쪽 네트워크 카드 주소 (선택)", {
    placeholder: "192.168.0.10",
    pattern: String.raw`\d{1,3}(\.\d{1,3}){3}`,
  });
  const searchForm = createForm([user, word, card], "찾기", async () => {
    list.replaceChildren();
    const login = [user.input.value, word.input.value];
    const found = await postJson("/api/v1/cameras/discover", {
      user: login[0],
      password: login[1],
      interface: card.input.value,
    });
    list.append(...found.map((camera) => row(camera, login, useStream)));
    return found.length
      ? translate("{n}대 찾음", { n: formatNumber(found.length) })
      : translate("응답한 카메라가 없습니다");
  });
  searchForm.id = "setup-find";
  host.append(el("summary", "", translate("카메라 찾기 (ONVIF)")), searchForm, list);
  return host;
};
