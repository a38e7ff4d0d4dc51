"""Take the README's screenshot: `python tests/ui/take_screenshot.py http://127.0.0.1:8501 docs/screenshot.png` while `make demo` runs."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect, sync_playwright

EXAMPLE = "Left bundle branch block"
QUESTION = "Which of them also have atrial fibrillation?"
PATIENCE = 120_000  # ms


def main(url: str, path: str) -> None:
    with sync_playwright() as api:
        browser = api.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1440, "height": 1180})
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        page.goto(url)
        page.get_by_role("button", name=EXAMPLE).click()
        expect(page.locator("details.card")).to_have_count(10)
        page.locator("[data-testid=stChatInputTextArea]").fill(QUESTION)
        page.keyboard.press("Enter")
        expect(page.get_by_test_id("stChatMessage")).to_have_count(4)
        expect(page.get_by_test_id("stSpinner")).to_have_count(0)
        page.wait_for_timeout(1500)
        shot = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    shot.convert("RGB").quantize(256, kmeans=1, dither=Image.Dither.NONE).save(path, optimize=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
