"""Public formats are read as their authors meant them; small instances counted by hand."""

import gzip
import json
from pathlib import Path

import pytest

from scheduler.formats.files import Format, guess, load, solve_file

MANKOWSKA = """
nbNodes
4
nbVehi
2
nbServi
2
r
1 1
1 0
1 1
1 1
DS
3
a
1 0
0 1
x
0 3 0 0
y
0 4 1 0
d
0 5 1 0
5 0 4.2426 5
1 4.2426 0 1
0 5 1 0
p
0 0 0 0
10 10 10 10
20 20 20 20
0 0 0 0
mind
0 0 5 0
maxd
0 0 9 0
e
0 50 10 0
l
0 60 12 0
"""

SOLOMON = """C1

VEHICLE
NUMBER     CAPACITY
  2          10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE   TIME

    0      0         0          0          0       1000          0
    1      3         4          6          0        900         10
    2      0         1          6         20        900         10
"""

CORDEAU = """6 1 2 2
0 10
0 10
1 3 4 10 6 1 1 1 0 900
2 0 11 10 6 1 1 1 20 900
3 0 0 0 0 0 0 0 0 1000
4 0 10 0 0 0 0 0 0 1000
"""

VRPLIB = """NAME: tiny
EDGE_WEIGHT_TYPE: EUC_2D
DIMENSION: 4
VEHICLES: 2
CAPACITY: 10
VEHICLES_MAX_DURATION: 100
NODE_COORD_SECTION
1\t0\t0
2\t0\t10
3\t3\t4
4\t0\t11
DEMAND_SECTION
1\t0
2\t0
3\t6
4\t6
SERVICE_TIME_SECTION
1\t0
2\t0
3\t10
4\t10
TIME_WINDOW_SECTION
1\t0\t1000
2\t0\t1000
3\t0\t900
4\t200\t900
VEHICLES_DEPOT_SECTION
1\t1
2\t2
DEPOT_SECTION
1
2
-1
EOF
"""

BREDSTROM = """#case
set N0 = 0;
set Shared_Visited:= (1,2),;
param kn:= 2;
param dn:= 3;
param T:= 100;
param s_id:\t1\t2\t3\t:=
0\t0\t0\t0
1\t10\t10\t10
2\t10\t10\t10
;
param t_ij:\t0\t1\t2\t:=
0\t0\t7\t7
1\t7\t10000\t3
2\t7\t3\t10000
;
param e_id:\t1\t2\t3\t:=
0\t0\t0\t0
1\t5\t5\t5
2\t20\t20\t20
;
param l_id:\t1\t2\t3\t:=
0\t100\t100\t100
1\t60\t60\t60
2\t60\t60\t60
;
"""

HHCRSP = json.dumps(
    {
        "patients": [
            {
                "id": "p1",
                "time_window": [10, 20],
                "required_caregivers": [{"service": "s1", "duration": 5}, {"service": "s2"}],
                "synchronization": {"type": "simultaneous"},
            }
        ],
        "caregivers": [
            {"id": "c1", "abilities": ["s1", "s2"]},
            {"id": "c2", "abilities": ["s2"]},
        ],
        "services": [{"id": "s1", "default_duration": 7}, {"id": "s2", "default_duration": 9}],
        "distances": [[0, 12], [12, 0]],
    }
)

CASES = [
    (Format.MANKOWSKA, MANKOWSKA, 6.0809),
    (Format.SOLOMON, SOLOMON, 12.0),
    (Format.CORDEAU_MDVRPTW, CORDEAU, 12.0),
    (Format.VRPLIB, VRPLIB, 12.0),
    (Format.BREDSTROM, BREDSTROM, 28.0),
    (Format.HHCRSP_JSON, HHCRSP, 16.0),
]


def written(folder: Path, text: str) -> Path:
    path = folder / "tiny.txt"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("kind", "text", "best"), CASES, ids=[case[0] for case in CASES])
def test_a_small_instance_is_solved_to_its_known_value(
    tmp_path: Path, kind: Format, text: str, best: float
) -> None:
    path = written(tmp_path, text)
    assert guess(path) == kind
    solved = solve_file(path, kind, seconds=0.5)
    assert solved["valid"], solved["violations"]
    assert solved["objective"] == pytest.approx(best, abs=1e-3)


def test_mankowska_doubles_keep_their_gap_and_lateness_counts_each_service(
    tmp_path: Path,
) -> None:
    solved = solve_file(written(tmp_path, MANKOWSKA), Format.MANKOWSKA, seconds=0.5)
    starts = {
        (stop["node"], stop["service"]): stop["start"]
        for route in solved["routes"]
        for stop in route
    }
    assert starts == {(2, 0): 10, (2, 1): 15, (1, 0): 50}
    travelled = (1 + 4.2426 + 5) + (1 + 1)
    assert solved["objective"] == pytest.approx((travelled + 3 + 3) / 3, abs=1e-4)


def test_routes_come_in_file_order_with_nodes_services_and_starts(tmp_path: Path) -> None:
    solved = solve_file(written(tmp_path, HHCRSP), Format.HHCRSP_JSON, seconds=0.5)
    assert solved["routes"] == [
        [{"node": 1, "service": 0, "start": 12.0}],
        [{"node": 1, "service": 1, "start": 12.0}],
    ]


def test_a_gzipped_file_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "tiny.txt.gz"
    path.write_bytes(gzip.compress(SOLOMON.encode()))
    assert guess(path) == Format.SOLOMON
    assert len(load(path, Format.SOLOMON).problem.tasks) == 2


def test_a_file_in_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="tiny"):
        load(written(tmp_path, SOLOMON), Format.HHCRSP_JSON)


def test_several_depots_without_windows_have_no_windows(tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    file.write_text(
        "2 1 2 2\n0 10\n0 10\n1 3 4 0 6 1 1 1\n2 0 11 0 6 1 1 1\n3 0 0 0 0 0 0\n4 0 10 0 0 0 0\n"
    )
    assert guess(file) == Format.CORDEAU_MDVRPTW
    solved = solve_file(file, Format.CORDEAU_MDVRPTW, seconds=0.3)
    assert solved["valid"]
    assert solved["objective"] == pytest.approx(12.0)


def test_other_cordeau_types_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "p.txt"
    file.write_text(CORDEAU.replace("6 1 2 2", "4 1 2 2", 1))
    with pytest.raises(ValueError, match="type 4"):
        load(file, Format.CORDEAU_MDVRPTW)


def test_release_times_are_refused_by_name_instead_of_being_left_out(tmp_path: Path) -> None:
    file = tmp_path / "r.vrp"
    file.write_text(
        VRPLIB.replace("DEPOT_SECTION\n1\n2", "RELEASE_TIME_SECTION\n1\t0\nDEPOT_SECTION\n1\n2")
    )
    with pytest.raises(ValueError, match="RELEASE_TIME_SECTION"):
        load(file, Format.VRPLIB)
