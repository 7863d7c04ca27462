"""The inventory of a synthetic park: every asset of an industrial park of real size, seeded.

Numbers follow what Korean parks publish (domain figures of Gumi, Banwol-Sihwa, Ulju): they are a scale,
not a claim about a real park, and every file says ``synthetic``.
"""

import json
import math
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from feeds.simulator import terrain as ground
from feeds.simulator.terrain import Node, Plane, Point, Terrain

LIGHTS, LIGHTS_A_CABINET = 4449, 18
VEHICLES = 84  # never fewer than 62 of them inside
GASES = ("NH3", "NH3", "NH3", "NH3", "NH3", "NH3", "H2S", "H2S", "H2S", "H2S",
         "Cl2", "Cl2", "Cl2", "HF", "HF", "HF", "CO", "CO", "CO", "CO")  # fmt: skip
INDUSTRIES = (
    ("machine", "기계", "Machinery", 130),
    ("metal", "금속", "Metal", 210),
    ("auto", "자동차부품", "Auto parts", 150),
    ("electronics", "전자", "Electronics", 120),
    ("paint", "도료", "Paint", 90),
    ("chemical", "화학", "Chemical", 170),
    ("food", "식품", "Food", 80),
    ("cold", "냉동물류", "Cold storage", 110),
    ("casting", "주물", "Casting", 260),
    ("plastic", "플라스틱", "Plastics", 100),
)
AROUND_FIRST = 5  # ammonia sensors at and around the paint works of the scenarios
LEE_RING_DEG = (30, 75, 150, 300)  # their bearings: closer together where the usual south-west wind blows
HAZARDOUS = ("paint", "chemical", "cold", "metal")
# What an industry handles in quantity, beside what its own sensors measure (assumed: pickling, etching,
# furnace gas, feedstock; the cold stores of this park run on freon)
HANDLES = {"metal": ("HF",), "electronics": ("HF",), "casting": ("CO",), "chemical": ("Cl2",)}
UN_NUMBERS = ("1005", "1203", "1263", "1017", "1830", "1090")
PERIOD_S = {
    "light": 300, "camera": 60, "gas": 10, "odour": 60, "air": 60, "water": 60, "weather": 60, "gate": 60,
    "dock": 60, "meter": 60, "substation": 5, "pv": 10, "fuelcell": 10, "ess": 10, "parking": 60,
    "vehicle": 2,
}  # fmt: skip


@dataclass
class Inventory:
    """Assets as GeoJSON features, and the ground they stand on."""

    park: str
    plane: Plane
    terrain: Terrain
    chance: random.Random
    features: list[dict[str, Any]] = field(default_factory=list)
    firms: dict[Node, dict[str, Any]] = field(default_factory=dict)

    def add(
        self, kind: str, name: str, label: tuple[str, str], at: Point, zone: int, **traits: object
    ) -> str:
        """Put one asset at a point in metres and return its id."""
        lat, lon = self.plane.degrees(at)
        properties = {
            "id": f"{self.park}/{kind}/{name}",
            "kind": kind,
            "name": {"ko": label[0], "en": label[1]},
            "zone": f"Z{zone}",
            "period_s": PERIOD_S.get(kind),
            "traits": traits,
        }
        point = {"type": "Point", "coordinates": [lon, lat]}
        self.features.append(
            {
                "type": "Feature",
                "geometry": point,
                "properties": {k: v for k, v in properties.items() if v not in (None, {})},
            }
        )
        return f"{self.park}/{kind}/{name}"


def build(park: str, lat: float, lon: float, seed: int) -> Inventory:
    """Make the whole inventory; the same arguments give the same inventory."""
    chance = random.Random(seed)  # noqa: S311  a reproducible park, not a secret
    made = Inventory(park, Plane(lat, lon), ground.build(chance), chance)
    for step in (_firms, _sites, _gates, _lights, _cameras, _sensors, _handled, _energy, _parking, _vehicles):
        step(made)
    return made


def write(made: Inventory, folder: Path) -> None:
    """Write assets, streets, buildings and zones as GeoJSON files."""
    folder.mkdir(parents=True, exist_ok=True)
    layers = {
        "assets": made.features,
        "streets": _street_features(made),
        "buildings": _building_features(made),
        "zones": _zone_features(made),
    }
    for name, features in layers.items():
        rows = ",\n".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) for row in features)
        head = '{"type":"FeatureCollection","synthetic":true,"features":[\n'
        (folder / f"{name}.geojson").write_text(f"{head}{rows}\n]}}\n", encoding="utf-8")


