"""Words for incidents in both languages: kinds, systems, grades, rules, states, camera happenings."""

from park.config.label import Label
from park.config.park import Park
from park.systems import SYSTEMS

KINDS: dict[str, Label] = {
    "gas_leak": Label("가스 누출", "Gas leak"),
    "fire": Label("화재", "Fire"),
    "injury": Label("인명 사고", "Injury"),
    "intrusion": Label("침입", "Intrusion"),
    "fight": Label("싸움", "Fight"),
    "dumping": Label("불법 투기", "Illegal dumping"),
    "odour": Label("악취", "Odour"),
    "air": Label("대기질 악화", "Bad air"),
    "flood": Label("침수", "Flood"),
    "dg_vehicle": Label("위험물 차량 이상", "Dangerous-goods vehicle"),
    "traffic": Label("교통 장애", "Traffic"),
    "crowd": Label("군집", "Crowd"),
    "dock_jam": Label("도크 정체", "Dock jam"),
    "peak": Label("전력 피크", "Power peak"),
    "power": Label("전력 설비 이상", "Power equipment"),
    "lights_out": Label("가로등 소등", "Street lights out"),
    "camera_fault": Label("카메라 이상", "Camera fault"),
    "data_loss": Label("데이터 수집 중단", "Data loss"),
    "other": Label("기타 사건", "Other incident"),
}
# Systems by their names, and what is told of an incident beside them
SYSTEM_LABELS: dict[str, Label] = {
    system.name: Label(system.label.ko, system.label.en.lower()) for system in SYSTEMS
} | {
    "data": Label("데이터", "data"),
    "room": Label("운영", "room"),
    "message": Label("전파", "message"),
}
GRADES: dict[str, Label] = {
    "attention": Label("관심", "attention"),
    "caution": Label("주의", "caution"),
    "alert": Label("경계", "alert"),
    "serious": Label("심각", "serious"),
}
GRADE_LEVELS: dict[str, int] = {"attention": 1, "caution": 2, "alert": 3, "serious": 4}
VERDICTS: dict[str, Label] = {
    "true": Label("사실", "true"),
    "false": Label("오경보", "false alarm"),
    "unclear": Label("불분명", "unclear"),
}
STATES: dict[str, Label] = {
    "responding": Label("대응 중", "responding"),
    "controlled": Label("통제됨", "under control"),
    "closed": Label("종료", "closed"),
}
HAPPENINGS: dict[str, Label] = {
    "intrusion": Label("침입", "Intrusion"),
    "loitering": Label("배회", "Loitering"),
    "abandonment": Label("유기", "Abandoned object"),
    "removal": Label("반출", "Removed object"),
    "fall": Label("쓰러짐", "Fall"),
    "fight": Label("싸움", "Fight"),
    "fire": Label("불꽃", "Flame"),
    "smoke": Label("연기", "Smoke"),
    "crowd": Label("군집", "Crowd"),
    "firm": Label("사업장", "Works"),
    "line_crossing": Label("경계선 통과", "Line crossed"),
    "wrong_way": Label("역주행", "Wrong way"),
    "stopped_vehicle": Label("정차 차량", "Stopped vehicle"),
    "dumping": Label("투기", "Dumping"),
    "person_on_carriageway": Label("차도 보행", "Person on the carriageway"),
    "silent": Label("응답 없음", "Silent"),
}
HAPPENINGS |= {name: label for system in SYSTEMS for name, label in system.observations.items()}
RULES: dict[str, Label] = {
    "cause": Label("원인", "cause"),
    "same_asset": Label("같은 설비", "same asset"),
    "same_grid": Label("같은 전력망", "same grid"),
    "same_firm": Label("같은 사업장", "same firm"),
    "same_site": Label("같은 거점", "same site"),
    "same_place": Label("가까운 곳", "nearby"),
    "downwind": Label("풍하측", "downwind"),
    "same_way": Label("이동 가능한 거리", "within a walk"),
    "park_wide": Label("단지 전체", "park-wide"),
    "parent": Label("상위 설비", "parent"),
    "storm": Label("같은 경보 폭주", "same flood"),
    "merged": Label("합친 사건", "merged"),
    "split": Label("나눈 사건", "split"),
}
ROLES: dict[str, Label] = {
    "viewer": Label("열람자", "viewer"),
    "operator": Label("관제사", "operator"),
    "manager": Label("책임자", "supervisor"),
    "admin": Label("관리자", "administrator"),
}
UNITS_EN: dict[str, str] = {"배": "×", "등": "lights", "분": "min", "대": "vehicles"}
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def short(asset: str) -> str:
    """Return the last name of an asset id: ``GAS-014``."""
    return asset.rpartition("/")[2]


def formula(substance: str) -> str:
    """Return a substance with its digits set low: ``NH₃``."""
    return substance.translate(_SUBSCRIPTS)


def what(park: Park, word: str) -> Label:
    """Return the words for what happened: the name of an alarm's condition or of a happening."""
    definition = park.alarms.get(word)
    return definition.name if definition else HAPPENINGS.get(word, Label(word, word))


def amount(value: float) -> str:
    """Return a measured value as people read it: two decimals below one, one below a hundred, none above."""
    digits = 2 if abs(value) < 1 else 1 if abs(value) < 100 else 0
    return f"{value:.{digits}f}".removesuffix(".0")


def place(park: Park, asset: str) -> Label:
    """Return where an asset is: its firm's name if it belongs to one, else its own."""
    known = park.assets.get(asset)
    if known is None:
        return Label(short(asset), short(asset))
    firm = park.assets.get(str(known.traits.get("factory", "")))
    return firm.name if firm else known.name
