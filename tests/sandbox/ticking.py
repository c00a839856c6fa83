"""A program in the bot's place: it writes how far its clocks are ahead, and ends when that changes."""

import json
import sys
import time

from bot.clock import monotonic, utc_now


def ahead() -> str:
    return f"{round(utc_now().timestamp() - time.time())} {round(monotonic() - time.monotonic())}"


def main() -> None:
    began = ahead()
    print(f"ahead {began}", file=sys.stderr)
    print(json.dumps({"event": "ready"}), file=sys.stderr, flush=True)
    while ahead() == began:
        time.sleep(0.02)
    print(f"ahead {ahead()}", file=sys.stderr)


if __name__ == "__main__":
    main()
