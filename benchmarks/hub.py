"A JupyterHub on this machine alone, and a student who logs in, opens a lesson and drags its slider."

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import time as clock
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import psutil
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)
from tornado.httpclient import HTTPRequest
from tornado.netutil import bind_sockets
from tornado.websocket import websocket_connect

ROOT = Path(__file__).resolve().parents[1]
LESSON = "03_learning_rate.ipynb"
PROXY = "configurable-http-proxy"
PATIENCE = 600  # seconds that opening may take
CONFIG = """
c.JupyterHub.bind_url = {address!r}
c.JupyterHub.hub_port = {hub}
c.JupyterHub.authenticator_class = "dummy"
c.JupyterHub.spawner_class = "simple"
c.JupyterHub.cleanup_servers = True
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.command = [{proxy!r}]
c.Authenticator.allow_all = True
c.SimpleLocalProcessSpawner.home_dir_template = "{homes}/{{username}}"
c.Spawner.cmd = [{server!r}]
c.Spawner.args = ["--allow-root"]
c.Spawner.default_url = "/lab"
c.Spawner.start_timeout = c.Spawner.http_timeout = {patience}
"""


def proxy() -> str:
    "The hub's proxy: one on the PATH, or one that npm installs beside this Python."
    kept = Path(sys.prefix) / "node_modules/.bin" / PROXY
    if not shutil.which(PROXY) and not kept.exists():
        if not shutil.which("npm"):
            raise RuntimeError(f"JupyterHub needs {PROXY}: install npm, or that program")
        subprocess.run(
            [
                "npm",
                "install",
                "--silent",
                "--no-fund",
                "--no-audit",
                "--prefix",
                sys.prefix,
                f"{PROXY}@5",
            ],
            check=True,
        )
    return shutil.which(PROXY) or str(kept)


