"""`intercity demo` as people start it: a process of its own, ended by signals."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import psutil
import pytest

LIMIT = 180  # seconds: a loaded machine is no error; the 20 s are measured elsewhere


class Demo:
    """The process and its output."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process = process
        self.folder = folder
        self.said = ""

    async def says(self, text: str) -> None:
        """Wait until it has written `text`."""
        assert self.process.stdout
        try:
            async with asyncio.timeout(LIMIT):
                while text not in self.said:
                    line = (await self.process.stdout.readline()).decode()
                    assert line, f"ended without {text!r}:\n{self.said}"
                    self.said += line
        except TimeoutError:
            pytest.fail(f"no {text!r} within {LIMIT} s:\n{self.said}")

    async def end(self) -> int:
        """Wait for its end and return the exit code."""
        assert self.process.stdout
        async with asyncio.timeout(LIMIT):
            self.said += (await self.process.stdout.read()).decode()
            return await self.process.wait()

    def children(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def bot(self) -> psutil.Process:
        return next(child for child in self.children() if child.cmdline()[-1] == "run")


@asynccontextmanager
async def started(folder: Path, *arguments: str) -> AsyncGenerator[Demo, None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *arguments),
        env=os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    demo = Demo(process, folder)
    try:
        yield demo
    finally:
        if process.returncode is None:
            process.terminate()
            await demo.end()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def empty(folder: Path) -> bool:
    return not any(folder.iterdir())


def at_work_in(folder: Path, process: psutil.Process) -> bool:
    try:
        return str(folder) in process.cwd()
    except (psutil.AccessDenied, psutil.NoSuchProcess):
        return False


async def all_gone(processes: list[psutil.Process]) -> bool:
    """Wait for their end."""
    _, alive = await asyncio.to_thread(psutil.wait_procs, processes, LIMIT)
    return not alive


async def test_script_plays_and_checks_a_dialogue(tmp_path: Path) -> None:
    async with started(tmp_path, "--script") as demo:
        assert await demo.end() == 0, demo.said
    assert "Everything arrived as it should." in demo.said
    assert empty(tmp_path)


async def test_demo_serves_the_page_keeps_the_bot_and_cleans_up(tmp_path: Path) -> None:
    port = free_port()
    async with started(tmp_path, "--port", str(port)) as demo:
        await demo.says(f"http://127.0.0.1:{port}")
        await demo.says("Emulated: Telegram")
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}") as answer:
            assert answer.status == 200
        old = demo.bot()
        old.kill()
        await demo.says("The bot has ended; it is started again.")
        await demo.says("The bot is back.")
        assert demo.bot().pid != old.pid
        children = demo.children()
        assert len(children) == 2, "the homeserver and the bot"
        demo.process.send_signal(signal.SIGINT)
        assert await demo.end() == 0, demo.said
    assert await all_gone(children)
    assert empty(tmp_path)


@pytest.mark.parametrize("step", ["1/", "3/"])
async def test_a_signal_while_it_starts_cleans_up_too(tmp_path: Path, step: str) -> None:
    async with started(tmp_path, "--port", str(free_port())) as demo:
        await demo.says(step)
        demo.process.send_signal(signal.SIGTERM)
        assert await demo.end() == 0, demo.said
    assert empty(tmp_path)
    assert [process for process in psutil.process_iter() if at_work_in(tmp_path, process)] == []


async def test_a_killed_demo_leaves_no_processes(tmp_path: Path) -> None:
    async with started(tmp_path, "--port", str(free_port())) as demo:
        await demo.says("3/")
        children = demo.children()
        demo.process.kill()
        assert await demo.end() == -signal.SIGKILL
    assert children, "the homeserver at least"
    assert await all_gone(children)


async def test_a_taken_port_is_said_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        async with started(tmp_path, "--port", str(port)) as demo:
            assert await demo.end() == 2
    assert demo.said.count("\n") == 1
    assert f"Port {port} is taken" in demo.said
    assert "--port" in demo.said