def _middle(block: Node) -> Point:
    return ground.grid(block[0] + 0.5, block[1] + 0.5)


def _zone(block: Node) -> int:
    return ground.zone_of(block[0] + 0.5, block[1] + 0.5)


def _firms(made: Inventory) -> None:
    blocks = sorted(made.chance.sample([b for b, halls in made.terrain.buildings.items() if halls], 120))
    count: dict[int, int] = {}
    for block in blocks:
        zone = _zone(block)
        count[zone] = count.get(zone, 0) + 1
        number = f"{'ABCDEFGHI'[zone - 1]}-{count[zone]:02d}"
        key, ko, en, rated_kw = made.chance.choice(INDUSTRIES)
        if number == "B-12":
            key, ko, en, rated_kw = INDUSTRIES[4]
        rated_kw = round(rated_kw * made.chance.uniform(0.5, 1.22))
        hall = made.terrain.buildings[block][0]
        at = (sum(x for x, _ in hall[:4]) / 4, sum(y for _, y in hall[:4]) / 4)
        label = (f"{number} {ko}공장", f"{number} {en} works")
        firm = made.add("factory", number, label, at, zone, industry=key, rated_kw=rated_kw)
        meter = (f"{label[0]} 전력량계", f"{label[1]} meter")
        made.add(
            "meter", f"M-{number}", meter, (at[0] + 12, at[1] - 12), zone, factory=firm, rated_kw=rated_kw
        )
        made.firms[block] = {"id": firm, "number": number, "label": label, "industry": key, "at": at}


def _sites(made: Inventory) -> None:
    free = [b for b in made.terrain.buildings if b not in made.firms and 1 < b[0] < ground.COLUMNS - 3]
    for number, block in enumerate(sorted(made.chance.sample(free, 5)), 1):
        zone, at = _zone(block), _middle(block)
        label = (f"제{number}물류센터", f"Logistics centre {number}")
        site = made.add("site", f"SITE-{number}", label, at, zone, node=list(block))
        for dock in range(1, 5):
            name = f"D{number}{dock}"
            spot = ground.grid(block[0] + 0.3 + 0.1 * dock, block[1] + 0.32)
            made.add(
                "dock", name, (f"{label[0]} 도크 {dock}", f"{label[1]} dock {dock}"), spot, zone, site=site
            )


def _gates(made: Inventory) -> None:
    middle_column, middle_row = (ground.COLUMNS - 1) // 2, (ground.ROWS - 1) // 2
    places = (
        ("GATE-E", "동문", "East gate", (ground.COLUMNS - 1, middle_row)),
        ("GATE-W", "서문", "West gate", (0, middle_row)),
        ("GATE-N", "북문", "North gate", (middle_column, ground.ROWS - 1)),
        ("GATE-S", "남문", "South gate", (middle_column, 0)),
    )
    for name, ko, en, node in places:
        made.add("gate", name, (ko, en), ground.grid(*node), ground.zone_of(*node), node=list(node))