def free_ports(count: int) -> list[int]:
    sockets = [bind_sockets(0, "127.0.0.1")[0] for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def configure(folder: Path) -> str:
    "Write the hub's settings into `folder`; returns its address."
    ports = free_ports(3)
    address = f"http://127.0.0.1:{ports[0]}/"
    server = str(Path(sys.executable).with_name("jupyterhub-singleuser"))
    told = dict(
        address=address,
        hub=ports[1],
        api=ports[2],
        proxy=proxy(),
        server=server,
        homes=folder / "homes",
        patience=PATIENCE,
    )
    (folder / "jupyterhub_config.py").write_text(CONFIG.format_map(told), encoding="utf-8")
    return address


@contextmanager
def hub(folder: Path) -> Iterator[tuple[str, psutil.Process]]:
    "The address and the process of a JupyterHub; all that it started ends with it."
    address, log = configure(folder), folder / "log"
    environment = {
        key: value for key, value in os.environ.items() if key != "AUTOGRAD_TUTORIAL_STATIC"
    }
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    with log.open("w") as out:
        started = subprocess.Popen(
            [sys.executable, "-m", "jupyterhub"],
            cwd=folder,
            env=environment,
            stdout=out,
            stderr=out,
        )
    process = psutil.Process(started.pid)
    try:
        answers(f"{address}hub/api/", log)
        yield address, process
    finally:
        end(process)


def answers(address: str, log: Path) -> None:
    "Wait until `address` answers."
    for _ in range(120):
        clock.sleep(0.5)
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.TransportError:
            continue
    raise TimeoutError(f"JupyterHub did not start in a minute: {log.read_text()[-3000:]}")


def end(process: psutil.Process) -> None:
    "Interrupt the hub, which ends its servers, and kill what is left of them."
    family = [process, *process.children(recursive=True)]
    process.send_signal(signal.SIGTERM)
    psutil.wait_procs([process], timeout=30)
    left = psutil.wait_procs(family, timeout=5)[1]
    for each in left:
        each.kill()
    if psutil.wait_procs(left, timeout=5)[1]:
        raise RuntimeError("processes of the hub are left behind")


class Student:
    "One who logs in at the hub, opens the lesson and drags its slider, as a browser would."

    def __init__(self, address: str, name: str, folder: Path):
        self.hub, self.name, self.home = address, name, folder / "homes" / name
        self.place = f"{address}user/{name}/"
        self.web = httpx.AsyncClient(follow_redirects=True, timeout=PATIENCE)
        self.waiting: dict[str, asyncio.Future] = {}
        self.sliders: dict[str, dict] = {}
        self.received = 0  # bytes, over the websocket
        self.taken: dict[str, float] = {}  # seconds for each part of opening

    async def open(self) -> None:
        "From the log-in page to the explorer; the seconds are kept in `taken`."
        for part in (self.log_in, self.wait_for_server, self.start_kernel, self.run_cells):
            begun = clock.perf_counter()
            await part()
            self.taken[part.__name__] = clock.perf_counter() - begun

    async def log_in(self) -> None:
        self.home.mkdir(parents=True)
        shutil.copy(ROOT / "nbs" / LESSON, self.home)
        page = await self.web.get(f"{self.hub}hub/login")
        told = {"username": self.name, "password": "", "_xsrf": page.cookies["_xsrf"]}
        (
            await self.web.post(f"{self.hub}hub/login", data=told)
        ).raise_for_status()  # leads to the spawn page, which starts the server

    async def wait_for_server(self) -> None:
        for _ in range(PATIENCE):
            page = await self.web.get(f"{self.place}lab")
            if page.status_code == 200 and page.url.path.startswith(f"/user/{self.name}/lab"):
                return
            await asyncio.sleep(1)
        raise TimeoutError(f"no server for {self.name}")

    def token(self) -> dict[str, str]:
        "What the server wants to see beside its cookies."
        return {
            "X-XSRFToken": next(
                c.value
                for c in self.web.cookies.jar
                if c.name == "_xsrf" and c.path == f"/user/{self.name}/"
            )
        }

    async def start_kernel(self) -> None:
        found = await self.web.get(f"{self.place}api/contents/{LESSON}", params={"content": 1})
        found.raise_for_status()
        self.cells = [
            cell["source"]
            for cell in found.json()["content"]["cells"]
            if cell["cell_type"] == "code"
        ]
        wanted = dict(path=LESSON, name=LESSON, type="notebook", kernel=dict(name="python3"))
        made = await self.web.post(f"{self.place}api/sessions", json=wanted, headers=self.token())
        made.raise_for_status()
        self.session, kernel = uuid4().hex, made.json()["kernel"]["id"]
        channels = f"{self.place}api/kernels/{kernel}/channels"
        cookies = self.web.build_request("GET", channels).headers["cookie"]
        request = HTTPRequest(
            f"ws{channels[4:]}?session_id={self.session}",
            headers={"Cookie": cookies},
            request_timeout=PATIENCE,
        )
        self.socket = await websocket_connect(
            request, subprotocols=["v1.kernel.websocket.jupyter.org"], max_message_size=2**28
        )
        self.listening = asyncio.create_task(self.listen())

    def remember(self, kind: str, content: dict) -> None:
        "Keep what the kernel says of its sliders."
        state = content["data"].get("state", {}) if kind in ("comm_open", "comm_msg") else {}
        if kind == "comm_open" and state.get("_model_name") == "FloatLogSliderModel":
            self.sliders[content["comm_id"]] = state
        elif kind == "comm_msg" and content["comm_id"] in self.sliders:
            self.sliders[content["comm_id"]] |= state

    async def listen(self) -> None:
        while (message := await self.socket.read_message()) is not None:
            self.received += len(message)
            channel, parts = deserialize_msg_from_ws_v1(message)
            if channel != "iopub":
                continue
            header, parent, _, content = (json.loads(part) for part in parts[:4])
            self.remember(header["msg_type"], content)
            done = self.waiting.get(parent.get("msg_id"))
            if done is None or done.done():
                continue
            if header["msg_type"] == "error":
                done.set_exception(RuntimeError("\n".join(content["traceback"])))
            elif header["msg_type"] == "status" and content["execution_state"] == "idle":
                done.set_result(clock.perf_counter())

    def send(self, kind: str, content: dict) -> tuple[float, asyncio.Future]:
        "When a message was sent, and a promise of when the kernel was idle after it."
        header = dict(
            msg_id=uuid4().hex,
            session=self.session,
            username=self.name,
            date="",
            msg_type=kind,
            version="5.3",
        )
        parts = [json.dumps(part).encode() for part in (header, {}, {}, content)]
        done = self.waiting[header["msg_id"]] = asyncio.get_running_loop().create_future()
        sent = clock.perf_counter()
        self.socket.write_message(serialize_msg_to_ws_v1(parts, "shell"), binary=True)
        return sent, done

    async def run_cells(self) -> None:
        "Run the lesson from the top until its slider is there."
        for source in self.cells:
            await asyncio.wait_for(
                self.send(
                    "execute_request",
                    dict(code=source, silent=False, store_history=True, allow_stdin=False),
                )[1],
                PATIENCE,
            )
            if self.sliders:
                return
        raise RuntimeError(f"{LESSON} has no slider")

    async def drag(self, values: list[float], pause: float) -> list[float]:
        "Move the slider once every `pause` seconds; seconds from each move to the kernel's idle."
        (slider,) = self.sliders
        moves, begun = [], clock.perf_counter()
        for number, value in enumerate(values):
            await asyncio.sleep(max(0.0, begun + number * pause - clock.perf_counter()))
            moves.append(
                self.send(
                    "comm_msg",
                    dict(
                        comm_id=slider,
                        data=dict(method="update", state=dict(value=value), buffer_paths=[]),
                    ),
                )
            )
        ends = await asyncio.wait_for(asyncio.gather(*(done for _, done in moves)), 120)
        await self.check(values[-1])
        return [ended - sent for ended, (sent, _) in zip(ends, moves, strict=False)]

    async def check(self, value: float) -> None:
        "`RuntimeError` where the kernel's slider stands elsewhere."
        (slider,) = self.sliders
        await self.send("comm_msg", dict(comm_id=slider, data=dict(method="request_state")))[1]
        if abs(self.sliders[slider]["value"] / value - 1) > 1e-9:
            raise RuntimeError(
                f"the kernel has {self.sliders[slider]['value']}, the student sent {value}"
            )

    async def leave(self) -> None:
        if hasattr(self, "listening"):
            self.socket.close()
            await asyncio.wait_for(self.listening, 10)
        await self.web.aclose()
