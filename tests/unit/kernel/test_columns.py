from typing import Final

import pytest

from kernel.columns import Columns, filled

ROW: Final = Columns(("id", "name", "born"))


def test_columns_are_listed_in_their_order_bare_or_of_a_row() -> None:
    assert ROW.of() == "id, name, born"
    assert ROW.of("r") == "r.id, r.name, r.born"


def test_each_column_has_a_parameter() -> None:
    assert ROW.parameters() == "$1, $2, $3"


def test_an_update_takes_the_columns_from_another_row() -> None:
    assert ROW.without("id").taken_from("n") == "name = n.name, born = n.born"


def test_leaving_out_a_column_that_is_not_there_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nmae"):
        ROW.without("nmae")


def test_a_statement_is_filled_and_its_other_braces_stay() -> None:
    assert filled("SELECT {row}, '{}' FROM t", row=ROW.of()) == "SELECT id, name, born, '{}' FROM t"


def test_a_part_without_a_place_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="rwo"):
        filled("SELECT {row} FROM t", rwo=ROW.of())
