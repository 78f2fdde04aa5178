"The packages that a release uploads, built once."

import pytest

from project import Built, copy_of_project, run


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    "The package as a release builds it: the sdist from the sources, the wheel from the sdist."
    folder = tmp_path_factory.mktemp("built")
    project, made = copy_of_project(folder / "project"), folder / "dist"
    run("python", "-m", "build", "--no-isolation", "--outdir", made, cwd=project)
    return Built(*(next(made.glob(kind)) for kind in ("*.whl", "*.tar.gz")))
