"""Takes the README's pictures of the chat: `python docs/screenshots.py OUT_DIR`.

Starts the chat on the bundled index, asks in a real Chromium, wide and narrow, light and dark, in
Chinese and English. Needs the `dev` extra and a chromium on the PATH.
"""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from askarticle import Retriever
from askarticle.web import launch

INDEX = Path(__file__).parent.parent / "index"
QUESTIONS = {
    "zh-CN": ["2023年为集团化办学拨了多少专项经费?"],
    "en-US": ["How much did the district spend on group-based schooling in 2023?"],
}
SHOTS = [
    ("chat-zh-wide-light", "zh-CN", (1280, 800), "light"),
    ("chat-zh-wide-dark", "zh-CN", (1280, 800), "dark"),
    ("chat-zh-phone-light", "zh-CN", (390, 844), "light"),
    ("chat-en-wide-light", "en-US", (1280, 800), "light"),
    ("chat-en-phone-dark", "en-US", (390, 844), "dark"),
]


def main(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    examples = (INDEX / "questions.txt").read_text(encoding="utf-8").split("\n")[:-1]
    app = launch(Retriever.load(INDEX), port=7871, examples=examples)
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, locale, (width, height), scheme in SHOTS:
            context = browser.new_context(
                locale=locale, color_scheme=scheme, viewport={"width": width, "height": height}
            )
            page = context.new_page()
            page.goto(app.local_url)
            page.locator("#text .sentence").first.wait_for(state="attached")
            page.wait_for_timeout(500)
            if name.endswith("light"):
                page.screenshot(path=out / f"{name}-start.png")
            for question in [*QUESTIONS[locale], "月球上有水吗?"][: 2 if "phone" in name else 1]:
                page.locator("#ask").fill(question)
                page.locator("#ask").press("Enter")
                page.locator(".turn .reply").last.wait_for()
                page.wait_for_timeout(900)  # scrolling is animated
            if "en-wide" in name:
                page.locator(".why summary").first.click()
            page.screenshot(path=out / f"{name}.png")
            if "phone" in name:
                page.locator(".turn").first.locator(".cite").first.click()
                page.wait_for_timeout(900)
                page.screenshot(path=out / f"{name}-sheet.png")
            context.close()
        browser.close()
    app.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
