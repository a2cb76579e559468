"""SQL of how long visits really took; see `scheduler.care.measured`."""

from datetime import date
from typing import Final

from kernel.db import Connection
from scheduler.care.measured import LEAST, LOOK_BACK, NOTHING, MeasuredLengths, Sample
from scheduler.centre.model import Centre

# A minute is a slip of the finger, four times what was agreed a check-out that was forgotten.
MEASURED: Final = """
SELECT v.service, r.care_level, v.resident_id, count(*) AS visits,
       extract(epoch FROM percentile_disc($4::float8)
               WITHIN GROUP (ORDER BY v.done_at - v.started_at)) AS seconds
FROM scheduler.visit v
JOIN scheduler.centre_area a ON a.area = v.area
JOIN dispatch.resident_v1 r ON r.resident_id = v.resident_id
WHERE a.centre = $1 AND v.day >= $2 AND v.day < $3 AND v.state = 'done'
  AND v.done_at - v.started_at BETWEEN interval '1 minute' AND v.minutes * interval '4 minutes'
GROUP BY GROUPING SETS ((v.service, r.care_level), (v.service, v.resident_id))
HAVING count(*) >= $5
"""


async def measured(conn: Connection, centre: Centre, day: date) -> MeasuredLengths:
    """Return how long the centre's visits took in the weeks before `day`."""
    if centre.percentile == 0:
        return NOTHING
    rows = await conn.fetch(
        MEASURED, centre.area, day - LOOK_BACK, day, centre.percentile / 100, LEAST
    )
    samples = [(row, Sample(visits=row["visits"], seconds=round(row["seconds"]))) for row in rows]
    return MeasuredLengths(
        alike={
            (row["service"], row["care_level"]): sample
            for row, sample in samples
            if row["resident_id"] is None
        },
        resident={
            (row["service"], row["resident_id"]): sample
            for row, sample in samples
            if row["resident_id"] is not None
        },
    )
