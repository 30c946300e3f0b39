"""What recorded replies are found by and hold, fact by fact."""

import asyncio
import json
from pathlib import Path

import pytest

from pipeline.domain import Document, Reply, Request, Task
from pipeline.errors import CallError
from pipeline.models.recorded import RecordedReplies, save_reply

REQUEST = Request(
    "doc_1", "p_1", "000", "wrecks", ({"role": "user", "content": "Text."},), {"type": "object"}, {}
)
TASK = Task("wrecks", "Ask.", (), {}, {}, "d")


def document(path: str, identity: str = "doc_0123456789") -> Document:
    return Document(identity, path, "Text.", "text/1", 5, "utf-8")


def reply(content: str = '{"wreck": []}', finish: str = "stop") -> Reply:
    return Reply("k", "m-1", content, finish, tokens_in=10, tokens_out=5)


def recorded(folder: Path, request: Request = REQUEST) -> Reply:
    return asyncio.run(RecordedReplies(folder).complete(request, TASK))


@pytest.mark.parametrize(
    ("content", "finish"),
    [('{"wreck": []}', "stop"), ('{"wreck": [', "length"), ("[1,2]", "stop")],
)
def test_a_reply_comes_back_as_it_was_saved(content: str, finish: str, tmp_path: Path) -> None:
    save_reply(tmp_path, document("x.txt"), REQUEST, reply(content, finish))
    found = recorded(tmp_path)
    assert (found.content, found.finish_reason) == (content, finish)
    assert (found.key, found.model) == (REQUEST.key("m-1"), "m-1")
    assert (found.tokens_in, found.tokens_out, found.source) == (10, 5, "recorded")


def test_another_request_has_no_recorded_reply(tmp_path: Path) -> None:
    save_reply(tmp_path, document("x.txt"), REQUEST, reply())
    other = Request("doc_1", "p_1", "000", "wrecks", (), {"type": "object"}, {})
    with pytest.raises(CallError, match="No recorded reply for passage 000, task wrecks"):
        recorded(tmp_path, other)


def test_two_documents_of_one_name_have_folders_of_their_own(tmp_path: Path) -> None:
    one = save_reply(tmp_path, document("a/x.txt", "doc_aaaaaaaaaa"), REQUEST, reply())
    two = save_reply(tmp_path, document("b/x.txt", "doc_bbbbbbbbbb"), REQUEST, reply())
    assert (one.parent.name, two.parent.name) == ("x", "x-bbbbbbbb")
    assert save_reply(tmp_path, document("a/x.txt", "doc_aaaaaaaaaa"), REQUEST, reply()) == one
    assert json.loads(two.read_text())["document"] == "b/x.txt"


def test_the_version_is_that_of_the_content(tmp_path: Path) -> None:
    save_reply(tmp_path, document("x.txt"), REQUEST, reply())
    before = RecordedReplies(tmp_path).version
    assert RecordedReplies(tmp_path).version == before
    save_reply(tmp_path, document("x.txt"), REQUEST, reply('{"wreck": [{}]}'))
    assert RecordedReplies(tmp_path).version != before
