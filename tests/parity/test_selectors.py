"""The rows that Data-Juicer's selectors select are those that Siku keeps."""

import pytest
from conftest import Golden, safe

GOLDEN = Golden("datajuicer-selectors")
OWN = {
    "frequency_specified_field_selector": "refine.select.frequency_specified_field",
    "random_selector": "refine.select.random",
    "range_specified_field_selector": "refine.select.range_specified_field",
    "tags_specified_field_selector": "refine.filter.specified_field",
    "topk_specified_field_selector": "refine.select.topk_specified_field",
}


@pytest.fixture(scope="module")
def rejected(tmp_path_factory, corpus):
    from conftest import Siku

    steps = {}
    for column, given in GOLDEN.parameters.items():
        ((name, parameters),) = given.items()
        parameters = {
            "target_value" if key == "target_tags" else key: value
            for key, value in parameters.items()
        }
        steps[safe(column)] = (OWN[name], parameters)
    return Siku(tmp_path_factory.mktemp("selectors"), corpus).reasons(steps)


@pytest.mark.parametrize("column", GOLDEN.names)
def test_the_same_rows_are_selected(rejected, column):
    own = rejected[safe(column)]
    wrong = [number for number, kept in enumerate(GOLDEN[column]) if kept == (number in own)]
    assert not wrong, f"{len(wrong)} rows differ: {wrong[:5]}"
    assert 0 < len(own) < len(GOLDEN[column])
