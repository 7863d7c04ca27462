// The names of all acts in words, as the audit trail and the handover show them.
import { translate } from "../core/texts.mjs";

/** @type {Record<string, string>} */
const ACTION_LABELS = {
  "alarm.acknowledge": "경보 확인",
  "alarm.reset": "경보 리셋",
  "alarm.shelve": "경보 보류",
  "alarm.unshelve": "경보 보류 해제",
  "alarm.remove": "경보 사용 중지",
  "alarm.restore": "경보 사용 재개",
  "incident.acknowledge": "사건 인지",
  "incident.verify": "사건 판정",
  "incident.grade": "등급 결정",
  "incident.advance": "사건 단계 진행",
  "incident.assign": "담당 지정",
  "incident.step": "절차 수행",
  "incident.skip": "절차 건너뜀",
  "incident.note": "사건 메모",
  "incident.merge": "사건 병합",
  "incident.split": "사건 분리",
  "command.request": "명령 요청",
  "command.confirm": "명령 확인",
  "command.cancel": "명령 취소",
  "message.request": "전파 요청",
  "camera.verify": "카메라 이벤트 판정",
  "exercise.set": "훈련 전환",
  "handover.note": "인계 메모",
  "handover.sign": "인수 서명",
  "report.make": "보고서 작성",
  "report.take": "보고서 반출",
  "record.export": "기록 내보내기",
  "clip.view": "영상 열람",
  "still.view": "정지 화면 열람",
  "clip.hold": "영상 보존",
  "clip.release": "영상 보존 해제",
  "clip.download": "영상 내려받기",
  "camera.save": "카메라 설정 저장",
  "audit.read": "감사 열람",
  "audit.verify": "감사 검증",
  "audit.review": "감사 점검",
  "dead_letter.replay": "배달 못 한 이벤트 재전송",
  "user.add": "계정 추가",
  "user.passwd": "암호 변경",
  "user.revoke": "계정 회수",
  "key.add": "키 발급",
  "key.revoke": "키 회수",
  "screen.add": "화면 등록",
  "screen.revoke": "화면 회수",
};

/**
 * An act in words; its own name where there are none.
 * @param {string} name
 */
export const actionLabel = (name) => (ACTION_LABELS[name] ? translate(ACTION_LABELS[name]) : name);

/** Every act with its words, to choose from. */
export const actionChoices = () =>
  Object.entries(ACTION_LABELS).map(([name, text]) => [name, translate(text)]);
