"""A made-up caregiver's day and a made-up family; nobody and no place in it is real."""

import datetime as dt
from typing import Any, Final
from zoneinfo import ZoneInfo

from kernel.clock import SystemClock

_NOW: Final = SystemClock().now().replace(second=0, microsecond=0)
HOME: Final = (31.23, 121.45)
FAR: Final = (31.25, 121.47)


def at(minutes: int) -> str:
    """Return the instant so many minutes from now."""
    return (_NOW + dt.timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")


def me(role: str, locale: str) -> dict[str, Any]:
    return {
        "account_id": "1",
        "username": role,
        "name": "陈静",
        "role": role,
        "locale": locale,
        "caregiver_id": "c1",
        "areas": [],
    }


def task(name: str, zh: str, en: str, *, done: bool | None = None) -> dict[str, Any]:
    reason = "老人不愿意" if done is False else None
    return {"id": name, "zh": zh, "en": en, "done": done, "reason": reason}


def visit(name: str, start: int, **over: Any) -> dict[str, Any]:
    return {
        "id": name,
        "start_at": at(start),
        "end_at": at(start + 45),
        "window": {"from": at(start - 30), "to": at(start + 60)},
        "service": {"id": "bath", "zh": "助浴", "en": "Bathing"},
        "resident": {"id": "r1", "name": "王秀英", "age": 84, "phone": "02155501234"},
        "address": "梧桐路 767 弄 12 号 302",
        "lat": HOME[0],
        "lon": HOME[1],
        "way_in": "门卫处登记，2 号楼电梯到 3 层",
        "staff": 1,
        "with": [],
        "state": "planned",
        "checked_in_at": None,
        "checked_out_at": None,
        "tasks": [
            task("pressure", "测量血压", "Take blood pressure"),
            task("linen", "更换床单", "Change the linen"),
        ],
        "late_s": 0,
    } | over


def started() -> dict[str, Any]:
    tasks = [
        task("pressure", "测量血压", "Take blood pressure", done=True),
        task("linen", "更换床单", "Change the linen", done=False),
        task("lunch", "确认午餐", "Check that lunch has come"),
    ]
    return visit("v2", -5, state="started", checked_in_at=at(-3), tasks=tasks)


def visits() -> list[dict[str, Any]]:
    done = {"state": "done", "checked_in_at": at(-118), "checked_out_at": at(-80)}
    return [
        visit("v1", -120, **done),
        visit("v2", -5, late_s=900),
        visit("v3", 90, staff=2, **{"with": ["周敏"]}),
        visit("v4", 180, state="cancelled"),
    ]


def meal(number: int, diet: str, state: str = "loaded", trip: int = 1) -> dict[str, Any]:
    return {
        "order_id": f"m{number}",
        "meal_point": {"id": "p1", "name": "梧桐路助餐点"},
        "trip": trip,
        "position": number,
        "eta_at": at(number * 6),
        "window": {"from": at(-20), "to": at(60)},
        "diet": diet,
        "resident": {"id": f"r{number}", "name": f"周福{number}", "phone": "02155502222"},
        "address": f"海棠路 {number} 号 101",
        "lat": HOME[0],
        "lon": HOME[1],
        "state": state,
    }


def meals() -> list[dict[str, Any]]:
    return [
        meal(1, "normal", "delivered"),
        meal(2, "soft", "no_answer"),
        meal(3, "diabetic"),
        meal(4, "normal"),
        meal(5, "low_salt", "ordered", trip=2),
    ]


def job(state: str = "offered", **over: Any) -> dict[str, Any]:
    return {
        "id": "a1",
        "incident_id": "i1",
        "caregiver": {"id": "c1", "name": "陈静", "phone": None},
        "state": state,
        "offered_at": at(-1),
        "accepted_at": None,
        "en_route_at": None,
        "on_scene_at": None,
        "done_at": None,
        "reason": None,
        "eta_at": at(7),
        "incident": {"id": "i1", "number": 1042, "kind": "fall", "priority": 1},
        "resident": {"id": "r9", "name": "孙玉兰", "age": 87, "phone": "02155509876"},
        "address": "玉兰路 285 弄 7 号 401",
        "lat": 31.235,
        "lon": 121.44,
        "way_in": "钥匙在门卫处；楼道灯坏，请带手电",
        "distance_m": 640,
    } | over


def today(**over: Any) -> dict[str, Any]:
    return {
        "now": at(0),
        "day": _NOW.astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat(),
        "caregiver": {"id": "c1", "name": "陈静", "kind": "caregiver"},
        "plan_version": 3,
        "job": None,
        "visits": visits(),
        "meals": [],
    } | over


def run(**over: Any) -> dict[str, Any]:
    courier = {"id": "c2", "name": "刘强", "kind": "courier"}
    return today(caregiver=courier, visits=[], meals=meals(), **over)


STAGES: Final = ("received", "answered", "help_coming", "arrived", "safe")


def alert(stage: str, **over: Any) -> dict[str, Any]:
    reached = STAGES.index(stage)
    return {
        "id": "i1",
        "stage": stage,
        "stages": [
            {"stage": name, "at": at(index - 8) if index <= reached else None}
            for index, name in enumerate(STAGES)
        ],
        "responder_name": "陈静" if reached >= 2 else None,
        "eta_at": at(6) if reached == 2 else None,
        "seen_at": None,
        "going_at": None,
    } | over


def relative(name: str = "王秀英", **over: Any) -> dict[str, Any]:
    bath = {"id": "bath", "zh": "助浴", "en": "Bathing"}
    return {
        "resident": {"id": name, "name": name},
        "status": "green",
        "reason": {"code": "all_well", "data": {}},
        "last_seen_at": at(-3),
        "incident": None,
        "visits": [
            {
                "id": "v1",
                "start_at": at(60),
                "end_at": at(105),
                "service": bath,
                "caregiver_name": "陈静",
                "state": "planned",
            }
        ],
        "meal": {"state": "delivered", "eta_at": at(-70), "at": at(-66)},
        "next_visit": {"start_at": at(1560), "service": bath},
    } | over


def in_need(stage: str, **over: Any) -> dict[str, Any]:
    reason = {"code": "alarm", "data": {"kind": "sos", "stage": stage}}
    return relative(status="red", reason=reason, incident=alert(stage, **over))


def family(*residents: dict[str, Any]) -> dict[str, Any]:
    return {"now": at(0), "residents": list(residents), "hotline": "12349"}
