"Find a Chromium for the browser tests, and install one where there is none: `python tests/chromium.py`."

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    "The path of a Chromium: $CHROMIUM, one on the PATH, or Playwright's own."
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def install() -> None:
    "Install Chromium from the system's packages where root may, else by Playwright's own download."
    root = shutil.which("apt-get") and os.geteuid() == 0
    if root:
        quiet = {
            "stdout": subprocess.DEVNULL,
            "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        }
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(
            [
                "apt-get",
                "install",
                "-y",
                "-qq",
                "--no-install-recommends",
                "chromium",
                "fonts-dejavu-core",
            ],
            **quiet,
        )
    if find() is None:
        libraries = ["--with-deps"] if root else []
        subprocess.run([sys.executable, "-m", "playwright", "install", *libraries, "chromium"])


if __name__ == "__main__":
    if find() is None and not os.environ.get("CHROMIUM"):
        print("Installing Chromium for the browser tests", flush=True)
        install()
    if find() is None:
        named = (
            f"CHROMIUM={os.environ['CHROMIUM']} is no program"
            if os.environ.get("CHROMIUM")
            else "None could be installed"
        )
        sys.exit(
            f"No Chromium for the browser tests. {named}: install one, or name it with CHROMIUM=/path/to/chromium"
        )
