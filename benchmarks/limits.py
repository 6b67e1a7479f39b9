"""What no cleaner can beat: copying lines, and reading and writing their JSON.

python benchmarks/limits.py copy|json|msgspec|orjson < in.jsonl > out.jsonl
"""

import sys
from collections.abc import Callable


def copy(line: bytes) -> bytes:
    """Return the line as it is."""
    return line


def use_json() -> Callable[[bytes], bytes]:
    """Decode and encode with the standard library."""
    import json

    return lambda line: json.dumps(json.loads(line), ensure_ascii=False).encode() + b"\n"


def use_msgspec() -> Callable[[bytes], bytes]:
    """Decode and encode with msgspec, as untyped values."""
    import msgspec

    decode, encode = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
    return lambda line: encode(decode(line)) + b"\n"


def use_orjson() -> Callable[[bytes], bytes]:
    """Decode and encode with orjson, which need not be installed."""
    import orjson

    return lambda line: orjson.dumps(orjson.loads(line)) + b"\n"


LIMITS: dict[str, Callable[[], Callable[[bytes], bytes]]] = {
    "copy": lambda: copy,
    "json": use_json,
    "msgspec": use_msgspec,
    "orjson": use_orjson,
}


def main(name: str) -> None:
    """Run one limit over stdin."""
    convert = LIMITS[name]()
    write = sys.stdout.buffer.write
    for line in sys.stdin.buffer:
        write(convert(line))


if __name__ == "__main__":
    main(sys.argv[1])
