"What a hand does to a picture: it pulls points, chooses a start, types, steps, keeps runs and shares them; and no words meet."

import re
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import torch
from autograd_tutorial.fit import make_data, mse, quadratic, rmse
from autograd_tutorial.learning_rate import sweep
from autograd_tutorial.optimizers import Adam, Descent, race
from autograd_tutorial.pictures import explore_push, explore_tangent, fit_by_hand, show_descent
from playwright.sync_api import Browser, Locator, Page

import serve
from saved import NUMBER, as_saved, explorer, race_of_two, spec_of
from showing import drawn, move_to, opened, standing_alone, words

PICTURES: dict[str, Callable[[], Any]] = {
    "explorer": explorer,
    "valley": cache(lambda: as_saved(show_descent)),
    "hand": cache(lambda: as_saved(lambda: fit_by_hand(*make_data()))),
    "race": race_of_two,
}


RACERS = {"descent": partial(Descent, lr=3e-5), "Adam": partial(Adam, lr=2.0, betas=(0.98, 0.999))}
KEEPERS = ("explorer", "valley")  # of runs


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    "A page of its own for each picture, which it names as the site does."
    found = {}
    for name, make in PICTURES.items():
        path = standing_alone(tmp_path_factory.mktemp(name), make())
        page = path.read_text(encoding="utf-8").replace(
            'class="agt-saved"', f'class="agt-saved" id="{name}-1"'
        )
        path.write_text(page, encoding="utf-8")
        found[name] = path
    return found


@pytest.fixture
def show(browser: Browser, places: dict[str, Path]) -> Iterator[Callable[..., Page]]:
    made: list[Page] = []

    def show(name: str, query: str = "", **options: Any) -> Page:
        made.append(opened(browser, places[name].as_uri() + query, **options))
        return made[-1]

    yield show
    for page in made:
        assert page.problems == []
        page.close()


def typed(page: Page, label: str, text: str) -> None:
    field = page.get_by_role("textbox", name=f"{label}, typed")
    field.fill(text)
    field.press("Enter")
    drawn(page)


def note(page: Page) -> str:
    drawn(page)
    return page.locator(".agt-said").inner_text()


def loss_said(page: Page) -> float:
    return float(re.search(r"mse (?:is|of) ([\d.,e]+\d)", words(page))[1].replace(",", ""))


def pulled(page: Page) -> tuple[torch.Tensor, torch.Tensor]:
    "Where the points are, as the address says once it has caught up."
    page.wait_for_function("location.search.includes('pulled')")
    time, speed = (each.double() for each in make_data())
    text = page.evaluate(
        "new URLSearchParams(location.search).get(document.querySelector('.agt-saved').id + '.pulled')"
    )
    for each in text.split(" "):
        i, t, s = each.split(":")
        time[int(i)], speed[int(i)] = float(t), float(s)
    return time, speed


def start() -> torch.Tensor:
    g = torch.Generator().manual_seed(42)
    make_data(g)
    return torch.randn(3, generator=g).double()


def drag(page: Page, point: Locator, right: float, down: float) -> None:
    "By a press off its middle, which stays as far off."
    box = point.bounding_box()
    x, y = box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 - 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + right, y + down, steps=4)
    page.mouse.up()
    drawn(page)
    assert point.bounding_box() == pytest.approx(
        box | {"x": box["x"] + right, "y": box["y"] + down}, abs=0.3
    )


def test_a_pulled_point_trains_the_page_as_torch_would(show: Callable[..., Page]) -> None:
    "By mouse and by keys, over both kinds of times; the edge and the curvatures follow, undo and put-back lead back."
    page = show("explorer")
    before, edge = words(page), page.locator(".agt-edge").first
    point = page.locator(".agt-dot").nth(15)
    undo = page.get_by_role("button", name="Undo")
    point.click()
    drawn(page)
    assert undo.is_disabled(), "a press that moves nothing is no step"
    drag(page, point, -20, 60)
    assert "Trained in this page" in note(page)
    for kind, stop in (("raw", 32), ("standardised", 96)):
        page.get_by_role("radio", name=kind).check()
        move_to(page.get_by_role("slider", name="Learning rate"), stop)
        time, speed = pulled(page)
        assert time[15] < 15 and speed[15] < make_data()[1][15]
        at = time if kind == "raw" else (time - time.mean()) / time.std(correction=0)
        lr = 10 ** (-7 + stop / 16)
        wanted = sweep([lr], 200, at, speed, start(), mse, quadratic)[0][0, -1].item()
        assert loss_said(page) == pytest.approx(wanted, rel=6e-4)
        X = torch.stack([at**2, at, torch.ones_like(at)], 1)
        known = torch.linalg.svdvals(X) ** 2 / 10
        assert edge.inner_text().endswith(f"{2 / known[0]:.3g}".replace("e-0", "e-"))
        shown = page.locator(".agt-bar-foot").all_inner_texts()
        said = [float(each.removeprefix("λ = ").replace(",", "")) for each in shown]
        assert said == pytest.approx(known.tolist(), rel=6e-4)
    page.get_by_role("radio", name="rmse").check()
    wanted = sweep([lr], 200, at, speed, start(), rmse, quadratic)[0][0, -1].item()
    assert f"rmse is {wanted:.4g}" in words(page)
    for name in ("raw", "mse"):
        page.get_by_role("radio", name=name, exact=True).check()
    move_to(page.get_by_role("slider", name="Learning rate"), 32)
    by_mouse = words(page)
    page.locator(".agt-dot[tabindex='0']").focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowRight")
    assert words(page) != by_mouse
    for _ in range(2):
        undo.click()
    assert words(page) == by_mouse
    page.get_by_role("button", name="Put it back").click()
    assert words(page) == before
    assert page.evaluate("document.activeElement.matches('.agt-dot')"), "the focus is lost"
    undo.click()
    assert words(page) == by_mouse
    page.get_by_role("button", name="Reset").click()
    assert words(page) == before and undo.is_disabled()


def test_a_finger_pulls_a_point_and_scrolls_beside_it(
    browser: Browser, places: dict[str, Path]
) -> None:
    context = browser.new_context(
        has_touch=True, is_mobile=True, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(places["hand"].as_uri())
    page.locator(".agt-words strong:not(:empty)").wait_for()
    before = words(page)
    page.locator(".agt-dot").nth(10).scroll_into_view_if_needed()
    box = page.locator(".agt-dot").nth(10).bounding_box()
    client = context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for kind, down in (("touchStart", 10), ("touchMove", -30), ("touchMove", -60)):
        client.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y + down}]}
        )
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert words(page) != before
    speed = pulled(page)[1]
    assert words(page).startswith(f"rmse {speed.square().mean().sqrt():.4g}")
    context.close()


def test_a_run_begins_where_it_is_pressed(show: Callable[..., Page]) -> None:
    page = show("valley")
    before = words(page)
    box = page.locator(".agt-panel > svg").first.bounding_box()
    page.mouse.click(box["x"] + 0.6 * box["width"], box["y"] + 0.3 * box["height"])
    pressed = words(page)
    assert pressed != before and "Trained in this page" in note(page)
    move_to(page.get_by_role("slider", name="Steps"), 0)
    page.wait_for_function("location.search.includes('start')")
    x, y = map(
        float,
        page.evaluate("new URLSearchParams(location.search).get('valley-1.start')").split(" "),
    )
    time, speed = (each.double() for each in make_data())
    X = torch.stack([time**2, time, torch.ones_like(time)], 1)
    curvatures, V = torch.linalg.eigh(X.T @ X / 10)
    best = torch.linalg.lstsq(X, speed).solution
    V = V * V.gather(0, V.abs().argmax(0, keepdim=True)).sign()
    off = torch.stack([torch.tensor(y), V[:, 1] @ (start() - best), torch.tensor(x)]).double()
    wanted = mse(X @ (best + V @ off), speed).item()
    assert loss_said(page) == pytest.approx(wanted, rel=6e-4)
    assert curvatures[2] > curvatures[0]
    page.locator(".agt-open").focus()
    page.keyboard.press("ArrowLeft")
    assert loss_said(page) != pytest.approx(wanted, rel=1e-3)
    moved = words(page)
    page.get_by_role("radio", name="standardised").check()
    assert note(page).startswith("Over other times the start is another place")
    page.wait_for_function("!location.search.includes('start')")
    page.get_by_role("button", name="Undo").click()
    assert words(page) == moved and page.get_by_role("radio", name="raw").is_checked()
    page.get_by_role("button", name="Put it back").click()
    move_to(page.get_by_role("slider", name="Steps"), 200)
    assert words(page) == before
    drag(page, page.locator(".agt-open"), 12, -30)
    assert words(page) != before


def test_the_valley_changes_with_a_point(show: Callable[..., Page]) -> None:
    page = show("valley")
    drag(page, page.locator(".agt-dot").nth(18), -40, 0)
    time, _ = pulled(page)
    values = torch.linalg.svdvals(torch.stack([time**2, time, torch.ones_like(time)], 1)) ** 2
    title = page.locator(".agt-title strong").first.inner_text()
    assert title.endswith(f"condition number {round((values[0] / values[2]).item()):,}")


@pytest.mark.parametrize("kind", ["raw", "standardised"])
def test_a_race_that_is_run_in_the_page_is_the_race_that_torch_ran(
    show: Callable[..., Page], kind: str
) -> None:
    "From the start that is given; from another one all begin there."
    directions = spec_of(race_of_two().page)["data"]["heats"][kind]["bowl"]["runs"]["directions"]
    x, y = (f"{directions[end]['start']:.12g}" for end in (0, -1))
    given, own = show("race"), show("race", f"?race-1.start={x}%20{y}&race-1.time={kind}")
    given.get_by_role("radio", name=kind).check()
    assert "Trained in this page" in note(own)
    for name in ("descent", "Adam"):
        for page in (given, own):
            page.get_by_role("radio", name=name).check()
        for share in (0, 7, 40, 100):
            for page in (given, own):
                move_to(page.get_by_role("slider", name="Race"), share)
            here, there = (words(page).replace(",", "") for page in (own, given))
            assert NUMBER.sub("#", here) == NUMBER.sub("#", there)
            numbers = [[float(each) for each in NUMBER.findall(said)] for said in (here, there)]
            assert numbers[0] == pytest.approx(numbers[1], rel=6e-4)
    box = own.locator(".agt-panel > svg").first.bounding_box()
    own.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 0.2 * box["height"])
    assert words(own) != words(given)


def test_a_number_is_typed(show: Callable[..., Page]) -> None:
    page = show("explorer")
    typed(page, "Learning rate", "3.3e-5")
    time, speed = (each.double() for each in make_data())
    wanted = sweep([3.3e-5], 200, time, speed, start())[0][0, -1].item()
    assert loss_said(page) == pytest.approx(wanted, rel=6e-4) and "Trained in this page" in note(
        page
    )
    assert page.get_by_role("textbox", name="Learning rate").input_value() == "3.3e-5"
    typed(page, "Steps", "7")
    assert "After 7 steps" in words(page)
    for text in ("2", "-1", "rate", "", "1e999"):
        said = words(page)
        typed(page, "Learning rate", text)
        assert note(page) == f"Learning rate takes a number from 1e-7 to 1, got {text or 'none'}."
        assert words(page) == said
    typed(page, "Learning rate", "0,00001")
    assert "Trained" not in note(page), "what PyTorch has trained stays PyTorch's"
    race = show("race")
    typed(race, "Race (steps)", "34")
    assert note(race) == "" and "After 34 steps" in words(race), "a step that PyTorch kept"
    spoken = race.get_by_role("slider", name="Race").get_attribute("aria-valuetext")
    assert spoken.startswith("34 steps, ")
    typed(race, "Race (steps)", "34.5")
    assert re.fullmatch(r"Race \(steps\) takes whole numbers: 3[45] is the nearest\.", note(race))
    typed(race, "Race (steps)", "900")
    assert note(race) == "" and "After 900 steps" in words(race)


def test_a_tangent_takes_any_x_and_any_push(browser: Browser, tmp_path: Path) -> None:
    "Where f has a polynomial, to four digits of what autograd and f itself give; else its stops."

    def f(x: torch.Tensor) -> torch.Tensor:
        return x.sin() * x**2

    pictures = [as_saved(lambda each=each: explore_tangent(each)) for each in (f, torch.abs)]
    page, stops = (opened(browser, standing_alone(tmp_path, each).as_uri()) for each in pictures)
    typed(page, "x", "-1.2345")
    typed(page, "push h", "0.0777")
    x = torch.tensor(-1.2345, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(f(x), x)
    rise = (f(x + 0.0777) - f(x)) / 0.0777
    said = f"At x = -1.2345 the secant rises by {rise.item():.4g}, the tangent by {slope.item():.4g}, for each 1 to the right."
    assert words(page) == said and note(page) == "Computed in this page, in float64."
    typed(stops, "x", "-1.2345")
    assert note(stops) == "Of x only the stops are known here: -1.20 is the nearest."
    for each in (page, stops):
        assert each.problems == []
        each.close()


@pytest.mark.parametrize("corner", [2.0, 3.0])
def test_a_push_takes_any_angle(browser: Browser, tmp_path: Path, corner: float) -> None:
    "It stays on its own line along an eigenvector, which the first H has at a stop."
    H = torch.tensor([[2.0, 1.0], [1.0, corner]], dtype=torch.float64)
    page = opened(browser, standing_alone(tmp_path, as_saved(lambda: explore_push(H))).as_uri())
    values, V = torch.linalg.eigh(H)
    for angle in (50.0, 148.44, 300.1):
        typed(page, "Angle of v", str(angle))
        v = torch.tensor([angle], dtype=torch.float64).deg2rad()
        v = torch.cat([v.cos(), v.sin()])
        turned = torch.rad2deg(torch.acos(v @ H @ v / (H @ v).norm())).item()
        assert words(page) == f"Off its line: the answer turns {turned:.2g}° away from the push."
        assert ("Computed in this page" in note(page)) == (angle % 5 > 0)
    own = torch.rad2deg(torch.atan2(V[1, 1], V[0, 1])).item() % 180
    typed(page, "Angle of v", f"{own:.12f}")
    assert words(page).startswith(f"On its own line: Hv = {values[1]:.2f} v.")
    assert ("Computed in this page" in note(page)) == (corner == 3)
    assert page.problems == []
    page.close()


@pytest.mark.parametrize(("name", "optimizer"), RACERS.items())
def test_any_step_of_a_race_is_typed(
    show: Callable[..., Page], name: str, optimizer: Callable[..., Any]
) -> None:
    "One that PyTorch has not kept is run in the page; the address holds it."
    page = show("race")
    page.get_by_role("radio", name=name).check()
    typed(page, "Race (steps)", "806")
    page.get_by_role("button", name="One on: race").click()
    time, speed = (each.double() for each in make_data())
    wanted = race({name: optimizer}, 808, time, speed, start())[0][0]
    for step in (807, 808, 807):
        assert f"After {step} steps" in words(page) and "Trained in this page" in note(page)
        assert loss_said(page) == pytest.approx(wanted[step].item(), rel=6e-4)
        page.get_by_role("button", name=f"One {'on' if step == 807 else 'back'}: race").click()
    typed(page, "Race (steps)", "806")
    said = words(page)
    page.wait_for_timeout(500)  # the address follows 0.3 s later
    page.reload()
    page.locator(".agt-words strong:not(:empty)").first.wait_for()
    assert words(page) == said


def test_one_step_on_and_one_back(show: Callable[..., Page]) -> None:
    page = show("valley")
    page.get_by_role("button", name="One back: steps").click()
    assert "After 199 steps" in words(page)
    for _ in range(2):
        page.get_by_role("button", name="One on: steps").click()
    assert "After 200 steps" in words(page)


def test_a_run_is_kept_and_two_at_most(show: Callable[..., Page]) -> None:
    page = show("explorer")
    names = page.locator(".agt-tag.agt-ghost:not([hidden])")
    for stop in (16, 24, 36):
        move_to(page.get_by_role("slider", name="Learning rate"), stop)
        page.get_by_role("button", name="Keep this run").click()
        drawn(page)
    move_to(page.get_by_role("slider", name="Learning rate"), 104)
    drawn(page)
    assert set(names.all_text_contents()) == {"lr 3.16e-6", "lr 1.78e-5"}
    page.get_by_role("button", name="Reset").click()
    drawn(page)
    assert names.count() == 0


@pytest.mark.parametrize(
    ("name", "act", "says"),
    [
        ("explorer", "standardised", "Pale: lr 1.00e-5, raw; lr 1.00e-5, standardised."),
        ("explorer", "rmse", "Pale: lr 1.00e-5, rmse. In the fit alone: lr 1.00e-5, mse."),
        ("explorer", "7", "Pale: lr 1.00e-5, 200 steps; lr 1.00e-5, 7 steps."),
        (
            "valley",
            "standardised",
            "Pale: lr 3.16e-5, standardised. Over other times, not drawn: lr 3.16e-5, raw.",
        ),
    ],
)
def test_runs_that_are_kept_are_told_apart(
    show: Callable[..., Page], name: str, act: str, says: str
) -> None:
    page = show(name)
    keep = page.get_by_role("button", name="Keep this run")
    keep.click()
    height = page.locator(".agt").bounding_box()["height"]
    keep.click()
    assert note(page) == "This run is kept already."
    if act.isdigit():
        typed(page, "Steps", act)
    else:
        page.get_by_role("radio", name=act, exact=True).check()
    drawn(page)
    keep.click()
    assert note(page) == says and page.locator(".agt").bounding_box()["height"] == height


@pytest.mark.parametrize("how", ["file", "http"])
def test_a_link_opens_the_same_picture_elsewhere(
    browser: Browser, places: dict[str, Path], tmp_path: Path, how: str
) -> None:
    "By its address, and by what `Copy as code` gives."
    with serve.serving(places["explorer"].parent) as served:
        home = f"{served}alone.html" if how == "http" else places["explorer"].as_uri()
        page = opened(browser, home)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        typed(page, "Learning rate", "0.31")
        page.get_by_role("radio", name="standardised").check()
        drag(page, page.locator(".agt-dot").nth(4), 6, -30)
        typed(page, "Steps", "31")
        said = words(page)
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_function("document.querySelector('.agt-said').textContent.includes('link')")
        link = page.evaluate("navigator.clipboard.readText()")
        other = opened(browser, link)
        moved = dict(parse_qsl(urlsplit(link).query))["explorer-1.pulled"]
        alike = explorer().at(lr=0.31, step=31, time="standardised", pulled=moved)
        by_code = opened(browser, standing_alone(tmp_path, alike).as_uri())
        assert words(other) == words(by_code) == said
        page.wait_for_function("location.search.includes('step=31')")
        page.evaluate("location.hash = 'elsewhere'")
        typed(page, "Steps", "32")
        page.wait_for_function("location.search.includes('step=32')")
        typed(page, "Steps", "31")
        page.go_back()
        assert "step=31" in page.url, "the way back drops the picture"
        page.reload()
        page.locator(".agt-words strong:not(:empty)").first.wait_for()
        assert words(page) == said
        for each in (page, other, by_code):
            each.close()


@pytest.mark.parametrize(
    "query",
    [
        "explorer-1.lr=1e999",
        "explorer-1.lr=nan",
        "explorer-1.lr=5",
        "explorer-1.step=2.5",
        "explorer-1.step=<img src=x onerror=alert(1)>",
        "explorer-1.loss=constructor",
        "explorer-1.__proto__=1",
        "explorer-1.optimizer=Adam",
        "explorer-1.pulled=3:nan:1",
        "explorer-1.pulled=99:1:1",
        "explorer-1.pulled=" + "3:1:1 " * 900,
        "explorer-1.lr=1e-5&explorer-1.lr=",
        "optimizers-1.share=20",
    ],
)
def test_a_hostile_link_gives_the_picture_as_it_begins(
    show: Callable[..., Page], query: str
) -> None:
    page = show("explorer", f"?{query}")
    assert "the mse is 676.1" in words(page)
    assert (
        re.fullmatch(r"The link .{20,80}\.", note(page)) and page.locator(".agt img").count() == 0
    )


LOOK = """const agt = document.querySelector('.agt'), met = new Set(), tops = new Set();
  const look = () => {
    tops.add(agt.querySelector('.agt-panels').offsetTop - agt.querySelector('.agt-words').offsetTop);
    for (const plot of agt.querySelectorAll('.agt-panel > svg')) {
      const seen = [...plot.querySelectorAll('.agt-tag:not([hidden]), .agt-axis')].map((each) => [each, each.getBoundingClientRect()]);
      for (const [one, a] of seen) for (const [other, b] of seen) {
        if (one === other || (one.matches('.agt-axis') && other.matches('.agt-axis'))) continue;
        const [across, down] = [Math.min(a.right, b.right) - Math.max(a.left, b.left), Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top)];
        if (one.textContent && other.textContent && across > 1 && down > 4) met.add(`${one.textContent} on ${other.textContent}`);
      }
    }
  };"""
SWEEP = f"""async (every) => {{
  {LOOK}
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const put = (slider, stop) => {{
    slider.value = stop;
    slider.dispatchEvent(new Event('input'));
  }};
  const options = [...agt.querySelectorAll('fieldset')].map((each) => [...each.querySelectorAll('input')]);
  for (const chosen of options.reduce((all, radios) => all.flatMap((each) => radios.map((radio) => [...each, radio])), [[]])) {{
    for (const radio of chosen) radio.click();
    for (const slider of agt.querySelectorAll('input[type=range]')) {{
      for (let stop = 0; stop <= Number(slider.max); stop += Math.ceil(slider.max / every)) {{
        put(slider, stop);
        await frame();
        look();
      }}
      put(slider, Math.round(slider.max * 0.4));
    }}
  }}
  return [[...met], [...tops]];
}}"""


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", PICTURES)
def test_no_words_meet_and_nothing_moves_below_them(
    show: Callable[..., Page], name: str, width: int
) -> None:
    page = show(name, viewport={"width": width, "height": 844})
    for time, stop in {"raw": 28, "standardised": 96}.items() if name in KEEPERS else ():
        page.get_by_role("radio", name=time).check()
        move_to(page.get_by_role("slider", name="Learning rate"), stop)
        drawn(page)
        page.get_by_role("button", name="Keep this run").click()
    met, tops = page.evaluate(SWEEP, 8)
    assert met == [] and len(tops) == 1


def test_no_words_meet_while_the_race_is_played(show: Callable[..., Page]) -> None:
    page = show("race")
    page.get_by_role("radio", name="descent").check()
    page.clock.install()
    page.get_by_role("button", name="Play race").click()
    shares = set()
    for _ in range(24):
        page.clock.run_for(250)
        shares.add(page.get_by_role("slider", name="Race").input_value())
        assert page.evaluate(f"() => {{ {LOOK} look(); return [...met]; }}") == []
    assert len(shares) > 12


@pytest.mark.parametrize("name", PICTURES)
def test_on_a_phone_what_moves_is_seen_with_what_moves_it(
    show: Callable[..., Page], name: str
) -> None:
    page = show(name, viewport={"width": 390, "height": 844})
    for plot in page.locator(".agt-panel").all():
        plot.evaluate(
            "(e) => scrollTo(0, scrollY + e.getBoundingClientRect().bottom - innerHeight)"
        )
        drawn(page)
        controls, seen = page.locator(".agt-controls").bounding_box(), plot.bounding_box()
        assert controls["y"] >= 0 and controls["y"] + controls["height"] <= seen["y"] + 60
        assert page.locator("input[type=range]").last.evaluate(
            "(e) => document.elementFromPoint(...['x', 'y'].map((at) => e.getBoundingClientRect()[at] + 9)) === e"
        )
    bars = page.locator(".agt-options").all()
    assert all(bar.bounding_box()["height"] < 50 for bar in bars), "a bar of choices is in two"
