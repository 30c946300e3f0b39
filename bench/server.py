"""An endpoint on loopback that answers each chat completion after so many seconds, on asyncio, in a
process of its own. GET /stats tells how many calls it took, of how many requests, and the most in
any minute."""

from __future__ import annotations

import asyncio
import bisect
import json
import re
import sys
import time

_LENGTH = re.compile(rb"content-length:\s*(\d+)", re.IGNORECASE)
_SHIP = re.compile(
    r"The schooner (\w+ \d+) went down in a storm on 4 March 1891 with (\d+) souls\."
)


TAKEN: list[tuple[float, int]] = []


def answer(body: bytes) -> bytes:
    request = json.loads(body)
    text = json.dumps(request["messages"][-1]["content"])
    found = list(_SHIP.finditer(text))[-1:]
    if "wreck" in request.get("response_format", {}).get("json_schema", {}).get("schema", {}).get(
        "properties", {}
    ):
        wreck = {"realis": "actual", "speaker": None, "sank": "1891-03-04", "cause": "storm"}
        wrecks = [
            {"evidence": [f[0]], **wreck, "ship": f[1], "imo": None, "lives_lost": int(f[2])}
            for f in found
        ]
        content = json.dumps({"wreck": wrecks})
    else:
        content = json.dumps(
            {"extractions": [{"ship": f[1], "ship_attributes": {}} for f in found]}
        )
    choice = {
        "index": 0,
        "finish_reason": "stop",
        "message": {"role": "assistant", "content": content},
    }
    usage = {"prompt_tokens": 500, "completion_tokens": 50, "total_tokens": 550}
    told = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [choice],
        "usage": usage,
    }
    return json.dumps(told).encode()


def stats() -> bytes:
    """Calls, distinct requests, and the most calls in any 60 s."""
    times = [at for at, _ in TAKEN]
    most = max((bisect.bisect(times, at + 60) - n for n, at in enumerate(times)), default=0)
    told = {"calls": len(TAKEN), "requests": len({body for _, body in TAKEN}), "minute": most}
    return json.dumps(told).encode()


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = _LENGTH.search(head)
            body = await reader.readexactly(int(length[1]) if length else 0)
            if head.startswith(b"GET"):
                data = stats()
            else:
                TAKEN.append((time.monotonic(), hash(body)))
                await asyncio.sleep(delay_s)
                data = answer(body)
            writer.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%s"
                % (len(data), data)
            )
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main() -> None:
    delay_s = float(sys.argv[1])
    server = await asyncio.start_server(
        lambda r, w: serve(r, w, delay_s), "127.0.0.1", 0, backlog=1024, limit=2**22
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
