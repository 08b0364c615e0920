#!/usr/bin/python3
"""Fetches the third-party sources named in deps.lock into a cache and prints the folder they are in.

Two ways lead to the same folder layout, <cache>/<hash of the lock>/{lwip,mbedtls,cjson,littlefs,pico_sdk}:

apt      Debian source packages. A private apt configuration is made from the sources this machine already
         has: same mirror, same keys, only the suite is exchanged and deb-src asked for. The machine's own
         lists, cache and configuration are only read. apt checks the archive's signature, we check each file
         against the lock, dpkg-source unpacks and applies Debian's (security) patches.
release  For machines without apt: the upstream archive, checked by a hash over the names and contents of the
         folders we use. It has no Debian patches, and that is said.

Where the suite has a newer revision of the same upstream series than the lock, the newer one is taken, since
it is nearly always a security fix: that is said on stderr and kept in the cache's notice file, which the
configure step shows every time until `./dev deps --update` has rewritten the lock.
"""
import argparse
import configparser
import fcntl
import hashlib
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile

LOCK = pathlib.Path(__file__).with_name("deps.lock")


class DepsError(Exception):
    """Something a person can act on; printed without a traceback."""


def say(text):
    print(f"deps: {text}", file=sys.stderr, flush=True)


# ---- the lock ----------------------------------------------------------------------------------------------

class Package:
    """One section of the lock."""

    def __init__(self, name, section):
        self.name = name
        self.source = section.get("source", name)  # the package that carries it, where that is another one
        self.original_only = section.get("only") == "original"  # its original archive, without Debian's part
        self.series = section["series"]
        self.upstream = section["upstream"]
        self.version = section["version"]
        self.files = dict(reversed(line.split()) for line in section["files"].strip().splitlines())
        self.url = section["release_url"]
        self.folders = section["release_folders"].split()
        self.content = section["release_content"]

    @property
    def release_url(self):
        return self.url.replace("{upstream}", self.upstream)

    def section(self):
        files = "".join(f"\n{digest}  {name}" for name, digest in sorted(self.files.items()))
        source = {"source": self.source} if self.source != self.name else {}
        only = {"only": "original"} if self.original_only else {}
        return {**source, **only, "series": self.series, "upstream": self.upstream, "version": self.version, "files": files,
                "release_url": self.url, "release_folders": " ".join(self.folders),
                "release_content": self.content}


