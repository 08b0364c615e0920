"""How third-party sources come in: both ways, and that neither takes what the lock does not name."""
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest


@pytest.fixture(name="deps", scope="module")
def fixture_deps(request):
    script = request.config.rootpath.parents[1] / "cmake" / "fetch_deps.py"
    spec = importlib.util.spec_from_file_location("fetch_deps", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def fetch(deps, cache, lock, *words, **environment):
    return subprocess.run([sys.executable, deps.__file__, "--cache", cache, "--lock", lock, *words],
                          env={**os.environ, **environment}, capture_output=True, text=True, check=False)


@pytest.fixture(name="fetched", scope="module")
def fixture_fetched(deps):
    """The folder the build took its sources from (fetched now if the build had its own)."""
    done = subprocess.run([sys.executable, deps.__file__], capture_output=True, text=True, check=True)
    return deps.pathlib.Path(done.stdout.strip())


@pytest.fixture(name="originals", scope="module")
def fixture_originals(deps, fetched, tmp_path_factory):
    """Release archives made from the fetched originals: another packing of the same files."""
    _, packages = deps.read_lock(deps.LOCK)
    shelf = tmp_path_factory.mktemp("originals")
    for package in packages:
        archives = fetched / "archives" / package.name
        original = next(p for p in archives.iterdir() if ".orig.tar." in p.name)
        with zipfile.ZipFile(shelf / f"{package.name}.zip", "w") as out:
            for name, read in deps.archive_members(original):
                if name.partition("/")[2].startswith((*package.folders, "README")):
                    out.writestr(name, read())
    return shelf


@pytest.fixture(name="releases")
def fixture_releases(deps, originals, tmp_path):
    """A lock that names a folder of release archives, both the test's own."""
    suite, packages = deps.read_lock(deps.LOCK)
    shelf = tmp_path / "shelf"
    shutil.copytree(originals, shelf)
    for package in packages:
        package.url = (shelf / f"{package.name}.zip").as_uri()
    lock = tmp_path / "deps.lock"
    shutil.copyfile(deps.LOCK, lock)
    deps.write_lock(lock, suite, packages)
    return lock, shelf


def test_release_archives_give_the_locked_contents(deps, releases, tmp_path):
    lock, _ = releases
    done = fetch(deps, tmp_path / "cache", lock, "--source", "release")
    assert done.returncode == 0, done.stderr
    assert "without Debian's security patches" in done.stderr
    root = deps.pathlib.Path(done.stdout.strip())
    for path in ("lwip/src/core/tcp.c", "mbedtls/include/mbedtls/ssl.h", "cjson/cJSON.c",
                 "littlefs/lib/littlefs/lfs2.c"):
        assert (root / path).is_file()


def test_a_second_fetch_needs_nothing(deps, releases, tmp_path):
    lock, shelf = releases
    first = fetch(deps, tmp_path / "cache", lock, "--source", "release")
    shutil.rmtree(shelf)
    second = fetch(deps, tmp_path / "cache", lock, "--source", "release")
    assert (second.returncode, second.stdout, second.stderr) == (0, first.stdout, "")


def test_a_changed_release_is_refused_and_leaves_nothing(deps, releases, tmp_path):
    lock, shelf = releases
    with zipfile.ZipFile(shelf / "cjson.zip", "w") as out:
        out.writestr("cJSON-1.7.18/cJSON.c", "int system(const char *);")
    done = fetch(deps, tmp_path / "cache", lock, "--source", "release")
    assert done.returncode == 1 and "content hash" in done.stderr
    assert not [p for p in (tmp_path / "cache").iterdir() if p.name != ".lock"]


def test_an_unreachable_release_is_an_error_that_names_it(deps, releases, tmp_path):
    lock, shelf = releases
    (shelf / "mbedtls.zip").unlink()
    done = fetch(deps, tmp_path / "cache", lock, "--source", "release")
    assert done.returncode == 1 and "mbedtls.zip" in done.stderr


def test_the_packing_does_not_matter_but_every_byte_does(deps, tmp_path):
    for kind in ("zip", "tar"):
        folder = tmp_path / kind
        (folder / "p-1" / "src").mkdir(parents=True)
        (folder / "p-1" / "src" / "a.c").write_text("int a;\n")
        (folder / "p-1" / "other").write_text("not used\n")
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as out:
        out.write(tmp_path / "zip/p-1/src/a.c", "p-1/src/a.c")
    with tarfile.open(tmp_path / "p.tar.xz", "w:xz") as out:
        out.add(tmp_path / "tar/p-1", "p-1")
    for name in ("p.zip", "p.tar.xz"):
        deps.unpack(tmp_path / name, tmp_path / "out" / name, ["src"])
    one, other = (deps.content_hash(tmp_path / "out" / name, ["src"]) for name in ("p.zip", "p.tar.xz"))
    assert one == other
    (tmp_path / "out" / "p.zip" / "src" / "a.c").write_text("int b;\n")
    assert deps.content_hash(tmp_path / "out" / "p.zip", ["src"]) != one


def test_an_archive_cannot_write_outside_its_folder(deps, tmp_path):
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as out:
        out.writestr("p-1/src/../../../escaped", "x")
    deps.unpack(tmp_path / "p.zip", tmp_path / "deep" / "er", ["src"])
    assert [p.name for p in tmp_path.rglob("*")] == ["p.zip"]


ONE_LINE = """# a comment
deb [arch=amd64 signed-by=/k/archive.gpg] https://mirror.example/debian bookworm main contrib # note
deb-src https://mirror.example/debian bookworm main
deb https://mirror.example/security bookworm-security main
deb https://other.example/tool stable main
"""
DEB822 = """Types: deb
URIs: https://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /k/archive.gpg

# the next one
Types: deb
URIs: https://mirror.example/security
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
"""


def test_both_formats_of_sources_are_read(deps):
    for entries in (list(deps.parse_one_line(ONE_LINE)), list(deps.parse_deb822(DEB822))):
        text = deps.source_entries(entries, "bookworm", "trixie")
        assert text.count("Types: deb-src") == 2
        assert "URIs: https://mirror.example/debian\nSuites: trixie\n" in text
        assert "URIs: https://mirror.example/security\nSuites: trixie-security\n" in text
        assert "Signed-By: /k/archive.gpg" in text
        assert "other.example" not in text and "bookworm" not in text


def test_a_key_inside_the_entry_is_kept(deps):
    assert "Signed-By: \n -----BEGIN" in deps.source_entries(list(deps.parse_deb822(DEB822)), "bookworm", "trixie")


def test_disabled_or_foreign_entries_are_not_used(deps):
    entries = list(deps.parse_deb822(DEB822.replace("Types: deb\n", "Types: deb\nEnabled: no\n")))
    assert deps.source_entries(entries, "bookworm", "trixie") == ""
    assert deps.source_entries(list(deps.parse_one_line(ONE_LINE)), "noble", "trixie") == ""


@pytest.mark.parametrize("version, series, inside", [
    ("2.2.1+dfsg1-1+deb13u1", "2.2.1", True), ("3.6.6-0.1~deb13u1", "3.6", True), ("3.6.10-1", "3.6", True),
    ("4.0.0-1", "3.6", False), ("3.60.1-1", "3.6", False), ("2.2.10-1", "2.2.1", False), ("1:1.7.18-3", "1.7.18", True),
])
def test_a_series_is_told_from_its_neighbours(deps, version, series, inside):
    assert deps.in_series(version, series) is inside


class FakeApt:
    """An archive that has gone on since the lock was written."""
    files = {"x_1.2.3-2.dsc": b"dsc", "x_1.2.3.orig.tar.gz": b"orig"}

    def __init__(self, work, sources):
        self.work = work

    def update(self):
        pass

    def newest(self, package):
        return "1.2.3-2"

    def fetch(self, package, version):
        paths = []
        for name, content in self.files.items():
            (self.work / name).write_bytes(content)
            paths.append(self.work / name)
        return paths[0], paths


def fake_package(deps, version, files):
    return deps.Package("x", {"series": "1.2", "upstream": "1.2.3", "version": version, "release_url": "",
                              "files": "\n".join(f"{h}  {n}" for n, h in files.items()), "release_folders": "src",
                              "release_content": ""})


@pytest.fixture(name="fake_apt")
def fixture_fake_apt(deps, monkeypatch):
    monkeypatch.setattr(deps, "Apt", FakeApt)
    monkeypatch.setattr(deps.subprocess, "run", lambda *words, **options: None)  # dpkg-source


def test_a_newer_revision_is_taken_and_said(deps, fake_apt, tmp_path):
    package = fake_package(deps, "1.2.3-1", {})
    notices = deps.fetch_by_apt([package], "", tmp_path / "into", tmp_path, update=False)
    assert len(notices) == 1 and "1.2.3-2" in notices[0] and "1.2.3-1" in notices[0]


def test_a_file_that_differs_from_the_lock_is_refused(deps, fake_apt, tmp_path):
    right = {name: hashlib.sha256(content).hexdigest() for name, content in FakeApt.files.items()}
    assert deps.fetch_by_apt([fake_package(deps, "1.2.3-2", right)], "", tmp_path / "a", tmp_path, update=False) == []
    wrong = {**right, "x_1.2.3.orig.tar.gz": "0" * 64}
    with pytest.raises(deps.DepsError, match="differ"):
        deps.fetch_by_apt([fake_package(deps, "1.2.3-2", wrong)], "", tmp_path / "b", tmp_path, update=False)
