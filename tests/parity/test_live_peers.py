"""The committed goldens are what the peers say today: each is installed, run over the corpus again,
and its results compared with those beside this script."""

import json

import golden_file
import make
import pyarrow.parquet as pq
import pytest

FILES = {name: f"{name}*" if name in ("jieba", "opencc") else f"{name}-*" for name in make.SCRIPTS}


@pytest.mark.deep
@pytest.mark.parametrize("name", make.SCRIPTS)
def test_a_peer_says_what_it_said(name, corpus, tmp_path):
    make.make(name, tmp_path)
    committed = sorted(path.name for path in golden_file.GOLDEN.glob(FILES[name]))
    assert committed and sorted(path.name for path in tmp_path.iterdir()) == committed
    for file in committed:
        before, now = golden_file.GOLDEN / file, tmp_path / file
        if file.endswith(".json"):
            assert json.loads(now.read_text("utf-8")) == json.loads(before.read_text("utf-8")), file
            continue
        before, now = pq.read_table(before), pq.read_table(now)
        # Versions, corpus and parameters; then every value, by column.
        assert now.schema.metadata == before.schema.metadata, file
        assert now.column_names == before.column_names
        changed = [c for c in now.column_names if not now[c].equals(before[c])]
        assert not changed, file