def _lights(made: Inventory) -> None:
    """Spread the lights evenly along all streets, on alternating sides; a cabinet feeds eighteen in a row."""
    edges = sorted(made.terrain.graph.edges(data=True), key=lambda edge: (edge[0], edge[1]))
    spacing_m = sum(data["length_m"] for *_, data in edges) / LIGHTS
    walked = spacing_m / 2
    number = 0
    cabinet = ""
    for a, b, data in edges:
        while walked <= data["length_m"] and number < LIGHTS:
            (x, y), heading = ground.along(data["line"], walked)
            side = math.radians(heading + (90 if number % 2 else -90))
            at = (x + 6 * math.sin(side), y + 6 * math.cos(side))
            zone = ground.zone_of((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)
            if number % LIGHTS_A_CABINET == 0:
                order = number // LIGHTS_A_CABINET + 1
                label = (f"분전함 {order}", f"Cabinet {order}")
                cabinet = made.add("cabinet", f"CAB-{order:03d}", label, (x, y), zone)
            number += 1
            rated_w = {"trunk": 150, "collector": 100, "local": 70}[data["road"]]
            label = (f"가로등 {number}", f"Light {number}")
            made.add("light", f"L-{number:04d}", label, at, zone, cabinet=cabinet, rated_w=rated_w)
            walked += spacing_m
        walked -= data["length_m"]


def _cameras(made: Inventory) -> None:
    """Watch the hazardous firms and the gates first, then crossings spread over the park."""
    number = 0

    def place(at: Point, zone: int, ko: str, en: str, **more: object) -> None:
        nonlocal number
        number += 1
        traits = {"heading_deg": made.chance.randrange(0, 360, 15), "fov_deg": 70, "height_m": 8} | more
        label = (f"CAM-{number:03d} {ko}", f"CAM-{number:03d} {en}")
        made.add("camera", f"CAM-{number:03d}", label, at, zone, **traits)

    for block, firm in made.firms.items():
        if firm["industry"] in HAZARDOUS:
            # At chemical works the fence is a watched line: crossing it asks for an operator
            fence = {"line_alarm": True} if firm["industry"] == "chemical" else {}
            place(
                (firm["at"][0], firm["at"][1] - 70),
                _zone(block),
                f"{firm['label'][0]} 남측",
                f"{firm['label'][1]}, south",
                factory=firm["id"],
                **fence,
            )
    for gate in [f for f in made.features if f["properties"]["kind"] == "gate"]:
        node = tuple(gate["properties"]["traits"]["node"])
        name = gate["properties"]["name"]
        place(ground.grid(*node), ground.zone_of(*node), name["ko"], name["en"])
    nodes = sorted(made.terrain.graph.nodes)
    step = len(nodes) / (108 - number)
    for turn in range(108 - number):
        column, row = nodes[int(turn * step + step / 2)]
        crossing = f"{column + 1}-{row + 1}"
        place(
            ground.grid(column, row),
            ground.zone_of(column, row),
            f"{crossing} 교차로",
            f"crossing {crossing}",
        )


def _sensors(made: Inventory) -> None:
    hazardous = [(b, f) for b, f in made.firms.items() if f["industry"] in HAZARDOUS]
    hazardous.sort(key=lambda pair: pair[1]["number"] != "B-12")
    for number, substance in enumerate(GASES, 1):
        block, firm = hazardous[max(0, number - AROUND_FIRST) % len(hazardous)]
        ring = 2 <= number <= AROUND_FIRST
        reach_m = 160.0 if ring else 30.0
        side_deg = LEE_RING_DEG[number - 2] if ring else 72 * number
        turn = math.radians(side_deg + made.chance.uniform(-8, 8))
        at = (firm["at"][0] + reach_m * math.sin(turn), firm["at"][1] + reach_m * math.cos(turn))
        which = f" {number}" if number <= AROUND_FIRST else ""  # several at one firm: told apart
        label = (
            f"{firm['label'][0]} {substance} 감지기{which}",
            f"{firm['label'][1]} {substance} sensor{which}",
        )
        made.add("gas", f"GAS-{number:03d}", label, at, _zone(block), substance=substance, factory=firm["id"])
    for kind, prefix, ko, en, count in (
        ("odour", "ODR", "악취측정기", "Odour meter", 10), ("air", "AIR", "대기측정소", "Air station", 10),
        ("weather", "WX", "기상관측점", "Weather point", 6),
    ):  # fmt: skip
        for number in range(1, count + 1):
            column = (number - 0.5) * (ground.COLUMNS - 1) / count
            row = made.chance.uniform(1, ground.ROWS - 2)
            label = (f"{ko} {number}", f"{en} {number}")
            made.add(
                kind, f"{prefix}-{number:02d}", label, ground.grid(column, row), ground.zone_of(column, row)
            )
    for number in range(1, 7):
        column = number * (ground.COLUMNS - 1) / 7
        at = ground.grid(column, -0.4)
        label = (f"하천수질 {number}", f"Stream water {number}")
        made.add("water", f"WTR-{number:02d}", label, at, ground.zone_of(column, 0))


def _handled(made: Inventory) -> None:
    """Say which substances each works handles: those of its industry and those its own sensors measure."""
    measured: dict[str, set[str]] = {}
    for feature in made.features:
        traits = feature["properties"].get("traits", {})
        if "substance" in traits:
            measured.setdefault(traits["factory"], set()).add(traits["substance"])
    for feature in made.features:
        works = feature["properties"]
        if works["kind"] == "factory":
            handled = measured.get(works["id"], set()) | set(HANDLES.get(works["traits"]["industry"], ()))
            works["traits"]["handles"] = sorted(handled)


def _energy(made: Inventory) -> None:
    column, row = 13.5, 9.5
    zone = ground.zone_of(column, row)
    rating: dict[str, object] = {"voltage_kv": 154, "rated_kw": 40_000}
    at = ground.grid(column, row)
    made.add("substation", "SUB-1", ("제2변전소", "Substation 2"), at, zone, **rating)
    made.add(
        "fuelcell",
        "FC-1",
        ("연료전지 발전소", "Fuel cell plant"),
        ground.grid(12.5, 9.4),
        zone,
        rated_kw=1800,
    )
    traits = {"capacity_kwh": 3000, "rated_kw": 1100}
    made.add("ess", "ESS-1", ("에너지저장장치", "Battery storage"), ground.grid(12.7, 9.7), zone, **traits)
    roofs = sorted(made.firms)[:: len(made.firms) // 8][:8]
    for number, block in enumerate(roofs, 1):
        firm = made.firms[block]
        label = (f"{firm['label'][0]} 지붕태양광", f"{firm['label'][1]} roof PV")
        traits = {"factory": firm["id"], "rated_kw": 350, "tilt_deg": 15, "azimuth_deg": 180}
        made.add("pv", f"PV-{number}", label, firm["at"], _zone(block), **traits)


def _parking(made: Inventory) -> None:
    free = [b for b in sorted(made.terrain.buildings) if b not in made.firms]
    for number, block in enumerate(made.chance.sample(free, 12), 1):
        label = (f"공영주차장 {number}", f"Car park {number}")
        at, capacity = _middle(block), made.chance.randrange(60, 240, 10)
        made.add("parking", f"PRK-{number:02d}", label, at, _zone(block), capacity=capacity, node=list(block))


def _vehicles(made: Inventory) -> None:
    for number in range(1, VEHICLES + 1):
        dangerous = number % 13 == 0
        plate = f"{80 + number % 20}바{1200 + number * 37 % 8000}"
        traits: dict[str, object] = {"plate": plate, "capacity_t": made.chance.choice((5, 8, 11, 25))}
        if dangerous:
            traits["un_number"] = made.chance.choice(UN_NUMBERS)
        ko, en = ("위험물 차량", "DG truck") if dangerous else ("화물차", "Truck")
        at = ground.grid(made.chance.uniform(0, 20), 7)
        made.add("vehicle", f"V-{number:03d}", (f"{ko} {plate}", f"{en} {plate}"), at, 5, **traits)


def _street_features(made: Inventory) -> list[dict[str, Any]]:
    rows = []
    for a, b, data in sorted(made.terrain.graph.edges(data=True), key=lambda edge: (edge[0], edge[1])):
        across = a[1] == b[1]
        names = {"trunk": ("창원대로", "Changwon-daero") if across else ("중앙대로", "Jungang-daero")}
        order = (a[1] if across else a[0]) + 1
        ko, en = names.get(
            data["road"],
            (f"산단{'가로' if across else '세로'}{order}", f"Sandan {'E' if across else 'N'}{order}"),
        )
        properties = {
            "from": list(a),
            "to": list(b),
            "class": data["road"],
            "speed_kmh": ground.SPEED_KMH[data["road"]],
            "length_m": round(data["length_m"], 1),
            "name": {"ko": ko, "en": en},
        }
        rows.append(_feature("LineString", made.plane.coordinates(data["line"]), properties))
    return rows


def _building_features(made: Inventory) -> list[dict[str, Any]]:
    rows = []
    for block, halls in sorted(made.terrain.buildings.items()):
        firm = made.firms.get(block)
        for number, hall in enumerate(halls):
            properties = {"factory": firm["id"]} if firm and number == 0 else {}
            rows.append(_feature("Polygon", [made.plane.coordinates(hall)], properties))
    return rows


def _zone_features(made: Inventory) -> list[dict[str, Any]]:
    rows = []
    for number in range(1, ground.ZONE_COLUMNS * ground.ZONE_ROWS + 1):
        properties = {
            "id": f"Z{number}",
            "kind": "zone",
            "name": {"ko": f"{number}구역", "en": f"Zone {number}"},
        }
        rows.append(_feature("Polygon", [made.plane.coordinates(ground.zone_outline(number))], properties))
    water = {"id": "W1", "kind": "water", "name": {"ko": "남천 하구", "en": "Namcheon inlet"}}
    rows.append(_feature("Polygon", [made.plane.coordinates(ground.water_outline())], water))
    return rows


def _feature(kind: str, coordinates: list[Any], properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }
