"""Who may ask the page: raw requests, as a page elsewhere or a program on this machine sends them."""

import fcntl
import http.client
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pipeline.errors import DossierError
from pipeline.review.queue import FILE, read_file
from pipeline.review.web.guard import MOST_BYTES
from pipeline.review.web.server import _listener
from tests.compare.planted import plant
from tests.review.test_web import Bundled, served

Answer = tuple[int, dict[str, str], bytes]


class Client:
    """Sends one request at a time to the page."""

    def __init__(self, address: str, decisions: Path) -> None:
        self.decisions = decisions
        self.port = int(address.split(":")[2].split("/", maxsplit=1)[0])
        self.token = address.split("token=")[1]
        self.cookie = f"dossier_{self.port}={self.token}"
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(self, path: str, method: str = "GET", body: object = None, **headers: str) -> Answer:
        given = {"Cookie": self.cookie} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            link.request(method, path, body, {n: v for n, v in given.items() if v})  # type: ignore[arg-type]
            answer = link.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            link.close()

    def decide(self, **headers: str) -> int:
        """Send a decision as the form does, but for what `headers` change."""
        _, _, page = self.ask("/")
        path = page.split(b'<th scope="row"><a href="')[1].split(b'"')[0].decode()
        given = {"Origin": self.origin, "Content_Type": "application/x-www-form-urlencoded"}
        return self.ask(path, "POST", "verdict=accept", **(given | headers))[0]


@pytest.fixture(scope="module")
def client(bundled: Bundled, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    folder = tmp_path_factory.mktemp("guard")
    both = plant(bundled[0].database.resolve(), folder, 40, 5)
    with served(both.one, both.other, folder / "decisions") as address:
        yield Client(address, folder / "decisions")


def decided(client: Client) -> int:
    return len(read_file(client.decisions)[0])


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/documents",
        "/static/page.js",
        "/nowhere",
        "/?token=",
        "/?token=wrong",
        "/picture/x/1.png",
    ],
)
def test_without_the_token_nothing_is_told(client: Client, path: str) -> None:
    for cookie in (
        "",
        f"dossier_{client.port}=wrong",
        f"dossier_{client.port}={client.token[:-1]}",
        f"other={client.token}",
    ):
        status, _, said = client.ask(path, Cookie=cookie)
        assert status == 403
        assert b"Open the address" in said


def test_the_token_becomes_a_cookie_that_scripts_and_other_sites_do_not_have(
    client: Client,
) -> None:
    status, headers, _ = client.ask(f"/?token={client.token}", Cookie="")
    assert status == 303
    assert headers["location"] == "/"
    cookie = headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert client.ask("/")[0] == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "0.0.0.0", "[::1]", "169.254.169.254", ""]
)
def test_a_foreign_host_is_refused(client: Client, host: str) -> None:
    if host:
        assert client.ask("/", Host=host)[0] == 400
        assert client.ask("/", Host=f"{host}:{client.port}")[0] == 400
    else:
        with socket.create_connection(("127.0.0.1", client.port), timeout=5) as link:
            link.sendall(f"GET / HTTP/1.0\r\nCookie: {client.cookie}\r\n\r\n".encode())
            assert link.recv(100).split()[1] == b"400"


def test_what_changes_something_must_come_from_the_page(client: Client) -> None:
    before = decided(client)
    for origin in (
        "",
        "null",
        "http://evil.example",
        f"https://127.0.0.1:{client.port}",
        "http://127.0.0.1:1",
        f"http://localhost:{client.port}",
    ):
        assert client.decide(Origin=origin) == 403, origin
    for site in ("cross-site", "same-site", "none"):
        assert client.decide(Sec_Fetch_Site=site) == 403, site
    assert client.decide(Cookie="") == 403
    assert decided(client) == before
    assert client.decide() == 303
    assert client.decide(Sec_Fetch_Site="same-origin") == 303
    assert decided(client) == before + 2


def test_nothing_is_changed_by_looking(client: Client) -> None:
    before = decided(client)
    _, _, page = client.ask("/")
    path = page.split(b'<th scope="row"><a href="')[1].split(b'"')[0].decode()
    assert client.ask(f"{path}?verdict=accept")[0] == 200
    assert client.ask("/all?verdict=accept&count=1")[0] == 200
    for other, method in (
        (path, "PUT"),
        (path, "DELETE"),
        ("/all", "PATCH"),
    ):
        assert client.ask(other, method, Origin=client.origin)[0] == 405
    assert decided(client) == before


@pytest.mark.parametrize(
    "path", ["/", "/nowhere", "/documents", "/static/page.css", "/document/doc_0"]
)
def test_every_answer_says_what_a_browser_may_do(client: Client, path: str) -> None:
    for cookie in (client.cookie, ""):
        _, headers, _ = client.ask(path, Cookie=cookie)
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"


OUTSIDE = ["../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/etc/passwd", "....//etc/passwd", "/etc/passwd", "%2fetc%2fpasswd", "..\\..\\etc\\passwd", "guard.py", "../guard.py", "%00"]  # fmt: skip


@pytest.mark.parametrize(
    "start", ["/change/", "/document/", "/picture/", "/static/", "/undo/", "/"]
)
def test_no_id_leads_out_of_what_there_is(client: Client, start: str) -> None:
    for name in OUTSIDE:
        for end in ("", "/1.png"):
            status, _, said = client.ask(start + name + end)
            assert status in (403, 404, 405) or (start, status) == ("/undo/", 303), (start, name)
            assert b"root:" not in said
            assert b"import" not in said
    status, _, said = client.ask("/undo/..%2f..%2fetc", "POST", "", Origin=client.origin)
    assert status in (404, 409)
    assert client.ask("/picture/doc_0/1.png")[0] == 404
    assert client.ask("/picture/data%2fdocuments%2freport-technology-transfer.pdf/1.png")[0] in (
        404,
        200,
    )


def test_a_page_that_a_document_has_not_is_told(client: Client) -> None:
    _, _, listed = client.ask("/documents")
    place = next(
        p for p in listed.split(b'href="/document/')[1:] if b"report-technology-transfer.pdf" in p
    )
    pdf = place.split(b'"')[0].decode()
    assert client.ask(f"/picture/{pdf}/1.png")[2].startswith(b"\x89PNG")
    for number in ("0", "9999", "-1", "1e3", "99999999999999999999"):
        assert client.ask(f"/picture/{pdf}/{number}.png")[0] in (404, 409), number
    text = next(
        p for p in listed.split(b'href="/document/')[1:] if b"press-release-steppe-fund.txt" in p
    )
    assert client.ask(f"/picture/{text.split(chr(34).encode())[0].decode()}/1.png")[0] in (404, 409)


def test_a_body_over_the_limit_is_refused(client: Client) -> None:
    before = decided(client)
    big = b"verdict=accept&why=" + b"x" * MOST_BYTES
    form = {"Origin": client.origin, "Content_Type": "application/x-www-form-urlencoded"}
    assert client.ask("/all", "POST", big, **form)[0] == 413
    assert (
        client.ask(
            "/all", "POST", iter([big[n : n + 1000] for n in range(0, len(big), 1000)]), **form
        )[0]
        == 413
    )
    assert decided(client) == before


def test_odd_values_are_told_and_break_nothing(client: Client) -> None:
    for query in (
        "start=-1",
        "start=99999999999",
        "start=%00",
        "order=evil",
        "words=" + "x" * 2000,
        "words=%ff%fe",
        "start=%C2%B2",
    ):
        assert client.ask(f"/?{query}")[0] == 200, query
    assert client.ask("/all?verdict=explode")[0] == 409
    form = {"Origin": client.origin, "Content_Type": "application/x-www-form-urlencoded"}
    _, _, page = client.ask("/")
    path = page.split(b'<th scope="row"><a href="')[1].split(b'"')[0].decode()
    before = decided(client)
    for body in ("", "verdict=explode", "verdict=accept&value=1", "verdict=correct", "verdict=%00"):
        assert client.ask(path, "POST", body, **form)[0] == 422, body
    others = (
        ("application/json", '{"verdict": "accept"}'),
        ("multipart/form-data; boundary=b; charset=utf-7", "--b\r\n\r\n--b--\r\n"),
        ("text/plain", "verdict=accept"),
    )
    for kind, text in others:
        assert client.ask(path, "POST", text, Origin=client.origin, Content_Type=kind)[0] == 415
    assert decided(client) == before


