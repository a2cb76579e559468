"""SQL that reads the meals of a day; see `scheduler.day.loading`."""

from datetime import date
from typing import Final

from kernel.db import Connection
from scheduler.meals.model import Kitchen, Meal, Order, OrderId, OrderState

ORDERS: Final = """
SELECT o.id, o.resident_id, h.lat, h.lon, o.meal, o.diet, o.hot, o.cold, o.window_from,
       o.window_to, o.state, o.changed_at, coalesce(r.caregiver_id, t.caregiver_id) AS courier
FROM scheduler.meal_order o
JOIN dispatch.home_v1 h ON h.home_id = o.home_id
JOIN scheduler.centre_area a ON a.area = o.area
LEFT JOIN LATERAL (
    SELECT caregiver_id FROM scheduler.meal_report r
    WHERE r.order_id = o.id ORDER BY r.device_at DESC LIMIT 1
) r ON true
LEFT JOIN LATERAL (
    SELECT s.caregiver_id FROM scheduler.hand_over s JOIN scheduler.plan p ON p.id = s.plan_id
    WHERE s.order_id = o.id AND p.state = 'published'
) t ON true
WHERE a.centre = $1 AND o.day = $2 AND o.state <> 'cancelled' AND ($3 = false OR o.with_visit)
  AND NOT EXISTS (
    -- The other kind of plan in force brings it.
    SELECT FROM scheduler.hand_over h JOIN scheduler.plan q ON q.id = h.plan_id
    WHERE h.order_id = o.id AND q.state = 'published'
      AND q.kind = CASE WHEN $3 THEN 'meals' ELSE 'visits' END
  )
ORDER BY o.window_from, o.id
"""

KITCHENS: Final = """
SELECT m.id, m.name, m.lat, m.lon, m.per_half_hour, m.diets,
       array_agg(h.meal ORDER BY h.meal) AS meals, array_agg(h.ready ORDER BY h.meal) AS ready,
       array_agg(h.closes ORDER BY h.meal) AS closes
FROM scheduler.meal_point m JOIN scheduler.meal_point_hours h ON h.meal_point_id = m.id
WHERE m.centre = $1 AND m.active
GROUP BY m.id, m.name, m.lat, m.lon, m.per_half_hour, m.diets
ORDER BY m.id
"""


async def orders(
    conn: Connection, area: str, day: date, *, with_visits: bool = False
) -> list[Order]:
    """Return the orders of the day that are not cancelled, by window.

    Args:
        conn: a connection.
        area: the centre's.
        day: its local day.
        with_visits: those that a visit may bring and no meal run does; else those that no visit
            brings.
    """
    return [
        Order(
            id=OrderId(row["id"]),
            resident_id=row["resident_id"],
            lat=row["lat"],
            lon=row["lon"],
            meal=Meal(row["meal"]),
            diet=row["diet"],
            hot=row["hot"],
            cold=row["cold"],
            window_from=row["window_from"],
            window_to=row["window_to"],
            state=OrderState(row["state"]),
            changed_at=row["changed_at"],
            courier=row["courier"],
        )
        for row in await conn.fetch(ORDERS, area, day, with_visits)
    ]


async def kitchens(conn: Connection, area: str) -> list[Kitchen]:
    """Return the centre's meal points that are in use."""
    return [
        Kitchen(
            id=row["id"],
            name=row["name"],
            lat=row["lat"],
            lon=row["lon"],
            per_half_hour=row["per_half_hour"],
            diets=frozenset(row["diets"]),
            hours={
                Meal(meal): (ready, closes)
                for meal, ready, closes in zip(
                    row["meals"], row["ready"], row["closes"], strict=True
                )
            },
        )
        for row in await conn.fetch(KITCHENS, area)
    ]
