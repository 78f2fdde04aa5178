"Show docs/, compressed as its host does it: `python nbs/_tools/serve.py`, Ctrl-C ends it."

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


class Handler(SimpleHTTPRequestHandler):
    "Files of a folder, text ones compressed; the page for wrong addresses where there is none."

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        status = 200 if path.is_file() else 404
        path = path if path.is_file() else Path(self.directory) / "404.html"
        kind, text = self.guess_type(path), path.suffix not in {".png", ".ipynb"}
        body = gzip.compress(path.read_bytes(), 6, mtime=0) if text else path.read_bytes()
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if text else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "max-age=600")
        if text:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(folder: Path = DOCS, handler: type[Handler] = Handler) -> Iterator[str]:
    "The address at which `folder` is served by `handler`, on a free port of this machine."
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(handler, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


if __name__ == "__main__":
    with serving() as address:
        print(address, flush=True)
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print()