def test_only_this_machine_is_listened_to(client: Client) -> None:
    told = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    tcp6 = Path("/proc/net/tcp6")
    told += tcp6.read_text(encoding="ascii").splitlines()[1:] if tcp6.exists() else []
    listening = [line.split()[1] for line in told if line.split()[3] == "0A"]
    assert [place for place in listening if place.endswith(f":{client.port:04X}")] == [
        f"0100007F:{client.port:04X}"
    ]


def test_the_token_is_told_to_no_other_address(client: Client) -> None:
    for path in ("//evil.example/", "/%2fevil.example/", "/change/x"):
        status, headers, _ = client.ask(f"{path}?token={client.token}", Cookie="")
        assert (status, headers["location"]) == (303, "/")


def test_an_unfinished_request_does_not_keep_it_from_ending(
    bundled: Bundled, tmp_path: Path
) -> None:
    run = bundled[0].database.resolve()
    begin = time.monotonic()
    with served(run, run, tmp_path) as address:
        client = Client(address, tmp_path)
        link = socket.create_connection(("127.0.0.1", client.port), timeout=5)
        head = f"POST /all HTTP/1.1\r\nHost: 127.0.0.1:{client.port}\r\nCookie: {client.cookie}\r\n"
        link.sendall(f"{head}Origin: {client.origin}\r\nContent-Length: 100\r\n\r\nabc".encode())
        assert client.ask("/")[0] == 200
        begin = time.monotonic()
    assert time.monotonic() - begin < 8
    link.close()


def test_what_is_nowhere_is_answered_while_another_waits(client: Client) -> None:
    path = client.decisions / FILE
    with path.open("ab") as held, ThreadPoolExecutor() as pool:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = pool.submit(client.decide)
        time.sleep(0.5)
        nowhere = pool.submit(client.ask, "/robots.txt")
        time.sleep(0.2)
        begin = time.monotonic()
        assert client.ask("/static/page.css")[0] == 200
        assert time.monotonic() - begin < 2
        fcntl.flock(held, fcntl.LOCK_UN)
        assert waiting.result(20) == 303
        assert nowhere.result(20)[0] == 404


STRANGE = [
    '{"undo": "\\ud800"}',
    "[" * 200_000,
    '{"undo": "' + "x" * 1_000_000 + '"}',
    '{"verdict": "accept", "about": 7}',
    "\x00\x1b[31m\u202e",
    *['{"half'] * 5000,
]


def test_strange_lines_of_decisions_are_named_in_short(bundled: Bundled, tmp_path: Path) -> None:
    run = bundled[0].database.resolve()
    (tmp_path / FILE).write_text("\n".join(STRANGE), encoding="utf-8")
    with served(run, run, tmp_path) as address:
        client = Client(address, tmp_path)
        for path in ("/", "/nowhere", "/documents"):
            status, _, said = client.ask(path)
            assert status in (200, 404)
            assert len(said) < 30_000
            assert b"lines of decisions need a look" in said
        (tmp_path / FILE).unlink()
        (tmp_path / FILE).mkdir()
        status, _, said = client.ask("/")
        assert status == 409
        assert b"review.jsonl" in said


def test_a_port_that_is_taken_or_none_is_told(client: Client) -> None:
    for port in (client.port, 99999, -1):
        with pytest.raises(DossierError, match="cannot be had"):
            _listener(port)


def test_a_run_that_is_the_only_one_can_be_looked_at(bundled: Bundled, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline.console", "review", "serve"]
    run, runs = bundled[0].database.resolve(), tmp_path / "out" / "runs"
    runs.mkdir(parents=True)
    for file in (run, run.with_suffix(".json")):
        shutil.copy(file, runs)
    (runs.parent / "dossier.duckdb").symlink_to(runs / run.name)
    command += ["--out", str(runs.parent), "--decisions", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served_alone:
        try:
            assert served_alone.stdout
            client = Client(served_alone.stdout.readline().strip(), tmp_path)
            assert b"Nothing waits for a decision" in client.ask("/")[2]
            assert b"questions: are the two the same?" in client.ask("/names")[2]
            assert b"13 documents" in client.ask("/documents")[2]
        finally:
            served_alone.terminate()


def test_it_says_what_is_wrong_before_it_serves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pipeline.console", "review", "serve", "--out", str(tmp_path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "make run" in done.stderr
