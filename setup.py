"Give setuptools the metadata that settings.ini states."

from configparser import ConfigParser
from pathlib import Path

from setuptools import setup

HERE = Path(__file__).parent
config = ConfigParser(delimiters=["="])
config.read(HERE / "settings.ini", encoding="utf-8")
settings = config["DEFAULT"]


def lines(key: str) -> list[str]:
    "The requirements that stand under `key`, one a line."
    return [line.strip() for line in settings[key].splitlines() if line.strip()]


setup(
    version=settings["version"],
    description=settings["description"],
    author=settings["author"],
    keywords=settings["keywords"].split(),
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    install_requires=lines("requirements"),
    extras_require={
        key.removesuffix("_requirements"): lines(key) for key in settings if key.endswith("_requirements")
    },
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Framework :: Jupyter",
        "Intended Audience :: Education",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
