"Give setuptools the metadata that settings.ini states, and the package its lessons."

from configparser import ConfigParser
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
config = ConfigParser(delimiters=["="])
config.read(HERE / "settings.ini", encoding="utf-8")
settings = config["DEFAULT"]


def lines(key: str) -> list[str]:
    "The requirements that stand under `key`, one a line."
    return [line.strip() for line in settings[key].splitlines() if line.strip()]


class BuildWithLessons(build_py):
    "Put the notebooks of the lessons into the built package; an editable install reads them where they are."

    def run(self) -> None:
        super().run()
        if self.editable_mode:
            return
        folder = Path(self.build_lib, "autograd_tutorial", "lessons")
        self.mkpath(str(folder))
        for lesson in sorted((HERE / "docs" / "notebooks").glob("*.ipynb")):
            self.copy_file(str(lesson), str(folder))


setup(
    cmdclass={"build_py": BuildWithLessons},
    version=settings["version"],
    description=settings["description"],
    author=settings["author"],
    keywords=settings["keywords"].split(),
    long_description=(HERE / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    install_requires=lines("requirements"),
    extras_require={
        key.removesuffix("_requirements"): lines(key)
        for key in settings
        if key.endswith("_requirements")
    },
    classifiers=[
        "Programming Language :: Python :: 3",
        "Programming Language :: Python :: 3 :: Only",
        "Framework :: Jupyter",
        "Intended Audience :: Education",
        "Topic :: Scientific/Engineering :: Artificial Intelligence",
    ],
)
