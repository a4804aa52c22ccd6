"""The content digest is what docs/format.md says, computed by a program that shares no code."""

import os
import subprocess
from pathlib import Path

import pytest
from content_digest import Store, canonical, content_digest, row_digests

BUILD = Path(os.environ.get("SIKU_BUILD_DIR", "build/release"))
DRIVER = str((BUILD / "bin" / "store_driver").resolve())
VERSIONS = [
    ("texts", 1, 3000),
    ("log", 1, 700),
    ("log", 2, 701),
    ("log", 3, 1601),
    ("none", 1, 0),
    ("types", 1, 3),
]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("sample") / "store"
    subprocess.run([DRIVER, str(path), "sample"], check=True, timeout=120)
    return Store(path)


@pytest.mark.parametrize(("dataset", "ordinal", "rows"), VERSIONS)
def test_another_program_computes_the_same_digest(store, dataset, ordinal, rows):
    content, sha = store.versions[dataset, ordinal]
    manifest = store.manifest(sha)
    table = store.table(dataset, ordinal)
    schema = manifest["schema"]
    digests = [] if table is None else list(row_digests(table, schema))
    assert len(digests) == rows == manifest["rows"]
    computed, peaks, tail = content_digest(digests, canonical(schema))
    assert (peaks, tail) == (manifest["digest"]["peaks"], manifest["digest"]["tail"])
    assert computed == content == manifest["content"]


def test_the_sample_holds_every_version(store):
    assert sorted(store.versions) == sorted((dataset, ordinal) for dataset, ordinal, _ in VERSIONS)
