"""A real CKAN on loopback: its package from PyPI, PostgreSQL, redis, and Solr's jars from Maven.

What it needs of the system: initdb and redis-server (postgresql, redis-server), java with its
compiler and mvn. The first use fetches the packages into the folder; all of it is stopped by
process id.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "tests" / "scenarios"))
from postgres import postgres  # noqa: E402

CKAN = "ckan[requirements]==2.12.0"
SOLR = "9.4.1"
POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>bench</groupId><artifactId>solr</artifactId><version>1</version><dependencies><dependency>
<groupId>org.apache.solr</groupId><artifactId>solr-test-framework</artifactId>
<version>{SOLR}</version></dependency></dependencies></project>
"""
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"
SOLR_CONFIG = """<config><luceneMatchVersion>9.8</luceneMatchVersion>
<schemaFactory class="ClassicIndexSchemaFactory"/>
<updateHandler class="solr.DirectUpdateHandler2"><updateLog/></updateHandler>
<requestHandler name="/select" class="solr.SearchHandler"/></config>
"""
# Solr's server, which its package for tests carries.
STARTER = """
import java.util.Properties;
import org.apache.solr.embedded.*;
public class Starter {
  public static void main(String[] given) throws Exception {
    System.setProperty("solr.install.dir", given[0]);
    JettyConfig config =
        JettyConfig.builder().setContext("/solr").setPort(Integer.parseInt(given[1])).build();
    new JettySolrRunner(given[0], new Properties(), config).start();
    System.out.println("listening");
    Thread.sleep(Long.MAX_VALUE);
  }
}
"""
START_SECONDS = 120


def prepare(folder):
    """CKAN in an environment of its own, and Solr's jars."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "venv/bin/ckan").exists():
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([folder / "venv/bin/pip", "-q", "install", CKAN], check=True)
    if not (folder / "solr/lib").exists():
        (folder / "solr").mkdir(exist_ok=True)
        (folder / "solr/pom.xml").write_text(POM, "utf-8")
        where = f"-DoutputDirectory={folder.resolve()}/solr/lib"
        subprocess.run(["mvn", "-q", "-B", COPY, where], cwd=folder / "solr", check=True)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def wait_for(what, process, answers):
    """Until it answers; an error if it ends, or takes too long."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if answers():
            return
        time.sleep(0.2)
    raise SystemExit(f"{what} does not start")


def children_of(pid):
    """The process and all below it."""
    found = [pid]
    for parent in found:
        for task in Path(f"/proc/{parent}/task").glob("*/children"):
            found += [int(child) for child in task.read_text().split()]
    return found


def resident(pid):
    """RSS and PSS in megabytes: pages that processes share count once a process, and once."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return [int(told.split(f"\n{name}:")[1].split()[0]) / 1024 for name in ("Rss", "Pss")]


class Peer:
    """CKAN and what it stands on, in a folder of its own; a context."""

    def __init__(self, packages):
        self.packages = packages.resolve()
        self.bin = self.packages / "venv/bin"
        self.processes = {}
        self.url = ""
        self.token = ""

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="ckan-"))
        self.database = postgres()
        self.database_url = self.database.__enter__()
        try:
            self.start(self.database_url)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=60)
        self.database.__exit__(None, None, None)
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, name, *line, **more):
        with open(self.folder / f"{name}.log", "ab") as log:
            self.processes[name] = subprocess.Popen(
                [str(part) for part in line], stdout=log, stderr=log, **more
            )
        return self.processes[name]

    def log(self, name):
        return (self.folder / f"{name}.log").read_text("utf-8", "replace")

    def start(self, database):
        redis, solr, port = free_port(), free_port(), free_port()
        line = ["redis-server", "--bind", "127.0.0.1", "--port", redis, "--save", ""]
        self.run("redis", *line, cwd=self.folder)
        self.start_solr(solr)
        self.url = f"http://127.0.0.1:{port}"
        self.configure(
            {
                "sqlalchemy.url": database,
                "ckan.site_url": self.url,
                "solr_url": f"http://127.0.0.1:{solr}/solr/ckan",
                "ckan.redis.url": f"redis://127.0.0.1:{redis}/0",
            }
        )
        self.ckan("db", "init")
        self.ckan("user", "add", "root", "email=root@example.cn", "password=a-long-password")
        self.ckan("sysadmin", "add", "root")
        self.token = self.ckan("user", "token", "add", "root", "bench", "-q").split()[-1]
        line = [self.bin / "ckan", "-c", self.folder / "ckan.ini", "run", "-H", "127.0.0.1"]
        server = self.run("ckan", *line, "-p", port, "--disable-reloader", cwd=self.folder)
        wait_for("CKAN", server, self.answers)

    def answers(self):
        try:
            address = self.url + "/api/3/action/status_show"
            return urllib.request.urlopen(address, timeout=5).status == 200
        except OSError:
            return False

    def start_solr(self, port):
        home = self.folder / "solr"
        core = home / "ckan"
        (core / "conf").mkdir(parents=True)
        (home / "solr.xml").write_text("<solr/>", "utf-8")
        (core / "core.properties").write_text("name=ckan\n", "utf-8")
        schema = next((self.packages / "venv/lib").glob("*/site-packages/ckan/config/solr"))
        shutil.copy(schema / "schema.xml", core / "conf")
        for name in ("synonyms.txt", "stopwords.txt", "protwords.txt"):
            (core / "conf" / name).touch()
        (core / "conf/solrconfig.xml").write_text(SOLR_CONFIG, "utf-8")
        (self.folder / "Starter.java").write_text(STARTER, "utf-8")
        local = ["-Dsolr.jetty.host=127.0.0.1", "-Dhost=127.0.0.1", "-Xmx1g"]
        classes = ["-cp", f"{self.packages}/solr/lib/*"]
        compile_ = ["javac", *classes, "-d", self.folder, self.folder / "Starter.java"]
        subprocess.run([str(part) for part in compile_], check=True)
        classes[1] += f":{self.folder}"
        server = self.run("solr", "java", *local, *classes, "Starter", home, port)
        wait_for("Solr", server, lambda: "listening" in self.log("solr"))

    def configure(self, values):
        subprocess.run(
            [self.bin / "ckan", "generate", "config", self.folder / "ckan.ini"],
            check=True, capture_output=True,
        )  # fmt: skip
        set_ = [f"{name}={value}" for name, value in values.items()]
        subprocess.run(
            [self.bin / "ckan", "config-tool", self.folder / "ckan.ini", *set_],
            check=True, capture_output=True,
        )  # fmt: skip

    def ckan(self, *line):
        done = subprocess.run(
            [self.bin / "ckan", "-c", self.folder / "ckan.ini", *line],
            input="y\n", capture_output=True, text=True, cwd=self.folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )  # fmt: skip
        if done.returncode != 0:
            raise SystemExit(f"ckan {' '.join(line)}: {done.stderr[-2000:]}")
        return done.stdout

    def postmaster(self):
        line = ["psql", "-Atq", self.database_url, "-c", "SELECT pg_read_file('postmaster.pid')"]
        told = subprocess.run(line, check=True, capture_output=True, text=True).stdout
        return int(told.split()[0])

    def megabytes(self):
        """RSS and PSS by part."""
        parts = {name: process.pid for name, process in self.processes.items()}
        parts["postgresql"] = self.postmaster()
        told = {}
        for name, pid in parts.items():
            sizes = [resident(one) for one in children_of(pid)]
            told[name] = [sum(column) for column in zip(*sizes, strict=True)]
        return told
