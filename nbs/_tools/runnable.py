"What people run: each lesson without its answers, and without what only the page and the module need."

import json
import re
from html import escape
from pathlib import Path
from typing import Any

from settings import SET_UP

# As JupyterLab writes it, so that a lesson which is only read is not marked as changed; whoever
# copies it puts the whole version of Python there.
METADATA = dict(
    kernelspec=dict(display_name="Python 3 (ipykernel)", language="python", name="python3"),
    language_info=dict(
        codemirror_mode=dict(name="ipython", version=3),
        file_extension=".py",
        mimetype="text/x-python",
        name="python",
        nbconvert_exporter="python",
        pygments_lexer="ipython3",
        version="3",
    ),
)
FOLDED = {"cellView": "form", "jupyter": {"source_hidden": True}}  # in Colab; in JupyterLab
STILL = """<p><b>Run this cell</b>, and the picture moves.</p>
<img alt="{words}" src="data:image/png;base64,{image}">"""


def copy(path: Path) -> str:
    "The notebook at `path` as people open it, in JSON."
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"] = METADATA
    cells, held = [], False
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if source.startswith("#| export\n"):  # the reader's own imports have all that is used
            continue
        cell["metadata"] = FOLDED if source.startswith(SET_UP) else {}
        cell["source"] = re.sub(r"^#\|.*\n", "", source, flags=re.M).splitlines(keepends=True)
        if cell["cell_type"] == "markdown":
            held = "**Predict.**" in source
        else:
            cell["outputs"] = (
                [] if held else [shown(out) for out in cell["outputs"] if not asks(out)]
            )
        cells.append(cell)
    return json.dumps(notebook | dict(cells=cells), indent=1, ensure_ascii=False) + "\n"


def html(output: dict[str, Any]) -> str:
    return "".join(output.get("data", {}).get("text/html", ""))


def asks(output: dict[str, Any]) -> bool:
    "Whether it is a prediction or an exercise, which has the answer in it."
    return bool(re.search('class="agt-(prediction|exercise)"', html(output)))


def shown(output: dict[str, Any]) -> dict[str, Any]:
    "The output; a live picture as its still, with what makes it move."
    data = output.get("data", {})
    data.pop("image/svg+xml", None)
    if 'class="agt-saved"' in html(output):
        words, image = ("".join(data[kind]).strip() for kind in ("text/plain", "image/png"))
        still = STILL.format(words=escape(words), image=image)
        output["data"] = {
            "text/html": still.splitlines(keepends=True),
            "text/plain": data["text/plain"],
        }
    return output