def read_lock(path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(path.read_text())
    return parser["debian"]["suite"], [Package(n, parser[n]) for n in parser.sections() if n != "debian"]


def write_lock(path, suite, packages):
    comment = "".join(line + "\n" for line in path.read_text().splitlines() if line.startswith("#"))
    parser = configparser.ConfigParser(interpolation=None)
    parser["debian"] = {"suite": suite}
    for package in packages:
        parser[package.name] = package.section()
    with path.open("w") as out:
        out.write(comment + "\n")
        parser.write(out)
    path.write_text(re.sub(r" +$", "", path.read_text().rstrip() + "\n", flags=re.M))


def sha256_file(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def content_hash(root, folders):
    """sha256 over name and content of every file in these folders, sorted, so that any packing gives the same."""
    total = hashlib.sha256()
    paths = []
    for folder in folders:
        top = root / folder
        paths += [top] if top.is_file() else [p for p in top.rglob("*") if p.is_file() and not p.is_symlink()]
    for path in sorted(p.relative_to(root).as_posix() for p in paths):
        total.update(f"{path}\0{sha256_file(root / path)}\n".encode())
    return total.hexdigest()


# ---- apt ---------------------------------------------------------------------------------------------------

def parse_deb822(text):
    """Yields one dict (lower-case keys) a stanza; continuation lines keep their leading white space."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for stanza in re.split(r"\n[ \t]*\n", "\n".join(lines)):
        entry, key = {}, None
        for line in stanza.splitlines():
            if line[:1] in (" ", "\t") and key:
                entry[key] += "\n" + line
            elif ":" in line:
                key, _, value = line.partition(":")
                key = key.strip().lower()
                entry[key] = value.strip()
        if entry:
            yield entry


def parse_one_line(text):
    """The one-line format, as the same dicts."""
    for line in text.splitlines():
        found = re.match(r"(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line.strip())
        if not found:
            continue
        kind, options, uri, suite, components = found.groups()
        entry = {"types": kind, "uris": uri, "suites": suite, "components": components.strip()}
        for option in (options or "").split():
            key, _, value = option.partition("=")
            entry[key.lower()] = value.replace(",", " ")
        yield entry


def machine_entries():
    """Everything this machine's apt is configured with."""
    shell = subprocess.run(["apt-config", "shell", "LIST", "Dir::Etc::sourcelist/f", "PARTS",
                            "Dir::Etc::sourceparts/d"], check=True, capture_output=True, text=True).stdout
    where = dict(re.findall(r"^(\w+)='(.*)'$", shell, re.M))
    files = [pathlib.Path(where["LIST"])] if "LIST" in where else []
    if "PARTS" in where and os.path.isdir(where["PARTS"]):
        files += sorted(pathlib.Path(where["PARTS"]).iterdir())
    for path in files:
        if not path.is_file():
            continue
        if path.suffix == ".sources":
            yield from parse_deb822(path.read_text())
        elif path.suffix == ".list":
            yield from parse_one_line(path.read_text())


def source_entries(entries, codename, suite):
    """The same mirrors and keys for another suite, source packages only, as deb822 text. Empty when the
    entries name no Debian mirror of this release."""
    stanzas = []
    for theirs, ours in ((codename, suite), (codename + "-security", suite + "-security")):
        for entry in entries:
            if entry.get("enabled", "yes").lower() in ("no", "false", "0", "off"):
                continue
            if theirs not in entry.get("suites", "").split() or "main" not in entry.get("components", "").split():
                continue
            stanza = f"Types: deb-src\nURIs: {entry['uris'].split()[0]}\nSuites: {ours}\nComponents: main\n"
            if "signed-by" in entry:
                stanza += f"Signed-By: {entry['signed-by']}\n"
            stanzas.append(stanza)
            break
    return "\n".join(stanzas)


def codename_here():
    try:
        text = pathlib.Path("/etc/os-release").read_text()
    except OSError:
        return None
    fields = dict(re.findall(r'^(\w+)="?([^"\n]*)"?$', text, re.M))
    return fields.get("VERSION_CODENAME") if fields.get("ID") == "debian" else None


def apt_sources(suite):
    """Our sources text for apt, or None where this is no Debian machine."""
    codename = codename_here()
    if not codename or not shutil.which("apt-get"):
        return None
    return source_entries(list(machine_entries()), codename, suite) or None


class Apt:
    """apt-get with lists, cache and sources of its own. Proxies, credentials and keys stay the machine's."""

    def __init__(self, work, sources):
        self.download = work / "download"
        for folder in ("lists/partial", "cache/archives/partial", "parts", "download"):
            (work / folder).mkdir(parents=True)
        (work / "parts" / "jembatan.sources").write_text(sources)
        options = {"Dir::Etc::sourcelist": "/dev/null", "Dir::Etc::sourceparts": work / "parts",
                   "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "/dev/null",
                   "Dir::State::lists": work / "lists", "Dir::Cache": work / "cache",
                   "Dir::Cache::archives": work / "cache" / "archives", "APT::Get::List-Cleanup": "false"}
        self.options = [word for key, value in options.items() for word in ("-o", f"{key}={value}")]
        os.chmod(work, 0o755)
        if os.geteuid() == 0:
            # apt drops its rights for downloads; without this it would warn and keep them.
            os.chown(self.download, pwd.getpwnam("_apt").pw_uid, -1)

    def run(self, tool, *words, cwd=None):
        done = subprocess.run([tool, *self.options, *words], cwd=cwd, capture_output=True, text=True)
        if done.returncode != 0 or re.search(r"^(E|Err):", done.stderr + done.stdout, re.M):
            raise DepsError(f"{tool} {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def update(self):
        say("reading the package lists of the pinned suite (private apt configuration)")
        self.run("apt-get", "update", "--error-on=any")

    def newest(self, package):
        """The newest version of the package's series that the suite and its security archive have."""
        listed = self.run("apt-cache", "showsrc", "--only-source", package.source)
        versions = sorted(set(re.findall(r"^Version: (\S+)$", listed, re.M)))
        best = None
        for version in (v for v in versions if in_series(v, package.series)):
            if best is None or newer(version, best):
                best = version
        if best is None:
            raise DepsError(f"{package.source} {package.series} is not in the suite (it has {', '.join(versions)})")
        return best

    def fetch(self, package, version):
        """Downloads the source package, or of it what we use; returns its .dsc, if that is among it, and its files."""
        what = ["--tar-only"] if package.original_only else []
        self.run("apt-get", "source", "--download-only", *what, "--only-source", f"{package.source}={version}",
                 cwd=self.download)
        if package.original_only:
            return None, sorted(self.download.glob(f"{package.source}_*.orig.tar.*"))
        plain = version.split(":")[-1]
        dsc = self.download / f"{package.source}_{plain}.dsc"
        names = re.findall(r"^ [0-9a-f]{64} \d+ (\S+)$", dsc.read_text(), re.M)
        return dsc, [dsc] + [self.download / name for name in dict.fromkeys(names)]


def newer(one, other):
    return subprocess.run(["dpkg", "--compare-versions", one, "gt", other]).returncode == 0


def upstream_of(version):
    """3.6.6-0.1~deb13u1 -> 3.6.6, 1:2.2.1+dfsg1-1 -> 2.2.1"""
    return re.sub(r"[+~](dfsg|ds|repack|deb).*$", "", version.split(":")[-1].rsplit("-", 1)[0])


def in_series(version, series):
    upstream = upstream_of(version)
    return upstream == series or upstream.startswith(series + ".")


def move_in(files, archives):
    """Downloads become files of the cache's owner: apt wrote them as its own user."""
    archives.mkdir(parents=True, exist_ok=True)
    moved = []
    for path in files:
        shutil.copyfile(path, archives / path.name)
        moved.append(archives / path.name)
    return moved


def fetch_by_apt(packages, sources, into, work, update):
    """Fills `into`; returns notices. With update set the packages are changed to what was found."""
    apt = Apt(work, sources)
    apt.update()
    notices = []
    for package in packages:
        version = apt.newest(package)
        if version != package.version and not update:
            notices.append(f"{package.name}: the suite has {version}, deps.lock has {package.version}; "
                           f"took {version}. Run ./dev deps --update and commit the lock.")
        say(f"{package.name} {version}")
        dsc, files = apt.fetch(package, version)
        files = move_in(files, into / "archives" / package.name)
        digests = {path.name: sha256_file(path) for path in files}
        if update:
            package.version, package.upstream, package.files = version, upstream_of(version), digests
        elif version == package.version and digests != package.files:
            raise DepsError(f"{package.name} {version}: files differ from deps.lock: {digests}")
        if not dsc:
            unpack(files[0], into / package.name, package.folders)
        else:
            subprocess.run(["dpkg-source", "--no-copy", "-x", into / "archives" / package.name / dsc.name,
                            into / package.name], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        if dsc and package.source != package.name:
            keep_only(into / package.name, package.folders)
        if update:
            package.content = content_of_original(package, files, work)
    return notices


def keep_only(root, folders):
    """Of a package that merely carries what we use, the rest is not kept."""
    whole = root.with_name(root.name + ".whole")
    root.rename(whole)
    for folder in folders:
        (root / folder).parent.mkdir(parents=True, exist_ok=True)
        (whole / folder).rename(root / folder)
    shutil.rmtree(whole)


def content_of_original(package, files, work):
    """The hash a release archive must have: that of Debian's unpatched original."""
    original = next(path for path in files if ".orig.tar." in path.name and not path.name.endswith(".asc"))
    plain = work / "original" / package.name
    unpack(original, plain, package.folders)
    return content_hash(plain, package.folders)


# ---- release archives --------------------------------------------------------------------------------------

def archive_members(path):
    """Yields (name, read function) of the regular files of a zip or tar archive."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                if not info.is_dir():
                    yield info.filename, lambda info=info: archive.read(info)
    else:
        with tarfile.open(path) as archive:
            for info in archive:
                if info.isfile():
                    yield info.name, lambda info=info: archive.extractfile(info).read()


def unpack(path, into, folders):
    """Takes just these folders (or files) out of an archive whose names all begin with one common folder."""
    for name, read in archive_members(path):
        parts = pathlib.PurePosixPath(name).parts[1:]
        if not parts or ".." in parts:
            continue
        inner = "/".join(parts)
        if any(inner == folder or inner.startswith(folder + "/") for folder in folders):
            target = into.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(read())


def fetch_by_release(packages, into):
    for package in packages:
        url = package.release_url
        say(f"{package.name} {package.upstream} from {url}")
        archive = into / "archives" / package.name / url.rsplit("/", 1)[-1]
        archive.parent.mkdir(parents=True)
        try:
            with urllib.request.urlopen(url, timeout=60) as answer, archive.open("wb") as out:
                shutil.copyfileobj(answer, out)
        except OSError as error:
            raise DepsError(f"{url}: {error}") from error
        unpack(archive, into / package.name, package.folders)
        found = content_hash(into / package.name, package.folders)
        if found != package.content:
            raise DepsError(f"{package.name}: content hash {found} is not that of deps.lock ({package.content})")
    names = ", ".join(f"{p.name} {p.upstream}" for p in packages)
    return [f"{names}: upstream releases without Debian's security patches"]


# ---- the command -------------------------------------------------------------------------------------------

def cache_root():
    if os.environ.get("JEMBATAN_CACHE"):
        return pathlib.Path(os.environ["JEMBATAN_CACHE"])
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    return pathlib.Path(base) / "jembatan"


def cache_folder(root, lock):
    return root / sha256_file(lock)[:16]


def fill(args, suite, packages, partial, work):
    """Fills the folder `partial` one way or the other; returns notices."""
    sources = apt_sources(suite) if args.source in ("auto", "apt") else None
    if sources:
        if not shutil.which("dpkg-source"):
            raise DepsError("dpkg-source is missing: apt-get install dpkg-dev (or run ./dev once)")
        return fetch_by_apt(packages, sources, partial, work, args.update)
    if args.source == "apt" or args.update:
        raise DepsError("no apt with Debian sources on this machine")
    return fetch_by_release(packages, partial)


def fetch(args):
    args.cache.mkdir(parents=True, exist_ok=True)
    with open(args.cache / ".lock", "w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)  # two configure steps at once: one fetches, one waits
        folder = cache_folder(args.cache, args.lock)
        if (folder / "notice").exists() and not args.update:
            return folder
        suite, packages = read_lock(args.lock)
        with tempfile.TemporaryDirectory(prefix="jembatan-deps-") as work, \
                tempfile.TemporaryDirectory(prefix="partial-", dir=args.cache) as scratch:
            partial = pathlib.Path(scratch) / "tree"
            partial.mkdir()
            notices = fill(args, suite, packages, partial, pathlib.Path(work))
            if args.update:
                write_lock(args.lock, suite, packages)
                folder = cache_folder(args.cache, args.lock)
            for notice in notices:
                say(f"NOTICE: {notice}")
            (partial / "notice").write_text("".join(n + "\n" for n in notices))
            shutil.rmtree(folder, ignore_errors=True)
            partial.rename(folder)
    return folder


def main():
    parser = argparse.ArgumentParser(description="fetch the pinned third-party sources")
    parser.add_argument("--update", action="store_true", help="take the newest of each series, rewrite the lock")
    parser.add_argument("--source", choices=("auto", "apt", "release"),
                        default=os.environ.get("JEMBATAN_DEPS_SOURCE", "auto"))
    parser.add_argument("--lock", type=pathlib.Path, default=LOCK)
    parser.add_argument("--cache", type=pathlib.Path, default=cache_root())
    args = parser.parse_args()
    try:
        print(fetch(args))
    except DepsError as error:
        say(f"ERROR: {error}")
        return 1
    except subprocess.CalledProcessError as error:
        say(f"ERROR: {error}\n{(error.stderr or b'').decode(errors='replace')}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
